"""Rows at the other end of a link, many at once, saved or not yet."""

from collections.abc import Hashable, Iterable, Iterator
from itertools import batched
from typing import Any

from django.db import models

from ledgers.layouts.base import Record

CHUNK = 400  # keys of one query


def ref(row: models.Model) -> Hashable:
    """A key for a row that may not be saved yet."""
    return row.pk if row.pk is not None else ("new", id(row))


def link_ref(row: Any, name: str) -> Hashable:
    """The key of the row at the other end of a link, without fetching it."""
    key = getattr(row, f"{name}_id")
    return key if key is not None else ref(getattr(row, name))


def linked(record: Record, name: str) -> Any:
    """The row at the other end of a link of a record, or None."""
    value = record.identity.get(name, record.values.get(name))
    return value.instance if isinstance(value, Record) else value


def saved(records: Iterable[Record], name: str) -> list[int]:
    """The keys of the rows already in the database to which the records are linked by `name`."""
    rows = (linked(record, name) for record in records)
    return [row.pk for row in rows if row is not None and row.pk is not None]


def chunks(rows: models.QuerySet[Any], lookup: str, keys: Iterable[Any]) -> Iterator[models.QuerySet[Any]]:
    """The rows whose `lookup` is one of many keys, in queries of bearable length."""
    wanted = sorted({key for key in keys if key is not None}, key=str)
    for some in batched(wanted, CHUNK):
        yield rows.filter(**{f"{lookup}__in": some})
