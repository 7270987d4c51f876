"""对接记录, both ways."""

import datetime as dt

import pytest

from accounts import roles
from activities.models import Attendance, FollowUp, Interaction, InteractionCompany
from companies.models import Company
from core.dates import FuzzyDate
from ledgers.layouts.contacts import CONTACTS
from tests.factories import (
    TODAY,
    AttendanceFactory,
    CompanyFactory,
    EventFactory,
    FollowUpFactory,
    InteractionCompanyFactory,
    InteractionFactory,
    PersonFactory,
    PositionFactory,
    ProjectFactory,
    UserFactory,
)
from tests.ledgers.plain import applied, exported, planned, problems, read_back, undone
from tests.ledgers.rows import row

pytestmark = pytest.mark.django_db

SOON = TODAY + dt.timedelta(days=7)
FULL = {
    "happened_on": FuzzyDate(dt.date(2026, 3, 5)),
    "kind": "visit",
    "company": ["测试光电有限公司", "测试装备有限公司"],
    "theirs": ["联系人甲", "联系人乙"],
    "ours": ["测试员甲", "测试领导乙"],
    "place": "深圳",
    "summary": "谈了厂房面积。\n对方要 3000 平方米。",
    "outcome": "greeting",
    "project": "测试光电项目",
    "event": "测试推介会",
    "recorder": "测试员甲",
    "next_step": "发送载体清单",
    "next_on": SOON,
}


@pytest.fixture
def user():
    roles.sync_groups()
    return UserFactory(roles=["manager"])


@pytest.fixture
def known():
    ProjectFactory(name="测试光电项目")
    EventFactory(name="测试推介会")
    return UserFactory(display_name="测试员甲")


def contact(number=6, **values):
    usual = {"happened_on": FuzzyDate(dt.date(2026, 3, 5)), "company": ["测试光电有限公司"], "summary": "谈了厂房面积"}
    return row(number, **{**usual, **values})


def test_every_column_of_a_contact_is_kept_with_its_author_and_day(user, known):
    applied(CONTACTS, row(**FULL), user=user)

    found = Interaction.objects.get()
    assert (found.owner, found.department, found.created_by, found.origin) == (known, known.department, user, "imported")
    assert (found.happened_on, found.kind, found.place, found.summary) == (dt.date(2026, 3, 5), "visit", "深圳", FULL["summary"])
    assert (found.outcome, found.project.name, found.event.name) == ("greeting", "测试光电项目", "测试推介会")
    assert [link.company.name for link in found.company_links.all()] == FULL["company"]
    assert [str(one) for one in found.attendances.order_by("side", "rank")] == [*FULL["ours"], *FULL["theirs"]]
    step = found.follow_ups.get()
    assert (step.title, step.due_on, step.status) == ("发送载体清单", SOON, "open")
    assert (step.owner, step.assignee, step.company.name, step.project) == (known, known, "测试光电有限公司", found.project)


def test_a_full_and_a_poor_contact_are_written_and_read_back_without_a_change(user, known):
    applied(CONTACTS, row(**FULL), contact(7, happened_on=FuzzyDate(dt.date(2026, 4, 30), "month")), user=user)

    plan = planned(CONTACTS, *read_back(CONTACTS, user=user), user=user)

    assert (plan.problems, plan.changes_nothing) == ([], True)
    assert exported(CONTACTS, user=user)[0] == FULL


def test_contacts_made_by_hand_are_written_and_read_back_without_a_change(user):
    twins = [UserFactory(display_name="测试员乙") for _twin in range(2)]
    left = UserFactory(is_active=False)
    projects = [ProjectFactory(name="测试同名项目", code=f"2026-00{place}") for place in (1, 2)]
    events = [EventFactory(name="测试年会", starts_on=dt.date(year, 3, 5)) for year in (2025, 2026)]
    for owner, project, event in zip([*twins, left], [*projects, None], [*events, None], strict=True):
        made = InteractionFactory(owner=owner, project=project, event=event, outcome="", summary="第一行\r\n第二行")
        InteractionCompanyFactory(interaction=made)
        AttendanceFactory(interaction=made)
        for user_there in (*twins, left):
            AttendanceFactory(interaction=made, person=None, user=user_there, side="ours")
        FollowUpFactory(interaction=made, owner=owner)

    plan = planned(CONTACTS, *read_back(CONTACTS, user=user), user=user)

    assert (plan.problems, plan.changes_nothing) == ([], True)


def test_applying_the_same_contacts_again_changes_nothing_and_undoing_leaves_none(user, known):
    job = applied(CONTACTS, row(**FULL), user=user)

    again = planned(CONTACTS, row(**FULL), user=user)
    taken_back = undone(job, user=user)

    assert (again.problems, again.changes_nothing) == ([], True)
    assert taken_back.refused == []
    left = [model.objects.count() for model in (Interaction, InteractionCompany, Attendance, FollowUp, Company)]
    assert left == [0, 0, 0, 0, 0]


