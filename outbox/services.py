"""The queue of messages: put in, claimed by lease, sent with no transaction open, marked once.

Promise: every message is handed to the mail server at least once and recorded exactly once; an extra
copy can only come from a process or line dying between the server's 250 and our commit, and carries
the same Message-ID. All retry state stands in the row, none in Celery.
"""

import datetime as dt
import logging
import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F, Min, Q
from django.utils.module_loading import import_string

from accounts.models import User
from audit import services as audit
from outbox import channels
from outbox.models import LEASE, DeliveryAttempt, Heartbeat, Message

log = logging.getLogger(__name__)

NAMESPACE = uuid.UUID("6f0f4c0e-5d0b-4f6e-9a63-0a4a3f8f5f60")
BACKOFF = [dt.timedelta(minutes=n) for n in (1, 5, 15, 60, 240)]
LATER = dt.timedelta(hours=6)
GIVE_UP = dt.timedelta(days=5)
PERMANENT_TRIES = 2
BATCH = 200
DOORBELL = "outbox.tasks.deliver"


@dataclass(frozen=True)
class Lease:
    """The right to send one message until a moment."""

    token: str
    until: dt.datetime

    @classmethod
    def new(cls, now: dt.datetime) -> "Lease":
        return cls(str(uuid.uuid4()), now + LEASE)


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


def deliver(now: dt.datetime) -> int:
    """Send what is due, one message after the other; returns how many were sent."""
    due = Message.objects.claimable(now).order_by("next_at", "id")[:BATCH]
    return sum(deliver_one(message, now=now) for message in due)


def deliver_one(message: Message, *, now: dt.datetime) -> bool:
    """Claim, recheck, send and mark one message; returns whether it was sent by this call."""
    lease = claim(message, now=now)
    if lease is None:
        return False
    message.refresh_from_db()
    if reason := _recheck(message, now):
        cancel(message, reason, now=now)
        return False
    attempt = DeliveryAttempt(message=message, n=message.attempts, worker=worker_name(), started_at=now)
    attempt.save()
    try:
        _send(message)
    except Exception as error:
        fail(message, attempt, error, now=now)
        return False
    return mark_sent(message, attempt, now=now)


def claim(message: Message, *, now: dt.datetime) -> Lease | None:
    """Take a message for LEASE, or None when another worker was first."""
    lease = Lease.new(now)
    taken = (
        Message.objects.claimable(now)
        .filter(pk=message.pk, lease_token=message.lease_token, status=message.status)
        .update(
            status=Message.Status.SENDING,
            lease_token=lease.token,
            lease_until=lease.until,
            attempts=F("attempts") + 1,
        )
    )
    return lease if taken == 1 else None


def mark_sent(message: Message, attempt: DeliveryAttempt, *, now: dt.datetime) -> bool:
    """Record that a message went out, whoever sent it; `sent` is never left again."""
    unsent = Message.objects.filter(pk=message.pk).exclude(status=Message.Status.SENT)
    marked = unsent.update(status=Message.Status.SENT, sent_at=now, lease_token="", lease_until=None)
    _close(attempt, DeliveryAttempt.Outcome.SENT, now)
    return marked == 1


def fail(message: Message, attempt: DeliveryAttempt, error: Exception, *, now: dt.datetime) -> None:
    """Plan the next try in the row, or give up: after two refusals of the address, or after five days."""
    permanent = channels.is_permanent(error) and message.attempts >= PERMANENT_TRIES
    dead = permanent or now - message.created_at > GIVE_UP
    mine = Message.objects.filter(pk=message.pk, lease_token=message.lease_token).exclude(status=Message.Status.SENT)
    mine.update(
        status=Message.Status.DEAD if dead else Message.Status.PENDING,
        next_at=now + backoff(message.attempts),
        lease_token="",
        lease_until=None,
    )
    outcome = DeliveryAttempt.Outcome.DEAD if dead else DeliveryAttempt.Outcome.RETRY
    _close(attempt, outcome, now, code=channels.code_of(error), text=str(error))
    if dead:
        log.error("message %s is dead: %s", message.pk, error)


def backoff(attempts: int) -> dt.timedelta:
    """How long to wait after that many tries."""
    return BACKOFF[attempts - 1] if attempts <= len(BACKOFF) else LATER


def cancel(message: Message, reason: str, *, now: dt.datetime) -> None:
    """Take a message out of the queue because its facts are gone."""
    open_rows = Message.objects.filter(pk=message.pk).exclude(status=Message.Status.SENT)
    open_rows.update(status=Message.Status.CANCELLED, lease_token="", lease_until=None)
    attempt = DeliveryAttempt(message=message, n=message.attempts, worker=worker_name(), started_at=now)
    attempt.save()
    _close(attempt, DeliveryAttempt.Outcome.CANCELLED, now, text=reason)


@transaction.atomic
def retry(message: Message, *, by: User, now: dt.datetime) -> Message:
    """Put a dead message back into the queue."""
    Message.objects.filter(pk=message.pk, status=Message.Status.DEAD).update(status=Message.Status.PENDING, next_at=now)
    audit.record("message.retried", message, by=by)
    transaction.on_commit(ring)
    return message


def beat(name: str, *, started_at: dt.datetime | None = None, ended_at: dt.datetime | None = None) -> Heartbeat:
    """Note that a loop began or ended a round, and what still waits in the queue."""
    values: dict[str, Any] = {"started_at": started_at} if started_at else {}
    if ended_at:
        values |= {"ended_at": ended_at, **backlog(ended_at)}
    return Heartbeat.objects.update_or_create(name=name, defaults=values)[0]


def backlog(now: dt.datetime) -> dict[str, Any]:
    """How many messages wait, and since when the oldest is due."""
    waiting = Message.objects.filter(Q(status=Message.Status.PENDING) | Q(status=Message.Status.SENDING), next_at__lte=now)
    return {"backlog": waiting.count(), "oldest_due_at": waiting.aggregate(at=Min("next_at"))["at"]}


def worker_name() -> str:
    """Host and process, as it stands in the delivery record."""
    return f"{socket.gethostname()}:{os.getpid()}"[:100]


def _send(message: Message) -> None:
    address = message.recipient.email if message.recipient else ""
    if not address:
        raise ValueError("收件人没有邮箱地址")
    channels.send_email(message, address)


def _recheck(message: Message, now: dt.datetime) -> str:
    """Ask the producer whether the facts still hold; it may rewrite the message, or say why not to send."""
    if not message.recheck:
        return ""
    check: Callable[[Message, dt.datetime], str] = import_string(message.recheck)
    return check(message, now)


def _close(attempt: DeliveryAttempt, outcome: str, now: dt.datetime, *, code: str = "", text: str = "") -> None:
    attempt.outcome, attempt.ended_at, attempt.code, attempt.text = outcome, now, code, text
    attempt.save(update_fields=["outcome", "ended_at", "code", "text"])
