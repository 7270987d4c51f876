"""The forecast says what planning every single day would send, at the price of one look."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.working_days import Calendar
from crm import seeding
from outbox.models import Message
from reminders import moments, services
from reminders.forecast import Window, forecast
from reminders.models import Reminder, ReminderRule
from reminders.rule_preview import preview_rule
from tests.factories import (
    NOW,
    TODAY,
    CommitmentFactory,
    DirectiveFactory,
    FollowUpFactory,
    MilestoneFactory,
    ProjectFactory,
    ProjectMemberFactory,
    ReminderRuleFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAYS = 30
LONG_AGO = NOW - dt.timedelta(days=300)


def day(n: int) -> dt.date:
    return TODAY + dt.timedelta(days=n)


def day_by_day() -> Iterator[tuple[dt.date, str]]:
    """The slow way: what `moments.wanted` finds new on each working day."""
    calendar, seen = Calendar.load(), set()
    for n in range(DAYS):
        if calendar.is_working_day(day(n)):
            fresh = moments.wanted(day(n), days=calendar).keys() - seen
            seen |= fresh
            yield from ((day(n), key) for key in fresh)


def at_once() -> Iterator[tuple[dt.date, str]]:
    rules = list(ReminderRule.objects.filter(enabled=True))
    for item in forecast(rules, Window.load(TODAY, DAYS, rules)):
        yield item.day, item.wanted.key


@pytest.fixture
def rules(db):
    """The default rules, and nothing else of the seed."""
    for row in seeding.Loader(seeding.REFERENCE).rows():
        if row["model"] == "reminders.ReminderRule":
            ReminderRuleFactory(**row["fields"])


@pytest.fixture
def office(rules):
    """People with their parts, one of them away for a week, and every kind of subject around today."""
    deputy = UserFactory(roles=["officer"])
    officer = UserFactory(roles=["officer"], department=deputy.department)
    UserFactory(roles=["head"], department=deputy.department)
    UserFactory(roles=["manager"])
    UserFactory(roles=["leader"])
    away = UserFactory(roles=["officer"], away_from_on=day(6), away_until_on=day(13), deputy=deputy)
    for n in range(-30, 45, 5):
        owner = (officer, away)[n % 2]
        project = ProjectFactory(owner=owner, department=owner.department, grade="ABC"[n % 3])
        confirmed = NOW - dt.timedelta(days=n % 5) if n % 3 == 0 else LONG_AGO
        MilestoneFactory(project=project, due_on=day(n), confirmed_at=confirmed, is_key=n % 2 == 0, bulk_confirmed=n % 3 == 0)
        FollowUpFactory(owner=owner, assignee=owner, due_on=day(n + 1), project=project)
        DirectiveFactory(owner=officer, handler=away, due_on=day(n + 2))
        CommitmentFactory(project=project, due_on=day(n + 3))
    ProjectMemberFactory(project=project, user=UserFactory(roles=["leader"]), role="包联领导")
    return officer


def test_the_forecast_is_what_planning_every_single_day_finds(office):
    slow, fast = sorted(day_by_day()), sorted(at_once())

    assert len(slow) > 100
    assert fast == slow


def test_it_knows_what_was_put_off(office):
    services.plan(NOW)
    keys = list(Reminder.objects.filter(recipient=office).values_list("pk", flat=True)[:3])
    Reminder.objects.filter(pk__in=keys).update(snoozed_until_on=day(9), status="cancelled")

    slow = {(at, key) for at, key in day_by_day()}

    assert set(at_once()) == slow
    assert any("@" in key for _at, key in slow)


def test_what_went_out_is_not_foretold_again(office):
    services.plan(NOW)
    Reminder.objects.update(status="sent", sent_at=NOW)
    sent = set(Reminder.objects.values_list("key", flat=True))

    assert sent.isdisjoint(key for _at, key in at_once())


# What a change of a rule makes


def test_a_change_that_adds_and_takes_away_is_told_by_day_person_and_rule(rules):
    officer = UserFactory(roles=["officer"])
    milestone = MilestoneFactory(project__owner=officer, due_on=dt.date(2026, 12, 11), confirmed_at=LONG_AGO)
    rule = ReminderRule.objects.get(code="milestone_3_before")

    rule.offset = -7
    found = preview_rule(rule, now=NOW)

    told = [(change.day, change.person, change.rule, len(change.added), len(change.gone)) for change in found.changes]
    assert told == [
        (dt.date(2026, 12, 4), officer, "milestone_3_before", 1, 0),
        (dt.date(2026, 12, 8), officer, "milestone_3_before", 0, 1),
    ]
    assert milestone.name in found.changes[0].added[0]
    assert (found.added, found.gone, found.people) == (1, 1, 1)


def test_a_rule_switched_off_only_takes_away_and_a_new_one_only_adds(rules):
    MilestoneFactory(due_on=dt.date(2026, 12, 11), confirmed_at=LONG_AGO)
    off = ReminderRule.objects.get(code="milestone_on_day")
    off.enabled = False

    taken = preview_rule(off, now=NOW)
    new = ReminderRule(code="test_new", subject="milestone", offset=-10, recipient="responsible")
    given = preview_rule(new, now=NOW)

    assert (taken.added, taken.gone) == (0, 1)
    assert (given.added, given.gone) == (1, 0)


def test_what_is_for_leaders_is_shown_as_a_draft_and_counts_no_line(rules):
    UserFactory(roles=["leader"])
    MilestoneFactory.create_batch(30, due_on=TODAY, confirmed_at=LONG_AGO)
    new = ReminderRule(code="test_new", subject="milestone", offset=2, day_kind="working", recipient="leader")

    found = preview_rule(new, now=NOW)

    assert {change.draft for change in found.changes} == {True}
    assert all(week.before == week.after for week in found.full_weeks)


@pytest.mark.parametrize(("projects", "warned"), [(25, False), (26, True)])
def test_more_than_25_lines_for_a_person_and_week_are_warned_of(projects, warned):
    officer = UserFactory(roles=["officer"])
    for _n in range(projects):
        MilestoneFactory(project__owner=officer, due_on=dt.date(2026, 12, 2), confirmed_at=LONG_AGO)

    found = preview_rule(ReminderRule(code="test_new", subject="milestone", offset=0, recipient="responsible"), now=NOW)

    weeks = [(week.person, week.monday, week.before, week.after) for week in found.full_weeks]
    assert weeks == ([(officer, dt.date(2026, 11, 30), 0, projects)] if warned else [])


def test_a_preview_saves_and_sends_nothing(office, smtp):
    rule = ReminderRule.objects.get(code="milestone_3_before")
    rule.offset = -1

    preview_rule(rule, now=NOW)

    assert not Reminder.objects.exists()
    assert not Message.objects.exists()
    assert ReminderRule.objects.get(pk=rule.pk).offset == -3


def test_a_preview_costs_the_same_queries_for_few_and_many_rows(office):
    rule = ReminderRule.objects.get(code="milestone_3_before")
    rule.offset = -1
    asked = []
    for more in (0, 30):
        for _n in range(more):
            MilestoneFactory(project__owner=office, due_on=day(5), confirmed_at=LONG_AGO)
            FollowUpFactory(owner=office, assignee=office, due_on=day(5))
        with CaptureQueriesContext(connection) as spent:
            preview_rule(rule, now=NOW)
        asked.append(len(spent))

    assert asked[0] == asked[1]


def test_the_command_shows_the_forecast(office, capsys):
    call_command("reminders", "preview", "--days", "30", "--user", office.username)

    out = capsys.readouterr().out
    assert f"→ {User.objects.get(pk=office.pk).display}：" in out
    assert "每人每周行数" in out
