import datetime as dt
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from ledgers.layouts.base import Column, Context, Layout
from ledgers.writing import mark_errors, problem_table, write_xlsx

REASONS_HEAD = "导入问题（系统填写，导入时忽略）"
RED = "FFFFC7CE"
TODAY = dt.date(2026, 11, 24)


@dataclass(frozen=True)
class Problem:
    sheet: str = "签约"
    cell: str = ""
    row: int = 0
    column: str = ""
    value: str = ""
    code: str = "amount"
    message: str = "看不懂：请改写"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Title, unit line, heads in two rows, three rows of which two share a cell, a sum by formula, a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "签约"
    for line in (
        ["2026年签约项目台账"],
        ["填报时间：2026年11月24日"],
        ["序号", "项目名称", "投资额", None, "责任单位"],
        [None, None, "合同总投资", "固投"],
        [1, "测试光电产业园", "约三亿", 1.5, "测试中心"],
        [2, "\u00a0=1+1", "1.5", 0.8, None],
        [3, "0012\n二期🚀", 2, dt.datetime(2026, 3, 5), "测试二中心"],
        ["合计", None, "=SUM(C5:C7)", "=D5+D6", None],
        ["备注：由责任单位核对"],
    ):
        sheet.append(line)
    for area in ("A1:E1", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "E5:E6"):
        sheet.merge_cells(area)
    sheet["B6"].data_type = "s"
    sheet["B5"].font, sheet["B5"].fill = Font(name="仿宋", b=True), PatternFill("solid", fgColor="FF00FF00")
    sheet["D5"].number_format = "0.0000"
    sheet["D5"].comment = Comment("看附件", "测试员甲")
    sheet.column_dimensions["B"].width = 33
    book.create_sheet("说明")["A1"] = "怎么填"
    book.save(tmp_path / "source.xlsx")
    return tmp_path / "source.xlsx"


def marked(source: Path, *problems: Problem) -> Worksheet:
    target = source.with_name("marked.xlsx")
    mark_errors(source, target, problems)
    return openpyxl.load_workbook(target)["签约"]


def colours(sheet: Worksheet) -> set[str]:
    return {cell.coordinate for line in sheet.iter_rows() for cell in line if cell.fill.fgColor.rgb == RED}


def looks(cell: Cell) -> tuple[object, ...]:
    return (
        cell.font.name,
        cell.font.b,
        cell.fill.fill_type,
        cell.fill.fgColor.rgb,
        cell.border.top.style,
        cell.alignment.wrap_text,
    )


def test_a_bad_cell_is_coloured_and_says_why(source: Path):
    sheet = marked(source, Problem(cell="C5", row=5, column="投资额/合同总投资", message="看不懂金额“约三亿”：请写成 约3亿元"))

    assert colours(sheet) == {"C5"}
    assert sheet["C5"].comment.text == "【导入检查】看不懂金额“约三亿”：请写成 约3亿元"
    assert sheet["C5"].value == "约三亿"


def test_the_reasons_of_a_row_stand_right_of_the_table(source: Path):
    sheet = marked(
        source,
        Problem(cell="C5", row=5, column="合同总投资", message="看不懂：请改写"),
        Problem(cell="D5", row=5, column="固投", message="单位错了：请核对"),
        Problem(cell="B7", row=7, column="项目名称", message="重名：请改名"),
    )

    assert (sheet["F3"].value, sheet["F4"].value) == (REASONS_HEAD, None)
    assert "F3:F4" in {str(area) for area in sheet.merged_cells.ranges}
    assert sheet["F5"].value == "C5 合同总投资：看不懂：请改写\nD5 固投：单位错了：请核对"
    assert [sheet[f"F{number}"].value for number in (6, 7, 8)] == [None, "B7 项目名称：重名：请改名", None]


def test_a_problem_of_a_whole_row_colours_its_number(source: Path):
    sheet = marked(source, Problem(row=6, message="系统里已有相似的项目：请选定"))

    assert colours(sheet) == {"A6"}
    assert sheet["F6"].value == "系统里已有相似的项目：请选定"


