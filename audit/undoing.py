"""Taking back what an act changed: in batches where nothing stands in the way, row by row where something does."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from audit import services as audit
from audit.models import Change, ChangeSet
from audit.noting import UNDO_DAYS, Columns, fill, kept
from core import bulk
from core import services as core
from core.actor import Actor
from core.models import DomainModel, StaleRow

PAGE = 500  # changes looked at together


class Undone(NamedTuple):
    """How many rows are again as they were, and a sentence for each that is not."""

    restored: int
    refused: list[str]


@transaction.atomic
def undo(changeset: ChangeSet, *, by: Actor | None, now: dt.datetime) -> Undone:
    """Put every row back as it was before the act, the last one first.

    Raises ValidationError (code "undone", "expired") when the set can no longer be undone.
    """
    changeset = ChangeSet.objects.select_for_update().get(pk=changeset.pk)
    refuse_closed(changeset, now)
    restored, refused = 0, list[str]()
    for changes in _batches(changeset):
        found = _take_back_all(changes, by=by, now=now)
        restored += found.restored
        refused += found.refused
    changeset.undone_at = now
    changeset.save(update_fields=["undone_at"])
    audit.record("changeset.undone", changeset, by=by, changes={"refused": len(refused)}, rows=restored)
    return Undone(restored, refused)


def _batches(changeset: ChangeSet) -> Iterator[list[Change]]:
    """The changes from the last to the first, those of one table that were made one after the other together."""
    rows = changeset.changes.order_by("-id")
    while page := list(rows[:PAGE]):
        for change in page:
            change.changeset = changeset
        for _same, some in groupby(page, key=_kind):
            yield from _apart(list(some))
        rows = changeset.changes.filter(pk__lt=page[-1].pk).order_by("-id")


def _kind(change: Change) -> tuple[str, bool, bool]:
    return change.object_type, change.before is None, change.after is None


def _apart(changes: list[Change]) -> Iterator[list[Change]]:
    """Never two changes of one row at once."""
    batch: dict[int, Change] = {}
    for change in changes:
        if change.object_id in batch:
            yield list(batch.values())
            batch = {}
        batch[change.object_id] = change
    yield list(batch.values())


def _take_back_all(changes: Sequence[Change], *, by: Actor | None, now: dt.datetime) -> Undone:
    """Take back at once what stands free, the rest one by one, in order."""
    free = _free(changes)
    try:
        with transaction.atomic():
            _take_back_free(free, by=by, now=now)
    except (ValidationError, IntegrityError, StaleRow):
        free = []
    done = {id(change) for change, _found in free}
    restored, refused = len(free), list[str]()
    for change in changes:
        if id(change) not in done:
            sentences = _take_back_alone(change, by=by, now=now)
            restored += not sentences
            refused += sentences
    return Undone(restored, refused)


def _take_back_alone(change: Change, *, by: Actor | None, now: dt.datetime) -> list[str]:
    """The sentences that say why a change was not taken back."""
    try:
        with transaction.atomic():
            _take_back(change, by=by, now=now)
    except ValidationError as error:
        return error.messages
    except IntegrityError:
        return [_("“%(row)s”没有恢复：现有记录占用了它原来的名称或编号，请改掉后手工恢复。") % {"row": _row(change)}]
    return []


def _free(changes: Sequence[Change]) -> list[tuple[Change, Any]]:
    """The changes with their rows that are as the act left them and at which nobody points."""
    model = apps.get_model(changes[0].object_type)
    if changes[0].after is None or len(changes) == 1:
        return []
    rows = model._base_manager.select_for_update(of=("self",)).in_bulk([change.object_id for change in changes])
    still = [(change, rows[change.object_id]) for change in changes if change.object_id in rows]
    still = [(change, row) for change, row in still if is_still(row, change)]
    if core.closed([row for _change, row in still], {name for change, _row in still for name in change.before or {}} or None):
        return []  # one by one: only those of the closed month stay
    if changes[0].before is not None:
        return _restorable(model, still)
    if not issubclass(model, DomainModel):
        return still if model.delete is models.Model.delete else []
    held = core.held(model, [row.pk for _change, row in still])
    return [(change, row) for change, row in still if row.pk not in held and row.deleted_at is None]


def _restorable(model: type[models.Model], found: list[tuple[Change, Any]]) -> list[tuple[Change, Any]]:
    """The changed rows that can be saved together: those of a table whose bulk path does all that `save` does."""
    saves = next(one for one in model.__mro__ if "save" in vars(one))
    plain = getattr(saves, "_meta", None) is not None and saves._meta.abstract  # type: ignore[attr-defined]
    if not issubclass(model, DomainModel) or not (plain or hasattr(model, "fill_derived")):
        return []
    links = {link for change, _row in found for link in _links(model, change.before or {})}
    for change, row in found:
        fill(row, change.before or {})
    models.prefetch_related_objects([row for _change, row in found], *sorted(links))
    return [(change, row) for change, row in found if row.deleted_at is not None or not _deleted_target(row, change.before or {})]


def _take_back_free(found: list[tuple[Change, Any]], *, by: Actor | None, now: dt.datetime) -> None:
    rows = [row for _change, row in found]
    if not rows:
        return
    core.refuse_closed(rows, columns={name for change, _row in found for name in change.before or {}} or None)
    if found[0][0].before is not None:
        for columns, some in groupby(sorted(found, key=_columns), key=_columns):
            _change_back([row for _change, row in some], columns, by=by)
    elif isinstance(rows[0], DomainModel):
        core.delete_free(rows, by=by, now=now)
    else:
        collector = Collector(using=rows[0]._state.db)
        collector.collect(rows)
        collector.delete()


def _columns(found: tuple[Change, Any]) -> list[str]:
    return sorted(found[0].before or {})


def _change_back(rows: list[Any], columns: list[str], *, by: Actor | None) -> None:
    derived = bulk.derived(type(rows[0]))
    for row in rows if derived else ():
        row.fill_derived()
    bulk.change(rows, [*columns, *derived], by=by)


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
    fill(row, change.before or {})
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
    said = _("“%(row)s”没有恢复：%(why)s") % {"row": row, "why": "%(why)s"}
    core.refuse_closed([row], said, columns)
    fill(row, columns)
    core.refuse_closed([row], said, columns)  # the month it would go back to
    if not isinstance(row, DomainModel):
        row.save(update_fields=[*columns])
        return
    if row.deleted_at is None and (target := _deleted_target(row, columns)):
        message = _("“%(row)s”没有恢复：它原来所属的“%(target)s”仍是删除状态，请先恢复后者。")
        raise ValidationError(message % {"row": row, "target": target}, code="parent_deleted")
    row.save(by=by, update_fields=[*columns])


def _deleted_target(row: DomainModel, names: Collection[str]) -> DomainModel | None:
    """A deleted row at which this one would point by one of the columns; a living row never does."""
    for link in _links(type(row), names):
        target = getattr(row, link)
        if isinstance(target, DomainModel) and target.deleted_at is not None:
            return target
    return None


def _links(model: type[models.Model], names: Collection[str]) -> Iterator[str]:
    """The links of which one of the columns holds the key; all of them for a row that comes to life again."""
    revived = "deleted_at" in names
    for field in (*model._meta.fields, *model._meta.private_fields):
        column = field.fk_field if isinstance(field, GenericForeignKey) else getattr(field, "attname", "")
        if isinstance(field, models.ForeignKey | GenericForeignKey) and (revived or column in names):
            yield field.name


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
