"""Days as people say them: right, or asked; never silently wrong. The table is `phrases.csv`."""

import csv
import datetime as dt
from pathlib import Path

import pytest

from core import phrases
from core.working_days import Calendar

pytestmark = pytest.mark.django_db
ROWS = list(csv.DictReader(Path(__file__).with_name("phrases.csv").read_text(encoding="utf-8").splitlines()))
ASK = "ask"


def answer(row: dict[str, str]) -> str:
    """The day that is taken without a question, else “ask”."""
    said = phrases.read(row["phrase"], today=dt.date.fromisoformat(row["today"]), days=Calendar.load(), prefer=row["prefer"])
    return str(said.on) if said and said.certain and said.on else ASK


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['phrase']} on {row['today']}")
def test_a_phrase_is_read_as_people_mean_it(row):
    assert answer(row) == row["expected"]


def test_the_table_is_long_enough():
    assert len(ROWS) >= 60
    assert sum(row["expected"] != ASK for row in ROWS) >= 55


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("今天谈了厂房，下周三回访", ["今天", "下周三"]),
        ("投资12.5亿，月底签约", ["月底"]),
        ("昨天去了15号楼看3号厂房", ["昨天"]),
        ("报价12.5，等12月5日答复", ["12月5日"]),
        ("没有说日子", []),
    ],
)
def test_phrases_are_found_in_a_sentence_and_numbers_are_not(sentence, found):
    said = phrases.find(sentence, today=dt.date(2026, 11, 24), days=Calendar.load())

    assert [item.phrase for item in said] == found
    assert [sentence[item.start : item.end] for item in said] == found


def test_a_calendar_without_data_makes_a_working_day_doubtful():
    said = phrases.read("5个工作日后", today=dt.date(2026, 12, 29), days=Calendar(), prefer="future")

    assert said is not None
    assert not said.certain
