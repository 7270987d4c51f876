"""The 合计 row of a ledger, added up while its rows are written."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from core.amounts import Qualifier
from ledgers.layouts.base import Column, Kind
from ledgers.values import NOT_STATED, Amount, CountAmount


class Totals:
    """The number of rows and the sums of the columns that are added up; `sums` is None where nothing was stated.

    Words such as 约 are left out of a sum.
    """

    def __init__(self, columns: Iterable[Column]) -> None:
        self.kinds = {column.key: column.kind for column in columns if column.total}
        self.sums: dict[str, Any] = dict.fromkeys(self.kinds)
        self.rows = 0

    def counting(self, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The same rows, added up on their way."""
        for row in rows:
            self.rows += 1
            for key, kind in self.kinds.items():
                value = row.get(key)
                if value is not None and value is not NOT_STATED:
                    self.sums[key] = _added(kind, self.sums[key], value)
            yield row


def _added(kind: Kind, total: Any, value: Any) -> Any:
    if total is None:
        return _exact(kind, value)
    if kind is Kind.AMOUNT:
        return Amount(total.value + value.value, Qualifier.EXACT)
    if kind is Kind.COUNT_AMOUNT:
        amount = _stated_sum(total.amount and total.amount.value, value.amount and value.amount.value)
        return CountAmount(_stated_sum(total.count, value.count), None if amount is None else Amount(amount, Qualifier.EXACT))
    return total + value


def _exact(kind: Kind, value: Any) -> Any:
    """A first value without its word."""
    if kind is Kind.AMOUNT:
        return Amount(value.value, Qualifier.EXACT)
    if kind is Kind.COUNT_AMOUNT and value.amount is not None:
        return CountAmount(value.count, Amount(value.amount.value, Qualifier.EXACT))
    return value


def _stated_sum[Number: (int, Decimal)](one: Number | None, other: Number | None) -> Number | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
