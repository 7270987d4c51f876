"""Dates inside texts: a vague date or a period as one cell, and the mark of one that was concluded."""

import datetime as dt
import re
from dataclasses import replace

from core.dates import FuzzyDate, Precision
from ledgers import values
from ledgers.layouts.base import Column, Kind
from ledgers.sheets import Cell
from ledgers.values import Unread
from ledgers.values.base import number_text

CONCLUDED = re.compile(r"\s*[（(]推定[）)]$")
MARK = "（推定）"
FIGURE = re.compile(r"\d+(?:\.\d+)?")
YEAR = re.compile(r"(?:19|20)\d\d")
DATE, PERIOD = Column("", "", Kind.DATE), Column("", "", Kind.PERIOD)


def read_date(text: str, today: dt.date) -> FuzzyDate | None:
    """The date a text says, None for “/” and the like; raises Unread. “（推定）” behind it marks one that was concluded."""
    bare = CONCLUDED.sub("", text)
    found = values.read(_cell(bare), DATE, unit="", today=today)
    if not isinstance(found, FuzzyDate):
        return None
    return replace(found, inferred=True) if bare != text else found


def _cell(text: str) -> Cell:
    """A number that was read as text is a number again: 46086 is a day as Excel counts, 2026.1 may be October."""
    number = float(text) if FIGURE.fullmatch(text) else None
    return number if number is not None and number_text(number) == text else text


def write_date(when: FuzzyDate) -> str | None:
    """The text that `read_date` reads as this date; None for one that is not known."""
    if when.on is None or when.precision == Precision.UNKNOWN:
        return None
    written = when.on.isoformat() if when.precision == Precision.DAY else str(FuzzyDate(when.on, when.precision))
    return written + (MARK if when.inferred else "")


def read_span(text: str, today: dt.date) -> tuple[FuzzyDate, dt.date | None] | None:
    """First and last day of “2026年3月5日—7日” or one day; a vague “2026年3月” has no last day. Raises Unread."""
    try:
        start = read_date(text, today)
    except Unread:
        bare = CONCLUDED.sub("", text)
        first, last = values.read(bare, PERIOD, unit="", today=today)
        return FuzzyDate(first, inferred=bare != text or not YEAR.search(text)), last
    if start is None:
        return None
    return start, start.on if start.precision == Precision.DAY else None


def write_span(start: FuzzyDate, last: dt.date | None) -> str | None:
    """The text that `read_span` reads back; a last day beside a vague first one is left out."""
    if start.on is None or last is None or last == start.on or start.precision != Precision.DAY:
        return write_date(start)
    return f"{FuzzyDate(start.on)}—{FuzzyDate(last)}" + (MARK if start.inferred else "")
