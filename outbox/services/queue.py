"""The queue of messages: put in, taken out again, put back. All retry state stands in the row, none in Celery."""

import datetime as dt
import logging
import uuid
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.db import transaction

from accounts.models import User
from audit import services as audit
from outbox.models import Message

log = logging.getLogger(__name__)

NAMESPACE = uuid.UUID("6f0f4c0e-5d0b-4f6e-9a63-0a4a3f8f5f60")
DOORBELL = "outbox.tasks.deliver"


def message_id(key: str) -> str:
    """The Message-ID of a key: the same on every retry and in every process."""
    return f"{uuid.uuid5(NAMESPACE, key)}@{urlsplit(settings.SITE_URL).hostname}"


def enqueue(
    key: str,
    recipient: User,
    subject: str,
    text: str,
    *,
    now: dt.datetime,
    html: str = "",
    recheck: str = "",
    headers: dict[str, str] | None = None,
) -> tuple[Message, bool]:
    """Put a message into the queue unless its key is there; returns it and whether it is new."""
    found, new = Message.objects.get_or_create(
        key=key,
        defaults={
            "recipient": recipient,
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
    """Put a dead message back into the queue, with all its tries before it."""
    dead = Message.objects.filter(pk=message.pk, status=Message.Status.DEAD)
    dead.update(status=Message.Status.PENDING, next_at=now, failures=0)
    audit.record("message.retried", message, by=by)
    transaction.on_commit(ring)
    return message
