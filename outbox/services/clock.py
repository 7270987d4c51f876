"""A clock that leaps ahead must not mail a whole year: sending stops until a person confirms the date."""

import datetime as dt

from accounts.models import User
from audit import services as audit
from outbox.models import Heartbeat
from outbox.policy import policy
from outbox.services.heart import beat


def leap(now: dt.datetime) -> dt.timedelta | None:
    """How far the clock is ahead of the last round, when that is further than a machine is ever off; else None."""
    last = Heartbeat.objects.filter(name="tick").values_list("started_at", flat=True).first()
    ahead = now - last if last else dt.timedelta()
    return ahead if ahead > policy().clock_jump else None


def confirm_clock(*, by: User, now: dt.datetime) -> Heartbeat:
    """A person has looked at the date: it is right, and sending goes on."""
    row = beat("tick", started_at=now)
    audit.record("clock.confirmed", row, by=by)
    return row
