"""Dates as people know them: to the day, the month, the quarter, the year, or not at all.

A month, quarter or year is stored as its last day: a planned “2026年3月” is only missed when March is over.
"""

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from core.amounts import NOT_STATED

QUARTERS = "一二三四"
SAID_YEARS = {"去": -1, "今": 0, "明": 1}
EXCEL_DAYS = range(1, 2_958_466)  # 1900-01-01 to 9999-12-31
EXCEL_LEAP_BUG = 60  # 29 February 1900, which never was


class DateError(ValueError):
    """The text is no date; the message is a sentence that says what to do."""


class Precision(models.TextChoices):
    """How exactly a date is known."""

    DAY = "day", _("日")
    MONTH = "month", _("月")
    QUARTER = "quarter", _("季")
    YEAR = "year", _("年")
    UNKNOWN = "unknown", _("不详")


@dataclass(frozen=True)
class FuzzyDate:
    """A date with its precision; `inferred` when a part, such as the year, was not written but concluded."""

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


_YEAR = r"(?P<year>(?:19|20)\d\d)"
_MAYBE_YEAR = rf"(?:(?P<year>(?:19|20)\d\d|[{''.join(SAID_YEARS)}])年)?"
SHAPES = [
    re.compile(shape)
    for shape in (
        rf"{_YEAR}(?P<sign>[-/.])(?P<month>\d\d?)(?:(?P=sign)(?P<day>\d\d?))?",
        rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)",
        rf"{_MAYBE_YEAR}(?P<month>\d\d?)月(?:(?P<day>\d\d?)[日号]|份?[底末]?)",
        rf"{_MAYBE_YEAR}第?(?P<quarter>[{QUARTERS}1-4])季度?[底末]?",
        rf"{_YEAR}?年?[Qq](?P<quarter>[1-4])",
        rf"{_YEAR}年?[底末]?",
        rf"(?P<year>[{''.join(SAID_YEARS)}])?年[底末]",
    )
]
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_ORDER_UNKNOWN = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{2}|\d{4})|\d{1,2}[-/.]\d{1,2}")


def parse(text: str | dt.date | None, today: dt.date) -> FuzzyDate:
    """A date as people write it; what lacks a year is read in the year of `today` and marked inferred.

    Raises DateError for what is no date, and where the order of the numbers would have to be guessed.
    """
    if isinstance(text, dt.date):
        return FuzzyDate(text.date() if isinstance(text, dt.datetime) else text)
    written = _CLOCK.sub("", unicodedata.normalize("NFKC", text or "").strip())
    compact = "".join(written.split())
    if compact in NOT_STATED:
        return FuzzyDate(None, Precision.UNKNOWN)
    matches = (shape.fullmatch(compact) for shape in SHAPES)
    match = None if re.search(r"\d\s+\d", written) else next(filter(None, matches), None)
    if match is None:
        raise DateError(_what_to_do(compact) % {"text": text})
    try:
        return _read(match.groupdict(), today)
    except ValueError as error:
        raise DateError(_("日历上没有“%(text)s”，请核对年月日") % {"text": text}) from error


def _what_to_do(compact: str) -> str:
    if _ORDER_UNKNOWN.fullmatch(compact):
        return str(_("“%(text)s”分不清年、月、日：请核对后写成 年-月-日，例如 2026-11-24"))
    if re.fullmatch(r"[3-6]\d{4}", compact):
        return str(_("“%(text)s”像是 Excel 日期序号：请把单元格设为日期格式，或写成 2026-11-24"))
    return str(_("看不懂日期“%(text)s”：请写成 2026-11-24、2026年11月 或 2026年三季度 的样子，一格一个日期"))


def _read(parts: dict[str, str | None], today: dt.date) -> FuzzyDate:
    said, quarter, month, day = (parts.get(name) for name in ("year", "quarter", "month", "day"))
    year = int(said) if said and said not in SAID_YEARS else today.year + SAID_YEARS[said or "今"]
    inferred = not said or said in SAID_YEARS
    if quarter:
        number = QUARTERS.find(quarter) + 1 or int(quarter)
        return FuzzyDate(month_end(year, number * 3), Precision.QUARTER, inferred)
    if not month:
        return FuzzyDate(dt.date(year, 12, 31), Precision.YEAR, inferred)
    if not day:
        return FuzzyDate(month_end(year, int(month)), Precision.MONTH, inferred)
    return FuzzyDate(dt.date(year, int(month), int(day)), Precision.DAY, inferred)


def month_end(year: int, month: int) -> dt.date:
    """The last day of a month; raises ValueError for a month that is none."""
    first = dt.date(year, month, 1)
    return first.replace(day=calendar.monthrange(year, month)[1])


def from_excel_serial(serial: float) -> dt.date:
    """The date of an Excel serial number (1900 system, with its 29 February 1900); the time of day is dropped.

    Raises DateError for a number that is no day.
    """
    if not EXCEL_DAYS.start <= serial < EXCEL_DAYS.stop or int(serial) == EXCEL_LEAP_BUG:
        raise DateError(_("“%(number)s”不是 Excel 日期序号：请写成 2026-11-24") % {"number": serial})
    return dt.date(1899, 12, 31 if serial < EXCEL_LEAP_BUG else 30) + dt.timedelta(days=int(serial))


type OptionalDateField = models.DateField[str | dt.date | Combinable | None, dt.date | None]
type PrecisionField = models.CharField[str | int | Combinable, str]
type InferredField = models.BooleanField[bool | Combinable, bool]


def fuzzy(row: Any, name: str) -> FuzzyDate:
    """The fuzzy date that a row keeps in `x_on`, `x_on_precision`, `x_on_inferred`."""
    on = getattr(row, name)
    if on is None:
        return FuzzyDate(None, Precision.UNKNOWN)
    return FuzzyDate(on, getattr(row, f"{name}_precision"), getattr(row, f"{name}_inferred"))
