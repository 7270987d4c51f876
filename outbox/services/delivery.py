"""Delivery: claimed by lease, sent with no transaction open, marked once.

Promise: every message is handed to the mail server at least once and recorded exactly once; an extra
copy can only come from a process or line dying between the server's 250 and our commit, and carries
the same Message-ID.
"""

import datetime as dt
import logging
import os
import socket
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F
from django.utils.module_loading import import_string

from outbox import channels, thread
from outbox.models import DeliveryAttempt, Message
from outbox.policy import policy
from outbox.services import circuits, clock, turns
from outbox.services.queue import ring

log = logging.getLogger(__name__)

BATCH = 200
Outcome = DeliveryAttempt.Outcome
Status = Message.Status


class UncheckedError(Exception):
    """The producer of a message failed to say whether its facts still hold."""


class HeldTooLongError(Exception):
    """So long since the claim that the lease could end in the middle of the mail: somebody else may send it by then."""


@dataclass(frozen=True)
class Lease:
    """The right to send one message until a moment."""

    token: str
    until: dt.datetime

    @classmethod
    def new(cls, now: dt.datetime) -> "Lease":
        return cls(str(uuid.uuid4()), now + policy().lease)


def deliver(now: dt.datetime) -> int:
    """Send what is due, oldest first, over one line; returns how many were sent.

    A round begins no further message after `policy().round` and rings for the next, so that no task
    is ended by its time limit in the middle of a mail.
    """
    if clock.leap(now):
        return 0
    began = time.monotonic()
    sent = 0
    with channels.Line() as line:
        for message in Message.objects.claimable(now).order_by("id")[:BATCH]:
            elapsed = dt.timedelta(seconds=time.monotonic() - began)
            if elapsed > policy().round:
                ring()
                break
            sent += deliver_one(message, now=now + elapsed, line=line)
    return sent


def deliver_one(message: Message, *, now: dt.datetime, line: channels.Line | None = None) -> bool:
    """Claim, recheck, send and mark one message; returns whether it was sent by this call."""
    with thread.about(message.message_id):
        return _deliver(message, line, now)


def _deliver(message: Message, line: channels.Line | None, now: dt.datetime) -> bool:
    if not circuits.lets_through(message.circuit, now=now):
        return False
    claimed = time.monotonic()
    if claim(message, now=now) is None:
        return False
    message.refresh_from_db(from_queryset=Message.objects.select_related("recipient"))
    if not _holds(message, now):
        return False
    attempt = turns.begin(message, worker_name(), now=now)
    if attempt is None:
        return False
    try:
        _refuse_if_held_too_long(claimed)
        _send(message, line)
    except Exception as error:
        fail(message, attempt, error, now=now)
        return False
    return mark_sent(message, attempt, now=now)


def claim(message: Message, *, now: dt.datetime) -> Lease | None:
    """Take a message for a lease, or None when another worker was first; never waits for him."""
    lease = Lease.new(now)
    row = Message.objects.claimable(now).filter(pk=message.pk, lease_token=message.lease_token, status=message.status)
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked and not row.select_for_update(skip_locked=True):
            return None
        taken = row.update(status=Status.SENDING, lease_token=lease.token, lease_until=lease.until, attempts=F("attempts") + 1)
    return lease if taken == 1 else None


def mark_sent(message: Message, attempt: DeliveryAttempt, *, now: dt.datetime) -> bool:
    """Record that a message went out, whoever sent it; `sent` is never left again."""
    with transaction.atomic():
        unsent = Message.objects.filter(pk=message.pk).exclude(status=Status.SENT)
        marked = unsent.update(status=Status.SENT, sent_at=now, lease_token="", lease_until=None)
        _close(attempt, Outcome.SENT, now)
    circuits.close(message.circuit)
    _tell(logging.INFO, "message %s was sent", message, attempt)
    return marked == 1


