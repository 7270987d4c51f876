"""The new rows of an import, the first of each kind with what tells them apart."""

from collections.abc import Iterator
from typing import Any

from django.db import models

from core.amounts import MoneyField, format_amount
from ledgers.planning import Plan, in_words
from ledgers.resources.base import LedgerResource
from ledgers.resources.entries import Entry

SHOWN = 20  # of each kind; the counts name all
TELLING = (
    "stage", "amount", "fixed_investment", "signed_on", "starts_on", "happened_on", "due_on", "city", "credit_code", "land_mu",
    "role", "kind", "completed", "planned_investment", "department", "progress",
)  # fmt: skip
FIGURES = 3  # of one row

type NewRows = dict[str, list[dict[str, Any]]]  # label of a table → its first new rows


def add(found: NewRows, plan: Plan) -> NewRows:
    """Take from a plan what is still wanted of it; returns what was handed in."""
    for model, resource in plan.resources.items():
        rows = found.setdefault(model._meta.label, [])
        rows += [_row(entry) for entry in _created(resource)[: SHOWN - len(rows)]]
    return found


def _created(resource: LedgerResource[Any]) -> list[Entry]:
    return [entry for entry in resource.entries.values() if entry.new and any(record.make for record in entry.records)]


def _row(entry: Entry) -> dict[str, Any]:
    project = getattr(entry.instance, "project", None)
    name = f"{project} · {entry.instance}" if project else str(entry.instance)
    row = entry.records[0].row
    return {"name": name, "row": row.number if row else 0, "figures": list(_figures(entry))[:FIGURES]}


def _figures(entry: Entry) -> Iterator[str]:
    for name in TELLING:
        value = getattr(entry.instance, name, None) if name in entry.said else None
        if value not in (None, ""):
            yield f"{entry.instance._meta.get_field(name).verbose_name} {_in_words(entry.instance, name, value)}"


def _in_words(row: models.Model, name: str, value: Any) -> str:
    if isinstance(row._meta.get_field(name), MoneyField):
        return format_amount(value, getattr(row, f"{name}_qualifier", "exact"))
    return in_words(row, name, value)
