"""Noting what an act changed, row by row and column by column, so that it can be told again and taken back."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models

from audit import services as audit
from audit.models import Change, ChangeSet
from core.actor import Actor
from core.models import DomainModel

UNDO_DAYS = 30

type Columns = dict[str, Any]  # attname → text, or None


def open(kind: str, *, by: Actor | None, now: dt.datetime) -> ChangeSet:  # noqa: A001 - read as changesets.open
    """Begin a set, such as “company.merged”; what expired sets held is forgotten."""
    Change.objects.filter(changeset__expires_at__lte=now).delete()
    changeset = new(kind, by=by, now=now)
    changeset.save()
    return changeset


def new(kind: str, *, by: Actor | None, now: dt.datetime) -> ChangeSet:
    """A set that is not saved yet, for an act that prepares its rows beforehand."""
    return ChangeSet(
        kind=kind,
        by_id=by.pk if by else None,
        by_name=by.display if by else audit.SYSTEM,
        at=now,
        expires_at=now + dt.timedelta(days=UNDO_DAYS),
    )


def before(row: models.Model, fields: Iterable[str]) -> Columns:
    """The named columns of a row as they are now, to be handed to `record_change` once it is saved."""
    chosen = [row._meta.get_field(name) for name in fields]
    return {field.attname: text(field, row) for field in chosen if isinstance(field, models.Field)}


def record_change(changeset: ChangeSet, row: models.Model, before: Columns) -> None:
    """Note a saved row and what its columns held before; nothing when they hold the same."""
    if note := _changed(changeset, row, before):
        note.save()


def record_created(changeset: ChangeSet, row: models.Model) -> None:
    """Note a row that the act inserted; undoing deletes it, unless somebody worked on it since."""
    _created(changeset, row).save()


def notes(changeset: ChangeSet, created: Iterable[models.Model], changed: Iterable[tuple[models.Model, Columns]]) -> list[Change]:
    """The unsaved notes of many rows: inserted ones, and changed ones with what their columns held before."""
    found = [_created(changeset, row) for row in created]
    return found + [note for row, columns in changed if (note := _changed(changeset, row, columns))]


def record_deleted(changeset: ChangeSet, row: models.Model) -> None:
    """Note a row that the act deleted softly, or a plain row just before it is deleted for good."""
    if isinstance(row, DomainModel):
        record_change(changeset, row, {"deleted_at": None, "deleted_by_id": None})
    else:
        _note(changeset, row, before(row, [field.name for field in row._meta.concrete_fields]), None).save()


def fill(row: models.Model, columns: Columns) -> None:
    """Set columns of a row as they were noted."""
    for field in row._meta.concrete_fields:
        if field.attname in columns:
            setattr(row, field.attname, field.to_python(columns[field.attname]))


def _created(changeset: ChangeSet, row: models.Model) -> Change:
    typed = [field for field in row._meta.concrete_fields if field.editable and not field.primary_key]
    return _note(changeset, row, None, {field.attname: kept(field, row) for field in typed})


def _changed(changeset: ChangeSet, row: models.Model, before: Columns) -> Change | None:
    changed = [field for field in row._meta.concrete_fields if field.attname in before]
    old = {field.attname: before[field.attname] for field in changed if before[field.attname] != text(field, row)}
    after = {field.attname: kept(field, row) for field in changed if field.attname in old}
    return _note(changeset, row, old, after) if old else None


def _note(changeset: ChangeSet, row: models.Model, before: Columns | None, after: Columns | None) -> Change:
    return Change(changeset=changeset, object_type=row._meta.label, object_id=row.pk, before=before, after=after)


def kept(field: models.Field[Any, Any], row: models.Model) -> Any:
    """The text to recognise a column by: of one that history leaves out, such as a telephone, only a digest."""
    written = text(field, row)
    personal = field.name in getattr(row, "history_excluded", ()) and isinstance(written, str)
    return audit.digest(written) if personal else written


def text(field: models.Field[Any, Any], row: models.Model) -> Any:
    """A column as the serializers write it, the same for a row in memory and one that was read."""
    value = field.to_python(field.value_from_object(row))
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if value is None or isinstance(field, models.JSONField):
        return value
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)
