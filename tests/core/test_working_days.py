"""Vectors of domain.md 2.2 and 2.4 and of design.md 4."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import Holiday
from core.working_days import Calendar

SIGNED = dt.date(2020, 10, 12)  # the day of the Shenzhen signing, a Monday
PACKAGE = Calendar()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("days", "due"),
    [
        (30, "2020-11-11"),
        (90, "2021-01-11"),  # a Sunday
        (180, "2021-04-12"),  # a Saturday
        (540, "2022-04-06"),  # 清明
        (720, "2022-10-08"),  # 国庆; a Saturday on which people work
    ],
)
def test_a_planned_date_on_a_day_off_goes_to_the_next_working_day(days, due):
    assert PACKAGE.add(SIGNED, days) == day(due)


@pytest.mark.parametrize(("days", "due"), [(5, "2020-10-19"), (10, "2020-10-26"), (30, "2020-11-23"), (0, "2020-10-12")])
def test_working_days_are_counted_from_the_day_after(days, due):
    assert PACKAGE.add_working_days(SIGNED, days) == day(due)
    assert PACKAGE.add(SIGNED, days, "working") == day(due)
    assert PACKAGE.working_days_between(SIGNED, day(due)) == days


OFF_2026 = [
    *("2026-01-01", "2026-01-03", "2026-02-15", "2026-02-23", "2026-04-04", "2026-04-06", "2026-05-01", "2026-05-05"),
    *("2026-06-19", "2026-06-21", "2026-09-25", "2026-09-27", "2026-10-01", "2026-10-07"),
]
WORKED_2026 = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10", "2026-02-24", "2026-10-08"]


@pytest.mark.parametrize("text", [*OFF_2026, "2020-10-01", "2020-10-08", "2026-11-28", "2026-11-29"])
def test_the_days_that_the_state_council_made_free_are_no_working_days(text):
    assert not PACKAGE.is_working_day(day(text))


@pytest.mark.parametrize("text", [*WORKED_2026, "2020-09-27", "2020-10-09", "2020-10-10", "2026-11-24"])
def test_the_saturdays_and_sundays_that_are_worked_are_working_days(text):
    assert PACKAGE.is_working_day(day(text))


@pytest.mark.parametrize(("due", "reminded"), [("2026-11-30", "2026-11-27"), ("2026-10-08", "2026-09-30")])
def test_one_day_before_falls_back_to_the_previous_working_day(due, reminded):
    assert PACKAGE.add(day(due), -1, "calendar", "previous") == day(reminded)
    assert PACKAGE.add_working_days(day(due), -1) == day(reminded)


@pytest.mark.parametrize(("rule", "moved"), [("next", "2026-10-08"), ("previous", "2026-09-30"), ("keep", "2026-10-03")])
def test_a_day_off_moves_by_its_rule(rule, moved):
    assert PACKAGE.roll(day("2026-10-03"), rule) == day(moved)


@pytest.mark.parametrize("rule", ["next", "previous", "keep"])
def test_a_working_day_stays_where_it_is(rule):
    assert PACKAGE.roll(day("2026-11-24"), rule) == day("2026-11-24")


def test_an_unknown_rule_or_kind_of_day_is_an_error():
    with pytest.raises(ValueError, match="no such day-off rule: later"):
        PACKAGE.roll(SIGNED, "later")
    with pytest.raises(ValueError, match="no such kind of day: lunar"):
        PACKAGE.add(SIGNED, 1, "lunar")


def test_a_year_without_data_counts_monday_to_friday_and_says_so():
    assert PACKAGE.has_data(2026)
    assert not PACKAGE.has_data(2090)
    assert PACKAGE.is_working_day(day("2090-10-02"))  # a Monday
    assert not PACKAGE.is_working_day(day("2090-10-01"))


@pytest.mark.django_db
def test_our_own_table_stands_above_the_package_and_is_read_once(django_assert_num_queries):
    Holiday(date=day("2026-11-24"), kind=Holiday.Kind.HOLIDAY).save()
    Holiday(date=day("2026-11-28"), kind=Holiday.Kind.WORKDAY).save()
    Holiday(date=day("2090-10-02"), kind=Holiday.Kind.HOLIDAY).save()

    with django_assert_num_queries(1):
        calendar = Calendar.load()
        worked = [calendar.is_working_day(day(text)) for text in ("2026-11-24", "2026-11-28", "2026-11-25", "2090-10-02")]

    assert worked == [False, True, True, False]
    assert calendar.has_data(2090)


DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2026, 12, 31))


@given(DAYS, st.integers(1, 60))
def test_counting_on_lands_on_the_working_day_that_many_later(start, count):
    end = PACKAGE.add_working_days(start, count)

    assert PACKAGE.is_working_day(end)
    assert PACKAGE.working_days_between(start, end) == count


@given(DAYS, st.integers(1, 60))
def test_counting_back_from_a_working_day_is_counting_on_turned_round(start, count):
    start = PACKAGE.next_working_day(start)

    assert PACKAGE.add_working_days(PACKAGE.add_working_days(start, -count), count) == start


@given(DAYS, DAYS)
def test_the_way_back_is_as_long_as_the_way_there(start, end):
    assert PACKAGE.working_days_between(start, end) == -PACKAGE.working_days_between(end, start)
