"""The queue of messages: put in, taken out again, put back. All retry state stands in the row, none in Celery."""

import datetime as dt
import logging
import uuid
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from audit import services as audit
from outbox.models import Channel, DeliveryAttempt, Message
from outbox.robot import Robot

log = logging.getLogger(__name__)

NAMESPACE = uuid.UUID("6f0f4c0e-5d0b-4f6e-9a63-0a4a3f8f5f60")
DOORBELL = "outbox.tasks.deliver"


def message_id(key: str) -> str:
    """The Message-ID of a key: the same on every retry and in every process."""
    return f"{uuid.uuid5(NAMESPACE, key)}@{urlsplit(settings.SITE_URL).hostname}"


def enqueue(
    key: str,
    receiver: User | Robot,
    subject: str,
    text: str,
    *,
    now: dt.datetime,
    html: str = "",
    recheck: str = "",
    headers: dict[str, str] | None = None,
    channel: str = Channel.EMAIL,
) -> tuple[Message, bool]:
    """Put a message into the queue unless its key is there; returns it and whether it is new.

    To a person it goes by `channel`, to a robot into its group.
    """
    to_robot = isinstance(receiver, Robot)
    where = {"robot": receiver, "channel": Channel.ROBOT} if to_robot else {"recipient": receiver, "channel": channel}
    found, new = Message.objects.get_or_create(
        key=key,
        defaults={
            **where,
            "subject": subject[:200],
            "text": text,
            "html": html,
            "recheck": recheck,
            "headers": headers or {},
            "next_at": now,
            "message_id": message_id(key),
        },
    )
    if new:
        transaction.on_commit(ring)
    return found, new


def ring(task: str = DOORBELL) -> None:
    """Ring the doorbell; nobody need hear it, the next tick finds the message anyway."""
    try:
        current_app.send_task(task, expires=50, retry=False)
    except Exception:
        log.warning("doorbell could not ring", exc_info=True)


@transaction.atomic
def retry(message: Message, *, by: User, now: dt.datetime) -> Message:
    """Put a dead message back into the queue, with all its tries before it; refused when it is not dead (code "not_dead")."""
    dead = Message.objects.filter(pk=message.pk, status=Message.Status.DEAD)
    if not dead.update(status=Message.Status.PENDING, next_at=now, failures=0):
        raise ValidationError(_("这封邮件没有失败，或已重新排队"), code="not_dead")
    audit.record("message.retried", message, by=by)
    transaction.on_commit(ring)
    return Message.objects.get(pk=message.pk)


@transaction.atomic
def withdraw(message: Message, *, by: User, now: dt.datetime) -> Message:
    """A person decides that a message is not sent; refused when it went out, is under way or was cancelled (code "too_late").

    Its reminders stay readable under the bell.
    """
    mine = Message.objects.filter(pk=message.pk, status__in=[Message.Status.PENDING, Message.Status.DEAD])
    if not mine.update(status=Message.Status.CANCELLED, attempts=F("attempts") + 1, lease_token="", lease_until=None):
        raise ValidationError(_("这封邮件已经发出、正在发送或已取消"), code="too_late")
    message = Message.objects.get(pk=message.pk)
    DeliveryAttempt(
        message=message,
        n=message.attempts,
        worker=by.display[:100],
        started_at=now,
        ended_at=now,
        outcome=DeliveryAttempt.Outcome.CANCELLED,
    ).save()
    audit.record("message.withdrawn", message, by=by)
    return message
