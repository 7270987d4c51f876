"""The main story of each page of the desk, at both widths, in a real browser."""

import datetime as dt
import re

import pytest
from django.conf import settings as site_settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from activities.models import FollowUp, Interaction
from companies.models import Company
from desk.models import SavedView
from projects.models import Project
from tests.desk.conftest import WIDTHS, Open
from tests.factories import (
    AgreementFactory,
    CompanyFactory,
    EventFactory,
    FollowUpFactory,
    InteractionCompanyFactory,
    MilestoneFactory,
    PersonFactory,
    PositionFactory,
    ProjectFactory,
    ProjectPartyFactory,
    UserFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.parametrize("width", WIDTHS)]
MOST_KEYS = 12
SENTENCE = "今天和联系人甲谈了厂房面积，下周三回访"


@pytest.fixture
def company(manager) -> Company:
    company = CompanyFactory(name="测试光电有限公司", short_name="测试光电", owner=manager)
    PositionFactory(person=PersonFactory(name="联系人甲"), company=company, title="经理")
    return company


def count_requests(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: None if "/static/" in request.url else asked.append(request.method))
    return asked


def test_a_sentence_is_read_checked_and_saved_within_two_requests(open_page: Open, company, width):
    page = open_page("about:blank", width)
    asked = count_requests(page)
    page.goto("/log/")

    page.fill("#id_text", SENTENCE)
    page.press("#id_text", "Tab")
    expect(page.locator("#chosen")).to_contain_text("联系人甲")
    before = len(asked)
    page.click("label:has([name=kind][value=call])")
    page.click("#log button[type=submit]")

    expect(page.locator(".undo")).to_contain_text("已记下")
    assert before <= 2
    row = Interaction.objects.get()
    assert [link.company for link in row.company_links.all()] == [company]
    step = row.follow_ups.get()
    assert (step.title, step.due_on.weekday()) == ("回访", 2)
    page.click(".undo button")
    expect(page.locator(".messages")).to_contain_text("已撤销")
    assert not Interaction.objects.exists()


def test_without_a_sentence_to_read_few_keys_are_enough(open_page: Open, company, manager, width):
    InteractionCompanyFactory(interaction__owner=manager, company=company)
    page = open_page("/log/", width)

    page.fill("#id_text", "谈了用电")  # the note itself
    page.press("#id_text", "Tab")
    touches = ["[data-add=company]", "label:has([value=tomorrow])", "label:has([name=kind][value=call])"]
    touches.append("#log button[type=submit]")
    for touch in touches:
        page.click(touch)

    expect(page.locator(".undo")).to_contain_text("已记下")
    assert 1 + len(touches) <= MOST_KEYS
    assert FollowUp.objects.get().due_on == timezone.localdate() + dt.timedelta(days=1)


def test_what_was_typed_survives_a_lost_connection_a_reload_and_a_log_out(open_page: Open, complaints, company, width):
    page = open_page("/log/", width)
    page.fill("#id_text", "断网时写的")
    page.context.set_offline(True)
    page.click("#log button[type=submit]")
    expect(page.locator("#problem")).to_contain_text("网络断开")
    assert page.input_value("#id_text") == "断网时写的"

    page.context.set_offline(False)
    page.reload()
    assert page.input_value("#id_text") == "断网时写的"
    page.context.clear_cookies(name=site_settings.SESSION_COOKIE_NAME)
    page.click("#log button[type=submit]")
    page.wait_for_url(re.compile("/accounts/login/"))

    assert page.evaluate("Object.keys(localStorage).length") == 1
    assert not Interaction.objects.exists()
    complaints.clear()  # the browser itself reports what was provoked here


def test_a_person_is_found_by_initials_with_enter(open_page: Open, company, width):
    page = open_page("/log/", width)

    page.fill("#id_who", "csgd")
    expect(page.locator("#who-found")).to_contain_text("测试光电有限公司")
    page.press("#id_who", "Enter")

    expect(page.locator("#chosen")).to_contain_text("测试光电有限公司")
    page.click("#chosen [data-remove]")
    expect(page.locator("#nobody")).to_be_visible()


def test_today_a_promise_is_kept_and_taken_back(open_page: Open, manager, width):
    row = FollowUpFactory(title="回访测试光电", owner=manager, assignee=manager, due_on=timezone.localdate())
    page = open_page("/", width)

    page.click("button:has-text('办结')")
    expect(page.locator(".undo")).to_contain_text("已办结：回访测试光电")
    page.click(".undo button")

    expect(page.locator("#due ~ .rows").first).to_contain_text("回访测试光电")
    row.refresh_from_db()
    assert row.status == FollowUp.Status.OPEN


