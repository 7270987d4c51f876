"""R13: the database goes away, cuts its lines, is locked or full, while a real worker sends."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import OperationalError, connection, connections

from reminders import services as reminders
from tests.chaos import judge, scene, sink, worker
from tests.chaos.broker import all_sent, site, wait_for_mail
from tests.chaos.office import Servers
from tests.chaos.runs import Outcome, Run, run
from tests.chaos.scene import MORNING
from tests.chaos.sizes import Sizes
from tests.servers import until

SEED = 20261127
TERMINATIONS = 5
BUSY, LOCKED = 1.0, 2.5  # seconds a worker waits for SQLite's lock, and seconds it is held by somebody else
FULL_ROUNDS = 3
OTHERS = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"


def faults(sizes: Sizes, servers: Servers) -> Iterator[Run]:
    """R13, by what the database can suffer. A full disk is tried on SQLite alone: it can be told how big it may grow."""
    expected = 20 + sizes.off * 0.3
    if servers.postgres:
        yield run("R13", "lines cut five times", expected, lambda: _cut(sizes.off))
        yield run("R13", "PostgreSQL restarted", expected, lambda: _restarted(sizes.off, servers))
    else:
        yield run("R13", "SQLite locked", expected, lambda: _locked(sizes.off))
        yield run("R13", "disk full", expected, lambda: _full(sizes.off))


def _cut(due: int) -> Outcome:
    cut = 0
    with site(due // 2, seed=SEED) as (celery, log):
        for n in range(TERMINATIONS):
            wait_for_mail(log)
            cut += _lines("SELECT pg_terminate_backend(pid) ")
            scene.add(due * (n + 1) // 10 - due * n // 10)
        all_sent()
        wrong = {"no line was cut": not cut, "the worker ended": not celery.is_the_same}
        return Outcome(judge.verdict(log, kills=cut), [text for text, holds in wrong.items() if holds])


def _restarted(due: int, servers: Servers) -> Outcome:
    assert servers.postgres
    with site(due // 2, seed=SEED) as (celery, log):
        wait_for_mail(log)
        scene.add(due - due // 2)
        cut = _lines("SELECT pid ")
        connections.close_all()
        servers.postgres.stop()
        time.sleep(1)  # at least one tick finds no database
        servers.postgres.start()
        all_sent()
        return Outcome(judge.verdict(log, kills=cut), [] if celery.is_the_same else ["the worker ended"])


def _lines(question: str) -> int:
    """How many other connections there are; each of them may have been between the server's 250 and its commit."""
    with connection.cursor() as cursor:
        cursor.execute(question + OTHERS)
        return len(cursor.fetchall())


def _locked(due: int) -> Outcome:
    with site(due // 2, seed=SEED, CHAOS_BUSY=str(BUSY)) as (celery, log):
        wait_for_mail(log)
        scene.add(due - due // 2)
        connections.close_all()
        with contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as other:
            other.execute("PRAGMA busy_timeout = 30000")
            other.execute("BEGIN IMMEDIATE")
            time.sleep(LOCKED)
            other.execute("ROLLBACK")
        until(lambda: "database is locked" in celery.log, what="until the worker notices the lock")
        all_sent()
        failed = celery.log.count("raised unexpected: OperationalError")
        wrong = [] if celery.is_the_same else ["the worker ended"]
        return Outcome(judge.verdict(log, kills=failed), wrong)


def _full(due: int) -> Outcome:
    """The file may not grow for some rounds: whatever they could not write down, the rounds after do."""
    scene.arrange(due)
    failed = 0
    with sink.running(settings.CONFIG.mailer["OPTIONS"]["port"], seed=0) as log:
        _limit(1)  # no smaller than it is
        for n in range(FULL_ROUNDS):
            try:
                reminders.run_due(MORNING + worker.STEP * n)
            except OperationalError as error:
                failed += "full" in str(error)
        left = worker.waiting()
        _limit(2**30)
        for n in range(FULL_ROUNDS, 40):
            if not worker.waiting():
                break
            reminders.run_due(MORNING + worker.STEP * n)
        return Outcome(judge.verdict(log, kills=failed), [] if left else ["the disk was never full"])


def _limit(pages: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        cursor.fetchall()
