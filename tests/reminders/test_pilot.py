"""试运行: for two weeks the manager reads what would go out, nobody else gets mail, and nothing is lost."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from outbox.models import Message
from reminders import lateness, pilots, services
from reminders.models import Pilot, Reminder
from tests.factories import MilestoneFactory, ReminderRuleFactory, UserFactory
from tests.reminders.days import at, day
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db
LONG_AGO = at("2026-01-05T09:00")
FRIDAY = at("2026-11-27T09:00")
THURSDAY = at("2026-11-26T15:00")


@pytest.fixture
def manager():
    return UserFactory(roles=["manager"], display_name="测试员甲")


@pytest.fixture
def officer():
    ReminderRuleFactory(code="on_day", subject="milestone", offset=0)
    return UserFactory(roles=["officer"], display_name="测试员乙")


def due(officer, on: str = "2026-11-27"):
    return MilestoneFactory(project__owner=officer, due_on=day(on), confirmed_at=LONG_AGO)


def test_a_fresh_installation_has_no_trial(officer, smtp: SmtpSink):
    due(officer)

    services.run_due(FRIDAY)

    assert not Pilot.objects.exists()
    assert smtp.recipients == [officer.email]


def test_during_a_trial_only_the_manager_gets_mail_and_it_names_who_would_have_got_it(manager, officer, smtp: SmtpSink):
    row = due(officer)
    UserFactory(roles=["manager"])
    pilots.start(by=manager, now=THURSDAY)

    services.run_due(FRIDAY)

    assert smtp.recipients == [manager.email]
    mail = smtp.messages[0].email
    text = mail.get_body(("plain",)).get_content()
    assert "试运行预览" in mail["Subject"]
    assert "X-Reminder-Keys" not in mail
    assert "将发给 测试员乙（1 项）" in text
    assert row.project.name in text
    assert Reminder.objects.get().status == "pending"


def test_a_trial_previews_each_reminder_once_and_at_most_one_mail_a_day(manager, officer, smtp: SmtpSink):
    due(officer)
    due(officer, "2026-11-30")
    pilots.start(by=manager, now=THURSDAY)

    sent = []
    for moment in ("2026-11-27T09:00", "2026-11-27T11:00", "2026-11-28T09:00", "2026-11-30T09:00", "2026-12-01T09:00"):
        sent.append(services.run_due(at(moment)).sent)

    assert sent == [1, 0, 0, 1, 0]
    assert "将发给 测试员乙（1 项）" in smtp.messages[1].email.get_body(("plain",)).get_content()


def test_a_trial_lasts_two_weeks_and_ends_by_itself_and_what_waits_is_sent_then(manager, officer, smtp: SmtpSink):
    due(officer)
    pilot = pilots.start(by=manager, now=THURSDAY)
    services.run_due(FRIDAY)
    smtp.clear()

    services.run_due(at("2026-12-09T09:00"))
    last_day = smtp.recipients
    services.run_due(at("2026-12-10T09:00"))

    assert (pilot.since_on, pilot.until_on) == (day("2026-11-26"), day("2026-12-09"))
    assert last_day == []
    assert smtp.recipients == [officer.email]
    assert "补发：原定 2026-11-27 提醒" in smtp.messages[0].email.get_body(("plain",)).get_content()
    assert Reminder.objects.get().status == "sent"


def test_a_trial_that_is_stopped_is_over_at_once(manager, officer, smtp: SmtpSink):
    due(officer)
    pilot = pilots.start(by=manager, now=THURSDAY)

    pilots.stop(pilot, by=manager, now=FRIDAY)
    services.run_due(FRIDAY)

    assert smtp.recipients == [officer.email]
    with pytest.raises(ValidationError, match="已经结束"):
        pilots.stop(pilot, by=manager, now=FRIDAY)


def test_only_the_manager_begins_and_ends_a_trial_and_both_are_recorded(manager, officer):
    with pytest.raises(PermissionDenied):
        pilots.start(by=officer, now=FRIDAY)
    pilot = pilots.start(by=manager, now=FRIDAY)
    with pytest.raises(ValidationError, match="正在进行"):
        pilots.start(by=manager, now=FRIDAY)
    with pytest.raises(PermissionDenied):
        pilots.stop(pilot, by=officer, now=FRIDAY)

    pilots.stop(pilot, by=manager, now=FRIDAY)

    found = AuditEvent.objects.filter(action__startswith="pilot.").order_by("pk")
    assert list(found.values_list("action", "actor_id")) == [("pilot.started", manager.pk), ("pilot.stopped", manager.pk)]


def test_when_the_manager_who_began_it_has_left_the_others_read_the_previews(manager, officer, smtp: SmtpSink):
    other = UserFactory(roles=["manager"])
    due(officer)
    pilots.start(by=manager, now=THURSDAY)
    manager.is_active = False
    manager.save()

    services.run_due(FRIDAY)

    assert smtp.recipients == [other.email]


def test_a_preview_that_waited_until_the_trial_ended_is_not_sent(manager, officer, smtp: SmtpSink):
    due(officer)
    pilot = pilots.start(by=manager, now=THURSDAY)
    services.plan(FRIDAY)
    services.compose(FRIDAY)
    pilots.stop(pilot, by=manager, now=FRIDAY)

    services.outbox.deliver(FRIDAY)

    assert smtp.messages == []
    assert Message.objects.get().status == "cancelled"


def test_what_was_written_before_a_trial_began_waits_for_its_end(manager, officer, smtp: SmtpSink):
    due(officer)
    services.plan(FRIDAY)
    services.compose(FRIDAY)

    pilots.start(by=manager, now=FRIDAY)
    services.outbox.deliver(FRIDAY)

    assert smtp.messages == []
    assert Reminder.objects.get().status == "pending"


def test_what_waits_during_a_trial_is_not_called_late(manager, officer):
    due(officer)
    services.plan(FRIDAY)
    later = FRIDAY + dt.timedelta(hours=1)
    before = list(lateness.uncomposed(later))

    pilots.start(by=manager, now=FRIDAY)

    assert before == [officer]
    assert list(lateness.uncomposed(later)) == []


def test_a_preview_asks_the_same_for_two_and_for_twenty_people(manager, officer, smtp: SmtpSink):
    pilots.start(by=manager, now=THURSDAY)
    queries = []
    for on, count in (("2026-11-27", 2), ("2026-11-30", 18)):
        for _n in range(count):
            due(UserFactory(roles=["officer"]), on)
        services.plan(at(f"{on}T09:00"))
        with CaptureQueriesContext(connection) as asked:
            assert services.compose(at(f"{on}T09:00")) == 1
        queries.append(len(asked))

    assert queries[1] <= queries[0]
