"""T3b 外出招商情况上报表, T3c 招商小组外出考勤, T3d 拜访客商周报表."""

import datetime as dt

import pytest

from accounts import roles
from accounts.models import Department
from activities.models import Attendance, FollowUp, Interaction
from audit import changesets
from companies.models import Company, Person
from events.models import Event, Participation
from ledgers.layouts.base import Context
from ledgers.layouts.t3b import T3B
from ledgers.layouts.t3c import T3C
from ledgers.layouts.t3d import T3D
from tests.factories import (
    NOW,
    TODAY,
    AttendanceFactory,
    CompanyFactory,
    DepartmentFactory,
    EventFactory,
    FollowUpFactory,
    InteractionCompanyFactory,
    InteractionFactory,
    ParticipationFactory,
    PersonFactory,
    PositionFactory,
    UserFactory,
)
from tests.ledgers.layout_rows import apply, changes, codes, plan_of, read, written

NOVEMBER = dt.date(2026, 11, 5)


@pytest.fixture
def user(db):
    roles.sync_groups()
    return UserFactory(roles=["manager"], department=DepartmentFactory(name="测试招商一组"))


@pytest.fixture
def context(user):
    return Context(user, TODAY, TODAY)


def trip(number=6, **cells):
    usual = {
        "unit": "测试招商一组",
        "starts_on": "2026-11-05",
        "ends_on": "2026-11-07",
        "destination": "广东深圳",
        "company": "测试光电有限公司",
    }
    return read(T3B, number, {**usual, **cells})


def visit(number=6, **cells):
    usual = {"happened_on": "2026-11-20", "company": "测试光电有限公司", "summary": "介绍园区政策"}
    return read(T3D, number, {**usual, **cells})


def blamed(plan):
    return [(found.code, found.column) for found in plan.problems]


# T3b: a line a person


def test_the_lines_of_a_trip_are_one_event(user, context):
    colleague = UserFactory(display_name="测试员乙")

    apply(
        T3B,
        [
            trip(name="测试员乙", title="副主任", contact="联系人甲", contact_title="总经理"),
            trip(7, name="测试员丙", title="科员", company="测试装备有限公司"),
            trip(8, name="测试员乙", company="/", contact="联系人丁"),
        ],
        context,
    )

    event = Event.objects.get()
    assert (event.name, event.kind, event.city) == ("测试招商一组赴广东深圳招商", "trip", "广东深圳")
    assert (event.starts_on, event.ends_on, event.status, event.department) == (
        NOVEMBER,
        dt.date(2026, 11, 7),
        "held",
        user.department,
    )
    seen = Participation.objects.order_by("pk").values_list("side", "user", "name", "company__name", "person__name", "title_then")
    assert list(seen) == [
        ("ours", colleague.pk, "", None, None, "副主任"),
        ("theirs", None, "", "测试光电有限公司", "联系人甲", "总经理"),
        ("ours", None, "测试员丙", None, None, "科员"),
        ("theirs", None, "", "测试装备有限公司", None, ""),
        ("theirs", None, "联系人丁", None, None, ""),
    ]


def test_the_same_place_on_another_day_is_another_trip(user, context):
    apply(T3B, [trip(), trip(7, starts_on="2026-11-20", ends_on="2026-11-21")], context)

    assert Event.objects.count() == 2


def test_the_same_lines_again_change_nothing(user, context):
    rows = [trip(name="测试员乙", contact="联系人甲", contact_title="总经理"), trip(7, company="测试甲公司、测试乙公司")]
    apply(T3B, rows, context)

    again = plan_of(T3B, rows, context)

    assert (again.problems, changes(again)) == ([], [])


@pytest.mark.parametrize(
    ("cells", "code", "head"),
    [
        ({"unit": "不认识的单位"}, "unknown", "单位"),
        ({"destination": "/"}, "trip", "目的地"),
        ({"days": 5}, "days", "天数"),
        ({"ends_on": "2026-11-01", "days": 1}, "days", "天数"),
        ({"company": "测试甲公司、测试乙公司", "contact": "联系人甲"}, "several", "拜访企业名称"),
        ({"contact": "联系人甲、联系人乙", "contact_title": "总经理"}, "pairs", "接洽人职务"),
    ],
)
def test_a_line_that_would_have_to_be_guessed_is_refused(user, context, cells, code, head):
    assert blamed(plan_of(T3B, [trip(**cells)], context)) == [(code, head)]


def test_rest_days_may_be_left_out_of_the_days(user, context):
    assert plan_of(T3B, [trip(days=2)], context).problems == []


def test_a_trip_that_ends_before_it_begins_is_refused(user, context):
    assert codes(plan_of(T3B, [trip(ends_on="2026-11-01")], context)) == ["order"]


def test_several_people_of_a_company_have_their_titles_in_order(user, context):
    apply(T3B, [trip(contact="联系人甲、联系人乙", contact_title="总经理、副总经理")], context)

    assert set(Participation.objects.values_list("person__name", "title_then")) == {
        ("联系人甲", "总经理"),
        ("联系人乙", "副总经理"),
    }


