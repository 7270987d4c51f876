"""A worker and beats as `manage.py serve` starts them, on the experiment's clock."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from celery.beat import Service
from django.db import connections
from django.utils import timezone

from crm.management.commands import serve
from tests.chaos.celery_app import AHEAD, app
from tests.chaos.scene import MORNING
from tests.chaos.worker import fork, kill
from tests.servers import CeleryWorker


class Worker(CeleryWorker):
    """The worker that `manage.py serve` runs, with its arguments but for the level of its log."""

    starts_within = 120.0  # beside the other experiments of a busy machine

    def __init__(self, env: Mapping[str, str]) -> None:
        super().__init__({**env, AHEAD: str((MORNING - timezone.now()).total_seconds())})
        self.began = time.monotonic()  # when it is MORNING there

    def command(self) -> Sequence[str | Path]:
        arguments = [part.replace("WARNING", "INFO") for part in serve._worker_arguments()]
        return [self.program, "-m", "celery", "-A", "tests.chaos.celery_app", *arguments]

    @property
    def is_the_same(self) -> bool:
        """Whether it still runs and was never started again."""
        return self._process is not None and self._process.poll() is None


@contextmanager
def beats(number: int) -> Iterator[None]:
    """So many beats at once, each with a schedule of its own: none knows of the others."""
    connections.close_all()
    with TemporaryDirectory(prefix="chaos-beat-") as folder:
        running: list[BaseProcess] = [fork.Process(target=_beat, args=(f"{folder}/{n}",), daemon=True) for n in range(number)]
        for beat in running:
            beat.start()
        try:
            yield
        finally:
            for beat in running:
                kill(beat)


def _beat(schedule: str) -> None:
    Service(app, schedule_filename=schedule).start()
