"""Orders: who may do what in which state, and what is refused in which words."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts import roles
from activities import duties, services
from activities.duties import Act
from activities.models import Directive, DirectiveNote
from activities.services import Order, escalation
from audit.models import AuditEvent
from core import services as core
from core.models import StaleRow
from core.working_days import Calendar
from tests.factories import (
    NOW,
    TODAY,
    AgendaItemFactory,
    DepartmentFactory,
    DirectiveFactory,
    DirectiveUnitFactory,
    LightRuleFactory,
    ProjectFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
Level, Status = Directive.Level, Directive.Status


@pytest.fixture(autouse=True)
def _groups():
    roles.sync_groups()


@pytest.fixture
def giver():
    """The head of the department that orders."""
    return UserFactory(roles=["head"])


@pytest.fixture
def unit():
    return DepartmentFactory()


@pytest.fixture
def liaison(unit):
    """Signs for the lead unit."""
    return UserFactory(roles=["liaison"], department=unit)


def order(unit, **more) -> Order:
    values = {"source": "note", "text": "协调供电增容", "lead_unit": unit, "due_on": TODAY + 7 * DAY}
    return Order(**{**values, **more})


def issue(*orders, by, **more) -> list[Directive]:
    return services.issue(orders, by=by, now=NOW, today=TODAY, **more)


@pytest.fixture
def given(giver, liaison, unit) -> Directive:
    return issue(order(unit), by=giver)[0]


@pytest.fixture
def reported(given, liaison) -> Directive:
    row = services.sign_for(given, by=liaison, now=NOW)
    return services.report_done(row, "已增容", by=liaison, now=NOW)


def refused(code: str, service, *args, **options) -> str:
    with pytest.raises(ValidationError) as caught:
        service(*args, **options)
    assert caught.value.code == code, caught.value
    return caught.value.messages[0]


# --- giving


def test_a_decision_becomes_several_orders_each_with_its_own_unit(giver, unit, liaison):
    item = AgendaItemFactory(decision="一是办证\n二是供电")
    other = DepartmentFactory()
    second = UserFactory(roles=["officer"], department=other)
    lines = [
        order(unit, source="meeting", agenda_item=item, support_units=[other, unit, other]),
        order(other, source="meeting", agenda_item=item, text="办证", handler=second),
    ]

    made = issue(*lines, by=giver)

    assert [row.lead_unit for row in made] == [unit, other]
    assert [link.department for link in made[0].unit_links.all()] == [other]
    assert {row.agenda_item for row in made} == {item}
    assert [note.kind for row in made for note in row.notes.all()] == ["issued", "issued"]
    assert AuditEvent.objects.filter(action="directive.issued").count() == 2


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"text": "  "}, "empty"),
        ({"lead_unit": None}, "lead_unit"),
        ({"due_on": None}, "due_on"),
        ({"source": "problem"}, "source"),
        ({"source": "meeting"}, "source"),
        ({"text": "长" * 5001}, "too_long"),
    ],
)
def test_an_order_that_lacks_something_is_refused_and_none_is_given(giver, unit, liaison, values, code):
    refused(code, issue, order(unit), order(unit, **values), by=giver)

    assert not Directive.objects.exists()


def test_nothing_is_ordered_about_an_ended_project(giver, unit, liaison):
    ended = ProjectFactory(status="terminated", status_reason="投资方放弃")
    gone = ProjectFactory()
    core.delete(gone, by=giver, now=NOW)

    for project in (ended, gone):
        said = refused("ended", issue, order(unit, source="problem", project=project), by=giver, confirmed=True)
        assert project.name in said


def test_a_date_in_the_past_asks_first(giver, unit, liaison):
    refused("past", issue, order(unit, due_on=TODAY - DAY), by=giver)

    assert issue(order(unit, due_on=TODAY - DAY), by=giver, confirmed=True)[0].due_on == TODAY - DAY


def test_a_unit_without_people_asks_and_its_paper_is_noted_by_the_giver(giver):
    empty = DepartmentFactory()
    UserFactory(roles=["liaison"], department=empty, is_active=False)
    said = refused("no_people", issue, order(empty), by=giver)

    row = issue(order(empty), by=giver, confirmed=True)[0]

    assert empty.name in said
    refused("text", services.sign_for, row, by=giver, now=NOW)
    row = services.sign_for(row, by=giver, now=NOW, text="测试员乙 11 月 24 日签收")
    row = services.report_done(row, "已办", by=giver, now=NOW)
    assert services.close(row, by=giver, now=NOW).status == Status.CLOSED


# --- the course


def test_an_order_is_signed_worked_reported_returned_reported_and_closed(given, giver, liaison):
    row = services.sign_for(given, by=liaison, now=NOW)
    row = services.add_note(row, "已联系供电公司", by=liaison, now=NOW)
    row = services.report_done(row, "已增容", by=liaison, now=NOW)
    row = services.return_directive(row, "没有附供电方案", by=giver, now=NOW)
    assert row.status == Status.RETURNED
    row = services.report_done(row, "已补方案", by=liaison, now=NOW)

    row = services.close(row, by=giver, now=NOW)

    assert row.status == Status.CLOSED
    kinds = ["issued", "signed", "worked", "reported", "returned", "reported", "closed"]
    assert [note.kind for note in row.notes.all()] == kinds
    assert {note.noted_by for note in row.notes.all()} == {giver, liaison}
    written = set(AuditEvent.objects.values_list("action", flat=True))
    assert {f"directive.{kind}" for kind in kinds} <= written


@pytest.mark.parametrize("act", ["report_done", "return_directive", "close", "reopen", "add_note"])
def test_before_it_is_signed_nothing_else_is_done(given, giver, liaison, act):
    person = liaison if act in ("report_done", "add_note") else giver
    words = () if act == "close" else ("说明",)

    said = refused("status", getattr(services, act), given, *words, by=person, now=NOW)

    assert "签收" in said
    given.refresh_from_db()
    assert given.status == Status.PENDING


def test_words_are_needed_where_something_is_claimed_or_sent_back(reported, giver, liaison):
    refused("text", services.return_directive, reported, " ", by=giver, now=NOW)
    row = services.return_directive(reported, "缺材料", by=giver, now=NOW)
    refused("text", services.report_done, row, "", by=liaison, now=NOW)
    refused("text", services.add_note, row, "", by=liaison, now=NOW)
    row = services.close(services.report_done(row, "补齐", by=liaison, now=NOW), by=giver, now=NOW)
    refused("text", services.reopen, row, "", by=giver, now=NOW)

    assert services.reopen(row, "企业反映没有解决", by=giver, now=NOW).status == Status.RETURNED


def test_what_another_did_meanwhile_is_not_written_over(given, liaison):
    services.sign_for(given, by=liaison, now=NOW, version=given.version)

    with pytest.raises(StaleRow):
        services.sign_for(given, by=liaison, now=NOW, version=given.version)

    assert DirectiveNote.objects.filter(kind="signed").count() == 1


def test_a_deleted_order_says_so(given, liaison, giver):
    core.delete(given, by=giver, now=NOW)

    refused("deleted", services.sign_for, given, by=liaison, now=NOW)


# --- closed by the issuing side only


def test_the_lead_unit_does_not_close_its_own(reported, liaison, unit):
    head = UserFactory(roles=["head"], department=unit)

    for person in (liaison, head):
        with pytest.raises(PermissionDenied):
            services.close(reported, by=person, now=NOW)
    reported.refresh_from_db()
    assert reported.status == Status.REPORTED


def test_who_orders_within_his_own_unit_leaves_the_closing_to_the_manager(giver):
    officer = UserFactory(roles=["officer"], department=giver.department)
    row = issue(order(giver.department, handler=officer), by=giver)[0]
    row = services.sign_for(row, by=officer, now=NOW)
    row = services.report_done(row, "已办", by=officer, now=NOW)

    with pytest.raises(PermissionDenied, match="招商中心负责人"):
        services.close(row, by=giver, now=NOW)

    assert services.close(row, by=UserFactory(roles=["manager"]), now=NOW).status == Status.CLOSED


def test_a_handler_does_not_close_what_he_did_even_as_manager(giver, unit):
    manager = UserFactory(roles=["manager"])
    row = issue(order(unit, handler=manager), by=manager)[0]
    row = services.report_done(services.sign_for(row, by=manager, now=NOW), "已办", by=manager, now=NOW)

    with pytest.raises(PermissionDenied, match="经办人"):
        services.close(row, by=manager, now=NOW)


def test_strangers_and_supporting_units_do_not_sign_or_report(given, unit):
    supporter = UserFactory(roles=["liaison"])
    DirectiveUnitFactory(directive=given, department=supporter.department)
    colleague = UserFactory(roles=["officer"], department=unit)

    for person in (supporter, colleague, UserFactory(roles=["officer"])):
        with pytest.raises(PermissionDenied):
            services.sign_for(given, by=person, now=NOW)
    services.sign_for(given, by=UserFactory(roles=["head"], department=unit), now=NOW)
    row = services.add_note(given, "配合单位已到场", by=supporter, now=NOW)
    assert row.notes.last().noted_by == supporter


def test_of_an_ended_project_an_order_can_only_be_closed_with_a_reason(giver, liaison, unit):
    project = ProjectFactory()
    row = issue(order(unit, source="problem", project=project), by=giver)[0]
    project.status, project.status_reason = "terminated", "投资方放弃"
    project.save(by=giver, update_fields=["status", "status_reason"])

    assert "已终止" in refused("ended", services.sign_for, row, by=liaison, now=NOW)
    refused("text", services.close, row, by=giver, now=NOW)
    assert services.close(row, by=giver, now=NOW, text="项目已终止").status == Status.CLOSED


# --- dates and handlers


def test_a_due_date_moves_only_with_a_reason_and_not_into_the_past(given, giver, liaison):
    later = given.due_on + 7 * DAY

    def move(day, reason, person):
        return services.move_due(given, day, reason, by=person, now=NOW, today=TODAY)

    refused("text", move, later, " ", giver)
    refused("due_on", move, TODAY - DAY, "想改", giver)
    refused("due_on", move, given.due_on, "没变", giver)
    with pytest.raises(PermissionDenied):
        move(later, "来不及", liaison)
    row = move(later, "供电公司排期", giver)

    note = row.notes.last()
    assert (row.due_on, note.old_due_on, note.new_due_on) == (later, TODAY + 7 * DAY, later)


def test_a_handler_is_changed_to_somebody_in_service(given, liaison, unit):
    gone = UserFactory(department=unit, is_active=False)
    officer = UserFactory(roles=["officer"], department=unit)

    refused("handler", services.change_handler, given, gone, by=liaison, now=NOW)
    row = services.change_handler(given, officer, by=liaison, now=NOW)

    assert services.sign_for(row, by=officer, now=NOW).status == Status.ACCEPTED


# --- who sees what


def test_an_officer_sees_what_he_ordered_or_was_given_and_nothing_else(given, unit, giver, liaison):
    officer = UserFactory(roles=["officer"], department=unit)
    supporter = UserFactory(roles=["liaison"])
    DirectiveUnitFactory(directive=given, department=supporter.department)
    mine = DirectiveFactory(handler=officer)

    assert set(Directive.objects.visible_to(officer)) == {mine}
    assert set(Directive.objects.visible_to(liaison)) == {given}
    assert set(Directive.objects.visible_to(supporter)) == {given}
    assert set(Directive.objects.visible_to(giver)) == {given}
    assert set(Directive.objects.visible_to(UserFactory(roles=["leader"]))) == {given, mine}
    assert not Directive.objects.visible_to(UserFactory(roles=["sysadmin"])).exists()
    assert not DirectiveNote.objects.visible_to(officer).exists()


def test_the_acts_offered_are_exactly_those_the_services_take(given, giver, liaison):
    assert duties.acts(given, liaison) == {Act.SIGN, Act.HANDLER}
    assert duties.acts(given, giver) == {Act.MOVE_DUE, Act.HANDLER, Act.WITHDRAW}
    row = services.report_done(services.sign_for(given, by=liaison, now=NOW), "办了", by=liaison, now=NOW)

    assert duties.acts(row, liaison) == {Act.NOTE}
    assert duties.acts(row, giver) == {Act.NOTE, Act.RETURN, Act.CLOSE}
    assert duties.acts(row, UserFactory(roles=["leader"])) == set()


# --- three colours


@pytest.mark.parametrize(
    ("late", "level"),
    [(0, ""), (1, "blue"), (6, "blue"), (7, "yellow"), (14, "yellow"), (15, "red"), (40, "red")],
)
@pytest.mark.parametrize("today", [TODAY, dt.date(2026, 11, 22)], ids=["working day", "Sunday"])
def test_working_days_overdue_propose_a_level_and_set_none(late, level, today):
    days, rules = Calendar.load(), escalation.thresholds()
    due = today
    while days.working_days_between(due, today) < late:
        due -= DAY
    row = DirectiveFactory(due_on=due)

    found = escalation.proposed(row, today=today, days=days, rules=rules)

    assert found == level
    listed = escalation.proposable(Directive.objects.all(), today=today, days=days, rules=rules)
    assert list(listed) == ([row] if level else [])
    row.refresh_from_db()
    assert row.level == Level.NONE


def test_thresholds_are_rows_and_one_that_is_off_proposes_nothing():
    LightRuleFactory(code="directive_blue", colour="blue", threshold=3)
    LightRuleFactory(code="directive_red", colour="red", threshold=5, enabled=False)

    assert escalation.thresholds() == {"blue": 3}


def test_only_the_manager_confirms_a_level_and_lowering_needs_a_reason(given, giver, liaison):
    manager = UserFactory(roles=["manager"])

    for person in (giver, liaison):
        with pytest.raises(PermissionDenied):
            services.escalate(given, "blue", by=person, now=NOW)
    row = services.escalate(given, "yellow", by=manager, now=NOW)
    refused("level", services.escalate, row, "yellow", by=manager, now=NOW)
    refused("level", services.escalate, row, "purple", by=manager, now=NOW)
    refused("text", services.escalate, row, "blue", by=manager, now=NOW)

    assert services.escalate(row, "blue", by=manager, now=NOW, reason="已有进展").level == Level.BLUE
    assert escalation.proposed(row, today=TODAY, days=Calendar.load(), rules=escalation.thresholds()) == ""
