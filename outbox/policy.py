"""How patiently mail is delivered. The defaults are what an installation runs with."""

import datetime as dt
import math
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Policy:
    """Times and limits of delivery; `settings.DELIVERY` holds the one in force."""

    lease: dt.timedelta = dt.timedelta(minutes=5)  # how long one worker has a message to itself
    watchdog: dt.timedelta = dt.timedelta(seconds=60)  # after which a line is cut that drips
    round: dt.timedelta = dt.timedelta(seconds=25)  # after which a round begins no further message
    backoff: tuple[dt.timedelta, ...] = tuple(dt.timedelta(minutes=n) for n in (1, 5, 15, 60, 240))
    later: dt.timedelta = dt.timedelta(hours=6)  # between tries when the list above is used up
    give_up: dt.timedelta = dt.timedelta(days=5)
    permanent_tries: int = 2  # refusals of an address after which it is given up
    circuit_after: int = 5  # failures of a channel in a row
    circuit_for: dt.timedelta = dt.timedelta(minutes=5)
    clock_jump: dt.timedelta = dt.timedelta(days=30)

    def __post_init__(self) -> None:
        if self.lease <= self.watchdog:
            raise ValueError("a lease must outlive the watchdog, or two workers send one message")

    def wait(self, failures: int) -> dt.timedelta:
        """How long to wait after that many failures."""
        return self.backoff[failures - 1] if 0 < failures <= len(self.backoff) else self.later

    @property
    def tries(self) -> int:
        """How many failures fill the time until giving up."""
        rest = self.give_up - sum(self.backoff, dt.timedelta())
        return len(self.backoff) + math.ceil(rest / self.later)


def policy() -> Policy:
    """The policy in force."""
    found: Policy = settings.DELIVERY
    return found
