"""The page of a company and its one page of paper."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from tests.factories import (
    AttachmentFactory,
    AttendanceFactory,
    CitationFactory,
    CommitmentFactory,
    CompanyAliasFactory,
    CompanyFactory,
    DirectiveFactory,
    FollowUpFactory,
    InteractionCompanyFactory,
    InteractionFactory,
    MilestoneFactory,
    ParticipationFactory,
    PersonFactory,
    PositionFactory,
    ProjectFactory,
    ProjectPartyFactory,
    QualificationFactory,
    TenancyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MOST_QUERIES = 26
BOTH = pytest.mark.parametrize("name", ["desk:company", "desk:company_one_page"])


@pytest.fixture(autouse=True)
def _groups():
    roles.sync_groups()


def signed_in(*names):
    user = UserFactory(roles=names)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


def text(client, company, name="desk:company"):
    return client.get(reverse(name, args=[company.pk])).content.decode()


def furnish(company, count):
    """So many of everything that belongs to a company."""
    owner = company.owner
    for _n in range(count):
        CompanyAliasFactory(company=company)
        QualificationFactory(holder=company)
        CompanyFactory(parent=company, owner=owner)
        position = PositionFactory(company=company)
        TenancyFactory(company=company)
        project = ProjectFactory(owner=owner)
        ProjectPartyFactory(company=company, project=project)
        CommitmentFactory(project=project)
        CommitmentFactory(project=project, side="theirs")
        ParticipationFactory(company=company)
        contact = InteractionFactory(owner=owner)
        InteractionCompanyFactory(interaction=contact, company=company)
        AttendanceFactory(interaction=contact)
        FollowUpFactory(company=company, owner=owner)
        DirectiveFactory(company=company, owner=owner)
        AttachmentFactory(target=company)
        CitationFactory(target=position, fields=["title"])


@BOTH
@pytest.mark.parametrize("role", ["officer", "head", "manager"])
def test_the_page_asks_the_same_few_queries_however_much_there_is(role, name):
    client = signed_in(role)
    few, many = (CompanyFactory(owner=client.user) for _n in range(2))
    furnish(few, 3)
    furnish(many, 30)
    text(client, few, name)  # fills the caches of the process

    with CaptureQueriesContext(connection) as at_three:
        text(client, few, name)
    with CaptureQueriesContext(connection) as at_thirty:
        text(client, many, name)

    assert len(at_thirty) == len(at_three) <= MOST_QUERIES


@BOTH
def test_a_company_of_another_department_is_not_found(name):
    assert signed_in("officer").get(reverse(name, args=[CompanyFactory().pk])).status_code == 404


@BOTH
def test_projects_and_contacts_that_the_person_may_not_see_are_left_out(name):
    client = signed_in("officer")
    company = CompanyFactory(owner=client.user)
    foreign = ProjectPartyFactory(company=company).project
    CommitmentFactory(project=foreign, text="别人项目的承诺")
    DirectiveFactory(project=foreign, text="别人项目的问题", source="problem")
    InteractionCompanyFactory(company=company, interaction=InteractionFactory(summary="别人记的一笔"))
    mine = ProjectPartyFactory(company=company, project=ProjectFactory(owner=client.user)).project

    shown = text(client, company, name)

    assert mine.name in shown
    assert [words for words in (foreign.name, "别人项目的承诺", "别人项目的问题", "别人记的一笔") if words in shown] == []


def test_an_office_that_was_held_is_shown_as_held_then():
    company = CompanyFactory()
    PositionFactory(company=company, title="总裁", as_of_on=dt.date(2020, 10, 31), as_of_on_precision="month")
    PositionFactory(company=company, title="前总经理", until_on=dt.date(2021, 1, 1))
    PositionFactory(company=company, title="现任经理")

    shown = text(signed_in("manager"), company)

    assert "时任 总裁" in shown
    assert "2020年10月" in shown
    assert "时任 前总经理" in shown
    assert "时任 现任经理" not in shown


def test_likely_duplicates_load_by_themselves_and_are_a_link_without_script():
    company = CompanyFactory(name="测试同名有限公司")
    CompanyFactory(name="测试同名股份有限公司")
    client = signed_in("manager")

    response = client.get(reverse("desk:company", args=[company.pk]))
    address = response.context["similar_url"]
    found = client.get(address).content.decode()

    assert f'hx-get="{address}"'.replace("&", "&amp;") in response.content.decode()
    assert "测试同名股份有限公司" in found
    assert ">测试同名有限公司<" not in found


def test_buttons_are_those_the_person_may_use():
    company = CompanyFactory()

    manager, leader = (text(signed_in(role), company) for role in ("manager", "leader"))

    edit, log = reverse("admin:companies_company_change", args=[company.pk]), f"{reverse('desk:log')}?company={company.pk}"
    assert (edit in manager, log in manager) == (True, True)
    assert (edit in leader, log in leader) == (False, False)


def test_the_one_page_shows_what_each_side_promised_in_every_project_and_what_is_open():
    company = CompanyFactory()
    for n in range(6):
        project = ProjectPartyFactory(company=company, project=ProjectFactory()).project
        if n == 0:
            CommitmentFactory(project=project, side="ours", text="我方通水通电")
            CommitmentFactory(project=project, side="theirs", text="企业年内开工")
            CommitmentFactory(project=project, side="theirs", text="已撤回的承诺", status="withdrawn")
            DirectiveFactory(project=project, source="problem", text="线路未迁改")
            DirectiveFactory(project=project, source="problem", text="已解决的问题", status="closed")

    shown = text(signed_in("manager"), company, "desk:company_one_page")

    assert [words for words in ("我方通水通电", "企业年内开工", "线路未迁改") if words not in shown] == []
    assert "已撤回的承诺" not in shown
    assert "已解决的问题" not in shown


def test_the_one_page_says_who_changed_something_last():
    company = CompanyFactory(owner=UserFactory())
    editor = UserFactory(display_name="测试员末")
    project = ProjectPartyFactory(company=company, project=ProjectFactory()).project
    project.summary = "测试"
    project.save(by=editor, update_fields=["summary"])

    touch = signed_in("manager").get(reverse("desk:company_one_page", args=[company.pk])).context["touch"]

    assert (touch.by, touch.what) == (editor, "项目")
    assert touch.at <= timezone.now()


def test_no_telephone_is_printed_on_the_one_page():
    company = CompanyFactory()
    PositionFactory(company=company, person=PersonFactory(name="联系人甲", mobile="13800000000"))
    client = signed_in("manager")

    assert "13800000000" in text(client, company)
    assert "联系人甲" in text(client, company, "desk:company_one_page")
    assert "13800000000" not in text(client, company, "desk:company_one_page")


def test_the_one_page_says_why_a_project_is_red_and_leaves_out_what_is_unknown():
    company = CompanyFactory(industry="", city="", focus="")
    project = ProjectFactory(lead_party=company, light="red")
    ProjectPartyFactory(project=project, company=company)
    early = timezone.now() - dt.timedelta(days=60)
    due_on = timezone.localdate() - dt.timedelta(days=20)
    MilestoneFactory(project=project, name="土地摘牌", due_on=due_on, confirmed_at=early)
    MilestoneFactory.create_batch(2, project=project, due_on=timezone.localdate() + dt.timedelta(days=90))

    shown = text(signed_in("manager"), company, "desk:company_one_page")

    assert "卡点：土地摘牌 应于" in " ".join(shown.split())
    assert "其后 2 个节点受影响" in shown
    assert "— ·" not in shown
    assert "行业未登记" not in shown
    assert "data-print" in shown