def fail(message: Message, attempt: DeliveryAttempt, error: Exception, *, now: dt.datetime) -> None:
    """Plan the next try in the row, or give up: after two refusals of the address, or after five days of tries.

    What is the channel's fault opens its circuit and uses up no try of the message.
    """
    ours = channels.is_fault_of_channel(error)
    failures = message.failures + (not ours)
    dead = not ours and (failures >= policy().tries or (channels.is_permanent(error) and failures >= policy().permanent_tries))
    mine = Message.objects.filter(pk=message.pk, lease_token=message.lease_token).exclude(status=Status.SENT)
    with transaction.atomic():
        mine.update(
            status=Status.DEAD if dead else Status.PENDING,
            failures=failures,
            next_at=now + policy().wait(max(failures, 1)),
            lease_token="",
            lease_until=None,
        )
        outcome = Outcome.DEAD if dead else Outcome.RETRY
        _close(attempt, outcome, now, code=channels.code_of(error), text=str(error))
    if ours:
        too_often = channels.is_too_often(error)
        at_once = too_often or channels.is_sign_in_refused(error)
        circuits.count(message.circuit, str(error), now=now, at_once=at_once, twice=too_often)
    level, text = (logging.ERROR, "message %s was given up") if dead else (logging.WARNING, "message %s failed")
    _tell(level, text, message, attempt)


def cancel(message: Message, reason: str, *, now: dt.datetime) -> None:
    """Take a message out of the queue because its facts are gone."""
    open_rows = Message.objects.filter(pk=message.pk).exclude(status=Status.SENT)
    open_rows.update(status=Status.CANCELLED, lease_token="", lease_until=None)
    attempt = _begin(message, now)
    _close(attempt, Outcome.CANCELLED, now, text=reason)
    _tell(logging.INFO, "message %s was cancelled", message, attempt)


def _refuse_if_held_too_long(claimed: float) -> None:
    """A worker that stood still after its claim (a database that was locked, a machine that slept) must not send."""
    if time.monotonic() - claimed > (policy().lease - policy().watchdog).total_seconds():
        raise HeldTooLongError(f"{time.monotonic() - claimed:.0f} s after the claim")


def worker_name() -> str:
    """Host and process, as it stands in the delivery record."""
    return f"{socket.gethostname()}:{os.getpid()}"[:100]


def _holds(message: Message, now: dt.datetime) -> bool:
    """Whether the message is still to be sent; else it is cancelled, or tried again when it could not be checked."""
    try:
        reason = _recheck(message, now)
    except Exception as error:  # a template that fails, a row that cannot be read: no other message waits for it
        log.exception("message %s could not be checked", message.pk)
        fail(message, _begin(message, now), UncheckedError(f"{type(error).__name__}: {error}"), now=now)
        return False
    if reason:
        cancel(message, reason, now=now)
    return not reason


def _begin(message: Message, now: dt.datetime) -> DeliveryAttempt:
    attempt = DeliveryAttempt(message=message, n=message.attempts, worker=worker_name(), started_at=now)
    attempt.save()
    return attempt


def _tell(level: int, text: str, message: Message, attempt: DeliveryAttempt) -> None:
    """One line in the log for each end of an attempt; what the server said may hold an address and stays in the database."""
    about = {"message_id": message.message_id, "channel": message.channel}
    log.log(level, text, message.pk, extra=about | {"attempt": attempt.n, "outcome": attempt.outcome, "code": attempt.code})


def _send(message: Message, line: channels.Line | None) -> None:
    if line is not None:
        channels.hand_over(message, line)
        return
    with channels.Line() as own:
        channels.hand_over(message, own)


def _recheck(message: Message, now: dt.datetime) -> str:
    """Ask the producer whether the facts still hold; it may rewrite the message, or say why not to send."""
    if not message.recheck:
        return ""
    check: Callable[[Message, dt.datetime], str] = import_string(message.recheck)
    return check(message, now)


def _close(attempt: DeliveryAttempt, outcome: str, now: dt.datetime, *, code: str = "", text: str = "") -> None:
    attempt.outcome, attempt.ended_at, attempt.code, attempt.text = outcome, now, code, text
    attempt.save(update_fields=["outcome", "ended_at", "code", "text"])
