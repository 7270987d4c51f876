"""Whether mail goes out: the beat of the loop, the clock, and what is past its moment while the send window is open."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.db.models import QuerySet, Subquery
from django.utils import timezone

from accounts.models import DIGEST_AT
from core.working_days import Calendar
from outbox.models import Heartbeat, Message
from outbox.policy import policy

LATE = dt.timedelta(minutes=5)
STARTING = dt.timedelta(seconds=90)
STARTED_AT = timezone.now()  # of this process: a site that just began has had no round yet

type Word = Literal["ok", "starting", "held", "stopped", "late"]


@dataclass(frozen=True)
class Pulse:
    """What is known of the loop at a moment; `due_at` is the oldest moment that passed more than five minutes ago."""

    now: dt.datetime
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    due_at: dt.datetime | None

    @property
    def loop(self) -> Word:
        """Held by a clock that leapt, stopped, just starting, or well."""
        if self.ahead > policy().clock_jump:
            return "held"
        if self.ended_at is None or self.now - self.ended_at > LATE:
            return "starting" if self.now - STARTED_AT < STARTING else "stopped"
        return "ok"

    @property
    def queue(self) -> Word:
        """Late when something waits past its moment while mail may go."""
        if self.due_at is None or not window_is_open(self.now):
            return "ok"
        return "starting" if self.now - STARTED_AT < STARTING else "late"

    @property
    def word(self) -> Word:
        """The graver of the two."""
        return self.queue if self.loop == "ok" else self.loop

    @property
    def ahead(self) -> dt.timedelta:
        """How far the clock is ahead of the last round."""
        return self.now - self.started_at if self.started_at else dt.timedelta()

    @property
    def behind(self) -> int:
        """Whole minutes since the oldest moment that passed."""
        return (self.now - self.due_at) // dt.timedelta(minutes=1) if self.due_at else 0


def columns(now: dt.datetime) -> dict[str, Any]:
    """What a pulse is made of, as columns that join another question."""
    tick = Heartbeat.objects.filter(name="tick")
    return {
        "started_at": Subquery(tick.values("started_at")[:1]),
        "ended_at": Subquery(tick.values("ended_at")[:1]),
        "due_at": Subquery(overdue(now).values("next_at")[:1]),
    }


def pulse(now: dt.datetime) -> Pulse:
    """The pulse at a moment (two queries)."""
    tick = Heartbeat.objects.filter(name="tick").first()
    due_at = overdue(now).values_list("next_at", flat=True).first()
    return Pulse(now, tick.started_at if tick else None, tick.ended_at if tick else None, due_at)


def overdue(now: dt.datetime) -> QuerySet[Message]:
    """Messages more than five minutes past their moment, the oldest first."""
    return Message.objects.waiting().filter(next_at__lte=now - LATE).order_by("next_at")


def window_is_open(now: dt.datetime) -> bool:
    """Whether reminders go out at this moment: on a working day, between the time of the digests and the evening."""
    local = timezone.localtime(now)
    return DIGEST_AT <= local.time() < settings.DIGEST_UNTIL and Calendar.load().is_working_day(local.date())