def test_an_import_of_trips_can_be_undone(user, context):
    job = apply(T3B, [trip(name="测试员丙", contact="联系人甲")], context)

    undone = changesets.undo(job.changeset, by=user, now=NOW)

    assert undone.refused == []
    assert not any(model.objects.exists() for model in (Event, Participation, Company, Person))


def outing(user, number=0, **values):
    """A trip with three of ours and two companies, one of them with somebody who has no office there."""
    day = {"starts_on": NOVEMBER + dt.timedelta(number), "ends_on": NOVEMBER + dt.timedelta(number + 2)}
    place = {"name": f"测试外出{number}", "kind": "trip", "city": "广东深圳"}
    event = EventFactory(**{**place, **day, "owner": user, **values})
    office = PositionFactory(title="总经理")
    people = [
        {"user": UserFactory(), "side": "ours", "role": "lead", "title_then": "主任"},
        {"user": UserFactory(is_active=False), "side": "ours", "role": "staff"},
        {"name": "测试员丙", "side": "ours", "role": "staff"},
        {"company": office.company, "person": office.person, "title_then": "董事长、总裁"},
        {"company": CompanyFactory(), "person": PersonFactory()},
        {"company": CompanyFactory(name=f"测试工程{number}", owner=user)},
    ]
    for one in people:
        ParticipationFactory(event=event, **{"company": None, **one})
    return event


def test_trips_that_are_written_change_nothing_when_they_come_back(user, context):
    (
        outing(user),
        outing(user, 1, ends_on=None),
        outing(user, 2, starts_on=dt.date(2026, 11, 30), starts_on_precision="month", ends_on=None),
    )
    EventFactory(name="测试空外出", kind="trip", owner=user), EventFactory(name="测试推介会", owner=user)

    rows = written(T3B, Event.objects.order_by("pk"), context)
    back = plan_of(T3B, rows, context)

    assert len(rows) == 10
    assert (back.problems, changes(back)) == ([], [])
    assert {column.key for column in T3B.columns} == {key for row in rows for key in row.values}


@pytest.mark.parametrize("count", [3, 30])
def test_trips_cost_the_same_for_three_and_thirty(user, context, count, django_assert_num_queries):
    for number in range(count):
        outing(user, number)

    with django_assert_num_queries(6):
        assert len(list(T3B.rows(Event.objects.order_by("pk"), context))) == 3 * count


# T3c: added up, and only held against the trips


def group_row(number=6, **cells):
    return read(T3C, number, {"group": "测试招商一组", **cells})


def test_the_trips_of_a_group_are_added_up(user, context):
    event = outing(user)
    again = EventFactory(name="测试再访", kind="trip", starts_on=dt.date(2026, 11, 20), ends_on=None, owner=user)
    ParticipationFactory(event=again, company=None, name="测试员丙", side="ours", role="staff")
    outing(user, 3, status="cancelled"), outing(user, 4, starts_on=dt.date(2026, 10, 31), ends_on=dt.date(2026, 11, 2))

    [told] = T3C.rows(Department.objects.order_by("pk"), context)

    assert (told["group"], told["people"], told["days"]) == ("测试招商一组", 3, 4)
    lines = told["work"].split("\n")
    assert lines[0].startswith(f"2026年11月5日—2026年11月7日 {event.name}，拜访")
    assert lines[1] == "2026-11-20 测试再访"


def test_the_trips_of_others_are_not_added_up(user):
    outing(user)
    officer = UserFactory(roles=["officer"])

    assert list(T3C.rows(Department.objects.all(), Context(officer, TODAY, TODAY))) == []


def test_a_sheet_of_absences_is_held_against_the_trips_and_writes_nothing(user, context):
    outing(user)

    same = plan_of(T3C, written(T3C, Department.objects.all(), context), context)
    other = plan_of(T3C, [group_row(people=3, days=9)], context)

    assert (same.problems, same.changes_nothing) == ([], True)
    assert (blamed(other), other.changes_nothing) == ([("differs", "外出天数")], True)
    assert "3 人、3 天" in other.problems[0].message


def test_an_unknown_group_is_refused_once(user, context):
    assert blamed(plan_of(T3C, [group_row(group="不认识的组", people=1)], context)) == [("unknown", "组别")]


def test_a_group_without_trips_was_not_away(user, context):
    assert plan_of(T3C, [group_row(people=0, days=0)], context).problems == []
    assert blamed(plan_of(T3C, [group_row(people=1)], context)) == [("differs", "外出人数")]


@pytest.mark.parametrize("count", [3, 30])
def test_absences_cost_the_same_for_three_and_thirty_groups(user, context, count, django_assert_num_queries):
    for number in range(count):
        outing(UserFactory(), number, starts_on=NOVEMBER, ends_on=NOVEMBER)
    list(T3C.rows(Department.objects.all(), context))  # the person's scope is read once

    with django_assert_num_queries(6):
        assert len(list(T3C.rows(Department.objects.order_by("pk"), context))) == count


# T3d: the visits of a week


