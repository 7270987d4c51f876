"""R1: workers killed at random. R2: killed at a named point. R3: the wrong order, which must be caught."""

import random
import time
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from tests.chaos import judge, scene, sink, worker
from tests.chaos.office import Servers
from tests.chaos.runs import Outcome, Run, run
from tests.chaos.sizes import Sizes

SEED = 20261127
PAUSE = (0.0, 0.3)  # seconds between a kill's moment and the kill
EARLY = 0.1  # share of the kills that come while nothing may have been sent yet
PATIENCE = (0.6, 10.0)  # seconds without mail after which a worker is killed all the same: shortest, longest


def points(sizes: Sizes, _servers: Servers) -> Iterator[Run]:
    """R2: a worker dies at each named point, another finishes; a copy is sent twice only where nobody can know."""
    for point in worker.POINTS:
        for _round in range(sizes.rounds):
            yield run("R2", point, 6, lambda point=point: _once(point))  # type: ignore[misc]


def at_random(sizes: Sizes, _servers: Servers) -> Iterator[Run]:
    """R1: the mail server fails, and workers are killed at random while there is mail to send."""
    due, kills = sizes.reminders, sizes.kills
    yield run("R1", "killed at random", _expected(due, kills), lambda: _many(due, kills, workers=sizes.workers))


def control(sizes: Sizes, _servers: Servers) -> Iterator[Run]:
    """R3: marked before sent; once at the named point without any other fault, once as R1."""
    due, kills = sizes.control
    yield run("R3", "control, killed between mark and mail", 6, lambda: _once(worker.BETWEEN_MARK_AND_SEND, control=True))
    yield run("R3", "control, as R1", _expected(due, kills), lambda: _many(due, kills, workers=sizes.workers, control=True))


def _expected(due: int, kills: int) -> float:
    return 10 + due * 0.1 + kills * 0.5


def _once(point: str, *, control: bool = False) -> Outcome:
    scene.arrange(3, later=2)
    with sink.running(settings.CONFIG.mailer["OPTIONS"]["port"], seed=0) as log:
        began = time.monotonic()
        dying = worker.start(began, point=point, control=control)
        dying.join(30)
        killed = dying.exitcode == -9
        worker.kill(dying)
        worker.settle_up(began)
        found = judge.verdict(log, kills=int(killed), control=control)
    expected = 1 if point in worker.DOUBTFUL else 0
    wrong = {"not killed at the point": not killed, f"extra is not {expected}": found["extra"] != expected}
    return Outcome(found, [text for text, holds in wrong.items() if holds])


def _many(due: int, kills: int, *, workers: int, control: bool = False) -> Outcome:
    scene.arrange(due)
    with sink.running(settings.CONFIG.mailer["OPTIONS"]["port"], seed=SEED) as log:
        crew = Crew(workers, log, control=control, size=due)
        for n in range(kills):
            crew.wait(mails=due / 1.5 / kills, early=n < kills * EARLY)
            crew.kill_one(planted=control and n % 2 == 1)
        crew.finish()
        return Outcome(judge.verdict(log, kills=kills, control=control), note=f"{crew.restarts} ended by themselves")


class Crew:
    """The workers at work, and the mails that have come."""

    def __init__(self, size_of_crew: int, log: Path, *, control: bool, size: int) -> None:
        self.began, self.log, self.chance = time.monotonic(), log, random.Random(SEED)
        self.options: dict[str, Any] = {"control": control, "size": size}
        self.next_at, self.patience, self.restarts = 0.0, PATIENCE[0], 0
        self.file: BinaryIO | None = None
        self.taken = 0
        self.members: list[BaseProcess] = [worker.start(self.began, **self.options) for _n in range(size_of_crew)]

    def wait(self, *, mails: float, early: bool) -> None:
        """Until so many more mails were taken on average, or none for a while: kills are spread over the whole work."""
        began = time.monotonic()
        self.next_at += mails * self.chance.uniform(0.6, 1.2)
        while not early and time.monotonic() - began < self.patience and self._taken() < self.next_at:
            time.sleep(0.03)
        moved = self._taken() >= self.next_at
        self.patience = PATIENCE[0] if moved else min(2 * self.patience, PATIENCE[1])
        time.sleep(self.chance.uniform(*PAUSE))

    def kill_one(self, *, planted: bool) -> None:
        """SIGKILL to one of them, and another in its place."""
        place = self.chance.randrange(len(self.members))
        worker.kill(self.members[place])
        point = worker.BETWEEN_MARK_AND_SEND if planted else ""
        plans = self.chance.random() < min(0.5, 500 / self.options["size"])
        self.members[place] = worker.start(self.began, point=point, plans=plans, **self.options)
        self._restart_the_ended()

    def finish(self) -> None:
        """Until everything is marked as sent; then the workers end."""
        while worker.waiting():
            self._restart_the_ended()
            time.sleep(0.3)
        for member in self.members:
            worker.kill(member)

    def _restart_the_ended(self) -> None:
        """As the supervisor of the site does with what ended by itself."""
        for place, member in enumerate(self.members):
            if not member.is_alive():
                self.restarts += 1
                self.members[place] = worker.start(self.began, **self.options)

    def _taken(self) -> int:
        """How many mails the server has taken so far."""
        if self.file is None and self.log.exists():
            self.file = self.log.open("rb")
        if self.file:
            self.taken += self.file.read().count(b"\n")
        return self.taken
