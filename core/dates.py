"""Dates as people know them: to the day, the month, the quarter, the year, or not at all."""

import calendar
import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.amounts import NOT_STATED


class DateError(ValueError):
    """The text is no date; the message is a sentence that says what to do."""


class Precision(models.TextChoices):
    """How exactly a date is known."""

    DAY = "day", _("日")
    MONTH = "month", _("月")
    QUARTER = "quarter", _("季")
    YEAR = "year", _("年")
    UNKNOWN = "unknown", _("不详")


QUARTERS = "一二三四"


@dataclass(frozen=True)
class FuzzyDate:
    """A date with its precision. `on` is the last day of a month, quarter or year: late only when that is over."""

    on: dt.date | None
    precision: str = Precision.DAY
    inferred: bool = False

    def __str__(self) -> str:
        if self.on is None or self.precision == Precision.UNKNOWN:
            return "—"
        return self._written(self.on) + (str(_("（推定）")) if self.inferred else "")

    def _written(self, on: dt.date) -> str:
        if self.precision == Precision.YEAR:
            return f"{on.year}年"
        if self.precision == Precision.QUARTER:
            return f"{on.year}年{QUARTERS[(on.month - 1) // 3]}季度"
        return f"{on.year}年{on.month}月" if self.precision == Precision.MONTH else f"{on.year}年{on.month}月{on.day}日"


def fuzzy(row: Any, name: str) -> FuzzyDate:
    """The fuzzy date that a row keeps in `x_on`, `x_on_precision`, `x_on_inferred`."""
    return FuzzyDate(getattr(row, name), getattr(row, f"{name}_precision"), getattr(row, f"{name}_inferred"))


def month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def parse(text: Any, today: dt.date) -> FuzzyDate:
    """A date as people write it; what lacks a year is read in the year of `today` and marked inferred.

    Raises DateError where the order of the numbers would have to be guessed.
    """
    if isinstance(text, dt.datetime):
        return FuzzyDate(text.date())
    if isinstance(text, dt.date):
        return FuzzyDate(text)
    compact = re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text or "")))
    if compact in NOT_STATED:
        return FuzzyDate(None, Precision.UNKNOWN)
    for shape, read in SHAPES:
        if match := shape.fullmatch(compact):
            try:
                return read(match, today)
            except ValueError as error:
                raise DateError(_("没有“%(text)s”这一天，请检查") % {"text": text}) from error
    raise DateError(_("看不懂日期“%(text)s”：请写成 2026-11-24、2026年11月 或 三季度 的样子") % {"text": text})


def from_excel_serial(serial: float) -> dt.date:
    """The date of an Excel serial number (1900 system, with its 29 February 1900)."""
    if serial < 1:
        raise DateError(_("“%(text)s”不是 Excel 日期序号") % {"text": serial})
    return dt.date(1899, 12, 31 if serial < 60 else 30) + dt.timedelta(days=int(serial))


def _day(match: re.Match[str], today: dt.date) -> FuzzyDate:
    year, month, day = (int(part) for part in match.groups())
    return FuzzyDate(dt.date(year, month, day))


def _day_without_year(match: re.Match[str], today: dt.date) -> FuzzyDate:
    return FuzzyDate(dt.date(today.year, int(match[1]), int(match[2])), Precision.DAY, inferred=True)


def _month(match: re.Match[str], today: dt.date) -> FuzzyDate:
    return FuzzyDate(month_end(int(match[1]), _in_year(match[2])), Precision.MONTH)


def _month_without_year(match: re.Match[str], today: dt.date) -> FuzzyDate:
    return FuzzyDate(month_end(today.year, _in_year(match[1])), Precision.MONTH, inferred=True)


def _quarter(match: re.Match[str], today: dt.date) -> FuzzyDate:
    sign = match[2]
    quarter = QUARTERS.index(sign) + 1 if sign in QUARTERS else int(sign)
    year = int(match[1] or today.year)
    return FuzzyDate(month_end(year, quarter * 3), Precision.QUARTER, inferred=not match[1])


def _year(match: re.Match[str], today: dt.date) -> FuzzyDate:
    return FuzzyDate(dt.date(int(match[1] or today.year), 12, 31), Precision.YEAR, inferred=not match[1])


def _in_year(text: str) -> int:
    month = int(text)
    if not 1 <= month <= 12:
        raise ValueError(text)
    return month


Y = r"((?:19|20)\d\d)"
SHAPES: list[tuple[re.Pattern[str], Callable[[re.Match[str], dt.date], FuzzyDate]]] = [
    (re.compile(rf"{Y}年(\d{{1,2}})月(\d{{1,2}})[日号]?"), _day),
    (re.compile(rf"{Y}[-/.](\d{{1,2}})[-/.](\d{{1,2}})"), _day),
    (re.compile(rf"{Y}(\d\d)(\d\d)"), _day),
    (re.compile(r"(\d{1,2})月(\d{1,2})[日号]"), _day_without_year),
    (re.compile(rf"{Y}年(\d{{1,2}})月(?:份|底)?"), _month),
    (re.compile(rf"{Y}[-/.](\d{{1,2}})"), _month),
    (re.compile(r"(\d{1,2})月(?:份|底)?"), _month_without_year),
    (re.compile(rf"(?:{Y}年?)?第?([一二三四1-4])季度"), _quarter),
    (re.compile(rf"{Y}()?Q([1-4])", re.IGNORECASE), lambda match, today: _quarter_of(match[1], match[3])),
    (re.compile(rf"{Y}年?底?"), _year),
    (re.compile(r"(今)?年底"), lambda match, today: FuzzyDate(dt.date(today.year, 12, 31), Precision.YEAR, inferred=True)),
]


def _quarter_of(year: str, quarter: str) -> FuzzyDate:
    return FuzzyDate(month_end(int(year), int(quarter) * 3), Precision.QUARTER)
