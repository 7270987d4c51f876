"""Writing a plan: all of it in one transaction, noted so that it can be undone as one act."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import batched
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from accounts.models import User
from audit import changesets
from audit.models import ChangeSet
from core import bulk
from core.models import DomainModel
from ledgers import staging
from ledgers.models import ImportJob, Provenance
from ledgers.planning import Plan, held, told_text
from ledgers.resources.base import Entry, LedgerResource
from projects.models import Project, ProjectMember
from projects.services import parties

KIND = "ledger.applied"
CHUNK = 2_000  # notes that stand in memory at once


def write(
    plan: Plan, job: ImportJob, *, by: User, now: dt.datetime, then: Callable[[ChangeSet], object] | None = None
) -> ChangeSet:
    """Write every new and changed row of a plan without problems, with history, undo data and provenance.

    `then` is called inside the transaction. Raises core.models.StaleRow when somebody changed one of the rows since
    the plan was made, IntegrityError when somebody made the same row meanwhile; then nothing is written.
    """
    changeset = changesets.new(KIND, by=by, now=now)
    people = plan.resources.get(User)
    with staging.opened(at_once=bool(people and people.created)) as sink, sink.preparing():
        sink.begin(changeset)
        for resource in plan.resources.values():
            _insert(resource, changeset, sink, by=by)
        for resource in plan.resources.values():
            follow = resource.after_write(now=now)
            sink.insert(follow, by=by)
            _note(changeset, sink, follow)
        for some in batched(_provenance(plan, job), CHUNK):
            sink.insert(some, by=None)
        with transaction.atomic():
            sink.flush()
            _finish(plan, by=by)
            if then:
                then(changeset)
    return changeset


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


def _finish(plan: Plan, *, by: User) -> None:
    """The changed rows, the pointers that follow from parties and agreements, and who therefore sees what."""
    for resource in plan.resources.values():
        fields = sorted({name for entry in resource.changed for name in entry.before})
        _change([entry.instance for entry in resource.changed], fields, by=by)
    new = {entry.instance.pk for entry in plan.resources[Project].created} if Project in plan.resources else set()
    parties.point_new_projects(new)
    parties.refresh_projects(touched_projects(plan) - new, by=by)
    _share(plan, by=by)


def _fill_derived(rows: Sequence[Any]) -> None:
    for row in rows:
        if hasattr(row, "fill_derived"):
            row.fill_derived()


def _change(rows: Sequence[models.Model], fields: Sequence[str], *, by: User) -> None:
    if not rows:
        return
    derived = [name for name in ("name_key", "search_text", "phone_tail") if hasattr(rows[0], name)]
    if isinstance(rows[0], DomainModel):
        bulk.change(rows, [*fields, *derived], by=by)  # type: ignore[type-var]
    else:
        for row in rows:
            row.save(update_fields=fields)


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


def _share(plan: Plan, *, by: User) -> None:
    """Members with an account see their projects."""
    members = plan.resources.get(ProjectMember)
    new: Iterable[Entry] = members.created if members else ()
    for project in {entry.instance.project_id: entry.instance.project for entry in new if entry.instance.user_id}.values():
        parties.keep_shares(project, by=by)
