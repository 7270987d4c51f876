"""Working days of China: our Holiday table on top of the package `chinese_calendar`."""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache

import chinese_calendar

from core.models import Holiday

ONE = dt.timedelta(days=1)


class Calendar:
    """Working days, from rows read once. A year without data counts Monday to Friday."""

    def __init__(self, overrides: Mapping[dt.date, bool] | None = None) -> None:
        self.overrides = dict(overrides or {})

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
        step = ONE if count > 0 else -ONE
        for _n in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + ONE * n) for n in range(1, (end - start).days + 1))

    def roll(self, day: dt.date, rule: str) -> dt.date:
        """A date on a day off moved by its rule: next, previous or keep."""
        if rule == "next":
            return self.next_working_day(day)
        return self.previous_working_day(day) if rule == "previous" else day

    def add(self, day: dt.date, count: int, day_kind: str = "calendar", rule: str = "next") -> dt.date:
        """`count` calendar or working days after `day`, moved off a day off by `rule`."""
        if day_kind == "working":
            return self.roll(self.add_working_days(day, count), rule)
        return self.roll(day + ONE * count, rule)

    def has_data(self, year: int) -> bool:
        """Whether the holidays of a year are known; pages warn when they are not."""
        return _package_knows(year) or any(day.year == year for day in self.overrides)


@lru_cache(maxsize=8192)
def _of_package(day: dt.date) -> bool:
    if not _package_knows(day.year):
        return day.weekday() < 5
    return bool(chinese_calendar.is_workday(day))


@lru_cache(maxsize=256)
def _package_knows(year: int) -> bool:
    try:
        chinese_calendar.is_workday(dt.date(year, 6, 1))
    except NotImplementedError:
        return False
    return True
