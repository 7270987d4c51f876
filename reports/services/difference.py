"""本周 vs 上周: what two snapshots say differently. Read in order and side by side, so that memory does not grow with the rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from accounts.models import User
from core.amounts import format_amount
from reports.models import Snapshot, SnapshotRow, SnapshotRowQuerySet

MOST = 500  # lines kept of each kind; all are counted
CHUNK = 2_000
STATE = ("stage", "stage_label", "status", "status_label")
AMOUNT = ("amount", "amount_qualifier")
PLANNED = ("planned_start_on", "planned_completion_on", "planned_production_on", "expected_sign_on")
READ = (*STATE, *AMOUNT, *PLANNED)
ACTIVE = "active"


class Line(NamedTuple):
    """One change of one project; `what` names the date that moved."""

    label: str
    project_id: int
    before: str
    after: str
    what: str = ""


@dataclass
class Lines:
    """Changes of one kind: the first ones, and how many there are."""

    count: int = 0
    rows: list[Line] = field(default_factory=list)

    def add(self, line: Line) -> None:
        self.count += 1
        if len(self.rows) < MOST:
            self.rows.append(line)

    @property
    def left(self) -> int:
        """How many are counted and not listed."""
        return self.count - len(self.rows)


@dataclass
class Difference:
    """What changed from one snapshot to another, by kind."""

    old: Snapshot
    new: Snapshot
    added: Lines = field(default_factory=Lines)
    gone: Lines = field(default_factory=Lines)
    stage_moved: Lines = field(default_factory=Lines)
    amount_changed: Lines = field(default_factory=Lines)
    date_moved: Lines = field(default_factory=Lines)

    @property
    def total(self) -> int:
        return sum(lines.count for lines in (self.added, self.gone, self.stage_moved, self.amount_changed, self.date_moved))


class Read(NamedTuple):
    """A project row of a snapshot, with the columns that are compared."""

    key: int
    label: str
    words: dict[str, Any]


def difference(old: Snapshot, new: Snapshot, *, user: User) -> Difference:
    """What the new snapshot says differently, of projects that the person may see now. Five queries.

    Not seeing a deleted project, whoever is limited to some of them does not see it gone either.
    """
    found = Difference(old, new)
    for before, after in _pairs(_projects(old, user), _projects(new, user)):
        if before is None and after is not None:
            found.added.add(Line(after.label, after.key, "", _state(after.words)))
        elif after is None and before is not None:
            found.gone.add(Line(before.label, before.key, _state(before.words), ""))
        elif before is not None and after is not None:
            _compare(found, before, after)
    for line in _milestones(old, new, user):
        found.date_moved.add(line)
    return found


def _rows(snapshot: Snapshot, table: str, user: User) -> SnapshotRowQuerySet:
    return SnapshotRow.objects.filter(snapshot=snapshot, table=table).visible_to(user)


def _projects(snapshot: Snapshot, user: User) -> Iterator[Read]:
    columns = {f"word_{name}": KT(f"values__{name}") for name in READ}
    rows = _rows(snapshot, SnapshotRow.Table.PROJECT, user).order_by("object_id").annotate(**columns)
    for key, label, *words in rows.values_list("object_id", "label", *columns).iterator(chunk_size=CHUNK):
        yield Read(key, label, dict(zip(READ, map(_known, words), strict=True)))


def _known(word: str | None) -> str | None:
    """SQLite writes the null of JSON as a word, PostgreSQL as none."""
    return None if word == "null" else word


def _pairs(old: Iterator[Read], new: Iterator[Read]) -> Iterator[tuple[Read | None, Read | None]]:
    """The rows of two lists in the order of their key, those of one key together."""
    before, after = next(old, None), next(new, None)
    while before is not None or after is not None:
        if after is None or (before is not None and before.key < after.key):
            yield before, None
            before = next(old, None)
        elif before is None or after.key < before.key:
            yield None, after
            after = next(new, None)
        else:
            yield before, after
            before, after = next(old, None), next(new, None)


def _compare(found: Difference, before: Read, after: Read) -> None:
    def differs(names: tuple[str, ...], said: Callable[[dict[str, Any]], str]) -> Line | None:
        if all(before.words[name] == after.words[name] for name in names):
            return None
        line = Line(after.label, after.key, said(before.words), said(after.words))
        return line if line.before != line.after else None  # a word beside a figure that nobody gave

    if line := differs(("stage", "status"), _state):
        found.stage_moved.add(line)
    if line := differs(AMOUNT, _amount):
        found.amount_changed.add(line)
    for name in PLANNED:
        if line := differs((name,), lambda words, name=name: words[name] or "—"):  # type: ignore[misc]
            found.date_moved.add(line._replace(what=_planned()[name]))


def _state(words: dict[str, Any]) -> str:
    """The stage; with the status where it is not the usual one."""
    stage = words["stage_label"] or words["stage"] or "—"
    return (
        str(stage)
        if words["status"] in (ACTIVE, None)
        else _("%(stage)s（%(status)s）") % {"stage": stage, "status": words["status_label"]}
    )


def _amount(words: dict[str, Any]) -> str:
    return format_amount(Decimal(words["amount"]), words["amount_qualifier"] or "exact") if words["amount"] else "—"


def _planned() -> dict[str, str]:
    names = (_("计划开工"), _("计划竣工"), _("计划投产"), _("计划签约"))
    return dict(zip(PLANNED, names, strict=True))


def _milestones(old: Snapshot, new: Snapshot, user: User) -> Iterator[Line]:
    """Milestones with another due date than before. The database finds the rows that changed at all, by their digest."""
    table = SnapshotRow.Table.MILESTONE
    same = SnapshotRow.objects.filter(snapshot=old, table=table, object_id=OuterRef("object_id"), digest=OuterRef("digest"))
    changed = _rows(new, table, user).filter(~Exists(same))
    names = {"due_on": KT("values__due_on"), "name": KT("values__name"), "project": KT("values__project_name")}
    after = changed.order_by("object_id").annotate(**names).values_list("object_id", "project_id", *names)
    before = _rows(old, table, user).filter(object_id__in=changed.values("object_id"))
    known = dict(before.annotate(day=KT("values__due_on")).values_list("object_id", "day"))
    for key, project_id, due_on, name, project in after.iterator(chunk_size=CHUNK):
        was = known.get(key)
        if was and was != due_on:
            yield Line(project or "", project_id, was, due_on or "—", name or "")
