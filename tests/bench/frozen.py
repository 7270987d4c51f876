"""Taking a snapshot and comparing two, of 5,000 projects and of all: time, queries, and memory that does not grow."""

import datetime as dt
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from projects.models import Agreement, CapitalArrival, Milestone, ProgressReport, Project
from reports.models import Snapshot
from reports.services import snapshots

SMALL = 5_000
CHILDREN = (Agreement, CapitalArrival, Milestone, ProgressReport)
type Say = Callable[[str], None]


def run(say: Say) -> dt.date:
    """Print what both cost at both sizes; the snapshots of all projects stay, and their day is returned."""
    say("\n快照（秒，查询数，内存峰值 MB）/ snapshots: seconds, queries, peak of memory")
    with transaction.atomic():
        _leave(SMALL)
        _measure(f"{SMALL:,} 个项目", say)
        transaction.set_rollback(True)
    _measure(f"{Project.objects.count():,} 个项目", say)
    return timezone.localdate()


def _leave(count: int) -> None:
    """Only so many projects, with what hangs on them."""
    last = Project.objects.order_by("pk").values_list("pk", flat=True)[count - 1]
    for model in CHILDREN:
        model.objects.filter(project__gt=last).update(deleted_at=timezone.now())
    Project.objects.filter(pk__gt=last).update(deleted_at=timezone.now())


def _measure(label: str, say: Say) -> None:
    manager, now = User.objects.get(username="bench-manager"), timezone.now()
    with _told(f"生成：{label}", say):
        old = snapshots.take_snapshot(Snapshot.Kind.MANUAL, now=now - dt.timedelta(days=7))
    Project.objects.filter(pk__in=list(Project.objects.values_list("pk", flat=True)[:500])).update(stage="land.effective")
    moved = list(Milestone.objects.open().values_list("pk", flat=True)[:2_000])
    for start in range(0, len(moved), 500):
        Milestone.objects.filter(pk__in=moved[start : start + 500]).update(due_on=F("original_due_on") + dt.timedelta(days=1))
    new = snapshots.take_snapshot(Snapshot.Kind.MANUAL, now=now)
    with _told(f"对比：{label}", say):
        found = snapshots.difference(old, new, user=manager)
    assert found.date_moved.count == len(moved), found.date_moved.count
    with _told(f"校验：{label}", say):
        assert snapshots.verify(new).same


@contextmanager
def _told(label: str, say: Say) -> Iterator[None]:
    """Memory by Python's own account, which slows the work; queries are counted and not kept, for they would be most of it."""
    asked: list[None] = []

    def count(execute: Callable[..., Any], *query: Any) -> Any:
        asked.append(None)
        return execute(*query)

    tracemalloc.start()
    began = time.perf_counter()
    with connection.execute_wrapper(count):
        yield
    taken, peak = time.perf_counter() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    say(f"{taken:>8.1f} {len(asked):>6} {peak / 2**20:>8.0f}  {label}")
