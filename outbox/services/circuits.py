"""A channel that fails again and again is left alone for a while; then one message tries it."""

import datetime as dt

from django.db.models import F

from outbox.models import Circuit
from outbox.policy import policy


def lets_through(channel: str, *, now: dt.datetime) -> bool:
    """Whether this message may go: always while the circuit is closed, one at a time once its pause is over."""
    pause = Circuit.objects.filter(channel=channel).values_list("open_until", flat=True).first()
    if pause is None:
        return True
    if pause > now and pause <= now + 2 * policy().circuit_for:  # further ahead: a clock went back
        return False
    mine = Circuit.objects.filter(channel=channel, open_until=pause)
    return mine.update(open_until=now + policy().circuit_for) == 1


def count(channel: str, reason: str, *, now: dt.datetime, at_once: bool = False, twice: bool = False) -> None:
    """Note a failure of the channel itself; open the circuit after several in a row, or `at_once`, for `twice` as long.

    Twice is the ten minutes for which a robot is banned that posted too often.
    """
    Circuit.objects.get_or_create(channel=channel)
    row = Circuit.objects.filter(channel=channel)
    row.update(failures=F("failures") + 1, reason=reason[:500])
    until = now + (1 + twice) * policy().circuit_for
    (row if at_once else row.filter(failures__gte=policy().circuit_after)).update(open_until=until)


def close(channel: str) -> None:
    """The channel works."""
    Circuit.objects.filter(channel=channel).exclude(failures=0, open_until=None).update(failures=0, open_until=None, reason="")
