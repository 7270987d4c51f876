"""Taking snapshots, finding them again, and proving that they are still what was taken."""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import batched
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from accounts.models import User
from audit import services as audit
from core.actor import Actor
from projects.models import Project
from reports.models import Period, Snapshot, SnapshotRow, SnapshotRowQuerySet
from reports.services import periods
from reports.services.difference import Difference, difference
from reports.services.freezing import frozen
from reports.services.reading import one_moment
from reports.services.tallies import WEEK, tallies
from reports.services.words import canonical, digest

__all__ = ["Difference", "Verdict", "difference", "newest", "rows", "take_due", "take_snapshot", "verify"]

BATCH = 500
KEYS = ("table", "object_id", "project_id", "department_id", "owner_id", "label", "values")
Kind = Snapshot.Kind


class Verdict(NamedTuple):
    """Whether a snapshot is still what was taken; `wrong` names the rows that are not, `counts` the tables that lack or have more."""

    found: str
    same: bool
    wrong: list[str]
    counts: dict[str, tuple[int, int]]


def take_snapshot(kind: str, *, now: dt.datetime, by: Actor | None = None) -> Snapshot:
    """Freeze all rows. The week that closed last, and the month of `now`, have one snapshot each: that one is returned.

    A manual snapshot is always a new one. The second edition of a month is made by `periods.lock_month` alone.
    """
    period = _period(kind, now)
    return freeze(kind, period, 1, now=now, by=by)


def take_due(*, now: dt.datetime) -> Snapshot | None:
    """What the schedule asks for at this moment: the snapshot of the week that closed last, once there is a project.

    None when it is there already. Cheap: two queries when there is nothing to do.
    """
    start_on, _end_on = periods.closed_week(now)
    there = Snapshot.objects.filter(kind=Kind.WEEKLY, period__start_on=start_on, period__kind=Period.Kind.WEEK)
    if there.exists() or not Project.objects.exists():
        return None
    return take_snapshot(Kind.WEEKLY, now=now)


def freeze(kind: str, period: Period | None, edition: int, *, now: dt.datetime, by: Actor | None) -> Snapshot:
    """Take the snapshot of a period, or return the one it has; computed first, then written in one transaction."""
    if period is not None and (there := _there(kind, period, edition)):
        return there
    with TemporaryFile("w+", encoding="utf-8") as spool:
        with one_moment(), translation.override(settings.LANGUAGE_CODE):
            kept = tallies(*_week(kind, period, now), today=timezone.localdate(now))
            sha256, counts = _spool(spool, kept)
        snapshot = Snapshot(kind=kind, period=period, edition=edition, as_of_on=timezone.localdate(now), taken_at=now)
        snapshot.taken_by_id, snapshot.sha256, snapshot.counts = (by.pk if by else None), sha256, counts
        snapshot.tallies = kept
        try:
            _write(snapshot, spool, by)
        except IntegrityError:
            if period is None or not (there := _there(kind, period, edition)):
                raise
            return there
    return snapshot


def newest(on: dt.date) -> Snapshot | None:
    """The last snapshot taken on a day or before it."""
    return Snapshot.objects.filter(as_of_on__lte=on).order_by("-as_of_on", "-taken_at", "-id").first()


def rows(snapshot: Snapshot, table: str, *, user: User) -> SnapshotRowQuerySet:
    """The rows of a table, of those projects that the person may see now."""
    return SnapshotRow.objects.filter(snapshot=snapshot, table=table).visible_to(user)


def verify(snapshot: Snapshot) -> Verdict:
    """Compute the hash again from the rows as they are, and say where they differ from what was taken."""
    whole, counts, wrong = _whole(snapshot.tallies), Counter[str](), []
    for row in SnapshotRow.objects.filter(snapshot=snapshot).order_by("table", "object_id").values(*KEYS, "digest").iterator():
        kept = row.pop("digest")
        line = canonical(row)
        whole.update(f"{line}\n".encode())
        counts[row["table"]] += 1
        if digest(line) != kept:
            wrong.append(f"{row['table']} {row['object_id']} {row['label']}")
    tables = sorted({*counts, *snapshot.counts})
    differing = {
        name: (snapshot.counts.get(name, 0), counts[name]) for name in tables if snapshot.counts.get(name, 0) != counts[name]
    }
    return Verdict(whole.hexdigest(), whole.hexdigest() == snapshot.sha256, wrong, differing)


def _period(kind: str, now: dt.datetime) -> Period | None:
    if kind == Kind.WEEKLY:
        return periods.period_of(Period.Kind.WEEK, *periods.closed_week(now))
    return periods.month_of(timezone.localdate(now)) if kind == Kind.MONTHLY else None


def _there(kind: str, period: Period, edition: int) -> Snapshot | None:
    return Snapshot.objects.filter(kind=kind, period=period, edition=edition).first()


def _week(kind: str, period: Period | None, now: dt.datetime) -> tuple[dt.date, dt.date]:
    """The closing days of the week a snapshot is about; one taken by hand closes the seven days up to its own."""
    if kind == Kind.WEEKLY and period is not None:
        return period.start_on, period.end_on
    day = timezone.localdate(now)
    return day - WEEK, day


def _whole(kept: dict[str, Any]) -> Any:
    """The hash to which the rows are added; older snapshots have nothing beside their rows."""
    return hashlib.sha256(f"{canonical(kept)}\n".encode() if kept else b"")


def _spool(spool: IO[str], kept: dict[str, Any]) -> tuple[str, dict[str, int]]:
    """Write every row as a line, in the order of the hash; nothing is kept in memory."""
    whole, counts = _whole(kept), Counter[str]()
    for row in frozen():
        line = canonical(row.record())
        whole.update(f"{line}\n".encode())
        counts[row.table] += 1
        spool.write(f"{line}\n")
    return whole.hexdigest(), dict(counts)


@transaction.atomic
def _write(snapshot: Snapshot, spool: IO[str], by: Actor | None) -> None:
    snapshot.save()
    spool.seek(0)
    for lines in batched(spool, BATCH):
        SnapshotRow.objects.bulk_create(_built(snapshot, lines))
    audit.record("snapshot.taken", snapshot, by=by, changes={"sha256": snapshot.sha256}, rows=sum(snapshot.counts.values()))


def _built(snapshot: Snapshot, lines: Iterable[str]) -> Iterator[SnapshotRow]:
    for written in lines:
        line = written.rstrip("\n")
        record: dict[str, Any] = json.loads(line)
        yield SnapshotRow(snapshot=snapshot, digest=digest(line), **record)
