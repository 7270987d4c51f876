"""T3a 招商活动统计表."""

import contextlib
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import roles
from activities.models import FollowUp
from audit import changesets
from companies.models import Company, Person, Position
from core.dates import FuzzyDate
from events.models import Event, Participation, Side
from ledgers.layouts import days, sections, sides, steps
from ledgers.layouts.base import Context
from ledgers.layouts.sides import Guest
from ledgers.layouts.t3a import T3A
from ledgers.values import Unread
from tests.factories import (
    NOW,
    TODAY,
    AgreementFactory,
    CompanyFactory,
    EventFactory,
    FollowUpFactory,
    ParticipationFactory,
    PersonFactory,
    PositionFactory,
    ShareFactory,
    UserFactory,
)
from tests.ledgers.layout_rows import apply, changes, plan_of, read, written

MARCH = dt.date(2026, 3, 5)


@pytest.fixture
def user(db):
    roles.sync_groups()
    return UserFactory(roles=["manager"])


@pytest.fixture
def context(user):
    return Context(user, TODAY, TODAY)


def row(number=6, **cells):
    return read(T3A, number, {"name": "测试推介会", "when": "2026年3月5日—7日", **cells})


# Texts of several things


@pytest.mark.parametrize(
    ("text", "start", "last"),
    [
        ("2026年3月5日—7日", FuzzyDate(MARCH), dt.date(2026, 3, 7)),
        ("2026.3.5-2026.4.2", FuzzyDate(MARCH), dt.date(2026, 4, 2)),
        ("3月5日—7日", FuzzyDate(MARCH, inferred=True), dt.date(2026, 3, 7)),
        ("2026-03-05", FuzzyDate(MARCH), MARCH),
        ("2026-03-05（推定）", FuzzyDate(MARCH, inferred=True), MARCH),
        ("2026年3月", FuzzyDate(dt.date(2026, 3, 31), "month"), None),
        ("46086", FuzzyDate(MARCH), MARCH),
    ],
)
def test_a_time_is_a_period_a_day_or_vague(text, start, last):
    assert days.read_span(text, TODAY) == (start, last)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 12, 31)), st.integers(0, 400), st.booleans())
def test_a_period_that_is_written_reads_back(first, length, inferred):
    last = first + dt.timedelta(length)

    assert days.read_span(days.write_span(FuzzyDate(first, inferred=inferred), last), TODAY) == (
        FuzzyDate(first, inferred=inferred),
        last,
    )


@pytest.mark.parametrize(
    ("text", "guests"),
    [
        (
            "测试光电有限公司：联系人甲（董事长）、联系人乙；测试装备有限公司",
            [
                Guest("测试光电有限公司", "联系人甲", "董事长"),
                Guest("测试光电有限公司", "联系人乙"),
                Guest("测试装备有限公司"),
            ],
        ),
        (
            "测试光电有限公司（联系人甲、联系人乙）",
            [Guest("测试光电有限公司", "联系人甲"), Guest("测试光电有限公司", "联系人乙")],
        ),
        ("测试文创（深圳）有限公司、测试大学", [Guest("测试文创（深圳）有限公司"), Guest("测试大学")]),
        ("测试光电有限公司（深圳）", [Guest(name="测试光电有限公司（深圳）")]),
        ("联系人丙", [Guest(name="联系人丙")]),
        ("教育装备企业代表100余人", [Guest(group="教育装备企业代表100余人")]),
        ("群体：专家、企业家", [Guest(group="专家、企业家")]),
        ("/", []),
    ],
)
def test_guests_are_units_their_people_names_and_groups(text, guests):
    assert sides.read_guests(text) == guests


@given(st.text(max_size=30))
def test_any_text_of_guests_is_read_or_refused_and_reads_back(text):
    with contextlib.suppress(Unread):
        guests = [guest for guest in sides.read_guests(text) if all(map(sides.reads_back, guest[:2]))]
        sides.read_guests(sides.write_guests(guests) or "")


@given(st.text(max_size=30), st.text(max_size=30))
def test_sections_that_are_put_together_come_apart_again(text, remark):
    whole = sections.joined({"": text, "备注": remark}, ("备注",))

    assert sections.joined(sections.parted(whole, ("备注",)), ("备注",)) == whole


# What an import makes of an event


