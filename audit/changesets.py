"""Undo: what an act changed, noted row by row, so that it can be taken back within UNDO_DAYS.

An act that may be regretted opens a set, does its work and notes each row after saving it:

    changeset = changesets.open("project.reassigned", by=by, now=now)
    before = changesets.before(row, ["owner", "department"])
    row.owner = …
    row.save(by=by, update_fields=["owner", "department"])
    changesets.record_change(changeset, row, before)

Rows are taken back in the opposite order. One that was edited since stays as it is and is named.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from audit import services as audit
from audit.models import Change, ChangeSet
from core import services as core
from core.actor import Actor
from core.models import DomainModel

UNDO_DAYS = 30

type Columns = dict[str, Any]  # attname → text, or None


class Undone(NamedTuple):
    """How many rows are again as they were, and a sentence for each that is not."""

    restored: int
    refused: list[str]


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


@transaction.atomic
def undo(changeset: ChangeSet, *, by: Actor | None, now: dt.datetime) -> Undone:
    """Put every row back as it was before the act, the last one first.

    Raises ValidationError (code "undone", "expired") when the set can no longer be undone.
    """
    changeset = ChangeSet.objects.select_for_update().get(pk=changeset.pk)
    refuse_closed(changeset, now)
    restored, refused = 0, []
    for change in changeset.changes.order_by("-id"):
        try:
            with transaction.atomic():
                _take_back(change, by=by, now=now)
            restored += 1
        except ValidationError as error:
            refused += error.messages
        except IntegrityError:
            refused.append(_("“%(row)s”没有恢复：现有记录占用了它原来的名称或编号，请改掉后手工恢复。") % {"row": _row(change)})
    changeset.undone_at = now
    changeset.save(update_fields=["undone_at"])
    audit.record("changeset.undone", changeset, by=by, changes={"refused": len(refused)}, rows=restored)
    return Undone(restored, refused)


def refuse_closed(changeset: ChangeSet, now: dt.datetime) -> None:
    """Raise ValidationError (code "undone", "expired") when a set can no longer be undone."""
    if changeset.undone_at is not None:
        raise ValidationError(_("这次操作已经撤销过了。"), code="undone")
    if changeset.expires_at <= now:
        message = _("这次操作已超过 %(days)d 天，不能再撤销，请逐条手工更正。")
        raise ValidationError(message % {"days": UNDO_DAYS}, code="expired")


def _take_back(change: Change, *, by: Actor | None, now: dt.datetime) -> None:
    if change.after is None:
        _insert_again(change)
        return
    row = _row(change)
    if row is None or not is_still(row, change):
        raise ValidationError(_("“%(row)s”在这次操作之后又被修改，没有恢复，请核对。") % {"row": row or change}, code="edited")
    if change.before is None:
        _remove(row, by=by, now=now)
    else:
        _restore(row, change.before, by=by)


def _insert_again(change: Change) -> None:
    row = apps.get_model(change.object_type)()
    _fill(row, change.before or {})
    row.save(force_insert=True)


def _remove(row: models.Model, *, by: Actor | None, now: dt.datetime) -> None:
    if not isinstance(row, DomainModel):
        row.delete()
        return
    if children := [str(child) for child in core.collect(row) if child != row]:
        message = _("“%(row)s”没有撤回：之后又添加了%(children)s，请先处理这些记录。")
        raise ValidationError(message % {"row": row, "children": "、".join(children[: core.SHOWN])}, code="edited")
    core.delete(row, by=by, now=now)


def _restore(row: models.Model, columns: Columns, *, by: Actor | None) -> None:
    _fill(row, columns)
    if not isinstance(row, DomainModel):
        row.save(update_fields=[*columns])
        return
    if row.deleted_at is None and (target := _deleted_target(row, columns)):
        message = _("“%(row)s”没有恢复：它原来所属的“%(target)s”仍是删除状态，请先恢复后者。")
        raise ValidationError(message % {"row": row, "target": target}, code="parent_deleted")
    row.save(by=by, update_fields=[*columns])


def _deleted_target(row: DomainModel, names: Collection[str]) -> DomainModel | None:
    """A deleted row at which this one would point by one of the columns; a living row never does."""
    revived = "deleted_at" in names
    for field in (*row._meta.fields, *row._meta.private_fields):
        column = field.fk_field if isinstance(field, GenericForeignKey) else getattr(field, "attname", "")
        if isinstance(field, models.ForeignKey | GenericForeignKey) and (revived or column in names):
            target = getattr(row, field.name)
            if isinstance(target, DomainModel) and target.deleted_at is not None:
                return target
    return None


def _row(change: Change) -> models.Model | None:
    rows: models.Manager[models.Model] = apps.get_model(change.object_type)._base_manager
    return rows.select_for_update(of=("self",)).filter(pk=change.object_id).first()


def is_still(row: models.Model, change: Change) -> bool:
    """Whether the row holds what the act left in it, and was not deleted since."""
    after = change.after or {}
    deleted_at = getattr(row, "deleted_at", None)
    if deleted_at is not None and deleted_at >= change.changeset.at and "deleted_at" not in after:
        return False
    return all(kept(field, row) == after[field.attname] for field in row._meta.concrete_fields if field.attname in after)


def _fill(row: models.Model, columns: Columns) -> None:
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
