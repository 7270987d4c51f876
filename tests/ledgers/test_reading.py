"""What is read of a workbook: cells, dates, merged ranges, sheets, formulas."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from django.conf import LazySettings

from ledgers import reading
from ledgers.reading import counting
from ledgers.reading.caps import Caps, Stopped
from ledgers.reading.refusals import refusal
from ledgers.sheets import Merge, Refused, Sheet, Workbook
from tests.ledgers import biff, bombs

CAPS = Caps()


def read(folder: Path, content: bytes, name: str = "台账.xlsx", caps: Caps = CAPS) -> Workbook:
    return reading.read(bombs.saved(folder, name, content), name, caps=caps)


def read_sheet(folder: Path, content: str) -> Sheet:
    """The sheet with the given <sheetData>."""
    return read(folder, bombs.book(bombs.cells(content))).sheets[0]


def written(fill: Any, **options: Any) -> bytes:
    """A workbook by xlsxwriter; `fill` gets the book and its first sheet."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, options)
    fill(book, book.add_worksheet("台账"))
    book.close()
    return buffer.getvalue()


def test_values_come_as_what_they_are(tmp_path: Path):
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row("A1", ["测试光电有限公司", 3, 1.5, True, 1e300, -7, "007"])

    rows = read(tmp_path, written(fill)).sheets[0].rows

    assert rows == [["测试光电有限公司", 3, 1.5, True, 1e300, -7, "007"]]
    assert [type(cell) for cell in rows[0]] == [str, int, float, bool, float, int, str]


def test_a_code_of_18_digits_that_became_a_number_is_still_a_number(tmp_path: Path):
    rows = read_sheet(tmp_path, '<row><c r="A1"><v>410105199001010000</v></c></row>').rows

    assert rows == [[410105199001010000]]


def test_a_number_that_is_none_comes_as_text(tmp_path: Path):
    rows = read_sheet(tmp_path, '<row><c r="A1"><v>NaN</v></c><c r="B1"><v>inf</v></c></row>').rows

    assert rows == [["nan", "inf"]]


