"""The experiments on one database: `python -m tests.chaos.run`, with DATABASE_URL and EMAIL_URL in the environment.

Prints one JSON line an experiment and ends with 1 when a promise was broken, or when the control was not caught.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tests.servers import is_listening, until

WORKERS = 3
PAUSE = (0.15, 0.6)  # seconds between two kills
SEED = 20261127


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=300, help="reminders due in the random experiments")
    parser.add_argument("--kills", type=int, default=20)
    options = parser.parse_args()
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    failed = [name for name in (*_points(), *_random(options.n, options.kills)) if name]
    for name in failed:
        print(f"promise broken: {name}", file=sys.stderr)
    return 1 if failed else 0


def _points() -> Iterator[str]:
    """R2: a worker dies at each named point, another finishes; a copy is sent twice only where nobody can know."""
    from tests.chaos import worker

    for point in worker.POINTS:
        found = _once(point)
        expected = 1 if point in worker.DOUBTFUL else 0
        yield from _say("R2", found | {"point": point}, ["extra"] if found["extra"] != expected else [])


def _random(due: int, kills: int) -> Iterator[str]:
    """R1: workers are killed at random while the mail server fails. R3: the wrong order, which must be caught."""
    yield from _say("R1", _many(due, kills))
    found = _many(due, kills, control=True)
    print(json.dumps({"id": "R3", **found}, ensure_ascii=False), flush=True)
    yield "" if found["lost"] else "R3: the control lost nothing, so R1 proves nothing"


def _once(point: str) -> dict[str, Any]:
    from tests.chaos import judge, scene, worker

    scene.arrange(3, later=2)
    with _sink(seed=0) as log:
        began = time.monotonic()
        connections.close_all()
        dying = worker.start(began, point=point)
        dying.join(30)
        killed = dying.exitcode == -9
        worker.kill(dying)
        worker.settle_up(began)
        return judge.verdict(log, due=3, kills=int(killed))


def _many(due: int, kills: int, *, control: bool = False) -> dict[str, Any]:
    from tests.chaos import judge, scene, worker

    scene.arrange(due)
    chance = random.Random(SEED)
    with _sink(seed=SEED) as log:
        began = time.monotonic()
        connections.close_all()
        fresh = {"point": worker.BETWEEN_MARK_AND_SEND if control else "", "control": control}
        workers = [worker.start(began, control=control) for _n in range(WORKERS)]
        done = 0
        while done < kills and not worker.all_sent():
            connections.close_all()  # a fork must not share it
            place = chance.randrange(WORKERS)
            worker.kill(workers[place])
            workers[place] = worker.start(began, **(fresh if control and done % 2 else {"control": control}))
            done += 1
            time.sleep(chance.uniform(*PAUSE))
        until(worker.all_sent, seconds=60 + due / 2, what="until all mail is out")
        for each in workers:
            worker.kill(each)
        return judge.verdict(log, due=due, kills=done, control=control)


def _say(name: str, found: dict[str, Any], more: list[str] | None = None) -> Iterator[str]:
    from tests.chaos import judge

    print(json.dumps({"id": name, **found}, ensure_ascii=False), flush=True)
    yield from (f"{name} {found.get('point', '')}: {promise} {found}" for promise in (*judge.broken(found), *(more or [])))


@contextmanager
def _sink(*, seed: int) -> Iterator[Path]:
    """A mail server in a process of its own, where EMAIL_URL says; seed 0 is one without faults."""
    port = settings.CONFIG.mailer["OPTIONS"]["port"]
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        log = Path(folder, "accepted.jsonl")
        process = subprocess.Popen([sys.executable, "-m", "tests.chaos.sink", str(port), str(log), str(seed)])
        try:
            until(lambda: is_listening(port), what="for the mail server")
            yield log
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
