"""The week of the reports: from the moment one report is closed to the moment the next is.

Weekday and hours are settings: `PROGRESS_WEEKDAY` (Monday is 0), `PROGRESS_CLOSES_AT`, `PROGRESS_DUE_AT`.
Times are those of the site's time zone, whatever zone the moment is given in.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from core.working_days import Calendar

DAYS = 7


@dataclass(frozen=True)
class Week:
    """A period: `start_on` and `end_on` are its closing days (a Friday and the next); due at `deadline_at`."""

    start_on: dt.date
    end_on: dt.date
    deadline_at: dt.datetime

    @property
    def opens_at(self) -> dt.datetime:
        """The first moment that belongs to it."""
        return _moment(self.start_on, settings.PROGRESS_CLOSES_AT)

    @property
    def closes_at(self) -> dt.datetime:
        """The first moment that belongs to the next one."""
        return _moment(self.end_on, settings.PROGRESS_CLOSES_AT)


def week_of(moment: dt.datetime, *, days: Calendar | None = None) -> Week:
    """The week a moment belongs to; what comes at the closing moment or after it belongs to the next.

    Reads the Holiday table (one query) unless the calendar is given.
    """
    local = timezone.localtime(moment, timezone.get_default_timezone())
    start_on = local.date() - dt.timedelta(days=(local.weekday() - settings.PROGRESS_WEEKDAY) % DAYS)
    if moment < _moment(start_on, settings.PROGRESS_CLOSES_AT):
        start_on -= dt.timedelta(days=DAYS)
    return _week(start_on, days or Calendar.load())


def days_of_week(day: dt.date) -> tuple[dt.date, dt.date]:
    """The closing days of the week that the morning of a day belongs to: on a closing day the week that ends with it."""
    start_on = day - dt.timedelta(days=(day.weekday() - settings.PROGRESS_WEEKDAY) % DAYS or DAYS)
    return start_on, start_on + dt.timedelta(days=DAYS)


def week_from(start_on: dt.date, *, days: Calendar | None = None) -> Week:
    """The week that begins on a day; raises ValueError when no week begins on it."""
    if start_on.weekday() != settings.PROGRESS_WEEKDAY:
        raise ValueError(f"no week begins on {start_on}")
    return _week(start_on, days or Calendar.load())


def week_before(week: Week, *, days: Calendar | None = None) -> Week:
    """The week that ends when this one begins."""
    return _week(week.start_on - dt.timedelta(days=DAYS), days or Calendar.load())


def _week(start_on: dt.date, days: Calendar) -> Week:
    end_on = start_on + dt.timedelta(days=DAYS)
    due_at = _moment(days.previous_working_day(end_on), settings.PROGRESS_DUE_AT)
    # A week in which nobody works could not be reported in time: it is due when it closes.
    in_time = due_at > _moment(start_on, settings.PROGRESS_CLOSES_AT)
    return Week(start_on, end_on, due_at if in_time else _moment(end_on, settings.PROGRESS_CLOSES_AT))


def _moment(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time), timezone.get_default_timezone())