def test_an_event_with_all_who_were_there(user, context):
    colleague = UserFactory(display_name="测试员乙")

    apply(
        T3A,
        [
            row(
                kind="洽谈会",
                venue="测试会展中心",
                hosts="测试管委会",
                organisers="测试招商中心、测试协会；协办：测试商会",
                leaders="测试领导甲",
                ours="测试领导甲、测试员乙、测试员丙",
                guests="测试光电有限公司：联系人甲（董事长）；测试装备有限公司；联系人丙",
                visited_count="3家",
                guests_count=100,
                promoted="10个/1180亿元",
                signed="14/142",
                effects="达成初步意向",
                remark="测试备注",
            )
        ],
        context,
    )

    event = Event.objects.get()
    assert (event.kind, event.starts_on, event.ends_on) == ("matchmaking", MARCH, dt.date(2026, 3, 7))
    assert (event.status, event.venue, event.summary) == ("held", "测试会展中心", "达成初步意向\n备注：测试备注")
    assert (event.announced_promoted_count, event.announced_promoted_investment) == (10, 11_800_000)
    assert (event.announced_signed_count, event.announced_signed_investment) == (14, 1_420_000)
    assert [(one.role, one.side, str(one).partition("（")[0], one.headcount) for one in sides.people_of(event)] == [
        ("host", "other", "测试管委会", None),
        ("organiser", "other", "测试招商中心", None),
        ("co_organiser", "other", "测试商会", None),
        ("lead", "ours", "测试领导甲", None),
        ("investor", "theirs", "联系人甲", None),
        ("organiser", "other", "测试协会", None),
        ("staff", "ours", "测试员乙", None),
        ("investor", "theirs", "测试装备有限公司", None),
        ("staff", "ours", "测试员丙", None),
        ("investor", "theirs", "联系人丙", None),
        ("investor", "theirs", "拜访企业", 3),
        ("investor", "theirs", "客商", 100),
    ]
    assert Participation.objects.get(user=colleague).name == ""
    assert Position.objects.get().title == Participation.objects.get(person__isnull=False).title_then == "董事长"
    assert set(Company.objects.values_list("name", flat=True)) == {"测试光电有限公司", "测试装备有限公司"}


def test_an_imported_event_is_found_by_the_letters_of_its_name(user, context):
    apply(T3A, [row()], context)

    assert Event.objects.filter(search_text__contains="tuijie").exists()


def test_the_same_events_again_change_nothing(user, context):
    rows = [
        row(
            kind="外出拜访", leaders="测试领导甲", ours="测试领导甲、测试员丙", guests="测试光电有限公司：联系人甲", remark="测试"
        ),
        row(7, when="2026年4月", next_steps="回访\n寄资料", guests_count=5),
    ]
    apply(T3A, rows, context)

    again = plan_of(T3A, rows, context)

    assert again.problems == []
    assert changes(again) == []


def test_two_events_of_one_name_on_two_days_are_two(user, context):
    apply(T3A, [row(), row(7, when="2026-04-02")], context)

    assert sorted(event.starts_on for event in Event.objects.all()) == [MARCH, dt.date(2026, 4, 2)]


def test_an_event_of_one_day_may_leave_its_last_day_out(user, context):
    EventFactory(name="测试推介会", starts_on=MARCH, ends_on=None, owner=user)

    assert plan_of(T3A, [row(when="2026-03-05")], context).changes_nothing


def test_a_ledger_may_shorten_an_event(user, context):
    event = EventFactory(name="测试推介会", starts_on=MARCH, ends_on=dt.date(2026, 3, 9), owner=user)

    apply(T3A, [row(when="2026-03-05")], context)

    event.refresh_from_db()
    assert event.ends_on == MARCH


def test_an_event_that_lies_ahead_is_planned(user, context):
    apply(T3A, [row(when="2026年12月5日")], context)

    assert Event.objects.get().status == "planned"


def test_a_blank_remark_keeps_the_one_that_is_there(user, context):
    event = EventFactory(name="测试推介会", starts_on=MARCH, summary="原成效\n备注：原备注", owner=user)

    apply(T3A, [row(effects="新成效")], context)

    event.refresh_from_db()
    assert event.summary == "新成效\n备注：原备注"


def test_a_blank_remark_goes_when_the_person_says_so(user, context):
    EventFactory(name="测试推介会", starts_on=MARCH, ends_on=dt.date(2026, 3, 7), summary="原成效\n备注：原备注", owner=user)

    plan = plan_of(T3A, [row(effects="原成效")], context, blank_clears=True)

    assert plan.resources[Event].changed[0].instance.summary == "原成效"


def test_next_steps_are_recent_ones_or_history(user, context):
    colleague = UserFactory(display_name="测试员乙")
    recent = {"when": "2026-11-20", "next_steps": "回访\n寄资料", "responsible": "测试员乙"}

    apply(T3A, [row(**recent), row(7, next_steps="回访", responsible="—")], context)

    found = FollowUp.objects.order_by("pk").values_list("title", "status", "assignee", "due_on")
    assert list(found) == [
        ("回访", "open", colleague.pk, None),
        ("寄资料", "open", colleague.pk, None),
        ("回访", "cancelled", user.pk, None),
    ]
    assert steps.RECENT.days == 30


@pytest.mark.parametrize(
    ("cells", "code", "head"),
    [
        ({"when": "11/12/26"}, "period", "时间（起—止）"),
        ({"guests": "联系人甲 联系人乙丙丁 戊"}, "name", "客商单位及人员"),
        ({"next_steps": "回访", "responsible": "不认识的人"}, "unknown", "责任人"),
        ({"next_steps": "回访\n寄资料\n报批", "responsible": "测试员甲\n测试员乙"}, "pairs", "责任人"),
    ],
)
def test_what_would_have_to_be_guessed_is_refused(user, context, cells, code, head):
    plan = plan_of(T3A, [row(**cells)], context)

    assert [(found.code, found.column) for found in plan.problems] == [(code, head)]


