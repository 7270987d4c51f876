"""One run of one experiment: what it found, which promises it broke, how long it took, and when it hangs."""

import contextlib
import json
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.chaos import judge

HANGS_AFTER = 10  # times the expected seconds


@dataclass(frozen=True)
class Outcome:
    """What the judge found, and what an experiment itself saw going wrong."""

    found: dict[str, Any]
    wrong: list[str] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True)
class Run:
    """A line of the table."""

    name: str
    what: str
    outcome: Outcome
    seconds: float

    @property
    def line(self) -> str:
        return f"{self.name}\t{self.what}\t{self.seconds:.1f}\t{json.dumps(self.outcome.found)}"

    @property
    def failures(self) -> list[str]:
        """The broken promises; of a control only that it was not caught."""
        if self.outcome.found["control"]:
            return [] if self.outcome.found["lost"] else ["the control lost nothing, so nothing else is proved"]
        return [*judge.broken(self.outcome.found), *self.outcome.wrong]


def run(name: str, what: str, expected: float, experiment: Callable[[], Outcome]) -> Run:
    """Do one experiment, at most ten times as long as expected."""
    began = time.monotonic()
    with _guard(f"{name} {what}", expected):
        outcome = experiment()
    return Run(name, what, outcome, time.monotonic() - began)


@contextlib.contextmanager
def _guard(what: str, expected: float) -> Iterator[None]:
    def hung(*_args: object) -> None:
        raise AssertionError(f"{what} hangs: {HANGS_AFTER * expected:.0f} seconds, {expected:.0f} were expected")

    before = signal.signal(signal.SIGALRM, hung)
    signal.setitimer(signal.ITIMER_REAL, HANGS_AFTER * expected)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
