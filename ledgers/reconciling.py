"""A ledger against itself and against the one before: its 合计 beside its rows, and what is no longer in it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import visible
from activities.models import FollowUp
from audit import changesets
from audit.models import ChangeSet
from ledgers.layouts.base import Column, Kind, Row
from ledgers.layouts.comparing import Difference
from ledgers.layouts.comparing import differences as compare
from ledgers.models import ImportJob, Provenance
from ledgers.planning import Part, Plan
from ledgers.recognise import RawRow, Table, read_cell
from ledgers.resources.links import chunks
from ledgers.values import Amount, Unread
from ledgers.values.base import compact
from projects.models import Project

OF_ALL = (
    ("总计", "本表总计"),
    ("合计", "共计", "本表合计", "本表共计"),
)  # how the row for a whole sheet begins, the surest first
VERIFY = "verify"  # answer for a row no longer in the ledger: its owner is asked to look; "keep" leaves it


@dataclass(frozen=True)
class Total:
    """A figure of the 合计 row beside the one of the rows: money in 万元; `counted` is None when no row states any."""

    sheet: str
    cell: str
    head: str
    stated: Decimal
    counted: Decimal | None
    money: bool = False

    @property
    def agrees(self) -> bool:
        return self.stated == self.counted


@dataclass(frozen=True)
class Gone:
    """Something the last ledger of this kind and unit held and this one does not; `key` asks what to do."""

    key: str
    row: Any
    answer: str


def gone(answers: Mapping[str, str], here: Set[int], table: Table, *, by: User) -> list[Gone]:
    """What the last applied ledger of the same kind and unit named and this one, with the rows `here`, does not (上期有、本期无)."""
    last = ImportJob.objects.applied().filter(layout=table.layout.code, unit=table.unit_name[:100]).first()
    if last is None:
        return []
    model = table.layout.model
    named = Provenance.objects.filter(job=last, content_type=ContentType.objects.get_for_model(model))
    missing = set(named.values_list("object_id", flat=True)) - here
    rows = visible(model, by)
    found = [row for some in chunks(rows, "pk", missing) for row in some]
    return [Gone(f"gone:{row.public_id}", row, answers.get(f"gone:{row.public_id}", "")) for row in found]


def differences(plan: Plan, parts: Sequence[Part]) -> Iterator[Difference]:
    """Cells of derived columns that say another thing than what is recorded: shown, never kept."""
    roots = list(plan.saved_roots)
    for part in parts:
        yield from compare(part.layout, [pair for pair in roots if plan.heads[pair[0].sheet] is part.layout], part.context)


def answer_gone(job: ImportJob, changeset: ChangeSet, *, by: User, now: dt.datetime) -> int:
    """Ask the owners of rows no longer in the ledger to look, where the person chose so; returns how many were asked."""
    chosen = [key.removeprefix("gone:") for key, answer in job.answers.items() if key.startswith("gone:") and answer == VERIFY]
    rows = _projects(chosen)
    for row in rows:
        title = _("核实：%(job)s 不再列入“%(row)s”") % {"job": job.file_name, "row": row}
        step = FollowUp(title=title[:200], due_on=now.date(), assignee=row.owner or by, owner=row.owner or by, project=row)
        step.department = row.department
        step.save(by=by)
        changesets.record_created(changeset, step)
    return len(rows)


def _projects(public_ids: list[str]) -> list[Project]:
    return list(Project.objects.filter(public_id__in=public_ids).select_related("owner", "department"))


def totals(table: Table, rows: Sequence[Row]) -> Iterator[Total]:
    """The figures of the 合计 row of a sheet beside the sums of its rows."""
    for stated in _of_all_rows(table):
        for column in table.layout.columns:
            if column.total and column.key in stated.cells:
                yield from _total(table, column, stated, rows)


def _of_all_rows(table: Table) -> list[RawRow]:
    """The row that adds up the whole sheet: 总计, else 合计, else the only one there is; 小计 of several say nothing of it."""
    ranked = [(_rank(row), row) for row in table.totals]
    best = min((rank for rank, _row in ranked), default=0)
    found = [row for rank, row in ranked if rank == best]
    return found[:1] if best < len(OF_ALL) or len(found) == 1 else []


def _rank(row: RawRow) -> int:
    texts = [compact(cell) for cell in row.grid.sheet.rows[row.number - 1] if isinstance(cell, str)]
    return next((rank for rank, words in enumerate(OF_ALL) if any(text.startswith(words) for text in texts)), len(OF_ALL))


def _total(table: Table, column: Column, stated: Any, rows: Sequence[Row]) -> Iterator[Total]:
    try:
        said = _number(read_cell(table, column, stated.cells[column.key]))
    except Unread:
        return
    if said is None:
        return
    found = [_number(row.values[column.key]) for row in rows if column.key in row.values]
    counted = sum((value for value in found if value is not None), Decimal(0)) if found else None
    yield Total(table.sheet, stated.addresses.get(column.key, ""), column.head, said, counted, column.kind is Kind.AMOUNT)


def _number(value: Any) -> Decimal | None:
    if isinstance(value, Amount):
        return value.value
    return Decimal(value) if isinstance(value, int | Decimal) else None
