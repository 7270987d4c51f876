"""Each value an import set says which cell of which ledger it came from, who brought it and when."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import roles
from ledgers import services
from projects.models import Project
from tests.factories import NOW, UserFactory
from tests.ledgers.rows import applied, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    roles.sync_groups()
    return UserFactory(roles=["manager"], display_name="测试员甲")


def page_of(project, user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse("desk:project", args=[project.pk])).content.decode()


def test_the_page_of_a_project_names_file_sheet_cell_person_and_day(user):
    applied(signed(site="测试路1号"), user=user)

    page = page_of(Project.objects.get(), user)

    assert "测试台账.xlsx" in page
    assert "签约：" in page
    assert "建设地点 G6" in page
    assert "测试员甲 2026-11-24" in page


def test_a_value_changed_by_hand_is_not_credited_to_the_cell(user):
    applied(signed(site="测试路1号"), user=user)
    project = Project.objects.get()
    project.site = "手工改的地址"
    project.save(by=user)

    assert "建设地点 G6（之后手工修改）" in page_of(project, user)


def test_an_undone_import_is_no_source_any_more(user):
    applied(signed(), user=user)
    project = Project.objects.get()
    job = applied(signed(site="测试路1号"), user=user)
    services.undo(job, by=user, now=NOW)

    assert "建设地点 G6" not in page_of(project, user)