@pytest.mark.parametrize("from_1904", [False, True])
def test_dates_are_the_same_in_both_systems(from_1904: bool, tmp_path: Path):
    def fill(book: Any, sheet: Any) -> None:
        for column, form in enumerate(["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "yyyy-mm-dd hh:mm"]):
            sheet.write_datetime(0, column, dt.datetime(2026, 3, 5, 10 * (column == 2)), book.add_format({"num_format": form}))

    rows = read(tmp_path, written(fill, date_1904=from_1904)).sheets[0].rows

    assert rows == [[dt.date(2026, 3, 5), dt.date(2026, 3, 5), dt.datetime(2026, 3, 5, 10)]]


def test_times_and_durations_keep_their_kind(tmp_path: Path):
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_datetime("A1", dt.time(9, 30), book.add_format({"num_format": "hh:mm"}))
        sheet.write("B1", 1.5, book.add_format({"num_format": "[h]:mm"}))

    rows = read(tmp_path, written(fill)).sheets[0].rows

    assert rows == [[dt.time(9, 30), dt.timedelta(hours=36)]]


def test_rows_begin_at_a1_and_end_with_the_content(tmp_path: Path):
    rows = read_sheet(tmp_path, '<row r="3"><c r="C3"><v>1</v></c><c r="D3" s="0"/></row><row r="9"><c r="A9" s="0"/></row>').rows

    assert rows == [[], [], [None, None, 1]]


def test_zero_and_no_are_content(tmp_path: Path):
    rows = read_sheet(tmp_path, '<row><c r="A1"><v>0</v></c></row><row r="2"><c r="A2" t="b"><v>0</v></c></row>').rows

    assert rows == [[0], [False]]


def test_merged_ranges_are_told_as_far_as_there_is_content(tmp_path: Path):
    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:D1", "签约项目台账")
        sheet.merge_range("A3:A4", "甲")
        sheet.write("D4", 1)
        sheet.merge_range("C2:XFD2", "长")
        sheet.merge_range("F9:F10", "")

    sheet = read(tmp_path, written(fill), caps=Caps()).sheets[0]

    assert sheet.merges == [Merge(0, 0, 0, 3), Merge(2, 0, 3, 0), Merge(1, 2, 1, 3)]


def test_all_sheets_come_in_their_order_but_for_charts(tmp_path: Path):
    def fill(book: Any, sheet: Any) -> None:
        sheet.write("A1", 1)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=台账!$A$1:$A$1"})
        book.add_chartsheet("图").set_chart(chart)
        book.add_worksheet("空")
        book.add_worksheet("藏").hide()
        book.add_worksheet("深藏").very_hidden()
        book.add_worksheet("后").write("A1", "末")

    sheets = read(tmp_path, written(fill)).sheets

    assert [(sheet.name, sheet.hidden, sheet.rows) for sheet in sheets] == [
        ("台账", False, [[1]]), ("空", False, []), ("藏", True, []), ("深藏", True, []), ("后", False, [["末"]]),
    ]  # fmt: skip


def test_a_formula_is_its_stored_value(tmp_path: Path):
    two, text, empty = '<c r="A1"><f>1+1</f><v>2</v></c>', "<f>A2</f><v>甲</v></c>", '<f>""</f><v></v></c>'

    sheet = read_sheet(tmp_path, f'<row>{two}<c r="B1" t="str">{text}<c r="C1" t="str">{empty}</row>')

    assert sheet.rows == [[2, "甲"]]
    assert sheet.uncomputed == set()


def test_a_formula_without_a_stored_value_is_told(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.append(["合计", "=1+1", 5])
    book.create_sheet("其他")["C3"] = "=A1"
    buffer = io.BytesIO()
    book.save(buffer)

    first, second = read(tmp_path, buffer.getvalue()).sheets

    assert (first.rows, first.uncomputed) == ([["合计", None, 5]], {(0, 1)})
    assert (second.rows, second.uncomputed) == ([[], [], [None, None, None]], {(2, 2)})


@pytest.mark.parametrize(
    "formula",
    [
        "<f>1+1</f>", "<f>1+1</f><v/>", "<f>1+1</f><v></v>", "<f/>", '<f t="shared" si="0"/>', '<f ca="1">\n1</f>\n<v />',
        '<f t="array" ref="A1">1</f><v xml:space="preserve"></v>',
    ],
)  # fmt: skip
@pytest.mark.parametrize("begin", ['<c r="A1">', '<c r="A1" s="0" t="n">', "<c>", "<c r='A1'>"])
def test_every_form_of_a_formula_without_value_is_known(begin: str, formula: str, tmp_path: Path):
    content = bombs.book(bombs.cells(f"<row>{begin}{formula}</c></row>"))

    counted = counting.count(io.BytesIO(content), CAPS)[bombs.SHEET]

    assert counted.uncomputed == {(0, 0)}


def test_an_error_is_not_an_empty_cell(tmp_path: Path):
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_formula("B2", "=NA()", None, "#N/A")
        sheet.write_formula("C2", "=1/0", None, "#DIV/0!")

    rows = read(tmp_path, written(fill)).sheets[0].rows

    assert rows == [[], [None, "#N/A", "#DIV/0!"]]


def test_cells_that_do_not_say_where_they_are_are_counted_through(tmp_path: Path):
    content = "<row><c><v>1</v></c><c/><c><f>1</f></c></row><row/><row><c t='e'><v>#REF!</v></c><c><v>3</v></c></row>"

    sheet = read_sheet(tmp_path, content)

    assert sheet.rows == [[1, None, None], [], ["#REF!", 3]]
    assert sheet.uncomputed == {(0, 2)}


def test_prefixed_names_are_the_same_names(tmp_path: Path):
    sheet = (
        f'<?xml version="1.0"?><x:worksheet xmlns:x="{bombs.MAIN}"><x:sheetData><x:row r="2">'
        '<x:c r="A2"><x:v>1</x:v></x:c><x:c r="B2"><x:f>1</x:f></x:c></x:row></x:sheetData></x:worksheet>'
    )

    found = read(tmp_path, bombs.book(sheet.encode())).sheets[0]

    assert found.rows == [[], [1, None]]
    assert found.uncomputed == {(1, 1)}


def test_a_million_rows_that_are_only_styled_do_no_harm(tmp_path: Path):
    styled = "".join(f'<row r="{i}" s="1"><c r="A{i}" s="1"/><c r="B{i}" s="1"/></row>' for i in range(2, 2**20 + 1))

    sheet = read_sheet(tmp_path, bombs.number("A1", 5) + styled)

    assert sheet.rows == [[5]]


@pytest.mark.parametrize("chunk", [1, 7, 64, 1000])
def test_it_does_not_matter_where_the_stream_is_cut(chunk: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ledgers.reading.parts.CHUNK", chunk)
    content = "".join(f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="GR{i}"><f>A{i}</f></c></row>' for i in range(1, 301))

    counted = counting.count(io.BytesIO(bombs.book(bombs.cells(content))), CAPS)[bombs.SHEET]

    assert (counted.cells, counted.last_row, counted.last_column) == (600, 300, 200)
    assert counted.uncomputed == {(row, 199) for row in range(300)}


@pytest.mark.parametrize(
    ("caps", "reason"),
    [
        (Caps(rows=2), "rows"),
        (Caps(columns=1), "columns"),
        (Caps(cells=5), "cells"),
        (Caps(strings=1), "strings"),
        (Caps(merges=1), "merges"),
        (Caps(text=1), "text"),
        (Caps(part_bytes=100), "inflated"),
        (Caps(inflated_bytes=1000), "inflated"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_too_much_is_found_before_parsing(caps: Caps, reason: str):
    merged = '<mergeCells><mergeCell ref="A1:A2"/><mergeCell ref="B1:B2"/></mergeCells>'
    sheet = bombs.worksheet(f"<sheetData>{bombs.number('A1')}{bombs.number('B3')}</sheetData>{merged}")
    content = bombs.book(sheet, strings=b"<sst><si><t>a</t></si><si/></sst>")

    with pytest.raises(Stopped) as caught:
        counting.count(io.BytesIO(content), caps)

    assert caught.value.reason == reason


def test_exactly_the_cap_is_still_read(tmp_path: Path):
    caps = Caps(rows=3, columns=2, cells=6, strings=2)
    content = bombs.book(bombs.cells(bombs.number("A1") + bombs.number("B3")))

    sheet = read(tmp_path, content, caps=caps).sheets[0]

    assert sheet.rows == [[1], [], [None, 1]]


def test_an_xls_is_read(tmp_path: Path):
    cells = [(0, 0, "签约项目台账", 0), (2, 1, 1.5, 0), (2, 2, 46086.0, biff.DATE), (3, 0, 3.0, 0)]

    sheet = read(tmp_path, biff.xls(*cells, merged=(0, 0, 0, 2)), "台账.XLS").sheets[0]

    assert sheet.rows == [["签约项目台账"], [], [None, 1.5, dt.date(2026, 3, 5)], [3]]
    assert (sheet.name, sheet.merges) == ("台账", [Merge(0, 0, 0, 2)])


def test_dates_of_an_xls_may_count_from_1904(tmp_path: Path):
    content = biff.xls((0, 0, 46086.0 - 1462, biff.DATE), from_1904=True)

    assert read(tmp_path, content, "台账.xls").sheets[0].rows == [[dt.date(2026, 3, 5)]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (biff.xls((0, 0, 1.0, 0), locked=True), "encrypted"),
        (biff.xls((20_000, 0, 1.0, 0)), "rows"),
        (biff.xls((0, 200, 1.0, 0)), "columns"),
        (biff.xls((0, 0, 1.0, 0))[:2000], "damaged"),
    ],
    ids=["locked", "rows", "columns", "cut off"],
)
def test_an_xls_has_the_same_caps(content: bytes, code: str, tmp_path: Path):
    with pytest.raises(Refused) as caught:
        read(tmp_path, content, "台账.xls")

    assert caught.value.code == code


def test_the_caps_are_settings(settings: LazySettings):
    settings.LEDGER_MAX_ROWS, settings.LEDGER_MAX_FILE_BYTES = 500, 1000

    caps = Caps.from_settings()

    assert (caps.rows, caps.strings, caps.file_bytes, caps.columns) == (500, 10_000, 1000, 200)


@pytest.mark.parametrize(("vendor", "rows"), [("sqlite", 20_000), ("postgresql", 100_000)])
def test_more_rows_are_read_on_postgresql_and_sqlite_says_so(vendor: str, rows: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("django.db.connection.vendor", vendor, raising=False)

    refused = refusal("rows", found=rows + 1, limit=rows)

    assert Caps.from_settings().rows == rows
    assert ("PostgreSQL" in refused.message) == (vendor == "sqlite")
    assert str(rows) in refused.message


def test_et_is_told_what_to_do(tmp_path: Path):
    with pytest.raises(Refused) as caught:
        read(tmp_path, b"x", "台账.et")

    assert "请在 WPS 另存为 .xlsx" in caught.value.message