def test_in_the_ledger_one_filters_saves_the_view_and_reassigns(open_page: Open, manager, width):
    other = UserFactory(roles=["officer"], display_name="测试员乙")
    red = ProjectFactory(name="红灯项目", owner=manager, light="red")
    ProjectFactory(name="绿灯项目", owner=manager, light="green")
    page = open_page(reverse("desk:projects"), width)

    page.click(".chips >> text=红灯")
    expect(page.locator("table")).not_to_contain_text("绿灯项目")
    page.click("text=保存、管理视图")
    page.fill(".views input[name=name]", "我的红灯")
    page.click(".views form.line button >> nth=0")
    expect(page.locator(".views")).to_contain_text("我的红灯")
    page.check(f"input[name=project][value='{red.pk}']")
    page.click("button[value=reassign]")
    page.select_option("select[name=owner]", label="测试员乙")
    page.click("button[value=preview]")
    page.click("button[value=run]")

    expect(page.locator(".undo")).to_be_visible()
    assert SavedView.objects.get().query == "light=red"
    assert Project.objects.get(pk=red.pk).owner == other
    page.click(".undo button")
    expect(page.locator(".messages")).to_contain_text("已撤销")
    assert Project.objects.get(pk=red.pk).owner == manager


def test_the_page_of_a_project_tells_where_it_is_stuck_and_leads_on(open_page: Open, company, manager, width):
    project = ProjectFactory(name="测试项目", owner=manager, lead_party=company)
    ProjectPartyFactory(project=project, company=company, role="investor")
    MilestoneFactory(project=project, name="立项备案", due_on=timezone.localdate() - dt.timedelta(days=10))
    page = open_page(project.get_absolute_url(), width)

    expect(page.locator("main")).to_contain_text("立项备案")
    expect(page.locator("svg[role=img]").first).to_be_attached()
    page.click("main >> text=记一笔 >> nth=0")

    expect(page.locator("#chosen")).to_contain_text("测试光电有限公司")


def test_two_companies_become_one_and_two_again(open_page: Open, company, width):
    double = CompanyFactory(name="深圳测试光电科技有限公司")
    InteractionCompanyFactory(company=double)
    page = open_page(f"{reverse('companies:merge')}?keep={company.pk}&drop={double.pk}", width)

    page.click("main button[type=submit]")
    expect(page.locator(".undo")).to_contain_text("并入")
    assert not Company.objects.filter(pk=double.pk).exists()
    page.click(".undo button")

    expect(page.locator(".messages")).to_contain_text("已撤销")
    assert Company.objects.filter(pk=double.pk).exists()


def test_from_the_search_box_to_company_and_event(open_page: Open, company, manager, width):
    event = EventFactory(name="测试推介会", owner=manager, announced_signed_count=3)
    AgreementFactory(project=ProjectFactory(name="签约项目", owner=manager), event=event)
    page = open_page("/", width)

    page.fill("input[name=q]", "csgd")
    page.press("input[name=q]", "Enter")
    page.click("main >> text=测试光电有限公司")
    expect(page.locator("h1")).to_contain_text("测试光电有限公司")
    expect(page.locator("main")).to_contain_text("联系人甲")
    page.goto(event.get_absolute_url())

    expect(page.locator("main")).to_contain_text("1/3")
    expect(page.locator("main")).to_contain_text("签约项目")


def test_a_new_date_shows_what_moves_with_it_before_it_is_saved(open_page: Open, manager, width):
    row = MilestoneFactory(name="土地摘牌", project__owner=manager, due_on=timezone.localdate())
    follower = MilestoneFactory(name="规划许可", project=row.project, anchor=row, offset=10, due_on=dt.date(2020, 1, 1))
    page = open_page(reverse("projects:milestone", args=[row.pk]), width)
    expect(page.locator("#id_new_on")).to_be_hidden()

    page.check("[value=re_date]")
    page.click("[data-value='两周后']")
    expect(page.locator("#outlook")).to_contain_text("规划许可：2020-01-01 →")
    page.fill("#id_reason", "等用地指标")
    page.click("form.milestone button[type=submit]")

    expect(page.locator(".undo")).to_contain_text("1 个后续节点一并顺移")
    expect(page.locator("main")).to_contain_text("等用地指标")
    follower.refresh_from_db()
    assert follower.due_on > dt.date(2020, 1, 1)
    page.click(".undo button")
    expect(page.locator(".messages")).to_contain_text("已撤销")
    follower.refresh_from_db()
    assert follower.due_on == dt.date(2020, 1, 1)


def test_on_a_phone_the_plan_opens_where_today_is_and_the_bar_of_acts_stays_in_view(open_page: Open, manager, width):
    project = ProjectFactory(owner=manager)
    for days in (-400, 0, 400):
        MilestoneFactory(project=project, due_on=timezone.localdate() + dt.timedelta(days=days))
    ProjectFactory.create_batch(12, owner=manager)
    page = open_page(project.get_absolute_url(), width)
    page.wait_for_load_state("load")

    line = page.locator(".gantt-now:visible").bounding_box()
    page.goto(reverse("desk:projects"))
    page.check("tbody .tick input >> nth=0")

    assert 0 < line["x"] < width
    expect(page.locator("button[value=reassign]")).to_be_in_viewport()
