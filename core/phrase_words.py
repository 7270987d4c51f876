"""What the rules of phrases share: numbers as people say them, and what a phrase is read against."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.dates import month_end
from core.working_days import Calendar

NUMBER = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"两": 2}
FAR = 270  # days from today above which a date without its year may well be meant on the other side

type Reading = tuple[dt.date | None, bool]  # the day (None: none to propose), and whether it is certain
type Rule = tuple[re.Pattern[str], Callable[[re.Match[str], Moment], Reading]]


@dataclass(frozen=True)
class Moment:
    """The day something is said, its calendar, and where a day that fits twice is looked for."""

    today: dt.date
    days: Calendar
    future: bool

    def nearest(self, days: Iterable[dt.date]) -> dt.date | None:
        """The first of these days from today on, or the last up to today; None when all lie on the other side."""
        if self.future:
            return min((day for day in days if day >= self.today), default=None)
        return max((day for day in days if day <= self.today), default=None)

    def is_near(self, day: dt.date | None) -> bool:
        return day is not None and abs((day - self.today).days) <= FAR


def number(said: str) -> int:
    """12, 十二, 二十, 两; raises ValueError for 两三, which is no number."""
    if said.isdecimal():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    if not ten:
        return _digit(said)
    return (_digit(tens) if tens else 1) * 10 + (_digit(ones) if ones else 0)


def _digit(sign: str) -> int:
    if sign not in DIGITS:
        raise ValueError(f"no digit: {sign}")
    return DIGITS[sign]


def add_months(day: dt.date, count: int) -> dt.date:
    """The same day `count` months later, or the last of that month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = month_end(year, month + 1)
    return last.replace(day=min(day.day, last.day))
