"""交办事项 pages: who sees and does what, where orders come from, and what the pages cost."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from activities import services
from activities.models import Directive, DirectiveNote
from tests.factories import (
    AgendaItemFactory,
    AttachmentFactory,
    CommitmentFactory,
    CompanyFactory,
    DepartmentFactory,
    DirectiveFactory,
    DirectiveNoteFactory,
    EventFactory,
    ParkFactory,
    ProjectFactory,
    ProjectPartyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
LIST, NEW = reverse("desk:directives"), reverse("desk:directive_issue")
DAY = dt.timedelta(days=1)
PENDING = "待公平竞争审查，不得作为已商定事项"


@pytest.fixture(autouse=True)
def _groups():
    roles.sync_groups()


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def unit():
    return DepartmentFactory()


@pytest.fixture
def liaison(unit):
    return signed_in("liaison", department=unit)


@pytest.fixture
def manager():
    return signed_in("manager")


@pytest.fixture
def given(manager, unit, liaison, today) -> Directive:
    order = services.Order(source="note", text="协调供电", lead_unit=unit, due_on=today + 7 * DAY)
    return services.issue([order], by=manager.user, now=timezone.now(), today=today)[0]


def signed_in(*names, **values):
    user = UserFactory(roles=names, **values)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


def text(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def do(client, row, act, **typed):
    return client.post(reverse("desk:directive_act", args=[row.pk]), {"act": act, "version": row.version, **typed})


def sheet(*lines, **common):
    """The form as a browser sends it."""
    typed = {"form-TOTAL_FORMS": len(lines), "form-INITIAL_FORMS": common.pop("initial", 0), **common}
    for n, line in enumerate(lines):
        typed |= {f"form-{n}-{name}": value for name, value in line.items()}
    return typed


# --- the list


def test_the_list_costs_the_same_for_one_and_for_thirty(manager, today):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert manager.get(LIST).status_code == 200
        return len(asked)

    def add(count):
        for _n in range(count):
            DirectiveFactory(project=ProjectFactory(), lead_unit=DepartmentFactory(), handler=UserFactory(), due_on=today - DAY)

    add(3)
    manager.get(LIST)
    few = cost()
    add(27)

    assert cost() == few <= MOST_QUERIES


def test_each_tab_counts_the_rows_it_opens(manager, given, unit, today):
    DirectiveFactory(due_on=today - DAY, handler=manager.user)
    DirectiveFactory(status="accepted", handler=manager.user, due_on=today)
    DirectiveFactory(status="closed", owner=manager.user)
    DirectiveFactory(status="reported", owner=manager.user)

    tabs = {tab["code"]: tab["count"] for tab in manager.get(LIST).context["tabs"]}

    assert tabs == {"open": 4, "sign": 1, "work": 1, "issued": 2, "decide": 1, "overdue": 1, "proposed": 1, "all": 5}
    for code, count in tabs.items():
        assert len(manager.get(f"{LIST}?tab={code}").context["lines"]) == count


def test_the_list_is_narrowed_by_state_source_unit_words_and_subject(manager, given, unit):
    project, company, event = ProjectFactory(), CompanyFactory(), EventFactory()
    problem = DirectiveFactory(source="problem", project=project, text="用水压力不足")
    appeal = DirectiveFactory(source="appeal", company=company, status="accepted")
    meeting = DirectiveFactory(agenda_item=AgendaItemFactory(event=event))
    asked = {
        "status=accepted": {appeal},
        "source=problem": {problem},
        f"unit={unit.pk}": {given},
        "q=水压": {problem},
        f"project={project.pk}": {problem},
        f"company={company.pk}": {appeal},
        f"event={event.pk}": {meeting},
        "status=nonsense&unit=x": {given, problem, appeal, meeting},
    }

    for query, rows in asked.items():
        assert {line.directive for line in manager.get(f"{LIST}?{query}").context["lines"]} == rows, query


def test_the_text_for_a_chat_names_no_company_amount_or_telephone(manager, unit, today):
    row = DirectiveFactory(
        text="测试光电有限公司投资3亿元，联系人 13800001234",
        company=CompanyFactory(name="测试光电有限公司"),
        lead_unit=unit,
        due_on=today - 30 * DAY,
        level="yellow",
    )

    said = manager.get(LIST).context["text"]

    assert row.number in said
    assert str(unit) in said
    assert "逾期" in said
    assert "黄色警告" in said
    for secret in ("测试光电", "亿", "1380000"):
        assert secret not in said


def test_an_officer_sees_only_his_own(unit, given):
    officer = signed_in("officer", department=unit)
    mine = DirectiveFactory(handler=officer.user)

    assert [line.directive for line in officer.get(LIST).context["lines"]] == [mine]
    for name in ("directive", "directive_slip"):
        assert officer.get(reverse(f"desk:{name}", args=[given.pk])).status_code == 404
    assert do(officer, given, "sign").status_code == 404


# --- one order


def test_the_page_costs_the_same_for_a_long_course(manager, given, unit):
    address = given.get_absolute_url()

    def cost():
        with CaptureQueriesContext(connection) as asked:
            text(manager.get(address))
        return len(asked)

    cost()
    few = cost()
    for _n in range(30):
        DirectiveNoteFactory(directive=given)

    assert cost() == few <= 20


def test_the_course_one_request_an_act_and_only_what_the_state_allows(manager, liaison, given):
    page = text(liaison.get(given.get_absolute_url()))
    assert 'value="sign"' in page
    assert 'value="close"' not in page
    assert 'value="report"' not in page

    for client, act, typed, status in (
        (liaison, "sign", {}, "accepted"),
        (liaison, "note", {"text": "已联系"}, "accepted"),
        (liaison, "report", {"text": "已办"}, "reported"),
        (manager, "return", {"text": "缺附件"}, "returned"),
        (liaison, "report", {"text": "已补"}, "reported"),
        (manager, "close", {}, "closed"),
        (manager, "reopen", {"text": "又出问题"}, "returned"),
    ):
        given.refresh_from_db()
        assert do(client, given, act, **typed).status_code == 302, act
        given.refresh_from_db()
        assert given.status == status


def test_acts_of_others_are_forbidden(manager, liaison, given):
    assert do(liaison, given, "move_due", due_on=given.due_on + DAY, text="来不及").status_code == 403
    assert do(manager, given, "sign").status_code == 403
    do(liaison, given, "sign")
    given.refresh_from_db()
    do(liaison, given, "report", text="已办")
    given.refresh_from_db()

    for act in ("close", "return", "escalate"):
        assert do(liaison, given, act, text="自己来", level="red").status_code == 403
    assert do(signed_in("leader"), given, "close").status_code == 403
    assert do(manager, given, "destroy").status_code == 404
    given.refresh_from_db()
    assert given.status == "reported"


def test_what_is_refused_comes_back_with_what_was_typed(liaison, given, manager):
    do(liaison, given, "sign")
    stale = text(do(liaison, given, "report", text="很长的办理结果"))
    given.refresh_from_db()
    empty = text(do(liaison, given, "report"))
    wrong = text(do(manager, given, "move_due", due_on="昨天", text="改"))

    assert "有人办过这一项" in stale
    assert "很长的办理结果" in stale
    assert "请写办理结果" in empty
    assert "读不懂" in wrong
    given.refresh_from_db()
    assert given.status == "accepted"


def test_an_act_is_taken_back(liaison, given):
    do(liaison, given, "sign")
    liaison.post(reverse("audit:undo", args=[liaison.session["undo_offer"]["pk"]]))

    given.refresh_from_db()
    assert given.status == "pending"
    assert [note.kind for note in given.notes.all()] == ["issued"]


def test_a_level_is_proposed_to_the_manager_and_set_by_him(manager, unit, today):
    row = DirectiveFactory(lead_unit=unit, due_on=today - 60 * DAY)
    page = text(manager.get(row.get_absolute_url()))
    assert "建议升级为“红色限期”" in page
    row.refresh_from_db()
    assert row.level == "none"

    do(manager, row, "escalate", level="red")

    row.refresh_from_db()
    assert row.level == "red"
    assert "建议升级" not in text(manager.get(row.get_absolute_url()))


def test_what_an_order_is_about_is_named_only_to_whom_it_opens(manager, unit, liaison):
    row = DirectiveFactory(source="problem", project=ProjectFactory(name="测试保密项目"), lead_unit=unit)

    for name in ("directive", "directive_slip"):
        address = reverse(f"desk:{name}", args=[row.pk])
        assert "测试保密项目" in text(manager.get(address))
        assert "测试保密项目" not in text(liaison.get(address))


def test_the_slip_says_the_level_in_a_word_and_leaves_blanks_for_the_pen(manager, liaison, given):
    Directive.objects.filter(pk=given.pk).update(level="yellow")
    page = text(manager.get(reverse("desk:directive_slip", args=[given.pk])))
    for word in (given.number, "黄色警告", "协调供电", str(given.lead_unit), "签收人：", "交办方签字："):
        assert word in page

    given.refresh_from_db()
    do(liaison, given, "sign")
    signed = text(manager.get(reverse("desk:directive_slip", args=[given.pk])))

    assert "签收人：" not in signed
    assert liaison.user.display in signed


# --- giving orders


def test_every_decision_of_a_meeting_becomes_a_line_and_an_order(manager, unit, liaison, today):
    event = EventFactory()
    first = AgendaItemFactory(event=event, rank=1, title="用地", decision="一是完成组卷\n二是办理报批")
    second = AgendaItemFactory(event=event, rank=2, title="供电", decision="完成增容")
    page = manager.get(f"{NEW}?event={event.pk}")
    assert [line.initial.get("text") for line in page.context["lines"]] == ["一是完成组卷", "二是办理报批", "完成增容", None]
    line = {"lead_unit": unit.pk, "due_on": today + DAY}
    typed = sheet(
        {**line, "text": "一是完成组卷", "agenda_item": first.pk},
        {**line, "text": "", "agenda_item": first.pk},
        {**line, "text": "完成增容", "agenda_item": second.pk},
        {"agenda_item": first.pk},
        initial=3,
        source="meeting",
    )

    answer = manager.post(f"{NEW}?event={event.pk}", typed)

    assert answer.url == f"{LIST}?event={event.pk}"
    made = Directive.objects.order_by("pk")
    assert [(row.text, row.agenda_item, row.source) for row in made] == [
        ("一是完成组卷", first, "meeting"),
        ("完成增容", second, "meeting"),
    ]
    shown = text(manager.get(event.get_absolute_url()))
    assert made[0].number in shown
    assert f"{NEW}?agenda={second.pk}" in shown


def test_an_order_given_by_mistake_is_withdrawn_until_it_is_signed_for(manager, liaison, given):
    address = reverse("desk:directive_withdraw", args=[given.pk])
    assert address in text(manager.get(given.get_absolute_url()))
    assert liaison.post(address, {"version": given.version}).status_code == 403
    do(liaison, given, "sign")
    text(manager.post(address, {"version": given.version}))
    assert Directive.objects.exists()
    liaison.post(reverse("audit:undo", args=[liaison.session["undo_offer"]["pk"]]))
    given.refresh_from_db()

    assert manager.post(address, {"version": given.version}).url == LIST

    assert not Directive.objects.exists()
    assert not DirectiveNote.objects.exists()


@pytest.mark.parametrize(("kind", "source"), [("project", "problem"), ("company", "appeal")])
def test_a_problem_comes_from_its_project_and_an_appeal_from_its_company(unit, liaison, today, kind, source):
    officer = signed_in("officer")
    factory = {"project": ProjectFactory, "company": CompanyFactory}[kind]
    row, foreign = factory(owner=officer.user), factory()
    address = f"{NEW}?{kind}={row.pk}"
    assert address in text(officer.get(row.get_absolute_url()))
    typed = sheet({"text": "水压不足", "lead_unit": unit.pk, "due_on": today}, source=source)

    officer.post(address, typed)

    made = Directive.objects.get()
    assert (made.source, getattr(made, kind), made.owner) == (source, row, officer.user)
    assert officer.get(f"{NEW}?{kind}={foreign.pk}").status_code == 404
    assert officer.post(f"{NEW}?{kind}={foreign.pk}", typed).status_code == 404


def test_a_free_order_names_its_project_by_code_or_name(manager, unit, liaison, today):
    one, _two = ProjectFactory(name="测试锂电一期"), ProjectFactory(name="测试锂电二期")
    line = {"text": "落实批示", "lead_unit": unit.pk, "due_on": today}

    unclear = text(manager.post(NEW, sheet({**line, "about": "锂电"}, source="note")))
    unknown = text(manager.post(NEW, sheet({**line, "about": "没有的"}, source="note")))
    manager.post(NEW, sheet({**line, "about": "锂电一期"}, source="supervision"))

    assert "不止一个项目符合" in unclear
    assert "没有这个编号或名称的项目" in unknown
    assert Directive.objects.get().project == one


def test_an_order_is_about_a_park_chosen_in_the_form_or_named_by_the_address(manager, unit, liaison, today):
    park = ParkFactory(name="测试园区甲")
    line = {"text": "修好雨污管网", "lead_unit": unit.pk, "due_on": today}
    manager.post(NEW, sheet({**line, "about_park": park.pk}, source="note"))
    assert "测试园区甲" in text(manager.get(f"{NEW}?park={park.pk}"))
    manager.post(f"{NEW}?park={park.pk}", sheet(line, source="note"))

    assert [(row.park, row.project) for row in Directive.objects.all()] == [(park, None)] * 2
    assert "测试园区甲" in text(manager.get(Directive.objects.first().get_absolute_url()))
    assert len(manager.get(f"{LIST}?park={park.pk}").context["lines"]) == 2
    assert manager.get(f"{NEW}?park={park.pk + 1}").status_code == 404


def test_a_project_and_a_park_at_once_are_refused(manager, unit, liaison, today):
    project = ProjectFactory(name="测试锂电一期")
    line = {"text": "落实批示", "lead_unit": unit.pk, "due_on": today, "about": project.name, "about_park": ParkFactory().pk}

    assert "项目和园区只能选一个" in text(manager.post(NEW, sheet(line, source="note")))
    assert not Directive.objects.exists()


def test_the_tab_of_proposals_holds_what_should_rise_and_no_more(manager, unit, today):
    rises = DirectiveFactory(lead_unit=unit, due_on=today - 60 * DAY)
    DirectiveFactory(lead_unit=unit, due_on=today - 60 * DAY, level="red")
    DirectiveFactory(lead_unit=unit, due_on=today + DAY)
    DirectiveFactory(lead_unit=unit, due_on=today - 60 * DAY, status="reported")

    page = manager.get(f"{LIST}?tab=proposed")

    assert [line.directive for line in page.context["lines"]] == [rises]
    assert {tab["code"]: tab["count"] for tab in page.context["tabs"]}["proposed"] == 1


def test_the_page_of_an_order_shows_its_attachments(manager, unit):
    row = DirectiveFactory(lead_unit=unit)
    assert "没有附件" in text(manager.get(row.get_absolute_url()))
    AttachmentFactory(target=row, label="测试批示件")

    page = text(manager.get(row.get_absolute_url()))

    assert "测试批示件" in page
    assert "没有附件" not in page


def test_what_is_doubtful_asks_once_and_goes_on_when_confirmed(manager, unit, liaison, today):
    typed = sheet({"text": "补办手续", "lead_unit": unit.pk, "due_on": today - DAY}, source="note")
    asked = text(manager.post(NEW, typed))
    assert "已经过去" in asked
    assert 'name="confirmed"' in asked
    assert not Directive.objects.exists()

    manager.post(NEW, {**typed, "confirmed": "on"})

    assert Directive.objects.count() == 1


def test_what_is_missing_is_said_at_its_field_and_who_may_only_read_gives_none(manager, unit):
    page = text(manager.post(NEW, sheet({"text": "没有单位"}, source="note")))

    assert "请指定牵头单位" in page
    assert "请填写办结时限" in page
    assert signed_in("leader").get(NEW).status_code == 403
    assert manager.get(f"{NEW}?event={EventFactory().pk}").status_code == 404


def test_the_form_costs_the_same_for_one_and_many_lines(manager, unit):
    def cost(count):
        event = EventFactory()
        AgendaItemFactory(event=event, decision="\n".join(f"第{n}件" for n in range(count)))
        with CaptureQueriesContext(connection) as asked:
            text(manager.get(f"{NEW}?event={event.pk}"))
        return len(asked)

    cost(1)

    assert cost(30) == cost(1) <= MOST_QUERIES


# --- commitments on the project's page


def test_a_promise_is_added_reviewed_and_kept_on_the_page_of_the_project(today):
    officer = signed_in("officer")
    project = ProjectFactory(owner=officer.user)
    add = reverse("desk:commitment_add", args=[project.pk])
    officer.post(add, {"side": "ours", "text": "完成供电接入", "due_on": today - DAY, "fair_review": "pending"})
    row = project.commitments.get()
    page = text(officer.get(project.get_absolute_url()))
    assert PENDING in page
    assert "已过期限" in page

    def change(**typed):
        officer.post(reverse("desk:commitment_change", args=[row.pk]), {"version": row.version, **typed})
        row.refresh_from_db()

    change(status="kept")
    assert row.status == "open"
    change(fair_review="passed")
    change(status="kept")

    assert (row.status, row.fair_review) == ("kept", "passed")
    officer.get(project.get_absolute_url())  # what was refused is said once
    assert PENDING not in text(officer.get(project.get_absolute_url()))


def test_a_promise_that_was_not_kept_is_noted_with_a_button(today):
    officer = signed_in("officer")
    project = ProjectFactory(owner=officer.user)
    row = CommitmentFactory(project=project, side="theirs", due_on=today - DAY, fair_review="not_needed")
    assert 'name="status" value="broken"' in text(officer.get(project.get_absolute_url()))

    officer.post(reverse("desk:commitment_change", args=[row.pk]), {"version": row.version, "status": "broken"})

    row.refresh_from_db()
    assert row.status == "broken"
    assert 'value="broken"' not in text(officer.get(project.get_absolute_url()))


def test_promises_of_others_are_not_touched(today):
    project = ProjectFactory()
    row = CommitmentFactory(project=project, due_on=today)
    typed = {"side": "ours", "text": "越权", "due_on": today, "version": row.version, "fair_review": "passed"}
    for client, status in ((signed_in("officer"), 404), (signed_in("leader"), 403)):
        for name, key in (("commitment_add", project.pk), ("commitment_change", row.pk)):
            assert client.post(reverse(f"desk:{name}", args=[key]), typed).status_code == status
    row.refresh_from_db()
    assert (row.fair_review, project.commitments.count()) == ("pending", 1)


def test_a_waiting_promise_is_marked_on_the_printed_page_of_a_company(manager, today):
    party = ProjectPartyFactory()
    CommitmentFactory(project=party.project, side="ours", text="完成供电接入" * 20, due_on=today)

    page = text(manager.get(reverse("desk:company_one_page", args=[party.company_id])))

    assert PENDING in page
    assert "已商定事项</h2>" not in page
