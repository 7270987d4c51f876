"""A value as the cell that reads back as this value: the counterpart of `ledgers.values`."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from companies import phones
from core import amounts
from core.amounts import Qualifier, format_amount
from core.dates import FuzzyDate, Precision
from ledgers.layouts.base import Column, Kind
from ledgers.values import Amount, CountAmount
from ledgers.values.base import DIGITS_EXCEL_KEEPS
from ledgers.values.dates import BELIEVABLE
from ledgers.values.money import TOO_LARGE, TOO_SMALL

SEPARATOR = "、"
PERCENT = "%"
YES_NO = {True: "是", False: "否"}

type Written = str | int | Decimal | dt.date | None  # None is an empty cell
type Maker = Callable[[Any], Written]


def maker(column: Column, unit: str, *, unmasked: bool) -> Maker:
    """The function that writes the values of a column, its figures in `unit`.

    It takes what `values.read` gives for the kind, but not NOT_STATED or None: these are empty cells, which erase
    nothing when they are imported. Telephones of a personal column are masked unless `unmasked`; a masked cell holds
    “****”, so that nobody takes it for a number.
    """
    if column.personal and not unmasked:
        return _masked(column)
    if column.kind is Kind.AMOUNT:
        return _amount_in(unit)
    if column.kind is Kind.NUMBER:
        return lambda value: _number(value, unit)
    if column.kind is Kind.CHOICE:
        labels = column.labels
        return lambda code: labels.get(code, str(code))
    return MAKERS[column.kind]


def _masked(column: Column) -> Maker:
    if column.kind is Kind.CONTACT:
        return lambda people: _contacts((name, phones.mask(number)) for name, number in people)
    if column.kind in {Kind.PHONES, Kind.NAMES}:
        return lambda numbers: SEPARATOR.join(map(phones.mask, numbers))
    return lambda value: phones.mask(str(value))


def _amount_in(unit: str) -> Maker:
    """A number where reading one gives the same amount, else a text with its own unit."""
    factor = amounts.UNITS[unit]

    def make(amount: Amount) -> Written:
        value, qualifier = amount
        if qualifier == Qualifier.EXACT and (TOO_SMALL <= abs(value) < TOO_LARGE or not value):
            return value / factor
        return _amount_text(amount)

    return make


def _amount_text(amount: Amount) -> str:
    """As people write it, in 亿元 where four decimals keep the yuan."""
    whole = amount.value == amount.value.to_integral_value()
    return format_amount(amount.value, amount.qualifier, None if whole else "万元")


def _count_amount(value: CountAmount) -> str:
    count = "" if value.count is None else f"{value.count}个"
    return "/".join(part for part in (count, value.amount and _amount_text(value.amount)) if part)


def _number(value: Decimal, unit: str) -> Written:
    """A bare share below one could be 0.5% or 50%: it carries its sign; more digits than Excel keeps become text."""
    if unit == PERCENT and 0 < value <= 1:
        return f"{number_text(value)}%"
    return value if len(value.as_tuple().digits) <= DIGITS_EXCEL_KEEPS else number_text(value)


def number_text(value: Decimal | int) -> str:
    """A number without exponent and without zeros at its end."""
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _date(value: FuzzyDate) -> Written:
    if value.on is None or value.precision == Precision.UNKNOWN:
        return None
    if value.precision == Precision.DAY:
        return _day(value.on)
    return str(FuzzyDate(value.on, value.precision))  # without the word that it was concluded


def _day(on: dt.date) -> Written:
    """Far days are written out: reading takes them for numbers in a cell with a date format."""
    return on if on.year in BELIEVABLE else str(FuzzyDate(on))


def _period(value: tuple[dt.date, dt.date]) -> str:
    """“2026年3月5日—7日”: the last day leaves out what it shares with the first."""
    first, last = value
    written = str(FuzzyDate(first))
    if last == first:
        return written
    year, month, day = f"{last.year}年", f"{last.month}月", f"{last.day}日"
    if first.year != last.year:
        return f"{written}—{year}{month}{day}"
    return f"{written}—{day}" if first.month == last.month else f"{written}—{month}{day}"


def _contacts(people: Any) -> str:
    return SEPARATOR.join(f"{name} {number}".strip() for name, number in people)


def text(value: Any) -> str | None:
    """A text with one kind of line break, or None when there is none."""
    return re.sub(r"\r\n?", "\n", written) if "\r" in (written := str(value)) else written or None


MAKERS: dict[Kind, Maker] = {
    Kind.TEXT: text,
    Kind.CODE: text,
    Kind.NAMES: lambda names: SEPARATOR.join(names) or None,
    Kind.PHONES: lambda numbers: SEPARATOR.join(numbers) or None,
    Kind.CONTACT: _contacts,
    Kind.COUNT: lambda count: count,
    Kind.COUNT_AMOUNT: _count_amount,
    Kind.DATE: _date,
    Kind.DAY: _day,
    Kind.PERIOD: _period,
    Kind.YES_NO: lambda value: YES_NO[value],
}
