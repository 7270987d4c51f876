"""Dates as people write them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import DateError, FuzzyDate, Precision, from_excel_serial, fuzzy, fuzzy_date_fields, month_end, parse

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    "text",
    [
        "2026年11月24日",
        "2026年 11月 24日",
        "２０２６年１１月２４日",
        "2026年11月24号",
        "2026-11-24",
        "2026/11/24",
        "2026.11.24",
        "20261124",
        "2026-11-24 08:40:00",
        "2026-11-24T08:40",
        dt.date(2026, 11, 24),
        dt.datetime(2026, 11, 24, 8, 40),
    ],
)
def test_a_whole_date_is_read_to_the_day(text):
    found = parse(text, TODAY)

    assert found == FuzzyDate(dt.date(2026, 11, 24), "day")
    assert type(found.on) is dt.date


@pytest.mark.parametrize(
    ("text", "on", "precision", "inferred"),
    [
        ("2026.11", "2026-11-30", "month", False),
        ("2026-11", "2026-11-30", "month", False),
        ("2026/2", "2026-02-28", "month", False),
        ("2028年2月", "2028-02-29", "month", False),
        ("2026年11月份", "2026-11-30", "month", False),
        ("2026年11月底", "2026-11-30", "month", False),
        ("11月底", "2026-11-30", "month", True),
        ("11月", "2026-11-30", "month", True),
        ("明年3月", "2027-03-31", "month", True),
        ("11月24日", "2026-11-24", "day", True),
        ("去年10月30日", "2025-10-30", "day", True),
        ("三季度", "2026-09-30", "quarter", True),
        ("第三季度", "2026-09-30", "quarter", True),
        ("2026年三季度", "2026-09-30", "quarter", False),
        ("2026年第3季度", "2026-09-30", "quarter", False),
        ("2026Q3", "2026-09-30", "quarter", False),
        ("2027q1", "2027-03-31", "quarter", False),
        ("2026年", "2026-12-31", "year", False),
        ("2026", "2026-12-31", "year", False),
        ("2026年底", "2026-12-31", "year", False),
        ("年底", "2026-12-31", "year", True),
        ("今年底", "2026-12-31", "year", True),
    ],
)
def test_a_period_is_its_last_day_and_a_missing_year_is_inferred(text, on, precision, inferred):
    assert parse(text, TODAY) == FuzzyDate(dt.date.fromisoformat(on), precision, inferred)


@pytest.mark.parametrize("text", ["", " ", "/", "-", "—", "无", "暂无", "待定", None])
def test_a_blank_sign_is_no_date(text):
    assert parse(text, TODAY) == FuzzyDate(None, "unknown")


@pytest.mark.parametrize("text", ["11/12/26", "1/2/2026", "26.11.24", "11.24", "11-24"])
def test_numbers_whose_order_is_unclear_are_refused(text):
    with pytest.raises(DateError, match="分不清年、月、日：请写成 2026-11-24"):
        parse(text, TODAY)


@pytest.mark.parametrize("text", ["2026年2月30日", "2026-13", "13月", "20261399", "2026-00-01"])
def test_a_day_that_is_not_in_the_calendar_is_refused(text):
    with pytest.raises(DateError, match="日历上没有"):
        parse(text, TODAY)


@pytest.mark.parametrize(
    "text", ["已开工", "日前", "202611", "2026 11 24", "2026-11/24", "2026年11月24日-26日", "3月、5月", "1066"]
)
def test_what_is_no_single_date_is_refused_with_an_example(text):
    with pytest.raises(DateError, match="请写成 2026-11-24、2026年11月"):
        parse(text, TODAY)


def test_a_bare_serial_number_is_told_to_become_a_date():
    with pytest.raises(DateError, match="Excel 日期序号"):
        parse("46350", TODAY)


@pytest.mark.parametrize(
    ("serial", "on"),
    [
        (1, "1900-01-01"),
        (59, "1900-02-28"),
        (61, "1900-03-01"),
        (44116, "2020-10-12"),
        (46350, "2026-11-24"),
        (46350.99, "2026-11-24"),
        (2_958_465, "9999-12-31"),
    ],
)
def test_an_excel_serial_counts_from_1900(serial, on):
    assert from_excel_serial(serial) == dt.date.fromisoformat(on)


@pytest.mark.parametrize("serial", [0, -1, 60, 60.5, 2_958_466, float("nan"), float("inf")])
def test_a_serial_that_is_no_day_is_refused(serial):
    with pytest.raises(DateError):
        from_excel_serial(serial)


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (FuzzyDate(dt.date(2020, 10, 12)), "2020年10月12日"),
        (FuzzyDate(dt.date(2020, 10, 12), "day", inferred=True), "2020年10月12日（推定）"),
        (FuzzyDate(dt.date(2026, 3, 31), "month"), "2026年3月"),
        (FuzzyDate(dt.date(2026, 9, 30), "quarter"), "2026年三季度"),
        (FuzzyDate(dt.date(2026, 12, 31), "year"), "2026年"),
        (FuzzyDate(dt.date(2026, 12, 31), "year", inferred=True), "2026年（推定）"),
        (FuzzyDate(None, "unknown"), "—"),
        (FuzzyDate(None, "day", inferred=True), "—"),
        (FuzzyDate(dt.date(2026, 12, 31), "unknown"), "—"),
    ],
)
def test_a_date_is_shown_as_people_write_it(date, text):
    assert str(date) == text


@given(day=st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), precision=st.sampled_from(["day", "month", "quarter", "year"]))
def test_what_is_shown_is_read_back(day, precision):
    ends = {"day": day, "month": month_end(day.year, day.month), "year": dt.date(day.year, 12, 31)}
    ends["quarter"] = month_end(day.year, (day.month + 2) // 3 * 3)
    date = FuzzyDate(ends[precision], precision)

    assert parse(str(date), TODAY) == date


def test_the_three_columns_of_a_fuzzy_date_are_optional_and_named_alike():
    on, precision, inferred = fuzzy_date_fields("签订日期")

    assert [str(field.verbose_name) for field in (on, precision, inferred)] == [
        "签订日期",
        "签订日期（精度）",
        "签订日期（推定）",
    ]
    assert (on.null, on.blank, precision.max_length, precision.default, inferred.default) == (True, True, 8, "day", False)
    assert precision.choices == Precision.choices


class Signing:
    signed_on = dt.date(2026, 3, 31)
    signed_on_precision = "month"
    signed_on_inferred = True


def test_a_row_gives_its_fuzzy_date():
    assert fuzzy(Signing(), "signed_on") == FuzzyDate(dt.date(2026, 3, 31), "month", inferred=True)


def test_a_row_without_the_date_gives_none():
    row = Signing()
    row.signed_on = None

    assert fuzzy(row, "signed_on") == FuzzyDate(None, "unknown")
