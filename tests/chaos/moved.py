"""R9: the machine was off. R10: its clock was wrong for a while. Moments are passed as `now`; nobody waits."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from django.conf import settings

from outbox import services as outbox
from reminders import services as reminders
from tests.chaos import judge, scene, sink, worker
from tests.chaos.office import Servers
from tests.chaos.runs import Outcome, Run, run
from tests.chaos.scene import MORNING
from tests.chaos.sizes import Sizes
from tests.chaos.worker import STEP

HOUR, DAY, YEAR = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(days=365)
EVENING = MORNING + dt.timedelta(hours=8, minutes=57)  # Friday, three minutes before the window closes
OFF = {  # how long the machine was off, and when the window opens after that
    "Fri 18:00 to Mon 08:00": (MORNING + 2 * DAY + 23 * HOUR, MORNING + 3 * DAY - dt.timedelta(minutes=20)),
    "30 days": (EVENING + 30 * DAY, MORNING + 31 * DAY - dt.timedelta(minutes=20)),
}
CLOCKS = {"-1 day": -DAY, "-1 hour": -HOUR, "+1 hour": HOUR, "+1 day": DAY, "+10 years": 10 * YEAR}
WINDOW, TICK = dt.timedelta(minutes=15), dt.timedelta(seconds=10)  # after the window opened, and between two rounds
SEED = 20261127


def machine_off(sizes: Sizes, _servers: Servers) -> Iterator[Run]:
    """R9: all goes out in the first window after, one digest a person, and nothing before the window."""
    for what in OFF:
        yield run("R9", f"off {what}", 5 + sizes.off * 0.2, lambda what=what: _off(sizes.off, what))  # type: ignore[misc]


def clock_moved(sizes: Sizes, _servers: Servers) -> Iterator[Run]:
    """R10: a clock that goes wrong and comes back loses nothing, and sends nothing before its day."""
    for what in CLOCKS:
        yield run("R10", f"clock {what}", 10 + sizes.clock * 0.2, lambda what=what: _clock(sizes.clock, what))  # type: ignore[misc]


def _off(due: int, what: str) -> Outcome:
    back, opens = OFF[what]
    scene.arrange(0)
    with _mail() as log:
        reminders.run_due(EVENING)  # the last round before it went off
        days = (opens.date() - EVENING.date()).days
        for n in range(days):  # what came due while it was off, day by day
            scene.add(due * (n + 1) // days - due * n // days, due_on=EVENING.date() + dt.timedelta(days=n + 1))
        until = EVENING.date() + dt.timedelta(days=days)
        reminders.run_due(back)
        before = len(judge.read(log)[0])
        for n in range(WINDOW // TICK):
            reminders.run_due(opens + n * TICK)
            if not (left := worker.waiting(until)):
                break
        people = Counter(mail["to"][0] for mail in judge.read(log)[0])
        wrong = {
            f"{before} sent before the window opened": before,
            f"{left} not sent within a quarter of an hour": left,
            "more than one digest a person": max(people.values(), default=0) > 1,
        }
        return Outcome(judge.verdict(log, kills=0, until=until), [text for text, holds in wrong.items() if holds])


def _clock(due: int, what: str) -> Outcome:
    jump = CLOCKS[what]
    wrong: list[str] = []
    scene.arrange(due)
    with _mail(SEED) as log:
        if jump <= DAY:
            wrong += _round(log, MORNING + jump, silent=jump != HOUR)
        reminders.run_due(MORNING)
        wrong += _round(log, MORNING + jump, silent=not HOUR <= jump <= DAY)
        if (outbox.leap(MORNING + jump) is not None) != (jump > DAY):
            wrong.append("the banner of a clock that leapt")
        for now in _moments_after(jump):
            if not worker.waiting():
                break
            reminders.run_due(now)
        return Outcome(judge.verdict(log, kills=0), wrong)


def _moments_after(jump: dt.timedelta) -> list[dt.datetime]:
    """Rounds once the clock is right again; what failed while it was ahead is tried when that moment really comes."""
    ahead = [jump] if HOUR <= jump <= DAY else []
    return [MORNING + passed + n * STEP for passed in (dt.timedelta(), *ahead) for n in range(1, 40)]


def _round(log: Path, now: dt.datetime, *, silent: bool) -> list[str]:
    """One round by the wrong clock; `silent` when nothing may be sent by it."""
    before = len(judge.read(log)[0])
    reminders.run_due(now)
    sent = len(judge.read(log)[0]) - before
    return [f"{sent} sent by the wrong clock"] if silent and sent else []


def _mail(seed: int = 0) -> AbstractContextManager[Path]:
    return sink.running(settings.CONFIG.mailer["OPTIONS"]["port"], seed=seed)
