"""Rows of one layout: as people fill them in, and as its own export reads when it comes back."""

from collections.abc import Iterable

from django.db import models

from ledgers import applying, planning, values
from ledgers.layouts.base import Context, Layout, Row
from ledgers.models import ImportJob
from ledgers.planning import Part, Plan
from ledgers.values import NOT_STATED
from ledgers.writing.cells import maker
from ledgers.writing.heads import unit_of
from tests.factories import NOW, TODAY, ImportJobFactory


def read(layout: Layout, number: int, cells: dict[str, object]) -> Row:
    """The row as it is read from cells; every column has one."""
    row = Row("Sheet1", number, {}, {})
    for place, column in enumerate(layout.columns):
        row.addresses[column.key] = f"R{number}C{place}"
        value = values.read(cells.get(column.key), column, unit=unit_of(column, layout), today=TODAY)
        if value is NOT_STATED:
            row.blank.add(column.key)
        else:
            row.values[column.key] = value
    return row


def written(layout: Layout, objects: models.QuerySet, context: Context) -> list[Row]:
    """What the export writes of these objects, read again."""
    makers = {column.key: maker(column, unit_of(column, layout), unmasked=True) for column in layout.columns}
    found = []
    for number, told in enumerate(layout.rows(objects, context), 6):
        assert set(told) <= set(makers)
        found.append(read(layout, number, {key: None if value is None else makers[key](value) for key, value in told.items()}))
    return found


def plan_of(layout: Layout, rows: Iterable[Row], context: Context, **options: object) -> Plan:
    return planning.plan([Part(layout, list(rows), context)], **options)


def apply(layout: Layout, rows: Iterable[Row], context: Context) -> ImportJob:
    plan = plan_of(layout, rows, context)
    assert plan.problems == []
    job = ImportJobFactory(layout=layout.code)
    job.changeset = applying.write([plan], job, by=context.user, now=NOW)
    job.status = ImportJob.Status.APPLIED
    job.save(by=context.user)
    return job


def codes(plan: Plan) -> list[str]:
    return [found.code for found in plan.problems]


def changes(plan: Plan) -> list[tuple[str, dict[str, object]]]:
    """What a plan would write: each row, and what its changed fields hold now (none of a new row)."""
    found = [entry for resource in plan.resources.values() for entry in (*resource.created, *resource.changed)]
    return [(f"{entry.instance._meta.label} {entry.instance}", entry.before) for entry in found]