def test_an_import_of_events_can_be_undone(user, context):
    job = apply(T3A, [row(guests="测试光电有限公司：联系人甲", next_steps="回访", ours="测试员丙")], context)

    undone = changesets.undo(job.changeset, by=user, now=NOW)

    assert undone.refused == []
    assert not any(model.objects.exists() for model in (Event, Participation, Company, Person, FollowUp))


# Export and import


def full(user, number):
    """An event with everybody at it that the tables can hold."""
    event = EventFactory(
        name=f"测试活动{number}",
        kind=Event.Kind.values[number % 10],
        starts_on=MARCH + dt.timedelta(number),
        starts_on_inferred=number % 2 == 0,
        ends_on=MARCH + dt.timedelta(number + 2) if number % 3 else None,
        venue="测试会展中心",
        summary="第一行\n第二行\n备注：测试备注",
        announced_promoted_count=10,
        announced_promoted_investment=11_800_000,
        announced_signed_investment=500,
        owner=user,
    )
    office = PositionFactory(title="总经理")
    company = CompanyFactory(name=f"测试工程{number}", owner=user)  # no name of a unit by its end
    people = [
        {"role": "host", "company": CompanyFactory(kind="government"), "side": "other"},
        {"role": "organiser", "name": f"测试承办单位{number}", "side": "ours"},
        {"role": "co_organiser", "name": "测试协办单位", "side": "other"},
        {"role": "lead", "user": UserFactory(), "side": "ours"},
        {"role": "chair", "user": UserFactory(is_active=False), "side": "ours", "title_then": "主任"},
        {"role": "witness", "name": "测试见证人", "side": "ours"},
        {"role": "staff", "group_label": "部门负责人、联络员", "side": "ours"},
        {"role": "investor", "company": office.company, "person": office.person, "title_then": "董事长"},
        {"role": "signatory", "company": CompanyFactory(), "person": PersonFactory()},
        {"role": "vip", "person": PersonFactory()},
        {"role": "investor", "company": company},
        {"role": "investor", "company": CompanyFactory()},
        {"role": "investor", "name": "测试未建档有限公司"},
        {"role": "expert", "group_label": "专家、企业代表", "headcount": 20},
        {"role": "investor", "group_label": "客商", "headcount": 120},
        {"role": "investor", "group_label": "拜访企业", "headcount": 0},
    ]
    for rank, one in enumerate(people, 1):
        ParticipationFactory(event=event, rank=rank, **{"company": None, "side": Side.THEIRS, **one})
    FollowUpFactory(event=event, title="回访", assignee=user)
    FollowUpFactory(event=event, title="寄资料；报批", assignee=None)
    AgreementFactory(event=event, kind="intent")
    return event


def test_every_column_is_written(user, context):
    full(user, 1)

    told = next(T3A.rows(Event.objects.all(), context))

    assert set(told) == {column.key for column in T3A.columns}
    assert [key for key, value in told.items() if value is None] == []


def test_what_is_written_changes_nothing_when_it_comes_back(user, context):
    for number in range(10):
        full(user, number)
    EventFactory(name="测试空活动", starts_on=None, owner=user)
    EventFactory(name="测试某月活动", starts_on=dt.date(2026, 6, 30), starts_on_precision="month", ends_on=None, owner=user)

    back = plan_of(T3A, written(T3A, Event.objects.order_by("pk"), context), context)

    assert back.problems == []
    assert changes(back) == []


def test_steps_and_agreements_of_others_are_not_written(user):
    officer = UserFactory(roles=["officer"])
    full(user, 1)

    told = next(T3A.rows(Event.objects.all(), Context(officer, TODAY, TODAY)))

    assert (told["next_steps"], told["intents"]) == (None, None)


@pytest.mark.parametrize("count", [3, 30])
def test_the_ledger_costs_the_same_for_three_and_thirty_events(user, context, count, django_assert_num_queries):
    for number in range(count):
        full(user, number)
    context.colleagues  # noqa: B018 - read once for a ledger

    with django_assert_num_queries(9):
        found = list(T3A.rows(Event.objects.order_by("pk"), context))

    assert len(found) == count


def test_nobody_is_added_to_an_event_that_the_person_may_only_see(user):
    officer = UserFactory(roles=["officer"])
    ShareFactory(user=officer, target=EventFactory(name="测试推介会", starts_on=MARCH, owner=user), level="view")

    plan = plan_of(T3A, [row(when="2026-03-05", ours="测试员丙")], Context(officer, TODAY, TODAY))

    assert [(found.code, found.column) for found in plan.problems] == [("scope", "我方参加人员")]