def test_a_contact_without_a_recorder_is_the_importers(user):
    applied(CONTACTS, contact(), user=user)

    found = Interaction.objects.get()
    assert (found.owner, found.kind, found.outcome) == (user, "other", "effective")


@pytest.mark.parametrize(
    ("key", "head"), [("recorder", "记录人"), ("project", "项目"), ("event", "活动")], ids=["recorder", "project", "event"]
)
def test_a_name_that_is_only_referred_to_has_to_be_there(user, key, head):
    plan = planned(CONTACTS, contact(**{key: "测试无此名"}), user=user)

    assert problems(plan) == [("unknown", head)]


def test_the_author_of_a_known_contact_is_not_changed(user, known):
    made = InteractionFactory(happened_on=dt.date(2026, 3, 5), summary="谈了厂房面积", kind="call")
    InteractionCompanyFactory(interaction=made, company=CompanyFactory(name="测试光电有限公司"))

    plan = planned(CONTACTS, contact(kind="call", recorder="测试员甲"), user=user)

    assert (plan.problems, plan.changes_nothing) == ([], True)


def test_a_contact_is_found_without_its_kind_and_with_other_line_breaks(user):
    applied(CONTACTS, contact(kind="call", summary="第一行\n第二行"), user=user)

    plan = planned(CONTACTS, contact(summary="第一行 第二行"), user=user)

    assert (plan.problems, plan.changes_nothing) == ([], True)


def test_a_person_known_at_the_company_is_linked_and_a_strange_name_is_kept(user):
    position = PositionFactory(company=CompanyFactory(name="测试光电有限公司"), person__name="联系人甲")
    for _twin in range(2):
        PositionFactory(company=position.company, person=PersonFactory(name="联系人丙"))

    applied(CONTACTS, contact(theirs=["联系人甲", "联系人乙", "联系人丙"]), user=user)

    found = [(one.person, one.name) for one in Attendance.objects.order_by("rank")]
    assert found == [(position.person, ""), (None, "联系人乙"), (None, "联系人丙")]


@pytest.mark.parametrize("due_on", [None, TODAY - dt.timedelta(days=1)], ids=["undated", "past"])
def test_a_next_step_of_the_past_is_kept_and_nobody_is_reminded(user, due_on):
    applied(CONTACTS, contact(next_step="发送载体清单", **({"next_on": due_on} if due_on else {})), user=user)

    step = FollowUp.objects.get()
    assert (step.title, step.due_on, step.status) == ("发送载体清单", due_on, "cancelled")
    assert not FollowUp.objects.open().exists()


def test_a_date_without_a_next_step_is_refused(user):
    plan = planned(CONTACTS, contact(next_on=SOON), user=user)

    assert problems(plan) == [("next_step", "下一步日期")]


def test_an_officer_notes_nothing_in_the_name_of_a_colleague_and_a_head_does(user):
    head, officer = UserFactory(roles=["head"]), UserFactory(roles=["officer"])
    UserFactory(display_name="测试员甲", department=head.department, is_active=False)

    refused = planned(CONTACTS, contact(recorder="测试员甲"), user=officer)
    taken = planned(CONTACTS, contact(recorder="测试员甲"), user=head)

    assert problems(refused) == [("scope", "记录人")]
    assert taken.problems == []


def test_what_of_a_contact_the_person_may_not_see_is_not_written(user):
    officer = UserFactory(roles=["officer"])
    made = InteractionFactory(owner=officer, project=ProjectFactory(name="测试保密项目"), event=EventFactory(name="测试保密会"))
    InteractionCompanyFactory(interaction=made)
    FollowUpFactory(interaction=made, title="测试保密事项")

    written = exported(CONTACTS, user=officer)

    assert len(written) == 1
    assert "测试保密" not in str(written)


@pytest.mark.parametrize("count", [3, 30])
def test_writing_contacts_costs_the_same_queries_for_few_and_many(user, count, django_assert_num_queries):
    for _number in range(count):
        made = InteractionFactory(project=ProjectFactory(), event=EventFactory())
        InteractionCompanyFactory(interaction=made)
        AttendanceFactory(interaction=made)
        FollowUpFactory(interaction=made)
    list(exported(CONTACTS, user=user))  # the scope is read once

    with django_assert_num_queries(9):
        exported(CONTACTS, user=user)


@pytest.mark.parametrize("count", [3, 30])
def test_a_plan_of_contacts_costs_the_same_queries_for_few_and_many(user, known, count, django_assert_max_num_queries):
    rows = [row(6 + place, **{**FULL, "company": [f"测试企业{place}有限公司"], "theirs": ["联系人甲"]}) for place in range(count)]
    applied(CONTACTS, *rows, user=user)
    more = [row(one.number, **{**one.values, "next_step": "测试新事项", "theirs": ["联系人丙"]}) for one in rows]

    with django_assert_max_num_queries(25):
        assert planned(CONTACTS, *rows, user=user).changes_nothing
    with django_assert_max_num_queries(25):
        assert planned(CONTACTS, *more, user=user).counts["create"]["activities.FollowUp"] == count
