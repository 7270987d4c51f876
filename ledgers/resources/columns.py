"""A record's fields as columns of its table: a date with its precision, an amount with its qualifier, a link as its row."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.dates import FuzzyDate, Precision
from ledgers.layouts.base import Record
from ledgers.resources.entries import Unusable
from ledgers.values import Amount


@dataclass(frozen=True)
class Columns:
    """The columns of one table that a ledger may set."""

    model: Any  # the table's class
    settable: set[str]
    blank_clears: bool  # 空白即清空
    given: frozenset[str] = frozenset()  # columns whose value only the system gives

    def flat(self, record: Record) -> dict[str, Any]:
        """The record's fields as columns of the table; linked records as their rows."""
        row: dict[str, Any] = {"record": record, "identity": {}}
        for name, value in (*record.identity.items(), *record.initial.items()):
            row["identity"] |= self._columns(record, name, value)
        for name, value in (*record.values.items(), *self._cleared(record)):
            row |= self._columns(record, name, value)
        return row

    def _cleared(self, record: Record) -> Iterator[tuple[str, Any]]:
        if self.blank_clears:
            for name in record.blanks:
                column = self.model._meta.get_field(name)
                yield name, None if column.null else column.get_default()

    def _columns(self, record: Record, name: str, value: Any) -> dict[str, Any]:
        if name in self.given:
            return {}
        if isinstance(value, Record):
            if value.instance is None:
                raise Unusable(record.columns.get(name, ""), "parent", "")
            return {name: value.instance}
        if isinstance(value, FuzzyDate):
            return self._date(record, name, value)
        if isinstance(value, Amount):
            beside = {f"{name}_qualifier": value.qualifier} if f"{name}_qualifier" in self.settable else {}
            return {name: value.value, **beside}
        return {name: self._as_kept(name, value) if isinstance(value, Decimal) and name in self.settable else value}

    def _as_kept(self, name: str, value: Decimal) -> Decimal:
        """A figure with the places of its column: 120.5 亩 is no other figure than 120.50."""
        column = self.model._meta.get_field(name)
        return value.quantize(Decimal(1).scaleb(-column.decimal_places), ROUND_HALF_UP)

    def _date(self, record: Record, name: str, value: FuzzyDate) -> dict[str, Any]:
        if f"{name}_precision" in self.settable:
            return {name: value.on, f"{name}_precision": value.precision, f"{name}_inferred": value.inferred}
        if value.precision not in (Precision.DAY, Precision.UNKNOWN):
            text = _("“%(date)s”没有写到日：这一列要到日的日期，例如 2026-11-24")
            raise Unusable(record.columns.get(name, ""), "not_a_day", text % {"date": value})
        return {name: value.on}
