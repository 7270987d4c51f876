"""Reading dates, days and periods."""

import calendar
import datetime as dt
import re

from django.utils.translation import gettext as _

from core import dates
from core.dates import FuzzyDate, Precision
from ledgers.values.base import NOT_STATED, Asked, NotStated, Unread, number_text, plain_signs

SERIALS = range(20_000, 80_001)  # 1954 to 2119: what a number in a date column can mean but a year or 20261124
# 1905-07-18 is the year 2026 typed into a cell with a date format.
BELIEVABLE = range(1949, 2100)
MANY_DAYS = 92  # a period that ends before it begins crossed the year, but not by more than this
STATES = re.compile("[已未正拟待]|开工|投产|竣工|完成|建成|在建|停工|施工|推进")
SEPARATOR = re.compile(r"[-‐-―─━~〜至到]+")
DAY_ONLY = re.compile(r"(?P<day>\d{1,2})[日号]?")
MONTH_DAY = re.compile(r"(?P<month>\d{1,2})(?:月|[./-])(?P<day>\d{1,2})[日号]?")


def date(cell: object, asked: Asked) -> FuzzyDate | NotStated:
    """A date with its precision; raises Unread where the order of numbers or the month would be a guess."""
    if isinstance(cell, dt.date):
        return FuzzyDate(_believable(cell.date() if isinstance(cell, dt.datetime) else cell))
    if isinstance(cell, int | float):
        return _from_number(cell, asked.today)
    text = plain_signs(cell)
    if STATES.search(text) and not re.search(r"\d", text):
        raise Unread("date", _("“%(text)s”是状态，这一列要日期：请填年月日，状态写到阶段或进展一栏") % {"text": text})
    read = _parsed(text, asked.today)
    return read if read.on else NOT_STATED


def _parsed(text: str, today: dt.date) -> FuzzyDate:
    try:
        return dates.parse(text, today)
    except dates.DateError as error:
        raise Unread("date", str(error)) from error


def _believable(on: dt.date) -> dt.date:
    if on.year not in BELIEVABLE:
        message = _("日期 %(on)s 不合常理，多半是在日期格式的单元格里填了普通数字：请重填，例如 2026-11-24")
        raise Unread("date", message % {"on": on.isoformat()})
    return on


def _from_number(number: float, today: dt.date) -> FuzzyDate:
    """20000–80000 is a day as Excel counts, 2026 a year, 2026.3 a month, 20261124 a day."""
    text = number_text(number)
    if re.fullmatch(r"(?:19|20)\d\d\.1", text):
        message = _("“%(text)s”可能是 1 月也可能是 10 月（Excel 去掉了末尾的 0）：请写成 %(year)s年1月 或 %(year)s年10月")
        raise Unread("date", message % {"text": text, "year": text[:4]})
    if number in SERIALS:
        return FuzzyDate(_believable(dates.from_excel_serial(number)))
    return _parsed(text, today)


def day(cell: object, asked: Asked) -> dt.date | NotStated:
    """A date to the day; raises Unread for 2026年3月."""
    read = date(cell, asked)
    if isinstance(read, NotStated):
        return NOT_STATED
    if read.on is None or read.precision != Precision.DAY:
        raise Unread("day", _("“%(text)s”没有写到日：请写成 2026-11-24 的样子") % {"text": cell})
    return read.on


def period(cell: object, asked: Asked) -> tuple[dt.date, dt.date] | NotStated:
    """First and last day of “2026年3月5日—7日”, “3月5日-4月2日”, “2026.3.5-2026.3.7” or of a single day; raises Unread."""
    if not isinstance(cell, str):
        on = day(cell, asked)
        return NOT_STATED if isinstance(on, NotStated) else (on, on)
    text = plain_signs(cell)
    found = {_single(text, asked.today)}
    if not re.search(r"\d\s+\d", text):  # 3月5日 7日 is not parted by anything
        found |= set(_splits("".join(text.split()), asked.today))
    found -= {None}
    if len(found) != 1:
        raise _no_period(cell)
    return next(filter(None, found))


def _no_period(cell: str) -> Unread:
    message = _("看不懂起止时间“%(text)s”：请写成 2026年3月5日—7日 或 2026.3.5-2026.4.2，都写到日，一格一段")
    return Unread("period", message % {"text": cell})


def _single(text: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    read = _to_the_day(text, today)
    return (read.on, read.on) if read and read.on else None


def _to_the_day(text: str, today: dt.date) -> FuzzyDate | None:
    try:
        read = dates.parse(text, today)
    except dates.DateError:
        return None
    return read if read.on and read.precision == Precision.DAY and read.on.year in BELIEVABLE else None


def _splits(text: str, today: dt.date) -> list[tuple[dt.date, dt.date] | None]:
    """The periods read at every place where the text may be parted; a hyphen also stands inside a date."""
    return [_parted(text[: sign.start()], text[sign.end() :], today) for sign in SEPARATOR.finditer(text)]


def _parted(left: str, right: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    first = _to_the_day(left, today)
    if first is None or first.on is None:
        return None
    if short := MONTH_DAY.fullmatch(right):
        return _completed(first.on, int(short["month"]), int(short["day"]))
    if short := DAY_ONLY.fullmatch(right):
        return _completed(first.on, first.on.month, int(short["day"]), crosses_year=False)
    last = _to_the_day(right, today)
    return _in_order(first, last.on) if last and last.on else None


def _completed(first: dt.date, month: int, day: int, *, crosses_year: bool = True) -> tuple[dt.date, dt.date] | None:
    """The last day takes its year from the first; 12月30日—1月2日 ends in the next one."""
    for year in (first.year, first.year + crosses_year):
        if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
            continue
        last = dt.date(year, month, day)
        if first <= last and (year == first.year or (last - first).days <= MANY_DAYS):
            return first, last
    return None


def _in_order(first: FuzzyDate, last: dt.date) -> tuple[dt.date, dt.date] | None:
    """A first day without a year takes that of the last, or the one before."""
    on = first.on
    if on is None or not first.inferred:
        return (on, last) if on and on <= last else None
    years = [year for year in (last.year, last.year - 1) if (on.month, on.day) != (2, 29) or calendar.isleap(year)]
    starts = [start for start in (on.replace(year=year) for year in years) if start <= last]
    return (starts[0], last) if starts and (last - starts[0]).days <= MANY_DAYS else None
