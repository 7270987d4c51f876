"""Soft deletion: a row and its children leave together and can come back together."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from core import bulk
from core.actor import Actor
from core.models import DomainModel

SHOWN = 10  # how many blocking rows an error names


@transaction.atomic
def delete(row: DomainModel, *, by: Actor | None, now: dt.datetime) -> int:
    """Delete a row and its living children softly; returns how many rows left.

    Raises ValidationError: code "protected" that names the living rows pointing here, "closed" that names a closed month.
    """
    if row.deleted_at is not None:
        return 0  # its moment is what its children come back by
    leaving = collect(row)
    refuse_closed(leaving, _("不能删除“%(row)s”：%(why)s") % {"row": row, "why": "%(why)s"})
    if pointing := blocking(leaving):
        names = "、".join(f"{item._meta.verbose_name}“{item}”" for item in pointing[:SHOWN])
        raise ValidationError(
            _("不能删除“%(row)s”：仍被 %(count)d 条记录引用：%(names)s。请先处理这些记录。")
            % {"row": row, "count": len(pointing), "names": names},
            code="protected",
        )
    for item in leaving:
        item.deleted_at = now
        item.deleted_by_id = by.pk if by else None
        item.save(by=by, update_fields=["deleted_at", "deleted_by"])
    return len(leaving)


@transaction.atomic
def undelete(row: DomainModel, *, by: Actor | None) -> int:
    """Bring back a deleted row and exactly the children that left with it."""
    moment = row.deleted_at
    if moment is None:
        return 0
    _refuse_without_parent(row)
    returning = [item for item in collect(row, living=False) if item.deleted_at == moment]
    refuse_closed(returning, _("不能恢复“%(row)s”：%(why)s") % {"row": row, "why": "%(why)s"})
    for item in returning:
        item.deleted_at = item.deleted_by_id = None
        item.save(by=by, update_fields=["deleted_at", "deleted_by"])
    return len(returning)


def _refuse_without_parent(row: DomainModel) -> None:
    """A living row never points at a deleted one."""
    for field in row._meta.fields:
        parent = getattr(row, field.name) if isinstance(field, models.ForeignKey) and field.editable else None
        if isinstance(parent, DomainModel) and parent.deleted_at is not None:
            raise ValidationError(
                _("不能恢复“%(row)s”：它所属的“%(parent)s”也已删除，请先恢复后者。") % {"row": row, "parent": parent},
                code="parent_deleted",
            )


def collect(row: DomainModel, *, living: bool = True) -> list[DomainModel]:
    """The row, then everything that would leave (or return) with it, each once."""
    found: dict[tuple[type, int], DomainModel] = {}
    waiting = [row]
    while waiting:
        item = waiting.pop()
        if (type(item), item.pk) in found:
            continue
        found[type(item), item.pk] = item
        waiting.extend(_children(item, living=living))
    return list(found.values())


def closed(rows: Iterable[models.Model], columns: Collection[str] | None = None) -> list[str]:
    """Why some of these rows may not come, go or be put back: each sentence of `closed_for` once."""
    by_model: dict[type[models.Model], list[models.Model]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row)
    found = [
        sentence
        for model, some in by_model.items()
        if issubclass(model, DomainModel)
        for sentence in model.closed_for(some, columns)
    ]
    return list(dict.fromkeys(found))


def refuse_closed(rows: Iterable[models.Model], said: str = "%(why)s", columns: Collection[str] | None = None) -> None:
    """Raise ValidationError (code "closed") when some of the rows are closed; `said` is the sentence around the reasons."""
    if sentences := closed(rows, columns):
        raise ValidationError(said.replace("%(why)s", " ".join(sentences)), code="closed")


def _children(row: DomainModel, *, living: bool) -> Iterator[DomainModel]:
    for relation in _relations(row):
        if relation.on_delete is models.CASCADE and issubclass(relation.related_model, DomainModel):
            yield from _pointing(relation.related_model, {relation.field.name: row}, living=living)
    for model, field in generic_pairs():
        pair = {field.ct_field: ContentType.objects.get_for_model(row), field.fk_field: row.pk}
        yield from _pointing(model, pair, living=living)


def blocking(leaving: list[DomainModel]) -> list[models.Model]:
    """The living rows that point at one of these by PROTECT and would stay behind."""
    keys = {(type(item), item.pk) for item in leaving}
    found: list[models.Model] = []
    for item in leaving:
        for relation in _relations(item):
            if relation.on_delete is models.PROTECT and relation.field.editable:  # derived pointers follow by themselves
                rows = relation.related_model._default_manager.filter(**{relation.field.name: item})
                found.extend(other for other in rows[: SHOWN * 10] if (type(other), other.pk) not in keys)
    return found


def held(model: type[DomainModel], keys: Sequence[int]) -> set[int]:
    """Those of the rows of one table at which living rows point: they would leave with them, or keep them here."""
    found: set[int] = set()
    for relation in _relations(model):
        child, link = relation.related_model, relation.field
        living: models.QuerySet[Any]
        if relation.on_delete is models.CASCADE and issubclass(child, DomainModel):
            living = child.all_objects.filter(deleted_at=None)
        elif relation.on_delete is models.PROTECT and link.editable:
            living = child._default_manager.all()
        else:
            continue
        found.update(living.filter(**{f"{link.name}__in": keys}).values_list(link.attname, flat=True))
    for child, pair in generic_pairs():
        kind = {pair.ct_field: ContentType.objects.get_for_model(model), f"{pair.fk_field}__in": keys}
        found.update(child.all_objects.filter(deleted_at=None, **kind).values_list(pair.fk_field, flat=True))
    return found


def delete_free(rows: Sequence[DomainModel], *, by: Actor | None, now: dt.datetime) -> None:
    """Delete softly living rows of one table of which none is `held`, all at once."""
    for row in rows:
        row.deleted_at = now
        row.deleted_by_id = by.pk if by else None
    bulk.change(rows, ["deleted_at", "deleted_by"], by=by)


def _relations(row: DomainModel | type[DomainModel]) -> list[models.ManyToOneRel]:
    return [
        relation
        for relation in row._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel)
        and not relation.related_model.__name__.startswith("Historical")
        and relation.field.name not in ("created_by", "updated_by", "deleted_by")
    ]


def _pointing(model: type[DomainModel], where: dict[str, object], *, living: bool) -> models.QuerySet[DomainModel]:
    rows = model.all_objects.filter(**where)
    return rows.filter(deleted_at=None) if living else rows.exclude(deleted_at=None)


def generic_pairs() -> Iterator[tuple[type[DomainModel], GenericForeignKey]]:
    """Every domain model that points at a row of any kind, with the field that does."""
    for model in apps.get_models():
        if issubclass(model, DomainModel):
            for field in model._meta.private_fields:
                if isinstance(field, GenericForeignKey):
                    yield model, field
