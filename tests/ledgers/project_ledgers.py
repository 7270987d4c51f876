"""Ledgers of projects in tests: planned, applied, written back, and written as a workbook and read again."""

import datetime as dt
from pathlib import Path

import openpyxl

from accounts.models import User
from ledgers import applying, planning
from ledgers.layouts.base import Context, Layout, Row
from ledgers.models import ImportJob
from ledgers.planning import Part, Plan
from ledgers.recognise import Table, read_rows, recognise
from ledgers.sheets import Merge, Sheet
from ledgers.writing import write_xlsx
from projects.models import Project
from tests.factories import NOW, TODAY, ImportJobFactory


def plan_of(layout: Layout, rows: list[Row], user: User, *, reported_on: dt.date = TODAY, **options: object) -> Plan:
    return planning.plan([Part(layout, rows, Context(user, TODAY, reported_on))], **options)


def apply(layout: Layout, rows: list[Row], user: User, *, reported_on: dt.date = TODAY) -> ImportJob:
    """The rows written, as a job that was applied."""
    plan = plan_of(layout, rows, user, reported_on=reported_on)
    assert plan.problems == []
    job = ImportJobFactory(layout=layout.code, by=user)
    job.changeset = applying.write([plan], job, by=user, now=NOW)
    job.status, job.applied_at, job.applied_by = ImportJob.Status.APPLIED, NOW, user
    job.save(by=user)
    return job


def written(layout: Layout, user: User, *, reported_on: dt.date = TODAY) -> list[Row]:
    """Every project as a row of the ledger, as a reader of its cells would give it."""
    found = layout.rows(Project.objects.order_by("pk"), Context(user, TODAY, reported_on))
    return [
        Row("测试", number, {key: value for key, value in values.items() if value is not None}, {}, _blank(values))
        for number, values in enumerate(found, 6)
    ]


def _blank(values: dict[str, object]) -> set[str]:
    return {key for key, value in values.items() if value is None}


def read_back(layout: Layout, user: User, path: Path, *, reported_on: dt.date = TODAY) -> list[Row]:
    """Every project exported to a workbook that is read as an upload would be."""
    context = Context(user, TODAY, reported_on, "测试招商中心")
    write_xlsx(path, layout, layout.rows(Project.objects.order_by("pk"), context), context=context, unmasked=True)
    return rows_of(layout, _sheet(path))


def _sheet(path: Path) -> Sheet:
    page = openpyxl.load_workbook(path).active
    merges = [Merge(one.min_row - 1, one.min_col - 1, one.max_row - 1, one.max_col - 1) for one in page.merged_cells.ranges]
    return Sheet(page.title, [list(line) for line in page.iter_rows(values_only=True)], merges)


def rows_of(layout: Layout, sheet: Sheet) -> list[Row]:
    """The rows of a sheet that is recognised as this kind of ledger and without a cell that cannot be read."""
    rows, problems = read_rows(table_of(layout, sheet), TODAY)
    assert problems == []
    return rows


def table_of(layout: Layout, sheet: Sheet) -> Table:
    table = recognise(sheet, [layout], {}, {})
    assert table is not None
    return table


def row(number: int = 6, blank: tuple[str, ...] = (), **values: object) -> Row:
    """A data row; the cells stand in the columns in which they are named here."""
    addresses = {key: f"{chr(66 + place)}{number}" for place, key in enumerate((*values, *blank))}
    return Row("测试", number, values, addresses, set(blank))


def codes(plan: Plan) -> list[tuple[str, str]]:
    return [(found.code, found.cell) for found in plan.problems]
