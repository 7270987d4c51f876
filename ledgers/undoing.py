"""What undoing an import would do, looked up before anybody does it; nothing is written."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched, islice
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from audit import changesets
from audit.models import Change, ChangeSet
from core import services as core
from core.models import DomainModel

CHUNK = 400  # rows of one query
LOOKED_AT = 5_000  # changes compared one by one; of more the figures are told and the rest is refused row by row
WHO = ("created_by", "updated_by", "deleted_by")


@dataclass(frozen=True)
class Prospect:
    """`kinds` are (table, rows deleted again, rows put back); `refused` a sentence for each row that will stay."""

    kinds: list[tuple[str, int, int]]
    refused: list[str] = field(default_factory=list)
    complete: bool = True  # whether every row was looked at

    @property
    def rows(self) -> int:
        return sum(created + changed for _table, created, changed in self.kinds)


def prospect(changeset: ChangeSet) -> Prospect:
    """What undoing a set would do now."""
    kinds = list(_kinds(changeset))
    total = sum(created + changed for _table, created, changed in kinds)
    changes = list(islice(changeset.changes.select_related("changeset").order_by("object_type", "-id"), LOOKED_AT))
    refused = [*_edited(changes), *(_grown(changes) if total <= LOOKED_AT else ())]
    return Prospect(kinds, list(dict.fromkeys(refused)), complete=total <= LOOKED_AT)


def _kinds(changeset: ChangeSet) -> Iterator[tuple[str, int, int]]:
    figures = {"created": Count("pk", filter=Q(before__isnull=True)), "changed": Count("pk", filter=Q(before__isnull=False))}
    for label, created, changed in changeset.changes.order_by().values_list("object_type").annotate(**figures):
        yield str(apps.get_model(label)._meta.verbose_name), created, changed


def _edited(changes: Sequence[Change]) -> Iterator[str]:
    """The rows that no longer hold what the act left in them."""
    for change, row in _rows(changes):
        if row is None or not changesets.is_still(row, change):
            yield _("“%(row)s”导入后又有人改过，不会恢复") % {"row": row or change}


def _grown(changes: Sequence[Change]) -> Iterator[str]:
    """The new rows at which rows point that are not of this act: nobody's work is taken away with them."""
    ours = {(change.object_type, change.object_id) for change in changes}
    new = [change for change in changes if change.before is None]
    for label in dict.fromkeys(change.object_type for change in new):
        model = apps.get_model(label)
        if issubclass(model, DomainModel):
            for some in batched([change.object_id for change in new if change.object_type == label], CHUNK):
                yield from _added_to(model._default_manager.in_bulk(some), model, ours)


def _added_to(rows: Mapping[int, DomainModel], model: type[DomainModel], ours: set[tuple[str, int]]) -> Iterator[str]:
    added: dict[int, list[str]] = defaultdict(list)
    for child, column, found in _pointing(model, rows):
        if (child._meta.label, child.pk) not in ours:
            added[getattr(child, column)].append(f"{found}“{child}”")
    for key, names in added.items():
        yield _("“%(row)s”之后又添加了%(children)s，不会撤回") % {"row": rows[key], "children": "、".join(names[: core.SHOWN])}


def _pointing(model: type[DomainModel], rows: Mapping[int, DomainModel]) -> Iterator[tuple[Any, str, Any]]:
    """The living rows that point at some: (row, its column, the name of its table); derived pointers follow by themselves."""
    for relation in model._meta.related_objects:
        child, link = relation.related_model, relation.field
        if issubclass(child, DomainModel) and link.editable and link.name not in WHO:
            for row in child._default_manager.filter(**{f"{link.name}__in": rows}):
                yield row, link.attname, child._meta.verbose_name
    kind = ContentType.objects.get_for_model(model)
    for child, pair in core.generic_pairs():
        for row in child._default_manager.filter(**{pair.ct_field: kind, f"{pair.fk_field}__in": rows}):
            yield row, pair.fk_field, child._meta.verbose_name


def _rows(changes: Sequence[Change]) -> Iterator[tuple[Change, Any]]:
    """Each change with the row it speaks of, or None."""
    labels = dict.fromkeys(change.object_type for change in changes)
    for label in labels:
        for some in batched([change for change in changes if change.object_type == label], CHUNK):
            found = apps.get_model(label)._base_manager.in_bulk([change.object_id for change in some])
            yield from ((change, found.get(change.object_id)) for change in some)
