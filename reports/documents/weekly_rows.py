"""What the weekly report reads of a snapshot, and nothing else: rows that were frozen, of projects the author may see."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import User
from accounts.scope import Scope
from core.amounts import format_amount
from projects import stages
from projects.models import Agreement, CapitalArrival, Milestone
from reports.models import Snapshot, SnapshotRow
from reports.services import snapshots, tallies

CHUNK = 2_000
WEEK = dt.timedelta(days=7)
PRESS = "press"  # origin of what newspapers told: announced, and kept apart from what is recorded
type Words = dict[str, Any]
type Known = frozenset[tuple[str, int]]
type Within = Callable[[Line, str | None], bool]
Table = SnapshotRow.Table


class Line(NamedTuple):
    """A frozen row, its table and key, and the key of its project."""

    table: str
    key: int
    project_id: int
    label: str
    words: Words


@dataclass
class Sum:
    """How many, how much of it is stated, and how many say no amount; what nobody stated is not zero."""

    count: int = 0
    stated: int = 0
    amount: Decimal = field(default_factory=Decimal)

    def add(self, amount: str | None) -> None:
        self.count += 1
        if amount is not None:
            self.stated += 1
            self.amount += Decimal(amount)

    def __str__(self) -> str:
        """“3个、12.5亿元（另有1个未填金额）”."""
        if not self.count:
            return "0个"
        money = format_amount(self.amount) if self.stated else "金额—"
        silent = self.count - self.stated
        return f"{self.count}个、{money}" + (f"（其中{silent}个未填金额，未计入）" if silent and self.stated else "")


@dataclass(frozen=True)
class Frozen:
    """The rows of one snapshot; `start_on` and `end_on` are the closing days of its week."""

    snapshot: Snapshot
    start_on: dt.date
    end_on: dt.date
    projects: list[Line]
    press: list[Line]  # told by newspapers only
    agreements: list[Line]
    capital: list[Line]
    progress: dict[int, Line]  # by project; the latest accepted report
    due: list[Line]  # milestones due in the week that follows
    departments: tuple[int, ...] | None  # of the author; None when he sees all
    known: Known | None  # agreements and payments of the snapshot before; None when there is none

    def of_week(self, row: Line, day: str | None) -> bool:
        """Whether a row belongs to the week: of its days, and not in the report before.

        A week begins on the afternoon of the day on which the last one was closed, so that day is in both.
        """
        first = self.start_on if self.known is not None else self.start_on + dt.timedelta(days=1)
        return first.isoformat() <= (day or "") <= self.end_on.isoformat() and (row.table, row.key) not in (self.known or ())

    def of_year(self, row: Line, day: str | None) -> bool:
        return f"{self.end_on.year}-01-01" <= (day or "") <= self.end_on.isoformat()

    def late(self, row: Line, day: str | None) -> bool:
        """Whether a row of an earlier week was entered since the report before."""
        return self.known is not None and (row.table, row.key) not in self.known and "" < (day or "") < self.start_on.isoformat()

    def contacts(self, what: str) -> int | None:
        """外出 (visits) or 接待 (receptions) of the week; None where the snapshot does not say."""
        return tallies.count(self.snapshot.tallies, "contacts", self.departments, what)

    @property
    def leads(self) -> int | None:
        """新增线索 of the week."""
        return tallies.count(self.snapshot.tallies, "leads", self.departments)

    @property
    def targets(self) -> list[Words]:
        """The year's targets of the zone, or of the author's departments, as they stood."""
        return tallies.targets(self.snapshot.tallies, self.departments)

    @property
    def told(self) -> dict[int, Line]:
        """The reports of this very week."""
        return {key: row for key, row in self.progress.items() if row.words["period_end_on"] == self.end_on.isoformat()}


def read(snapshot: Snapshot, before: Snapshot | None, *, user: User) -> Frozen:
    """The rows of a snapshot, six queries whatever their number."""
    start_on, end_on = week_of(snapshot)
    projects = list(_lines(snapshot, Table.PROJECT, user))
    press = {row.key for row in projects if row.words.get("origin") == PRESS}
    recorded = {row.key for row in projects} - press
    return Frozen(
        snapshot,
        start_on,
        end_on,
        [row for row in projects if row.key in recorded],
        [row for row in projects if row.key in press],
        [row for row in _lines(snapshot, Table.AGREEMENT, user) if row.project_id in recorded],
        [row for row in _lines(snapshot, Table.CAPITAL, user) if row.project_id in recorded],
        {row.project_id: row for row in _lines(snapshot, Table.PROGRESS, user) if row.project_id in recorded},
        [row for row in _due(snapshot, user, end_on) if row.project_id in recorded],
        None if Scope.of(user).sees_all else Scope.of(user).departments,
        _keys(before),
    )


def _keys(snapshot: Snapshot | None) -> Known | None:
    """Which agreements and payments a snapshot has."""
    if snapshot is None:
        return None
    rows = SnapshotRow.objects.filter(snapshot=snapshot, table__in=[Table.AGREEMENT, Table.CAPITAL])
    return frozenset(rows.values_list("table", "object_id").iterator())


def week_of(snapshot: Snapshot) -> tuple[dt.date, dt.date]:
    """The week a snapshot closes; one taken by hand closes the seven days up to its own."""
    if snapshot.kind == Snapshot.Kind.WEEKLY and snapshot.period is not None:
        return snapshot.period.start_on, snapshot.period.end_on
    day = timezone.localdate(snapshot.taken_at)
    return day - WEEK, day


def _lines(snapshot: Snapshot, table: str, user: User) -> Iterator[Line]:
    rows = snapshots.rows(snapshot, table, user=user).order_by("object_id")
    found = rows.values_list("table", "object_id", "project_id", "label", "values")
    yield from (Line(*row) for row in found.iterator(chunk_size=CHUNK))


def _due(snapshot: Snapshot, user: User, end_on: dt.date) -> list[Line]:
    rows = snapshots.rows(snapshot, Table.MILESTONE, user=user).annotate(due=_text("due_on"), stands=_text("status"))
    open_ = [str(status) for status in Milestone.Status.open()]
    soon = rows.filter(due__gt=end_on.isoformat(), due__lte=(end_on + WEEK).isoformat(), stands__in=open_)
    found = soon.order_by("due", "object_id").values_list("table", "object_id", "project_id", "label", "values")
    return [Line(*row) for row in found]


def _text(name: str) -> Cast:
    """A word of a row as plain text: bare JSON keys compare by the rules of JSON."""
    return Cast(KT(f"values__{name}"), TextField())


# What is counted


def reached(projects: Iterable[Line]) -> dict[str, int]:
    """How many projects have come at least so far: 签约, 履约, 开工, 投产, 达效."""
    order = [str(state) for state in stages.Counted]
    counts = dict.fromkeys(order, 0)
    for row in projects:
        stage = stages.BY_CODE.get(row.words["stage"])
        for state in order[: order.index(stage.counted) + 1] if stage and stage.counted else ():
            counts[state] += 1
    return counts


def standing(agreements: Iterable[Line]) -> list[Line]:
    """Those neither superseded nor ended; a supplement is part of another paper."""
    gone = Agreement.Kind.SUPPLEMENT
    return [row for row in agreements if not (row.words["superseded"] or row.words["terminated_on"] or row.words["kind"] == gone)]


def signed(frozen: Frozen, within: Within) -> dict[str, Sum]:
    """What was signed in a span of time, by kind: of each project its first paper only, of growth the increment only.

    The rule is that of `Agreement.objects.counted`, on frozen rows.
    """
    found: dict[str, Sum] = defaultdict(Sum)
    first: dict[int, Line] = {}
    for row in sorted(frozen.agreements, key=lambda row: (row.words["signed_on"] or "9", row.key)):
        first.setdefault(row.project_id, row)
    for row in frozen.agreements:
        words = row.words
        if not within(row, words["signed_on"]):
            continue
        if words["counts_as"] in {"increase", "owner_change"} and Decimal(words["increment"] or 0) > 0:
            found["increase"].add(words["increment"])
        elif first[row.project_id] is row and words["counts_as"] != "none":
            found[words["kind"]].add(words["amount"])
    return found


def together(sums: Iterable[Sum]) -> Sum:
    """Several sums in one."""
    whole = Sum()
    for one in sums:
        whole = Sum(whole.count + one.count, whole.stated + one.stated, whole.amount + one.amount)
    return whole


def arrived(frozen: Frozen, within: Within, *statuses: str) -> Decimal | None:
    """Capital of these states that arrived in a span of time, in 万元; None when there is none."""
    rows = [
        row.words["amount"] for row in frozen.capital if row.words["status"] in statuses and within(row, row.words["arrived_on"])
    ]
    stated = [Decimal(amount) for amount in rows if amount is not None]
    return sum(stated, Decimal()) if stated else None


VERIFIED, WAITING = (CapitalArrival.Status.VERIFIED,), (CapitalArrival.Status.DRAFT, CapitalArrival.Status.SUBMITTED)
