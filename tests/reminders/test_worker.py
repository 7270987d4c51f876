"""A whole tick in a real Celery worker, on both brokers: it plans what is due and sends what waits."""

import datetime as dt

import pytest
from celery import current_app
from django.utils import timezone

from outbox.models import Heartbeat, Message
from reminders import tasks
from reminders.models import Reminder, ReminderRule
from tests.conftest import StartWorker
from tests.factories import MilestoneFactory, UserFactory
from tests.servers import RedisServer, until
from tests.smtp import SmtpSink

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def overdue(transactional_db: None) -> None:
    """A milestone ten days late, and a message that waits although nobody rang."""
    ReminderRule(code="test-late", subject="milestone", offset=1, day_kind="calendar", recipient="responsible").save()
    owner = UserFactory()
    late = timezone.now() - dt.timedelta(days=10)
    MilestoneFactory(project__owner=owner, due_on=late.date(), confirmed_at=late)
    Message(key="test|waits", recipient=owner, subject="测试主题", text="测试正文", next_at=late, message_id="1@test").save()


def has_ticked() -> bool:
    return Heartbeat.objects.filter(name="tick", ended_at__isnull=False).exists()


@pytest.mark.usefixtures("overdue")
def test_a_tick_on_the_files_broker_plans_and_sends(celery_worker_process: StartWorker, smtp: SmtpSink):
    celery_worker_process(EMAIL_URL=smtp.email_url)

    tasks.tick.apply_async()

    until(has_ticked)
    assert Reminder.objects.count() == 1
    assert Message.objects.get(key="test|waits").status == Message.Status.SENT
    assert "测试主题" in [message.email["Subject"] for message in smtp.messages]


@pytest.mark.usefixtures("overdue")
def test_two_ticks_on_redis_plan_and_send_once(celery_worker_process: StartWorker, redis_server: RedisServer, smtp: SmtpSink):
    worker = celery_worker_process(EMAIL_URL=smtp.email_url, REDIS_URL=redis_server.url)

    with current_app.connection_for_write(redis_server.url) as link:
        tasks.tick.apply_async(connection=link)
        tasks.tick.apply_async(connection=link)

    until(lambda: worker.log.count("succeeded in") >= 2)
    assert Reminder.objects.count() == 1
    assert [message.email["Subject"] for message in smtp.messages].count("测试主题") == 1
