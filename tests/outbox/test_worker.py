"""A real Celery worker hears the bell, on both brokers, and hands the mail to a real SMTP server."""

import pytest
from celery import current_app
from django.utils import timezone

from outbox import services, tasks
from outbox.models import Message
from tests.conftest import StartWorker
from tests.factories import UserFactory
from tests.servers import RedisServer, until
from tests.smtp import SmtpSink

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]


def is_sent() -> bool:
    return Message.objects.filter(status="sent").exists()


def test_on_files_the_bell_that_enqueue_rings_is_heard(celery_worker_process: StartWorker, smtp: SmtpSink):
    celery_worker_process(EMAIL_URL=smtp.email_url)
    person = UserFactory()

    services.enqueue("test|files", person, "测试主题", "测试正文", now=timezone.now())

    until(is_sent)
    assert smtp.recipients == [person.email]


def test_on_redis_a_bell_rung_twice_sends_once(celery_worker_process: StartWorker, redis_server: RedisServer, smtp: SmtpSink):
    celery_worker_process(EMAIL_URL=smtp.email_url, REDIS_URL=redis_server.url)
    person = UserFactory()
    services.enqueue("test|redis", person, "测试主题", "测试正文", now=timezone.now())

    with current_app.connection_for_write(redis_server.url) as link:
        tasks.deliver.apply_async(connection=link)
        tasks.deliver.apply_async(connection=link)

    until(is_sent)
    assert smtp.recipients == [person.email]
