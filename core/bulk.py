"""The two bulk paths, with version, author and history right."""

from collections.abc import Sequence

from django.db import models, transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from core.actor import Actor
from core.models import DomainModel, StaleRow

BATCH = 500
DERIVED = ("name_key", "search_text", "phone_tail")  # columns that `fill_derived` of a model sets


@transaction.atomic
def insert[M: DomainModel](rows: Sequence[M], *, by: Actor | None = None) -> list[M]:
    """Insert rows of one model and their first history entries; returns them with their keys."""
    if not rows:
        return []
    for row in rows:
        row.__dict__.pop("_history_user", None)
        if by is not None:
            row.created_by_id = row.updated_by_id = by.pk
    created: list[M] = bulk_create_with_history(rows, type(rows[0]), batch_size=BATCH, default_user=by)
    return created


@transaction.atomic
def change[M: DomainModel](rows: Sequence[M], fields: Sequence[str], *, by: Actor | None = None) -> list[M]:
    """Save `fields` of loaded rows; raises StaleRow, and saves none, when one was changed since."""
    if not rows:
        return []
    model = type(rows[0])
    _refuse_stale(model, rows)
    now = timezone.now()
    for row in rows:
        row.version += 1
        row.updated_at = now
        row.__dict__.pop("_history_user", None)  # of an earlier save
        if by is not None:
            row.updated_by_id = by.pk
    columns = [*dict.fromkeys([*fields, "version", "updated_at", "updated_by"])]
    model.all_objects.bulk_update(rows, columns, batch_size=BATCH)
    model.history.bulk_history_create(rows, batch_size=BATCH, update=True, default_user=by)
    return list(rows)


def derived(model: type[models.Model]) -> list[str]:
    """The columns that follow from others: a bulk path calls `fill_derived` itself and saves them too."""
    return [name for name in DERIVED if hasattr(model, "fill_derived") and hasattr(model, name)]


def _refuse_stale(model: type[DomainModel], rows: Sequence[DomainModel]) -> None:
    keys = [row.pk for row in rows]
    found: dict[int, int] = {}
    for start in range(0, len(keys), BATCH):
        locked: models.QuerySet[DomainModel] = model.all_objects.select_for_update(of=("self",))
        found |= dict(locked.filter(pk__in=keys[start : start + BATCH]).values_list("pk", "version"))
    for row in rows:
        if found.get(row.pk) != row.version:
            raise StaleRow(row)
