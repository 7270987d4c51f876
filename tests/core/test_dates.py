"""domain.md 4.6: dates as newspapers and ledgers write them, read on 24 November 2026."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import DateError, FuzzyDate, Precision, from_excel_serial, fuzzy, month_end, parse
from events.models import Event
from tests.factories import TODAY

WRITTEN = {
    # domain.md 4.6
    "2026年11月24日": ("2026-11-24", "day", False),
    "2026.11.24": ("2026-11-24", "day", False),
    "2026-11": ("2026-11-30", "month", False),
    "11月底": ("2026-11-30", "month", True),
    "三季度": ("2026-09-30", "quarter", True),
    # to the day
    "2026-11-24": ("2026-11-24", "day", False),
    "2026/11/24": ("2026-11-24", "day", False),
    "2026/1/5": ("2026-01-05", "day", False),
    "20261124": ("2026-11-24", "day", False),
    "2026年11月24号": ("2026-11-24", "day", False),
    "2026-11-24 10:00": ("2026-11-24", "day", False),
    "2026-11-24T10:00:00": ("2026-11-24", "day", False),
    "10月12日": ("2026-10-12", "day", True),
    "去年10月30日": ("2025-10-30", "day", True),
    "2024年2月29日": ("2024-02-29", "day", False),
    # to the month, quarter, year
    "2026.1": ("2026-01-31", "month", False),
    "2026年11月份": ("2026-11-30", "month", False),
    "２０２６年１１月": ("2026-11-30", "month", False),
    "2026年 2月": ("2026-02-28", "month", False),
    "明年3月": ("2027-03-31", "month", True),
    "2026年三季度": ("2026-09-30", "quarter", False),
    "2026年第一季度": ("2026-03-31", "quarter", False),
    "2026年Q4": ("2026-12-31", "quarter", False),
    "3季度末": ("2026-09-30", "quarter", True),
    "2026": ("2026-12-31", "year", False),
    "2026年": ("2026-12-31", "year", False),
    "2026年底": ("2026-12-31", "year", False),
    "年底": ("2026-12-31", "year", True),
    "去年底": ("2025-12-31", "year", True),
}
REFUSED = {
    "去年10月30日和31日": "一格一个日期",
    "昨日": "看不懂",
    "日前": "看不懂",
    "今年年初以来": "看不懂",
    "2026年上半年": "看不懂",
    "12": "看不懂",
    "2026 11": "看不懂",
    "24/11/2026": "分不清年、月、日",
    "26-11-24": "分不清年、月、日",
    "11-24": "分不清年、月、日",
    "46350": "Excel 日期序号",
    "2026年2月30日": "日历上没有",
    "2025-02-29": "日历上没有",
    "13月": "日历上没有",
    "2026-11-24-25": "看不懂",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_date_is_read_as_people_write_it(text):
    on, precision, inferred = WRITTEN[text]

    assert parse(text, TODAY) == FuzzyDate(dt.date.fromisoformat(on), precision, inferred)


@pytest.mark.parametrize("text", [None, "", " ", "/", "—", "待定", "不详"])
def test_what_is_not_stated_is_unknown(text):
    assert parse(text, TODAY) == FuzzyDate(None, Precision.UNKNOWN)


@pytest.mark.parametrize("text", REFUSED)
def test_what_would_have_to_be_guessed_is_refused_with_a_sentence(text):
    with pytest.raises(DateError, match=REFUSED[text]) as error:
        parse(text, TODAY)

    assert text in str(error.value)


@pytest.mark.parametrize("value", [dt.date(2026, 11, 24), dt.datetime(2026, 11, 24, 10, 0)])
def test_a_date_of_a_spreadsheet_is_taken_as_it_is(value):
    assert parse(value, dt.date(2020, 1, 1)) == FuzzyDate(dt.date(2026, 11, 24))


@pytest.mark.parametrize(
    ("fuzzy_date", "text"),
    [
        (FuzzyDate(dt.date(2026, 11, 5)), "2026年11月5日"),
        (FuzzyDate(dt.date(2026, 11, 30), "month"), "2026年11月"),
        (FuzzyDate(dt.date(2026, 9, 30), "quarter"), "2026年三季度"),
        (FuzzyDate(dt.date(2026, 12, 31), "year"), "2026年"),
        (FuzzyDate(dt.date(2020, 10, 12), "day", True), "2020年10月12日（推定）"),
        (FuzzyDate(None, "unknown"), "—"),
        (FuzzyDate(dt.date(2026, 12, 31), "unknown"), "—"),
        (FuzzyDate(None), "—"),
    ],
)
def test_a_date_is_shown_no_more_exactly_than_it_is_known(fuzzy_date, text):
    assert str(fuzzy_date) == text


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_what_is_shown_is_read_back_as_it_was(day):
    shown = [FuzzyDate(day), FuzzyDate(month_end(day.year, day.month), Precision.MONTH)]

    assert [parse(str(date), TODAY) for date in shown] == shown


@given(st.text(alphabet="0123456789年月日季度Qq一二三四底末去今明-/. :T", max_size=14))
def test_any_text_is_read_or_refused_but_never_breaks(text):
    try:
        found = parse(text, TODAY)
    except DateError:
        return

    assert (found.on is None) == (found.precision == Precision.UNKNOWN)


@pytest.mark.parametrize(
    ("serial", "day"),
    [
        (1, "1900-01-01"),
        (59, "1900-02-28"),
        (61, "1900-03-01"),
        (44116, "2020-10-12"),
        (46350, "2026-11-24"),
        (46350.75, "2026-11-24"),
        (2_958_465, "9999-12-31"),
    ],
)
def test_an_excel_serial_number_is_a_day(serial, day):
    assert from_excel_serial(serial) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("serial", [0, 0.5, -1, 60, 60.5, 2_958_466])
def test_a_number_that_is_no_excel_day_is_refused(serial):
    with pytest.raises(DateError, match="不是 Excel 日期序号"):
        from_excel_serial(serial)


@pytest.mark.parametrize(("year", "month", "day"), [(2026, 2, 28), (2024, 2, 29), (2026, 12, 31), (2026, 4, 30)])
def test_a_month_ends_on_its_last_day(year, month, day):
    assert month_end(year, month) == dt.date(year, month, day)


def test_the_three_columns_of_a_row_are_one_fuzzy_date():
    row = Event(starts_on=dt.date(2026, 11, 30), starts_on_precision="month", starts_on_inferred=True)

    assert fuzzy(row, "starts_on") == FuzzyDate(dt.date(2026, 11, 30), "month", True)
    assert fuzzy(Event(), "starts_on") == FuzzyDate(None, "unknown")
