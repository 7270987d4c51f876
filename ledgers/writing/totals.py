"""The 合计 row of a ledger, added up while its rows are written."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from core.amounts import Qualifier
from ledgers.layouts.base import Column, Kind
from ledgers.values import NOT_STATED, Amount, CountAmount


class Totals:
    """The number of rows and the sums of the columns that are added up; `sums` is None where nothing was stated.

    A sum is 约 as soon as one of its amounts is not exact. `silent` counts the rows that state no amount.
    """

    def __init__(self, columns: Iterable[Column]) -> None:
        self.columns = [column for column in columns if column.total]
        self.kinds = {column.key: column.kind for column in self.columns}
        self.sums: dict[str, Any] = dict.fromkeys(self.kinds)
        self.silent = {key: 0 for key, kind in self.kinds.items() if kind is Kind.AMOUNT}
        self.rows = 0

    def counting(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The same rows, added up on their way."""
        for row in rows:
            self.rows += 1
            for key, kind in self.kinds.items():
                value = row.get(key)
                if value is not None and value is not NOT_STATED:
                    self.sums[key] = _added(kind, self.sums[key], value)
                elif key in self.silent:
                    self.silent[key] += 1
            yield row

    def left_out(self) -> Iterator[tuple[Column, int]]:
        """The columns of amounts whose sum lacks rows, and how many; one that no row states has no sum."""
        for column in self.columns:
            if self.sums[column.key] is not None and self.silent.get(column.key):
                yield column, self.silent[column.key]


def _added(kind: Kind, total: Any, value: Any) -> Any:
    if kind is Kind.AMOUNT:
        return _sum(total, value)
    if total is None:
        total = CountAmount(None, None) if kind is Kind.COUNT_AMOUNT else 0
    if kind is Kind.COUNT_AMOUNT:
        return CountAmount(_stated_sum(total.count, value.count), _sum(total.amount, value.amount))
    return total + value


def _sum(total: Amount | None, value: Amount | None) -> Amount | None:
    stated = [one for one in (total, value) if one is not None]
    exact = all(one.qualifier == Qualifier.EXACT for one in stated)
    found = sum((one.value for one in stated), Decimal(0))
    return Amount(found, str(Qualifier.EXACT if exact else Qualifier.ABOUT)) if stated else None


def _stated_sum(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
