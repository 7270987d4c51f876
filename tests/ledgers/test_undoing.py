"""Undoing an import asks first, and says what will be undone and what will stay."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from companies.models import Company
from ledgers import undoing
from ledgers.models import ImportJob
from projects.models import Project
from tests.factories import FollowUpFactory, UserFactory
from tests.ledgers.rows import applied, signed


@pytest.fixture
def job(user: User) -> ImportJob:
    return applied(signed(6, contact=[("联系人00017", "13800000017")]), signed(7, name="测试装备项目"), user=user)


def page_of(job: ImportJob, user: User):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse("ledgers:undo", args=[job.pk]), follow=True)


def test_undoing_shows_what_will_be_undone_before_it_does_anything(job, user):
    page = page_of(job, user)

    found = {table: (created, changed) for table, created, changed in page.context["prospect"].kinds}
    assert found["项目"] == (2, 0)
    assert found[str(Company._meta.verbose_name)] == (1, 0)
    assert "导入后没有人改过这些记录" in page.content.decode()
    assert Project.objects.count() == 2


def test_what_the_page_promises_is_what_undoing_does(job, user):
    promised = undoing.prospect(job.changeset)

    from_page = Client()
    from_page.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    from_page.post(reverse("ledgers:undo", args=[job.pk]))

    job.refresh_from_db()
    assert (promised.refused, job.report["not_restored"]) == ([], [])
    assert job.changeset.changes.count() == promised.rows
    assert not Project.objects.exists()


def test_rows_edited_since_are_named_as_staying(job, user):
    company = Company.objects.get()
    company.city = "测试市"
    company.save(by=user)

    page = page_of(job, user)

    assert page.context["prospect"].refused == ["“测试光电有限公司”导入后又有人改过，不会恢复"]
    assert "其中 1 处不会撤销" in page.content.decode()


def test_rows_to_which_others_were_added_since_are_named_as_staying(job, user):
    FollowUpFactory(project=Project.objects.get(name="测试装备项目"), title="测试待办")

    [sentence] = undoing.prospect(job.changeset).refused

    assert sentence.startswith("“测试装备项目”之后又添加了")
    assert "测试待办" in sentence


def test_the_page_costs_the_same_for_one_row_and_for_ten(user, django_assert_max_num_queries):
    one = applied(signed(6), user=user)
    ten = applied(*(signed(6 + n, name=f"测试{n}项目") for n in range(10)), user=user)
    with django_assert_max_num_queries(90) as spent:
        undoing.prospect(one.changeset)

    with django_assert_max_num_queries(len(spent)):
        undoing.prospect(ten.changeset)


def test_an_import_that_is_undone_already_is_not_asked_about(job, user):
    job.status = ImportJob.Status.UNDONE
    job.save(by=user)

    page = page_of(job, user)

    assert "无可撤销" in page.content.decode()


def test_nobody_else_is_asked(job):
    assert page_of(job, UserFactory(roles=["manager"])).status_code == 403
