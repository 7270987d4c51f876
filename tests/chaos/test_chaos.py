"""A small part of `make chaos`, so that a broken promise is seen with every push; the whole is the command's."""

import json
import subprocess
import sys

import pytest
from django.db import connection

from tests.chaos import judge, worker
from tests.servers import ROOT, find_program, require

pytestmark = pytest.mark.server

KEYS = [
    "control",
    "database",
    "due",
    "messages",
    "accepted",
    "lost",
    "recorded",
    "extra",
    "two_ids",
    "kills",
    "drops",
    "early",
    "wrong_person",
]
LIMIT = 600  # seconds; a hang guard, ten times what it takes and more


@pytest.fixture(scope="module")
def ran() -> subprocess.CompletedProcess[str]:
    require(lambda: find_program("redis-server"))
    database = {"sqlite": "sqlite", "postgresql": "postgres"}[connection.vendor]
    command = [sys.executable, "-m", "tests.chaos", "--db", database, "--only", "R2", "R3", "-n", "12", "--kills", "2"]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=LIMIT)


def found(ran: subprocess.CompletedProcess[str]) -> list[dict[str, int]]:
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]


def test_a_worker_killed_at_any_point_loses_nothing_and_doubles_only_what_nobody_can_know(ran):
    runs = [run for run in found(ran) if not run["control"]]

    assert ran.returncode == 0, ran.stderr
    assert [run["lost"] for run in runs] == [0] * len(worker.POINTS)
    assert sum(run["extra"] for run in runs) == len(worker.DOUBTFUL)
    assert all(list(run) == KEYS for run in runs)


def test_the_wrong_order_is_caught_losing_mail(ran):
    controls = [run["lost"] for run in found(ran) if run["control"]]

    assert len(controls) == 2
    assert all(controls)


GOOD = dict.fromkeys(KEYS, 0) | {"due": 3, "messages": 2, "accepted": 2, "recorded": 3}


@pytest.mark.parametrize(
    "change",
    [{"lost": 1}, {"recorded": 2}, {"extra": 1}, {"two_ids": 1}, {"early": 1}, {"wrong_person": 1}, {"messages": 1}, {"due": 0}],
    ids=lambda change: next(iter(change)),
)
def test_the_judge_sees_each_broken_promise(change):
    assert judge.broken(GOOD) == []
    assert next(iter(change)) in judge.broken(GOOD | change)
