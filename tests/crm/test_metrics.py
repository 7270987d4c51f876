"""Numbers for Prometheus: never open, true to the database, and the same cost however much there is."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm import config, metrics
from outbox import services
from tests.factories import CircuitFactory, DeliveryAttemptFactory, MessageFactory, ReminderFactory

pytestmark = pytest.mark.django_db

TOKEN = "test-token-0123456789-abcdef"
NOW = timezone.make_aware(dt.datetime(2026, 11, 27, 9))
MINUTE = dt.timedelta(minutes=1)
SAMPLE = re.compile(r'[a-z_]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)+\})? -?[0-9.e+-]+')


def numbers(now: dt.datetime = NOW) -> dict[str, float]:
    lines = [line for metric in metrics.collect(now) for line in metric.lines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in lines)}


def test_without_a_token_in_the_settings_there_is_no_such_page(settings):
    settings.METRICS_TOKEN = ""

    assert Client().get("/metrics").status_code == 404
    assert Client(headers={"Authorization": "Bearer "}).get("/metrics").status_code == 404


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer 密"])
def test_whoever_does_not_send_the_token_is_refused(settings, sent):
    settings.METRICS_TOKEN = TOKEN

    assert Client().get("/metrics", headers={"Authorization": sent}).status_code == 403


def test_with_the_token_the_page_is_text_that_prometheus_reads(settings):
    settings.METRICS_TOKEN = TOKEN
    MessageFactory(status="dead")
    services.beat("tick", started_at=NOW, ended_at=NOW)
    CircuitFactory()

    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    text = answer.content.decode()
    assert text.endswith("\n")
    assert [line for line in text.splitlines() if not line.startswith("# ") and not SAMPLE.fullmatch(line)] == []
    named = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(named) == len(set(named)) == 7


def test_a_token_that_can_be_guessed_is_refused_at_the_start(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN"):
        config.read({"METRICS_TOKEN": "short", "VAR_DIR": str(tmp_path)}, tmp_path)


def test_the_numbers_are_those_of_the_database():
    MessageFactory(next_at=NOW - 7 * MINUTE)
    MessageFactory(next_at=NOW + MINUTE)
    MessageFactory(next_at=NOW - 90 * MINUTE, status="dead")
    sent = MessageFactory(status="sent", sent_at=NOW)
    for n, outcome in enumerate(("retry", "retry", "sent", "started"), start=1):
        DeliveryAttemptFactory(message=sent, n=n, outcome=outcome)
    CircuitFactory(channel="email", failures=5, open_until=NOW + MINUTE)
    services.beat("tick", started_at=NOW - MINUTE, ended_at=NOW - MINUTE)
    ReminderFactory()

    found = numbers()

    assert found['crm_messages{channel="email",status="pending"}'] == 2
    assert found['crm_messages{channel="email",status="dead"}'] == 1
    assert found['crm_messages{channel="email",status="sent"}'] == 1
    assert found["crm_oldest_due_seconds"] == 420
    assert found['crm_delivery_attempts_total{channel="email",outcome="retry"}'] == 2
    assert found['crm_delivery_attempts_total{channel="email",outcome="sent"}'] == 1
    assert 'crm_delivery_attempts_total{channel="email",outcome="started"}' not in found, "it goes down again"
    assert found['crm_circuit_open{channel="email"}'] == 1
    assert found['crm_circuit_failures{channel="email"}'] == 5
    assert found['crm_heartbeat_age_seconds{name="tick"}'] == 60
    assert (found['crm_reminders{status="pending"}'], found['crm_reminders{status="sent"}']) == (1, 0)


def test_a_pause_that_is_over_is_no_open_circuit():
    CircuitFactory(channel="email", failures=5, open_until=NOW)

    assert numbers()['crm_circuit_open{channel="email"}'] == 0


def test_the_numbers_cost_five_queries_however_much_there_is():
    asked = []
    for count in (1, 19):
        for message in MessageFactory.create_batch(count):
            DeliveryAttemptFactory(message=message)
        ReminderFactory.create_batch(count)
        with CaptureQueriesContext(connection) as queries:
            numbers()
        asked.append(len(queries))

    assert asked == [5, 5]
