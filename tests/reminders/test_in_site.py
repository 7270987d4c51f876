"""A person without an address is normal: his reminders stand as told in-site, and nothing of his is ever given up."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from crm import seeding
from outbox.models import DeliveryAttempt, Message
from reminders import services
from reminders.models import Reminder, ReminderRule
from tests.factories import MilestoneFactory, UserFactory
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db
FRIDAY = timezone.make_aware(dt.datetime(2026, 11, 27, 9))
LONG_AGO = timezone.make_aware(dt.datetime(2026, 1, 5, 9))


@pytest.fixture
def officer(db):
    seeding.sync_roles()
    seeding.Loader(seeding.REFERENCE).load()
    ReminderRule.objects.exclude(subject="milestone").update(enabled=False)
    return UserFactory(roles=["officer"], email="")


def due(person, day=FRIDAY):
    return MilestoneFactory(project__owner=person, due_on=day.date(), confirmed_at=LONG_AGO)


def test_reminders_of_a_person_without_an_address_are_told_in_site_and_stand_as_sent(officer, smtp: SmtpSink):
    due(officer)

    done = services.run_due(FRIDAY)

    message, row = Message.objects.get(), Reminder.objects.get(recipient=officer)
    assert (done.composed, done.sent) == (1, 1)
    assert message.key == f"digest|{officer.public_id}|2026-11-27|in_site"
    assert (message.channel, message.status) == ("in_site", "sent")
    assert (row.channel, row.status, row.sent_at) == ("in_site", "sent", message.sent_at)
    assert DeliveryAttempt.objects.get().outcome == "sent"
    assert smtp.messages == []


def test_the_bell_counts_what_was_told_in_site(officer, smtp: SmtpSink):
    due(officer)
    services.run_due(FRIDAY)
    client = Client()
    client.force_login(officer)

    assert '<span class="count">1</span>' in client.get("/reminders/").content.decode()


def test_one_digest_a_day_in_site_too(officer, smtp: SmtpSink):
    due(officer)
    services.run_due(FRIDAY)
    due(officer)

    services.run_due(FRIDAY + dt.timedelta(hours=1))

    assert Message.objects.count() == 1
    assert Reminder.objects.filter(status="pending").count() == 1


def test_a_mail_server_that_is_down_does_not_hold_up_in_site(officer, settings):
    settings.MAILERS = {
        "default": {"BACKEND": "outbox.backends.SmtpBackend", "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1}}
    }
    due(officer)
    for _n in range(6):
        due(UserFactory(roles=["officer"]))

    services.run_due(FRIDAY)

    assert Message.objects.get(channel="in_site").status == "sent"
    assert set(Message.objects.filter(channel="email").values_list("status", flat=True)) == {"pending"}


def test_whoever_loses_his_address_before_the_mail_goes_is_told_in_site(officer, smtp: SmtpSink):
    officer.email = "tester@example.invalid"
    officer.save()
    due(officer)
    services.plan(FRIDAY)
    services.compose(FRIDAY)
    officer.email = ""
    officer.save()

    services.outbox.deliver(FRIDAY)
    services.settle()

    assert (Message.objects.get().channel, Message.objects.get().status) == ("in_site", "sent")
    assert Reminder.objects.get(recipient=officer).channel == "in_site"
    assert smtp.messages == []


def test_whoever_gets_an_address_is_mailed_what_comes_next_and_not_what_he_was_told(officer, smtp: SmtpSink):
    due(officer)
    services.run_due(FRIDAY)
    told = Reminder.objects.get().key
    officer.email = "tester@example.invalid"
    officer.save()
    due(officer, FRIDAY + dt.timedelta(days=3))

    services.run_due(FRIDAY + dt.timedelta(days=3))

    keys = smtp.messages[0].email["X-Reminder-Keys"].replace("\n", "").split(", ")
    assert len(keys) == 2  # the new one, and the first one a day late
    assert told not in keys
