"""I4: what a ledger says comes back cell by cell, whatever stands in it, and saying it again changes nothing."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from core.dates import FuzzyDate, month_end
from ledgers import exporting, services
from ledgers.layouts.base import Context, Layout
from ledgers.layouts.known import LAYOUTS
from ledgers.recognise import read_rows
from ledgers.values import Amount
from ledgers.writing import write_csv, write_xlsx
from tests.factories import NOW, TODAY
from tests.ledgers.conftest import Upload

NASTY = (
    "=1+1", "=HYPERLINK(\"http://example.invalid\")", "+a", "-5", "－5", "＝1+1", "@x", "'x", "'=1", "''", "007", "410105199001010017", "1E5",
    "3.10", "2026-3-5", "1/2", "TRUE", "第一行\n第二行", "a\tb", "\"引号\",逗号", "；、，。", "😀🏭", "𠮷野𡈽", "ＡＢＣ１２３", "全　角", "_x000D_", "_x0041_",
    "<r>…</r>", "<b>&amp;</b>", "]]>", "&#10;", "%00", "#N/A?", "No. 1", "a\u200bb", "e\u0301",
)  # fmt: skip
LONG = ("=长\n" * 9_000).strip()  # near the limit of a cell; what is blank at the edges of a cell is never kept


def text(number: int, place: int) -> str:
    """Another nasty text in every column of a row."""
    return NASTY[(number + 5 * place) % len(NASTY)]


def signed(number: int) -> dict[str, Any]:
    """Row `number` of T1; what is said of a company is unlike what is said of any other."""
    day = dt.date(2024, 1, 1) + dt.timedelta(days=number)
    dates = (FuzzyDate(day), FuzzyDate(month_end(2026, number % 12 + 1), "month"), FuzzyDate(dt.date(2027, 12, 31), "year"))
    amount = Decimal(number * 37 + 100) + Decimal("0.0001") * number
    words = ("exact", "about", "near", "over", "at_least", "at_most")
    return {
        "name": f"{text(number, 0)[:40]} 测试{number:03d}项目",
        "investor": f"测试{number:03d}光电有限公司",
        "investor_city": f"{number:03d}",
        "investor_ownership": text(number, 1)[:20],
        "qualifications": ["高新技术企业", "专精特新"][: number % 3] or None,
        "kind": ("formal", "intent", "framework")[number % 3],
        "signed_on": dates[0],
        "our_unit": text(number, 2)[:40],
        "amount": Amount(amount, words[number % len(words)]),
        "fixed": Amount(amount / 2, words[number // 4 % len(words)]) if number % 4 == 0 else None,
        "amount_outside": Amount(Decimal(number), words[number % len(words)]),
        "site": text(number, 3)[:50],
        "summary": LONG if number == 100 else text(number, 4),
        "land_mu": Decimal(number) / 4,
        "company": f"测试{number:03d}项目公司" if number % 2 else None,
        "company_credit_code": f"9141080000{number:08d}" if number % 2 else None,
        "stage": "签约",
        "start": dates[number % 3],
        "progress": text(number, 5),
        "leaders": ["测试领导甲", f"测试领导{number}"],
        "department": "测试招商中心",
        "contact": [(f"联系人{number:05d}", f"138{number:08d}")],
        "problems": text(number, 6),
        "next_plan": text(number, 7),
        "remark": text(number, 8),
    }


def company(number: int) -> dict[str, Any]:
    """Row `number` of the list of companies."""
    return {
        "name": f"测试{number:03d}装备（集团）有限公司",
        "short_name": text(number, 0)[:20],
        "credit_code": f"9141080001{number:08d}",
        "kind": "enterprise",
        "ownership": text(number, 1)[:20],
        "region": "cn",
        "city": text(number, 2)[:20],
        "focus": text(number, 3)[:20],
        "note": LONG if number == 100 else text(number, 4),
        "owner": "测试员甲",
    }


def as_read(layout: Layout, row: dict[str, Any]) -> dict[str, Any]:
    """What reading a row has to give: nothing for an empty cell."""
    return {column.key: row[column.key] for column in layout.written if row.get(column.key) is not None}


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The values of every row of a file."""
    for table in services.read_tables(services.Source(path, path.name)):
        rows, problems = read_rows(table, TODAY)
        assert problems == []
        yield from (row.values for row in rows)


@pytest.mark.parametrize(("code", "make", "count"), [("T1", signed, 300), ("companies", company, 100)])
def test_nasty_texts_come_back_cell_by_cell_and_change_nothing_when_they_come_again(
    code: str, make: Any, count: int, office: User, upload: Upload, tmp_path: Path
):
    layout, rows = LAYOUTS[code], [make(number) for number in range(1, count + 1)]
    write_xlsx(tmp_path / "in.xlsx", layout, rows, context=Context(office, TODAY, TODAY, "测试招商中心"), unmasked=True)
    write_csv(tmp_path / "in.csv", layout, rows, context=Context(office, TODAY, TODAY, "测试招商中心"), unmasked=True)
    said = [as_read(layout, row) for row in rows]

    services.apply(upload(tmp_path / "in.xlsx"), by=office, now=NOW)

    for name in ("in.xlsx", "in.csv"):
        again = services.check(upload(tmp_path / name), by=office, today=TODAY)
        assert (again.problems, again.plan.rows, again.plan.changes_nothing) == ([], count, True)
    for name in ("out.xlsx", "out.csv"):
        assert exporting.export(layout, tmp_path / name, by=office, now=NOW, filters={}) == count
        assert list(read(tmp_path / name)) == said