def test_a_problem_of_the_sheet_or_its_heads_is_told_at_the_head_of_the_reasons(source: Path):
    sheet = marked(
        source,
        Problem(message="还有 7 处问题没有列出：请先改好"),
        Problem(sheet="", cell="A3", row=3, message="没有找到“备注”一列：请补上"),
    )

    assert colours(sheet) == {"A3", "F3"}
    assert sheet["F3"].comment.text == "【导入检查】还有 7 处问题没有列出：请先改好\nA3：没有找到“备注”一列：请补上"
    assert sheet["F3"].value == REASONS_HEAD


def test_a_cell_that_is_covered_by_a_merged_one_marks_the_one_that_is_seen(source: Path):
    sheet = marked(source, Problem(cell="E6", row=6, message="没有这个单位：请核对"))

    assert colours(sheet) == {"E5"}
    assert sheet["F6"].value == "E6：没有这个单位：请核对"


def test_a_comment_of_the_user_is_kept(source: Path):
    sheet = marked(source, Problem(cell="D5", row=5, message="太大"), Problem(cell="D5", row=5, message="单位错了"))

    assert sheet["D5"].comment.text == "看附件\n【导入检查】太大\n单位错了"
    assert sheet["D5"].comment.author == "测试员甲"


def test_all_other_cells_and_sheets_stay_as_they_were(source: Path):
    sheet = marked(source, Problem(cell="C5", row=5))

    before = openpyxl.load_workbook(source)
    for line in before["签约"].iter_rows():
        for cell in line:
            copy = sheet[cell.coordinate]
            assert (copy.value, copy.data_type, copy.number_format) == (cell.value, cell.data_type, cell.number_format)
            assert copy.coordinate == "C5" or looks(copy) == looks(cell)
    assert {str(area) for area in before["签约"].merged_cells.ranges} < {str(area) for area in sheet.merged_cells.ranges}
    assert sheet.column_dimensions["B"].width == 33
    assert sheet.parent["说明"]["A1"].value == "怎么填"
    assert sheet.parent["说明"].max_column == 1


def test_formulas_are_the_users_own_and_stay_but_no_text_becomes_one(source: Path):
    sheet = marked(source, Problem(cell="B6", row=6, column="=1+1", message="=1+1"), Problem(row=7, message="=cmd|'/c calc'!A0"))

    formulas = {cell.coordinate for line in sheet.iter_rows() for cell in line if cell.data_type == "f"}
    assert formulas == {"C8", "D8"}
    assert sheet["F7"].value == "=cmd|'/c calc'!A0"


def test_a_text_of_our_own_ledger_that_looks_like_a_formula_stays_a_text(tmp_path: Path):
    layout = Layout("TX", "签约", "签约", None, (Column("name", "项目名称"),), None, None)
    write_xlsx(tmp_path / "a.xlsx", layout, [{"name": "=1+1"}], context=Context(None, TODAY, TODAY))

    sheet = marked(tmp_path / "a.xlsx", Problem(cell="B4", row=4))

    with zipfile.ZipFile(tmp_path / "marked.xlsx") as file:
        assert not re.search(rb"<f[ >/]", file.read("xl/worksheets/sheet1.xml"))
    assert (sheet["B4"].value, sheet["C3"].value) == ("=1+1", REASONS_HEAD)


def test_marking_a_marked_copy_again_leaves_no_old_mark(source: Path):
    marked(source, Problem(cell="C5", row=5), Problem(cell="D5", row=5), Problem(cell="C7", row=7))
    again = source.with_name("marked.xlsx").rename(source.with_name("again.xlsx"))

    sheet = marked(again, Problem(cell="C7", row=7, message="还是看不懂"))

    assert colours(sheet) == {"C7"}
    assert [sheet[f"F{number}"].value for number in range(3, 9)] == [REASONS_HEAD, None, None, None, "C7：还是看不懂", None]
    assert sheet["G3"].value is None
    assert sheet["C5"].comment is None
    assert sheet["D5"].comment.text == "看附件"