def test_a_visit_with_who_was_there_and_what_comes_next(user, context):
    colleague, known = UserFactory(display_name="测试员乙"), PersonFactory(name="联系人甲")
    PositionFactory(person=known, company=CompanyFactory(name="测试光电有限公司", owner=user))

    apply(
        T3D,
        [
            visit(
                city="广东深圳",
                theirs="联系人甲（董事长）、联系人乙",
                ours="测试员乙、测试员丙",
                intent="光电模组二期",
                next_steps="寄资料\n邀请考察",
            )
        ],
        context,
    )

    found = Interaction.objects.get()
    assert (found.kind, str(found.happened_on), found.summary) == ("visit", "2026-11-20", "介绍园区政策\n意向项目：光电模组二期")
    assert Company.objects.get().city == "广东深圳"
    present = Attendance.objects.order_by("pk").values_list("side", "person", "user", "name", "title_then")
    assert list(present) == [
        ("theirs", known.pk, None, "", "董事长"),
        ("theirs", None, None, "联系人乙", ""),
        ("ours", None, colleague.pk, "", ""),
        ("ours", None, None, "测试员丙", ""),
    ]
    assert [(step.title, step.status, step.company.name) for step in FollowUp.objects.order_by("pk")] == [
        ("寄资料", "open", "测试光电有限公司"),
        ("邀请考察", "open", "测试光电有限公司"),
    ]


def test_the_same_report_again_changes_nothing(user, context):
    rows = [visit(theirs="联系人甲（董事长）", ours="测试员丙", next_steps="寄资料"), visit(7, company="测试甲公司、测试乙公司")]
    apply(T3D, rows, context)

    again = plan_of(T3D, rows, context)

    assert (again.problems, changes(again)) == ([], [])


def test_steps_of_a_visit_long_ago_are_not_open(user, context):
    apply(T3D, [visit(happened_on="2020-10-12", next_steps="寄资料")], context)

    step = FollowUp.objects.get()
    assert (step.status, step.result) == ("cancelled", "导入的往期事项，未列入待办")


@pytest.mark.parametrize("missing", ["happened_on", "company", "summary"])
def test_a_row_without_what_it_must_say_makes_nothing(user, context, missing):
    plan = plan_of(T3D, [visit(**{missing: None, "next_steps": "寄资料"})], context)

    assert (plan.problems, plan.changes_nothing) == ([], True)  # the reader of cells has refused it


def test_an_import_of_visits_can_be_undone(user, context):
    job = apply(T3D, [visit(theirs="联系人甲", next_steps="寄资料")], context)

    undone = changesets.undo(job.changeset, by=user, now=NOW)

    assert undone.refused == []
    assert not any(model.objects.exists() for model in (Interaction, Attendance, FollowUp, Company))


def seen(user, number=0):
    """A visit to two companies with everybody that a visit can name."""
    found = InteractionFactory(
        kind="visit",
        happened_on=dt.date(2026, 10, 31) if number % 2 else NOVEMBER,
        happened_on_precision=("day", "month")[number % 2],
        summary=f"第一行{number}\n第二行\n意向项目：测试项目",
        owner=user,
    )
    first, second = CompanyFactory(city="广东深圳", owner=user), CompanyFactory(owner=user)
    InteractionCompanyFactory(interaction=found, company=second, rank=2)
    InteractionCompanyFactory(interaction=found, company=first, rank=1)
    AttendanceFactory(interaction=found, title_then="董事长、总裁")
    AttendanceFactory(interaction=found, person=None, name="联系人乙")
    AttendanceFactory(interaction=found, person=None, user=UserFactory(is_active=False), side="ours")
    AttendanceFactory(interaction=found, person=None, name="测试员丙", side="ours")
    AttendanceFactory(interaction=found, person=None, name="测试记者", side="other")
    FollowUpFactory(interaction=found, title="寄资料；报批", due_on=TODAY, status="done", completed_at=NOW)
    FollowUpFactory(interaction=found, title="回访")
    return found


def test_visits_that_are_written_change_nothing_when_they_come_back(user, context):
    seen(user), seen(user, 2), InteractionFactory(kind="visit", owner=user), InteractionFactory(kind="call", owner=user)
    undated = InteractionCompanyFactory(interaction=InteractionFactory(kind="visit", happened_on=None, owner=user))

    rows = written(T3D, Interaction.objects.order_by("pk"), context)
    back = plan_of(T3D, rows, context)

    assert len(rows) == 2
    assert undated.company.name not in {name for row in rows for name in row.get("company")}
    assert set(rows[0].values) == {column.key for column in T3D.columns}
    assert (back.problems, changes(back)) == ([], [])


@pytest.mark.parametrize("count", [3, 30])
def test_visits_cost_the_same_for_three_and_thirty(user, context, count, django_assert_num_queries):
    for number in range(count):
        seen(user, number)
    context.colleagues  # noqa: B018 - read once for a ledger

    with django_assert_num_queries(5):
        assert len(list(T3D.rows(Interaction.objects.order_by("pk"), context))) == count


@pytest.mark.parametrize("layout", [T3B, T3C, T3D])
def test_every_column_has_a_place(layout):
    assert all(column.to == "derived" or column.to.count(".") == 2 for column in layout.columns)
