"""Writing plans: all of them in one transaction, noted so that they can be undone as one act."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import batched
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from accounts.models import User
from audit import changesets
from audit.models import ChangeSet
from ledgers import staging
from ledgers.models import ImportJob, Provenance
from ledgers.planning import Plan, held, told_text
from ledgers.resources.base import LedgerResource
from ledgers.resources.entries import Entry
from ledgers.resources.links import chunks
from ledgers.spooling import Spool
from projects.models import Project, ProjectMember
from projects.services import parties

KIND = "ledger.applied"
CHUNK = 2_000  # notes that stand in memory at once


def write(
    plans: Iterable[Plan], job: ImportJob, *, by: User, now: dt.datetime, then: Callable[[ChangeSet], object] | None = None
) -> ChangeSet:
    """Write every new and changed row of plans without problems, with history, undo data and provenance.

    The plans come one by one and are let go when their new rows are inserted; accounts come in the first of them.
    `then` is called inside the transaction. Raises core.models.StaleRow when somebody changed one of the rows since
    its plan was made, IntegrityError when somebody made the same row meanwhile; then nothing is written.
    """
    changeset = changesets.new(KIND, by=by, now=now)
    waiting = iter(plans)
    first = [next(waiting)]
    people = first[0].resources.get(User)
    with staging.opened(at_once=bool(people and people.created)) as sink, Spool() as spool, sink.preparing():
        sink.begin(changeset)
        written = _Written()
        for plan in _in_turn(first, waiting):
            _insert_all(plan, job, changeset, sink, by=by, now=now)
            _put_off(plan, spool)
            written.add(plan)
            del plan  # before the next is made
        with transaction.atomic():
            sink.flush()
            spool.change(by=by)
            written.finish(by=by)
            if then:
                then(changeset)
    return changeset


def _in_turn(first: list[Plan], others: Iterator[Plan]) -> Iterator[Plan]:
    yield first.pop()
    yield from others


class _Written:
    """The keys of projects that a plan wrote or to whose rows it wrote: pointers and shares follow from them."""

    def __init__(self) -> None:
        self.new, self.touched, self.shared = set[int](), set[int](), set[int]()

    def add(self, plan: Plan) -> None:
        self.touched |= touched_projects(plan)
        if Project in plan.resources:
            self.new |= {entry.instance.pk for entry in plan.resources[Project].created}
        if members := plan.resources.get(ProjectMember):
            self.shared |= {entry.instance.project_id for entry in members.created if entry.instance.user_id}

    def finish(self, *, by: User) -> None:
        parties.point_new_projects(self.new)
        parties.refresh_projects(self.touched - self.new, by=by)
        for some in chunks(Project.objects.all(), "pk", self.shared):
            for project in some:  # members with an account see their projects
                parties.keep_shares(project, by=by)


def _insert_all(plan: Plan, job: ImportJob, changeset: ChangeSet, sink: staging.Sink, *, by: User, now: dt.datetime) -> None:
    """The new rows of all tables, parents first, what follows from them, and where each value came from."""
    for resource in plan.resources.values():
        _insert(resource, changeset, sink, by=by)
    for resource in plan.resources.values():
        for _table, follow in staging.by_table(resource.after_write(now=now)):
            sink.insert(follow, by=by)
            _note(changeset, sink, follow)
    for some in batched(_provenance(plan, job), CHUNK):
        sink.insert(some, by=None)


def _insert(resource: LedgerResource[Any], changeset: ChangeSet, sink: staging.Sink, *, by: User) -> None:
    """The new rows of a table, and the notes by which they and the changed ones can be taken back."""
    created = [entry.instance for entry in resource.created]
    resource.before_write()
    _fill_derived([*created, *(entry.instance for entry in resource.changed)])
    for wave in resource.waves():
        sink.insert(wave, by=by)
    _note(changeset, sink, created)
    before = [(entry.instance, _columns(entry)) for entry in resource.changed]
    sink.insert(changesets.notes(changeset, (), before), by=None)


def _note(changeset: ChangeSet, sink: staging.Sink, created: Sequence[models.Model]) -> None:
    """By what inserted rows can be taken back, a part at a time."""
    for some in batched(created, CHUNK):
        sink.insert(changesets.notes(changeset, some, ()), by=None)


def _put_off(plan: Plan, spool: Spool) -> None:
    """The changed rows, which are written last: until then others can change them."""
    for resource in plan.resources.values():
        changed = resource.changed
        spool.put([entry.instance for entry in changed], sorted({name for entry in changed for name in entry.before}))


def _fill_derived(rows: Sequence[Any]) -> None:
    for row in rows:
        if hasattr(row, "fill_derived"):
            row.fill_derived()


def _columns(entry: Entry) -> changesets.Columns:
    """What the changed columns held before, as the undo store writes them."""
    columns = {name: entry.instance._meta.get_field(name).attname for name in entry.before}
    return {columns[name]: held(entry.instance, name, value, changesets.text) for name, value in entry.before.items()}


def _provenance(plan: Plan, job: ImportJob) -> Iterator[Provenance]:
    """One row for each row of a table that the ledger spoke of: field → cell and text."""
    for model, resource in plan.resources.items():
        kind = ContentType.objects.get_for_model(model)
        for entry in resource.entries.values():
            if any(record.make for record in entry.records):
                sheet = entry.records[0].row.sheet if entry.records[0].row else ""
                yield Provenance(job=job, content_type=kind, object_id=entry.instance.pk, sheet=sheet, cells=_cells(entry))


def _cells(entry: Entry) -> dict[str, list[Any]]:
    cells = {}
    for name, (_value, record) in entry.said.items():
        column = record.columns.get(name) or record.columns.get(name.removesuffix("_precision").removesuffix("_inferred"), "")
        address = record.row.addresses.get(column, "") if record.row else ""
        cells[name] = [address, told_text(entry, name)]
    return cells


def touched_projects(plan: Plan) -> set[int]:
    """The keys of the projects that a plan writes or to whose rows it writes."""
    rows = (entry.instance for resource in plan.resources.values() for entry in (*resource.created, *resource.changed))
    keys = (row.pk if isinstance(row, Project) else getattr(row, "project_id", None) for row in rows)
    return {key for key in keys if key is not None}
