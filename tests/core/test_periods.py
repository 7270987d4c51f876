"""The week of the reports: Friday 12:00 to Friday 12:00 in Shanghai, due Friday 10:00."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings

from core.models import Holiday
from core.periods import days_of_week, week_before, week_from, week_of
from core.working_days import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = Calendar()


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "start_on"),
    [
        ("2026-11-20 11:59:59.999999", "2026-11-13"),
        ("2026-11-20 12:00", "2026-11-20"),
        ("2026-11-24 09:30", "2026-11-20"),
        ("2026-11-27 10:00", "2026-11-20"),
        ("2026-11-27 12:00", "2026-11-27"),
        ("2027-01-01 08:00", "2026-12-25"),
    ],
)
def test_what_is_entered_after_friday_noon_belongs_to_the_next_week(moment, start_on):
    week = week_of(at(moment), days=DAYS)

    assert week.start_on == dt.date.fromisoformat(start_on)
    assert week.end_on == week.start_on + dt.timedelta(days=7)


def test_the_hours_are_those_of_shanghai_whatever_zone_a_moment_is_given_in():
    before = dt.datetime(2026, 11, 20, 3, 59, tzinfo=dt.UTC)  # 11:59 in Shanghai
    after = dt.datetime(2026, 11, 20, 4, 0, tzinfo=dt.UTC)

    assert week_of(before, days=DAYS).end_on == dt.date(2026, 11, 20)
    assert week_of(after, days=DAYS).start_on == dt.date(2026, 11, 20)
    assert week_of(after, days=DAYS).deadline_at == dt.datetime(2026, 11, 27, 2, 0, tzinfo=dt.UTC)


def test_a_week_is_due_on_friday_at_ten():
    assert week_of(at("2026-11-24 09:30"), days=DAYS).deadline_at == at("2026-11-27 10:00")


@pytest.mark.parametrize(
    ("start_on", "deadline"),
    [
        ("2026-09-25", "2026-09-30 10:00"),  # 国庆 2026: Friday 2 October is free, so is Thursday
        ("2020-09-25", "2020-09-30 10:00"),  # 国庆 with 中秋 2020: free from Thursday 1 October
        ("2020-10-02", "2020-10-09 10:00"),  # Friday after the two feasts; people work
        ("2026-06-12", "2026-06-18 10:00"),  # 端午 2026 is a Friday
        ("2026-02-13", "2026-02-14 10:00"),  # 春节 2026: the last working day is a Saturday worked in advance
        ("2025-12-26", "2025-12-31 10:00"),  # New Year
    ],
)
def test_on_a_friday_off_it_is_due_the_working_day_before(start_on, deadline):
    assert week_from(dt.date.fromisoformat(start_on), days=DAYS).deadline_at == at(deadline)


def test_a_week_in_which_nobody_works_is_due_when_it_closes():
    week = week_from(dt.date(2024, 2, 9), days=Calendar())  # 春节 2024: free from Saturday 10 to Saturday 17 February

    assert week.deadline_at == week.closes_at == at("2024-02-16 12:00")


def test_weeks_follow_each_other_without_gap_or_overlap():
    week = week_of(at("2026-11-24 09:30"), days=DAYS)

    earlier = week_before(week, days=DAYS)

    assert earlier.closes_at == week.opens_at
    assert week_of(week.opens_at, days=DAYS) == week
    assert week_of(week.opens_at - dt.timedelta(microseconds=1), days=DAYS) == earlier


def test_no_week_begins_on_another_day():
    with pytest.raises(ValueError, match="2026-11-24"):
        week_from(dt.date(2026, 11, 24), days=DAYS)


@pytest.mark.django_db
def test_a_day_off_of_our_own_table_counts():
    Holiday(date=dt.date(2026, 11, 27), kind=Holiday.Kind.HOLIDAY, name="测试放假").save()

    assert week_of(at("2026-11-24 09:30")).deadline_at == at("2026-11-26 10:00")


@override_settings(PROGRESS_WEEKDAY=3, PROGRESS_CLOSES_AT=dt.time(18), PROGRESS_DUE_AT=dt.time(16, 30))
def test_weekday_and_hours_are_settings():
    week = week_of(at("2026-11-24 09:30"), days=DAYS)

    assert (week.opens_at, week.closes_at) == (at("2026-11-19 18:00"), at("2026-11-26 18:00"))
    assert week.deadline_at == at("2026-11-26 16:30")


def test_by_default_a_week_closes_on_friday_at_noon():
    week = week_from(dt.date(2026, 11, 20), days=DAYS)

    assert (week.opens_at, week.closes_at) == (at("2026-11-20 12:00"), at("2026-11-27 12:00"))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-26", ("2026-11-20", "2026-11-27")),
        ("2026-11-27", ("2026-11-20", "2026-11-27")),  # the Friday on which it closes
        ("2026-11-28", ("2026-11-27", "2026-12-04")),
    ],
)
def test_a_day_belongs_to_the_week_that_its_morning_is_in(day, expected):
    found = days_of_week(dt.date.fromisoformat(day))

    assert tuple(map(str, found)) == expected