def test_signs_that_a_workbook_cannot_hold_are_left_out_of_the_reasons(source: Path):
    sheet = marked(source, Problem(cell="C5", row=5, message="看不懂“\x00\x0b约”" + "很" * 40_000))

    assert sheet["F5"].value.startswith("C5：看不懂“约”很")
    assert len(sheet["F5"].value) <= 32_767


def test_an_address_that_is_none_marks_the_row(source: Path):
    sheet = marked(source, Problem(cell="七", row=7))

    assert colours(sheet) == {"A7"}


def test_a_formatted_cell_at_the_far_end_of_the_sheet_costs_nothing(source: Path):
    book = openpyxl.load_workbook(source)
    book["签约"]["XFD1048576"].font = Font(b=True)
    book.save(source)

    sheet = marked(source, Problem(cell="C5", row=5))

    assert sheet["F3"].value == REASONS_HEAD


def test_a_sheet_without_ordinal_gets_its_reasons_at_its_first_row_of_heads(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.title = "签约"
    for line in (["台账"], ["项目", "投资方", "金额"], ["甲", "乙", "三"]):
        book.active.append(line)
    book.save(tmp_path / "a.xlsx")

    sheet = marked(tmp_path / "a.xlsx", Problem(row=3))

    assert sheet["D2"].value == REASONS_HEAD
    assert colours(sheet) == {"A3"}


PROBLEMS = [
    Problem(cell="F7", row=7, column="投资额", value="=1+1", message="看不懂金额“=1+1”：请改写"),
    Problem(sheet="二", message="还有 3 处"),
]
LISTED = [
    ["表", "单元格", "行", "列", "原值", "问题与处理办法"],
    ["签约", "F7", 7, "投资额", "=1+1", "看不懂金额“=1+1”：请改写"],
    ["二", "", "", "", "", "还有 3 处"],
]


def listed(path: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def test_problems_are_listed_in_a_workbook_of_their_own_without_formulas(tmp_path: Path):
    count = problem_table(tmp_path / "list.xlsx", iter(PROBLEMS))

    assert count == 2
    assert listed(tmp_path / "list.xlsx") == LISTED
    with zipfile.ZipFile(tmp_path / "list.xlsx") as file:
        assert not re.search(rb"<f[ >/]", file.read("xl/worksheets/sheet1.xml"))


@pytest.mark.parametrize(
    "content", ["项目,金额\r\n甲,三\r\n".encode(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", b"PK\x03\x04 broken"]
)
def test_what_is_no_readable_xlsx_gets_a_list_instead(tmp_path: Path, content: bytes):
    (tmp_path / "a.csv").write_bytes(content)

    count = mark_errors(tmp_path / "a.csv", tmp_path / "list.xlsx", PROBLEMS)

    assert count == 2
    assert listed(tmp_path / "list.xlsx") == LISTED


def test_a_workbook_that_cannot_be_copied_gets_a_list_instead(source: Path):
    broken = source.with_name("broken.xlsx")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<styleSheet" if name == "xl/styles.xml" else old.read(name))

    mark_errors(broken, source.with_name("list.xlsx"), PROBLEMS)

    assert listed(source.with_name("list.xlsx")) == LISTED


def test_entities_in_a_workbook_are_not_resolved(source: Path):
    hostile = source.with_name("hostile.xlsx")
    doctype = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bomb">]>'
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(hostile, "w") as new:
        for name in old.namelist():
            new.writestr(name, doctype + old.read(name) if name.endswith("sheet1.xml") else old.read(name))

    mark_errors(hostile, source.with_name("list.xlsx"), PROBLEMS)

    assert listed(source.with_name("list.xlsx")) == LISTED


@pytest.mark.parametrize(("rows", "is_copied"), [(20_000, True), (20_001, False)])
def test_a_workbook_too_large_to_be_held_in_memory_gets_a_list_instead(tmp_path: Path, rows: int, is_copied: bool):
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx", {"constant_memory": True})
    sheet = book.add_worksheet("签约")
    for number in range(rows):
        sheet.write_number(number, 0, number)
    book.close()

    mark_errors(tmp_path / "a.xlsx", tmp_path / "b.xlsx", PROBLEMS[:1])

    assert (listed(tmp_path / "b.xlsx") == LISTED[:2]) is not is_copied
