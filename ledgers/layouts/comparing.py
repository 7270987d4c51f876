"""The derived columns of a ledger beside what is recorded: never kept, but a difference is worth a look."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from core.amounts import Qualifier
from ledgers.layouts.base import Column, Context, Layout, Row
from ledgers.values import Amount


@dataclass(frozen=True)
class Difference:
    """A cell that says another thing than our records; `recorded` is None where we know nothing."""

    row: Row
    column: Column
    stated: Any
    recorded: Any


def differences(layout: Layout, found: Iterable[tuple[Row, Any]], context: Context) -> Iterator[Difference]:
    """The cells of derived columns that differ from what is recorded.

    `found` are rows with the saved object of the layout's model that each stands for; the figures are those of
    before the import. Two amounts agree when their 万元 do, whatever word stands beside them. A ledger that has not
    one line for each object (trips, visits) is compared by its own records.
    """
    rows: dict[int, list[Row]] = {}
    for row, instance in found:
        rows.setdefault(instance.pk, []).append(row)
    derived = [column for column in layout.columns if column.to == "derived"]
    if not derived:
        return
    objects = layout.model._default_manager.filter(pk__in=rows).order_by("pk")
    written = list(layout.rows(objects, context))
    for key, recorded in zip(sorted(rows), written, strict=True) if len(written) == len(rows) else ():
        for row in rows[key]:
            for column in derived:
                if column.key in row.values and _plain(row.values[column.key]) != _plain(recorded.get(column.key)):
                    yield Difference(row, column, row.values[column.key], recorded.get(column.key))


def _plain(value: Any) -> Any:
    return Amount(value.value, Qualifier.EXACT) if isinstance(value, Amount) else value
