"""Working days against the announced holidays of 2020 to 2022 and 2026."""

import datetime as dt

import pytest

from core.models import Holiday
from core.working_days import Calendar

DAYS = Calendar({})
T0 = dt.date(2020, 10, 12)


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    "text", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10", "2020-10-10"]
)
def test_a_weekend_made_a_working_day_is_one(text):
    assert day(text).weekday() >= 5
    assert DAYS.is_working_day(day(text))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01-01", "2026-01-03"),
        ("2026-02-15", "2026-02-23"),
        ("2026-04-04", "2026-04-06"),
        ("2026-05-01", "2026-05-05"),
        ("2026-06-19", "2026-06-21"),
        ("2026-09-25", "2026-09-27"),
        ("2026-10-01", "2026-10-07"),
        ("2020-10-01", "2020-10-08"),
    ],
)
def test_nobody_works_on_an_announced_holiday_and_all_work_after_it(first, last):
    length = (day(last) - day(first)).days + 1

    assert not any(DAYS.is_working_day(day(first) + dt.timedelta(n)) for n in range(length))


def test_an_ordinary_week_is_monday_to_friday():
    week = [day("2026-11-23") + dt.timedelta(n) for n in range(7)]

    assert [DAYS.is_working_day(each) for each in week] == [True] * 5 + [False] * 2


@pytest.mark.parametrize(
    ("offset", "due"),
    [(30, "2020-11-11"), (90, "2021-01-11"), (180, "2021-04-12"), (540, "2022-04-06"), (720, "2022-10-08")],
)
def test_a_planned_date_on_a_day_off_moves_to_the_next_working_day(offset, due):
    assert DAYS.add(T0, offset, "calendar", "next") == day(due)


@pytest.mark.parametrize(("count", "due"), [(0, "2020-10-12"), (5, "2020-10-19"), (10, "2020-10-26"), (30, "2020-11-23")])
def test_working_days_are_counted_from_the_day_after(count, due):
    assert DAYS.add_working_days(T0, count) == day(due)
    assert DAYS.add(T0, count, "working", "next") == day(due)
    assert DAYS.working_days_between(T0, day(due)) == count


@pytest.mark.parametrize(("due", "reminder"), [("2026-11-30", "2026-11-27"), ("2026-10-08", "2026-09-30")])
def test_a_reminder_before_a_day_off_comes_on_the_previous_working_day(due, reminder):
    assert DAYS.add(day(due), -1, "calendar", "previous") == day(reminder)
    assert DAYS.add_working_days(day(due), -1) == day(reminder)


@pytest.mark.parametrize(("rule", "due"), [("next", "2026-10-08"), ("previous", "2026-09-30"), ("keep", "2026-10-03")])
def test_a_day_off_is_moved_by_its_rule(rule, due):
    assert DAYS.roll(day("2026-10-03"), rule) == day(due)


@pytest.mark.parametrize("rule", ["next", "previous", "keep"])
def test_a_working_day_is_moved_by_no_rule(rule):
    assert DAYS.roll(day("2026-11-24"), rule) == day("2026-11-24")


def test_an_unknown_rule_or_kind_of_day_is_an_error():
    with pytest.raises(ValueError, match="sideways"):
        DAYS.roll(T0, "sideways")
    with pytest.raises(ValueError, match="lunar"):
        DAYS.add(T0, 1, "lunar", "next")


def test_no_working_days_after_a_day_off_is_that_day_until_it_is_rolled():
    saturday = day("2026-11-21")

    assert DAYS.add_working_days(saturday, 0) == saturday
    assert DAYS.add(saturday, 0, "working", "next") == day("2026-11-23")


def test_working_days_between_turn_negative_with_the_order():
    assert DAYS.working_days_between(day("2026-09-30"), day("2026-10-08")) == 1
    assert DAYS.working_days_between(day("2026-10-08"), day("2026-09-30")) == -1
    assert DAYS.working_days_between(T0, T0) == 0


@pytest.mark.parametrize("count", [-250, -23, -1, 1, 23, 250])
def test_counting_undoes_adding(count):
    assert DAYS.working_days_between(T0, DAYS.add_working_days(T0, count)) == count


def test_a_year_without_data_counts_monday_to_friday_and_says_so():
    assert not DAYS.has_data(2050)
    assert DAYS.is_working_day(day("2050-10-03"))
    assert not DAYS.is_working_day(day("2050-10-02"))


@pytest.mark.parametrize(("year", "known"), [(2003, False), (2004, True), (2020, True), (2026, True)])
def test_the_package_knows_its_years(year, known):
    assert DAYS.has_data(year) is known


def test_our_rows_stand_above_the_package_and_make_a_year_known():
    days = Calendar({day("2026-11-24"): False, day("2050-10-02"): True})

    assert not days.is_working_day(day("2026-11-24"))
    assert days.is_working_day(day("2050-10-02"))
    assert days.has_data(2050)


@pytest.mark.django_db
def test_the_calendar_is_loaded_in_one_query(django_assert_num_queries):
    Holiday.objects.create(date=day("2050-10-03"), kind="holiday", name="国庆节")
    Holiday.objects.create(date=day("2050-10-08"), kind="workday", name="国庆节")

    with django_assert_num_queries(1):
        days = Calendar.load()
        working = [days.is_working_day(day("2050-10-01") + dt.timedelta(n)) for n in range(8)]

    assert working == [False, False, False, True, True, True, True, True]
