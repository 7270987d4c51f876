"""When the loop last ran, and how much waits."""

import datetime as dt
from typing import Any

from django.db.models import Min, Q

from outbox.models import Heartbeat, Message


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
