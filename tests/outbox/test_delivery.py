"""What happens to a message when the mail server, the line or the clock does what it should not."""

import dataclasses
import datetime as dt
import time

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import AuditEvent
from outbox import services
from outbox.models import Circuit, DeliveryAttempt, Heartbeat, Message
from outbox.policy import Policy
from outbox.services import turns
from tests.factories import UserFactory
from tests.outbox.stubborn import BODY, DATA, EHLO, GREETING, MAIL, RCPT, StubbornServer
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db

NOW = timezone.make_aware(dt.datetime(2026, 11, 27, 9))
MINUTE = dt.timedelta(minutes=1)


def queued(n: int = 1) -> list[Message]:
    return [services.enqueue(f"test|{i}", UserFactory(), "测试主题", "测试正文", now=NOW)[0] for i in range(n)]


def mail_through(url: str, settings) -> None:
    settings.MAILERS = {"default": dataclasses.replace(settings.CONFIG, email_url=url).mailer}


def test_production_waits_as_it_is_documented(settings):
    policy = settings.DELIVERY

    assert (policy.lease, policy.watchdog) == (5 * MINUTE, MINUTE)
    assert [policy.wait(n) // MINUTE for n in range(1, 7)] == [1, 5, 15, 60, 240, 360]
    assert (policy.permanent_tries, policy.circuit_after, policy.circuit_for) == (2, 5, 5 * MINUTE)
    assert sum((policy.wait(n) for n in range(1, policy.tries + 1)), dt.timedelta()) >= dt.timedelta(days=5)
    assert policy.clock_jump == dt.timedelta(days=30)
    assert dt.time(18) == settings.DIGEST_UNTIL
    assert settings.CONFIG.mailer["OPTIONS"].get("timeout", 10) == 10


def test_a_lease_that_does_not_outlive_the_watchdog_is_refused():
    with pytest.raises(ValueError, match="outlive"):
        Policy(lease=dt.timedelta(seconds=10), watchdog=dt.timedelta(seconds=10))


def test_a_worker_that_stood_still_after_its_claim_does_not_send(settings, smtp: SmtpSink, monkeypatch):
    settings.DELIVERY = Policy(watchdog=dt.timedelta(seconds=1), lease=dt.timedelta(seconds=1.1))
    message = queued()[0]
    begin = turns.begin

    def stood_still(*args, **options):
        time.sleep(0.15)
        return begin(*args, **options)

    monkeypatch.setattr(turns, "begin", stood_still)

    assert not services.deliver_one(message, now=NOW)

    message.refresh_from_db()
    assert (smtp.messages, message.status, DeliveryAttempt.objects.get().outcome) == ([], "pending", "retry")
    monkeypatch.undo()
    assert services.deliver(NOW + 2 * MINUTE) == 1


CASES = [  # phase, what the server does there, outcome, counted against the message, circuit open at once
    (GREETING, "hang", "retry", 0, False),
    (GREETING, "drip", "retry", 0, False),
    (GREETING, "421 later", "retry", 0, False),
    (EHLO, "drop", "retry", 0, False),
    (MAIL, "530 sign in first", "retry", 0, True),
    (MAIL, "hang", "retry", 1, False),
    (RCPT, "451 later", "retry", 1, False),
    (RCPT, "550 no such person", "retry", 1, False),
    (DATA, "hang", "retry", 1, False),
    (BODY, "drop", "retry", 1, False),
    (BODY, "drip", "retry", 1, False),
    (BODY, "552 too much", "retry", 1, False),
]


@pytest.mark.parametrize(("phase", "how", "outcome", "counted", "opened"), CASES, ids=[f"{c[0]} {c[1]}" for c in CASES])
def test_each_failure_is_told_apart_and_holds_no_worker(phase, how, outcome, counted, opened, settings):
    settings.DELIVERY = Policy(watchdog=dt.timedelta(seconds=1), lease=dt.timedelta(seconds=3))
    message = queued()[0]
    began = time.monotonic()

    with StubbornServer(phase, how) as server:
        mail_through(server.email_url, settings)
        services.deliver_one(message, now=NOW)

    message.refresh_from_db()
    assert time.monotonic() - began < 30  # a hang guard, ten times the watchdog and more
    assert (message.status, message.failures) == ("pending", counted)
    assert message.next_at == NOW + MINUTE
    assert DeliveryAttempt.objects.get().outcome == outcome
    assert Circuit.objects.filter(open_until__isnull=False).exists() is opened


def test_an_address_refused_twice_is_given_up_and_can_be_tried_again_by_hand(smtp: SmtpSink):
    message = queued()[0]
    smtp.fail_next(2, 550, at="RCPT")

    services.deliver(NOW)
    services.deliver(NOW + 2 * MINUTE)

    message.refresh_from_db()
    assert (message.status, message.failures) == ("dead", 2)
    services.retry(message, by=UserFactory(), now=NOW)
    assert services.deliver(NOW + 3 * MINUTE) == 1


def test_a_person_without_an_address_is_given_up_and_harms_nobody(smtp: SmtpSink):
    without, _with = queued(2)
    without.recipient.email = ""
    without.recipient.save()

    services.deliver(NOW)
    services.deliver(NOW + 2 * MINUTE)

    assert list(Message.objects.order_by("id").values_list("status", flat=True)) == ["dead", "sent"]


def test_after_five_refusals_in_a_row_the_channel_rests_and_no_message_loses_a_try(settings):
    mail_through("smtp://127.0.0.1:1?timeout=0.5", settings)
    queued(7)

    services.deliver(NOW)

    assert DeliveryAttempt.objects.count() == 5
    assert set(Message.objects.values_list("status", "failures")) == {("pending", 0)}
    assert Circuit.objects.get().open_until > NOW


def test_while_a_channel_rests_one_message_in_five_minutes_tries_it(settings):
    mail_through("smtp://127.0.0.1:1?timeout=0.5", settings)
    queued(6)

    for minute in range(60):
        services.deliver(NOW + minute * MINUTE)

    assert DeliveryAttempt.objects.count() <= 5 + 60 / 5


def test_a_channel_that_works_again_sends_what_waited_oldest_first(settings, smtp: SmtpSink):
    working = settings.MAILERS
    mail_through("smtp://127.0.0.1:1?timeout=0.5", settings)
    waiting = queued(7)
    services.deliver(NOW)

    settings.MAILERS = working
    sent = services.deliver(NOW + 6 * MINUTE)

    assert sent == 7
    assert smtp.recipients == [message.recipient.email for message in waiting]
    assert Circuit.objects.get().failures == 0


def test_three_days_without_a_mail_server_kill_no_message(settings, smtp: SmtpSink):
    working = settings.MAILERS
    mail_through("smtp://127.0.0.1:1?timeout=0.5", settings)
    queued(3)
    for hour in range(73):
        services.deliver(NOW + dt.timedelta(hours=hour))

    settings.MAILERS = working

    assert services.deliver(NOW + dt.timedelta(hours=74)) == 3


def test_a_round_uses_one_line_for_all_its_mails(settings):
    queued(4)

    with StubbornServer("nowhere", "") as server:
        mail_through(server.email_url, settings)
        sent = services.deliver(NOW)

    assert (sent, server.connections) == (4, 1)


def test_a_message_held_by_another_worker_is_left_alone_until_his_lease_ends(smtp: SmtpSink):
    message = queued()[0]
    services.claim(message, now=NOW)

    assert services.deliver(NOW + MINUTE) == 0
    assert services.deliver(NOW + 6 * MINUTE) == 1


def test_a_lease_left_behind_by_a_clock_that_went_back_does_not_hold_for_ever(smtp: SmtpSink):
    message = queued()[0]
    services.claim(message, now=NOW + dt.timedelta(days=1))

    assert services.deliver(NOW) == 1


def test_a_clock_that_leaps_ahead_stops_sending_until_a_person_confirms(smtp: SmtpSink):
    services.beat("tick", started_at=NOW, ended_at=NOW)
    queued()
    later = NOW + dt.timedelta(days=3652)

    assert services.deliver(later) == 0
    assert services.leap(later)
    services.confirm_clock(by=UserFactory(), now=later)

    assert services.deliver(later) == 1


def test_a_machine_that_was_off_for_thirty_days_just_goes_on(smtp: SmtpSink):
    services.beat("tick", started_at=NOW, ended_at=NOW)
    queued()

    assert services.deliver(NOW + dt.timedelta(days=30)) == 1


def test_a_clock_that_was_wrong_and_came_back_needs_no_confirmation(smtp: SmtpSink):
    services.beat("tick", started_at=NOW, ended_at=NOW)
    queued()
    services.deliver(NOW + dt.timedelta(days=400))

    assert services.deliver(NOW + MINUTE) == 1
    assert Heartbeat.objects.get(name="tick").started_at == NOW


def test_a_subject_with_line_breaks_stays_one_header(smtp: SmtpSink):
    services.enqueue("test|breaks", UserFactory(), "测试\r\nBcc: 别人@example.invalid", "测试正文", now=NOW)

    services.deliver(NOW)

    assert smtp.messages[0].email["Subject"] == "测试 Bcc: 别人@example.invalid"
    assert smtp.messages[0].email["Bcc"] is None


def test_the_command_says_that_the_clock_leapt_and_goes_on_once_a_named_person_has_checked_it(smtp: SmtpSink):
    person = UserFactory(username="checker")
    services.beat("tick", started_at=NOW, ended_at=NOW)
    queued()
    later = (NOW + dt.timedelta(days=400)).isoformat()

    with pytest.raises(CommandError, match="提前了 400 天"):
        call_command("tick", "--now", later)
    with pytest.raises(CommandError, match="没有在用的账号"):
        call_command("tick", "--now", later, "--confirm-clock", "nobody")
    call_command("tick", "--now", later, "--confirm-clock", "checker")

    assert len(smtp.messages) == 1
    assert AuditEvent.objects.get(action="clock.confirmed").actor_id == person.pk


def test_the_health_page_says_that_sending_is_held(client):
    services.beat("tick", started_at=timezone.now() - dt.timedelta(days=31), ended_at=NOW)

    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()["tick"]) == (503, "held")
