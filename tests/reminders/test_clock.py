"""R11: over a whole year each rule speaks once for each date, at the person's hour. R9: after a stop all of it goes out at once."""

import datetime as dt
import os
import time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.working_days import Calendar
from outbox.models import Message
from reminders import composing, moments, planning, services
from reminders.models import Reminder, ReminderRule
from tests.factories import MilestoneFactory, ProjectFactory, ReminderRuleFactory, UserFactory
from tests.reminders.days import at, day
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db
LONG_AGO = at("2025-01-06T09:00")
SIZE = 50
OFFSETS = [(-15, "calendar"), (-3, "calendar"), (-1, "working"), (0, "calendar"), (1, "working"), (5, "working")]
YEAR = [dt.date(2026, 1, 1) + dt.timedelta(days=n) for n in range(365)]
SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = [dt.time(0, 5), dt.time(8, 39), dt.time(8, 40), dt.time(17, 59), dt.time(18, 0), dt.time(23, 55)]


@pytest.fixture
def utc_server(monkeypatch):
    """The machine's own clock runs in UTC, as it does in most data centres."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    os.environ["TZ"] = "Asia/Shanghai"
    time.tzset()


@pytest.fixture
def rules() -> list[ReminderRule]:
    return [
        ReminderRuleFactory(code=f"rule{offset}", subject="milestone", offset=offset, day_kind=kind) for offset, kind in OFFSETS
    ]


def moment_of(offset: int, kind: str, due_on: dt.date, days: Calendar) -> dt.date:
    """When a rule has to speak, reckoned day by day without the product's own arithmetic."""
    moment, left, step = due_on, abs(offset), dt.timedelta(days=1 if offset > 0 else -1)
    while left:
        moment += step
        left -= kind == "calendar" or days.is_working_day(moment)
    while not days.is_working_day(moment):
        moment += dt.timedelta(days=1 if offset > 0 else -1)
    return moment


@pytest.mark.parametrize(("offset", "kind"), OFFSETS)
def test_r11_for_each_of_365_due_dates_a_rule_begins_to_speak_on_one_working_day(utc_server, offset, kind):
    days = Calendar.load()
    rule = ReminderRule(code="rule", subject="milestone", offset=offset, day_kind=kind)

    spoken = {due_on: moments.remind_on(rule, due_on, due_on, days) for due_on in YEAR}

    assert spoken == {due_on: moment_of(offset, kind, due_on, days) for due_on in YEAR}
    assert all(days.is_working_day(moment) for moment in spoken.values())


def test_r11_over_a_year_each_rule_fires_once_for_each_date_at_the_persons_hour(utc_server, rules):
    """Six looks a day at the queue, in the server's UTC; the persons live in Shanghai and want their digest at 08:40."""
    days = Calendar.load()
    project = ProjectFactory(owner=UserFactory(roles=["officer"]))
    dates = [YEAR[0] + dt.timedelta(days=20 + n * 320 // SIZE) for n in range(SIZE)]
    rows = [MilestoneFactory(project=project, due_on=due_on, confirmed_at=LONG_AGO) for due_on in dates]

    for today in [dt.date(2025, 12, 20) + dt.timedelta(days=n) for n in range(385)]:
        for hour in HOURS:
            now = dt.datetime.combine(today, hour, SHANGHAI).astimezone(dt.UTC)
            if hour == HOURS[0]:
                planning.plan(now)
            if composing.compose(now):
                Message.objects.filter(status="pending").update(status="sent", sent_at=now)
                composing.settle()

    sent = Reminder.objects.filter(status="sent").values_list("object_id", "rule__offset", "sent_at", "remind_on")
    local = {(key, sent_at.astimezone(SHANGHAI).date()) for key, _offset, sent_at, _moment in sent}
    expected = {(row.pk, moment_of(offset, kind, row.due_on, days)) for row in rows for offset, kind in OFFSETS}
    assert len(sent) == len(local)  # never twice on a day, never twice at all
    assert local == expected
    assert {sent_at.astimezone(SHANGHAI).time() for _key, _offset, sent_at, _moment in sent} == {dt.time(8, 40)}
    assert all(sent_at.astimezone(SHANGHAI).date() == moment for _key, _offset, sent_at, moment in sent)


@pytest.mark.parametrize(
    ("planned", "sent"),
    [
        ("2026-11-27T08:30", "2026-11-27T08:40"),
        ("2026-11-27T17:59", "2026-11-27T17:59"),
        ("2026-11-27T18:00", "2026-11-30T08:40"),
        ("2026-11-28T10:00", "2026-11-30T08:40"),
        ("2026-09-30T18:01", "2026-10-08T08:40"),
    ],
)
def test_r11_what_comes_outside_the_window_waits_for_the_next_one(utc_server, rules, planned, sent):
    MilestoneFactory(project__owner=UserFactory(roles=["officer"]), due_on=day(planned[:10]), confirmed_at=at(planned))
    now = at(planned).astimezone(dt.UTC)
    services.plan(now)

    while not services.compose(now):
        now += dt.timedelta(minutes=1 if timezone.localtime(now).time() >= dt.time(8, 30) else 10)
        now = now.replace(second=0)

    assert now == at(sent)


@pytest.mark.parametrize(
    ("off", "back"),
    [("2026-11-27T18:00", "2026-11-30T08:00"), ("2026-09-14T18:00", "2026-10-14T08:00")],
    ids=["Fri 18:00 to Mon 08:00", "30 days"],
)
def test_r9_after_a_stop_everything_goes_out_in_the_first_window_marked_late(utc_server, rules, smtp: SmtpSink, off, back):
    officers = [UserFactory(roles=["officer"]) for _n in range(SIZE // 5)]
    span = (day(back[:10]) - day(off[:10])).days
    for n in range(SIZE):
        due_on = day(off[:10]) + dt.timedelta(days=n % (span + 4))
        MilestoneFactory(project__owner=officers[n % len(officers)], due_on=due_on, confirmed_at=LONG_AGO)
    last = services.run_due(at(off))

    early = services.run_due(at(back))
    opened = at(back).replace(hour=8, minute=40)
    for minute in range(15):
        services.run_due(opened + dt.timedelta(minutes=minute))

    new = Reminder.objects.exclude(status="cancelled")
    assert (last.sent, early.composed, early.sent) == (0, 0, 0)
    assert {row.status for row in new} == {"sent"}
    assert set(new.values_list("recipient", flat=True)) == {officer.pk for officer in officers}
    assert sorted(smtp.recipients) == sorted(officer.email for officer in officers)  # at most one digest a person
    assert all(row.sent_at < opened + dt.timedelta(minutes=15) for row in new)
    late = [row for row in new if row.remind_on < day(back[:10])]
    assert late
    texts = "".join(mail.email.get_body(("plain",)).get_content() for mail in smtp.messages)
    assert texts.count("补发：原定") >= len({row.recipient_id for row in late})


def test_r9_what_is_sent_on_its_day_is_not_marked_late(rules, smtp: SmtpSink):
    MilestoneFactory(project__owner=UserFactory(roles=["officer"]), due_on=day("2026-11-27"), confirmed_at=LONG_AGO)

    services.run_due(at("2026-11-27T09:00"))

    assert "补发" not in smtp.messages[0].email.get_body(("plain",)).get_content()
