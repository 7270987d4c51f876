"""Rows of the plain ledgers planned, written, and written back."""

from accounts.models import User
from accounts.scope import visible
from audit.changesets import Undone, undo
from ledgers import applying, planning
from ledgers.layouts.base import Context, Layout, Row
from ledgers.models import ImportJob
from ledgers.planning import Part, Plan
from tests.factories import NOW, TODAY, ImportJobFactory

EMPTY = {"create": {}, "update": {}}


def planned(layout: Layout, *rows: Row, user: User, **options: object) -> Plan:
    return planning.plan([Part(layout, rows, Context(user, TODAY, TODAY))], **options)


def applied(layout: Layout, *rows: Row, user: User, **options: object) -> ImportJob:
    """The rows written, as a job that was applied."""
    plan = planned(layout, *rows, user=user, **options)
    assert plan.problems == []
    job = ImportJobFactory(layout=layout.code, by=user)
    job.changeset = applying.write([plan], job, by=user, now=NOW)
    job.status, job.applied_at, job.applied_by = ImportJob.Status.APPLIED, NOW, user
    job.save(by=user)
    return job


def undone(job: ImportJob, *, user: User) -> Undone:
    return undo(job.changeset, by=user, now=NOW)


def exported(layout: Layout, *, user: User) -> list[dict[str, object]]:
    return list(layout.rows(visible(layout.model, user).order_by("pk"), Context(user, TODAY, TODAY)))


def read_back(layout: Layout, *, user: User) -> list[Row]:
    """What the reader of cells gives for the ledger that was written."""
    found = []
    for number, values in enumerate(exported(layout, user=user), 6):
        said = {key: value for key, value in values.items() if value is not None}
        assert set(values) == {column.key for column in layout.columns}
        blank = {key for key, value in values.items() if value is None}
        found.append(Row("表", number, said, {key: f"{key}{number}" for key in values}, blank))
    return found


def problems(plan: Plan) -> list[tuple[str, str]]:
    """(code, column head) of each problem."""
    return [(found.code, found.column) for found in plan.problems]
