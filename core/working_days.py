"""Working days of China: our Holiday table on top of the package `chinese_calendar`."""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

import chinese_calendar

from core.models import Holiday

ONE = dt.timedelta(days=1)


class Calendar:
    """Working days, from rows read once. A year without data counts Monday to Friday.

    `overrides` says of single days whether people work on them; it stands above the package.
    """

    def __init__(self, overrides: Mapping[dt.date, bool] | None = None) -> None:
        self.overrides = dict(overrides or {})
        self.years = {day.year for day in self.overrides}

    @classmethod
    def load(cls) -> "Calendar":
        """The calendar of the Holiday table (one query)."""
        rows = Holiday.objects.values_list("date", "kind")
        return cls({date: kind == Holiday.Kind.WORKDAY for date, kind in rows})

    def is_working_day(self, day: dt.date) -> bool:
        found = self.overrides.get(day)
        return _of_package(day) if found is None else found

    def next_working_day(self, day: dt.date) -> dt.date:
        """The day itself when people work on it, else the first one after it."""
        while not self.is_working_day(day):
            day += ONE
        return day

    def previous_working_day(self, day: dt.date) -> dt.date:
        """The day itself when people work on it, else the last one before it."""
        while not self.is_working_day(day):
            day -= ONE
        return day

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """The day `count` working days later (earlier when negative); 0 is the day itself."""
        for _step in range(abs(count)):
            day = self.next_working_day(day + ONE) if count > 0 else self.previous_working_day(day - ONE)
        return day

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        first = start.toordinal() + 1
        return sum(self.is_working_day(dt.date.fromordinal(day)) for day in range(first, end.toordinal() + 1))

    def roll(self, day: dt.date, rule: str) -> dt.date:
        """A date on a day off moved by its rule: next, previous or keep; raises ValueError for another."""
        match rule:
            case "next":
                return self.next_working_day(day)
            case "previous":
                return self.previous_working_day(day)
            case "keep":
                return day
        raise ValueError(f"no such day-off rule: {rule}")

    def add(self, day: dt.date, count: int, day_kind: str = "calendar", rule: str = "next") -> dt.date:
        """`count` calendar or working days after `day`, moved off a day off by `rule`."""
        match day_kind:
            case "calendar":
                return self.roll(day + ONE * count, rule)
            case "working":
                return self.roll(self.add_working_days(day, count), rule)
        raise ValueError(f"no such kind of day: {day_kind}")

    def has_data(self, year: int) -> bool:
        """Whether the holidays of a year are known; pages warn when they are not."""
        return year in self.years or _package_knows(year)


@lru_cache(maxsize=20_000)
def _of_package(day: dt.date) -> bool:
    return bool(chinese_calendar.is_workday(day)) if _package_knows(day.year) else day.weekday() < 5


@lru_cache(maxsize=256)
def _package_knows(year: int) -> bool:
    try:
        chinese_calendar.is_workday(dt.date(year, 6, 1))
    except NotImplementedError:
        return False
    return True
