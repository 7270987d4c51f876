"""R4 to R6: a real worker and real beats; Redis is restarted, flushed and away; ten beats ring at once."""

import contextlib
import io
import time
from collections.abc import Iterator
from pathlib import Path

import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from outbox.services import ring
from tests.chaos import judge, scene, sink, worker
from tests.chaos.celery_servers import Worker, beats
from tests.chaos.office import Servers
from tests.chaos.runs import Outcome, Run, run
from tests.chaos.sizes import Sizes
from tests.servers import until

OUTAGE = 5.0  # seconds without Redis
BEATS = (2, 5, 10)
PATIENCE = 600.0  # seconds for one wave of reminders, or for a worker to hear again: the guard of the run is shorter


def outages(sizes: Sizes, servers: Servers) -> Iterator[Run]:
    """R4: Redis is restarted and flushed while mail goes out, and is away for a while: `manage.py tick` sends meanwhile."""
    expected = 20 + sizes.broker * 0.3 + 15 * sizes.outages
    yield run("R4", "Redis restarted, flushed, away", expected, lambda: _outages(sizes, servers))


def hears_again(sizes: Sizes, servers: Servers) -> Iterator[Run]:
    """R5: the worker takes up its work after Redis came back, without being started again."""
    expected = 20 + sizes.broker * 0.3 + 15 * sizes.outages
    yield run("R5", "worker hears again after a restart of Redis", expected, lambda: _hears_again(sizes, servers))


def many_beats(sizes: Sizes, servers: Servers) -> Iterator[Run]:
    """R6: many beats, `manage.py tick` and the doorbell at once."""
    for number in BEATS:
        what = f"{number:2} beats, tick and doorbell at once"
        yield run("R6", what, 20 + sizes.broker * 0.3, lambda number=number: _many_beats(sizes.broker, number))  # type: ignore[misc]


def _outages(sizes: Sizes, servers: Servers) -> Outcome:
    wave = sizes.broker // (2 * sizes.outages)
    wrong: list[str] = []
    with site(sizes.broker - wave * 2 * sizes.outages) as (celery, log):
        for n in range(sizes.outages):
            scene.add(wave)
            wait_for_mail(log)
            _flush(servers)
            if n == 0:
                wrong += _away(servers, celery, wave)
            else:
                scene.add(wave)
                wait_for_mail(log)
                servers.redis.stop()
                servers.redis.start()
        all_sent()
        wrong += [] if celery.is_the_same else ["the worker ended"]
        return Outcome(judge.verdict(log, kills=0), wrong)


def _away(servers: Servers, celery: Worker, wave: int) -> list[str]:
    """Redis is away for some seconds: what comes due then is sent by the cron's tick, before Redis is back."""
    servers.redis.stop()
    began = time.monotonic()
    scene.add(wave)
    while worker.waiting() and time.monotonic() - began < PATIENCE:
        call_command("tick", now=worker.moment(celery.began).isoformat(), stdout=io.StringIO())
        time.sleep(0.2)
    late = worker.waiting()
    time.sleep(max(0.0, min(OUTAGE - (time.monotonic() - began), 3.0)))
    servers.redis.start()
    return [f"{late} not sent while Redis was away"] if late else []


def _hears_again(sizes: Sizes, servers: Servers) -> Outcome:
    wave = sizes.broker // sizes.outages
    with site(0) as (celery, log):
        for _n in range(sizes.outages):
            servers.redis.stop()
            servers.redis.start()
            scene.add(wave)
            all_sent()  # nobody else sends: the worker heard
        wrong = [] if celery.is_the_same else ["the worker was not the same"]
        return Outcome(judge.verdict(log, kills=0), wrong)


def _many_beats(due: int, number: int) -> Outcome:
    with site(due, beats_running=number) as (celery, log):
        while worker.waiting():
            ring()
            call_command("tick", now=worker.moment(celery.began).isoformat(), stdout=io.StringIO())
        ring()
        time.sleep(2.0)  # two more ticks of every beat, for nothing
        found = judge.verdict(log, kills=0)
        rows = judge.reminders_due()
        return Outcome(found, [] if rows == due else [f"{rows} rows of reminders for {due} keys"])


@contextlib.contextmanager
def site(due: int, *, beats_running: int = 1, seed: int = 0, **env: str) -> Iterator[tuple[Worker, Path]]:
    """The scene, a mail server, and what `manage.py serve` runs beside the web."""
    scene.arrange(due)
    connections.close_all()
    with sink.running(settings.CONFIG.mailer["OPTIONS"]["port"], seed=seed) as log, Worker(env) as celery, beats(beats_running):
        yield celery, log


def wait_for_mail(log: Path) -> None:
    """Until one more mail was taken: what follows happens while mail goes out."""
    before = len(judge.read(log)[0])
    until(lambda: len(judge.read(log)[0]) > before or not worker.waiting(), seconds=PATIENCE, what="for a mail")


def all_sent() -> None:
    until(lambda: not worker.waiting(), seconds=PATIENCE + 0.1 * worker.waiting(), what="until all mail is out")


def _flush(servers: Servers) -> None:
    with contextlib.closing(redis.Redis(port=servers.redis.port)) as client:
        client.flushall()
