"""I8: of two hundred bad cells every one is found, marked and explained, and once corrected the ledger comes in."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from accounts.models import User
from ledgers import services
from ledgers.sheets import REASONS_HEAD, address
from ledgers.writing import mark_errors
from ledgers.writing.marked import BAD, MARK
from projects.models import Project
from tests.factories import NOW, TODAY
from tests.ledgers.conftest import Upload

SIGNED, TALKS = "签约", "在谈"
FIRST = {SIGNED: 5, TALKS: 4}  # row of the first data
# Column → the path of its head, and a good cell.
COLUMNS: dict[str, dict[str, tuple[str, Any]]] = {
    SIGNED: {
        "name": ("项目名称", "测试{sheet}{row}项目"),
        "investor": ("投资方/名称", "测试{sheet}{row}号有限公司"),
        "kind": ("签约情况/合同类型", "投资协议"),
        "signed_on": ("签约情况/签约日期", "2026年3月5日"),
        "event": ("签约情况/签约活动", None),
        "amount": ("投资额/合同总投资", 3),
        "fixed": ("投资额/固投", 2),
        "land": ("用地情况/面积（亩）", 50),
        "company": ("项目公司/名称", "测试{sheet}{row}号项目公司"),
        "code": ("项目公司/信用代码", None),
        "stage": ("目前进展/阶段", "签约"),
        "start": ("目前进展/开工时间", "2026年5月"),
        "leaders": ("责任落实/包联领导", "测试领导甲、测试领导乙"),
        "department": ("责任落实/责任单位", "测试招商中心"),
        "contact": ("责任落实/联系人及电话", "联系人00017 13800000017"),
    },
    TALKS: {
        "name": ("项目名称", "测试{sheet}{row}项目"),
        "investor": ("投资方", "测试{sheet}{row}号有限公司"),
        "fixed": ("固定资产投资", "2亿元"),
        "contact": ("企业联系人", "联系人00018"),
        "phone": ("联系方式", "13800000018"),
        "district": ("片区", "测试一组"),
        "first_contact": ("首次接触日", "2026-03-05"),
        "reporter": ("首报人", "测试员乙"),
        "follower": ("跟进人", "测试员甲"),
    },
}
# What the reader of cells refuses: column → cell and code; a row takes one of each column.
UNREAD: dict[str, dict[str, Sequence[tuple[Any, str]]]] = {
    SIGNED: {
        "kind": [("口头协议", "choice"), (3.5, "choice"), (True, "boolean"), (dt.datetime(2026, 3, 5), "date_cell")],
        "signed_on": [("11/12/26", "date"), ("2026年2月30日", "date"), ("已签约", "date"), (2026.1, "date"), ("=TODAY()", "formula")],
        "amount": [
            (150000, "unit"), ("3亿—5亿", "amount"), ("500万美元", "amount"), (-3, "negative"), ("①3亿元", "figures"),
            ("1 500", "figures"), ("大约很多", "amount"), ("=SUM(1,2)", "formula"), ("#REF!", "formula_error"),
        ],
        "fixed": [("约2亿以上", "amount"), ("-2", "negative"), (True, "boolean"), ("两亿", "amount"), (0.0000001, "unit")],
        "land": [("约50亩", "number"), ("30—50", "number"), ("50公里", "number"), (dt.datetime(2026, 3, 5), "date_cell"), ("五十", "number")],
        "code": [
            (914108000000000000, "precision"), ("9.14108E+17", "precision"), ("91410800", "credit_code"),
            ("914108000000000185、91410800000000018M", "code"), ("91410800IOSVZ0018M", "credit_code"),
        ],
        "start": [("未开工", "date"), ("5/6", "date"), ("2026年13月", "date"), (12345, "date"), ("2026.3.5、2026.4.5", "date"), ("46O86", "date")],
        "leaders": [(13800000017, "name"), ("测 试 员 甲 乙", "name"), (dt.datetime(2026, 3, 5), "date_cell"), ("#N/A", "formula_error")],
        "contact": [("13800000017", "contact"), ("联系人甲 138000001", "phone"), (True, "boolean")],
    },
    TALKS: {
        "fixed": [(1500, "unit"), ("1亿/2亿", "amount"), ("港币3亿元", "amount")],
        "phone": [("1380000", "phone"), ("无号码", "phone"), (0.5, "phone"), ("138000000181", "phone")],
        "first_contact": [("2026年3月", "day"), ("三季度", "day"), ("2026", "day"), ("上周", "date")],
    },
}  # fmt: skip
# What can be read and not be used: one in a row of its own.
UNUSABLE = {
    SIGNED: [
        ("department", "没有的部门", "unknown"), ("event", "没有的活动", "unknown"), ("stage", "没有的阶段", "stage"), ("fixed", "30亿元", "fixed"),
    ],
    TALKS: [("district", "没有的片区", "unknown"), ("follower", "测试员无", "unknown"), ("phone", "13800000018、13800000019、13800000020", "too_many")],
}  # fmt: skip
ROUNDS = {SIGNED: 18, TALKS: 8}


@dataclass(frozen=True)
class Bad:
    """A bad cell at a known place."""

    sheet: str
    cell: str
    row: int
    column: str
    value: str
    code: str
    written: Any
    good: Any


def planted() -> Iterator[Bad]:
    """All bad cells: first those that cannot be read, then twice each that cannot be used; good rows between."""
    for sheet, kinds in UNREAD.items():
        for turn in range(ROUNDS[sheet]):
            for key, cells in kinds.items():
                yield bad(sheet, FIRST[sheet] + 2 * turn, key, *cells[turn % len(cells)])
        for turn, (key, cell, code) in enumerate(UNUSABLE[sheet] * 2, ROUNDS[sheet]):
            yield bad(sheet, FIRST[sheet] + 2 * turn, key, cell, code)


def bad(sheet: str, row: int, key: str, cell: Any, code: str) -> Bad:
    head = COLUMNS[sheet][key][0].removesuffix("（亩）")  # a problem names the column without its unit
    place = list(COLUMNS[sheet]).index(key) + 1  # behind 序号
    return Bad(sheet, address(row - 1, place), row, head, shown(cell), code, cell, good(sheet, row, key))


def good(sheet: str, row: int, key: str) -> Any:
    cell = COLUMNS[sheet][key][1]
    return cell.format(sheet=sheet, row=row) if isinstance(cell, str) else cell


def shown(cell: Any) -> str:
    """As a spreadsheet shows it; a formula never computed shows nothing."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return "" if str(cell).startswith("=") else f"{cell:.7f}" if cell == 0.0000001 else str(cell)


def workbook(path: Path, cells: Sequence[Bad]) -> Path:
    """Both sheets with a good row behind every bad one."""
    book = openpyxl.Workbook()
    for number, (sheet, columns) in enumerate(COLUMNS.items()):
        page = book.active if number == 0 else book.create_sheet()
        page.title = sheet
        last = max(found.row for found in cells if found.sheet == sheet) + 1
        for line in heads(sheet, columns):
            page.append(line)
        for row in range(FIRST[sheet], last + 1):
            page.append([row - FIRST[sheet] + 1, *(good(sheet, row, key) for key in columns)])
    for found in cells:
        if found.written == "#REF!" or found.written == "#N/A":
            book[found.sheet][found.cell].data_type = "e"
        book[found.sheet][found.cell] = found.written
    book.save(path)
    return path


def heads(sheet: str, columns: Mapping[str, tuple[str, Any]]) -> list[list[str | None]]:
    """Title, unit line, and one or two rows of heads, groups in their first cell only."""
    top: list[list[str | None]] = [
        [f"2026年{sheet}项目台账"],
        ["填报单位：测试招商中心　填报时间：2026年11月24日" + ("　单位：亿元、亩" if sheet == SIGNED else "")],
    ]
    paths = [["序号"], *(head.split("/") for head, _good in columns.values())]
    groups = [path[0] for path in paths]
    upper = [group if place == 0 or groups[place - 1] != group else None for place, group in enumerate(groups)]
    lower = [path[1] if len(path) > 1 else None for path in paths]
    return [*top, upper, *([lower] if any(lower) else [])]


def test_of_two_hundred_bad_cells_every_one_is_found_marked_and_once_corrected_imported(
    office: User, upload: Upload, tmp_path: Path
):
    cells = list(planted())
    path = workbook(tmp_path / "坏格.xlsx", cells)

    checked = services.check(upload(path), by=office, today=TODAY)

    assert len(cells) == len({(found.sheet, found.cell) for found in cells}) == 200
    told = [(found.sheet, found.cell, found.row, found.column, found.value, found.code) for found in checked.problems]
    assert sorted(told) == sorted((one.sheet, one.cell, one.row, one.column, one.value, one.code) for one in cells)
    assert [found.message for found in checked.problems if not {"请", "填"} & set(found.message)] == []

    mark_errors(path, tmp_path / "标注.xlsx", checked.problems)
    marked = openpyxl.load_workbook(tmp_path / "标注.xlsx")
    places = {(found.sheet, found.cell) for found in cells}
    every = [(page.title, cell) for page in marked for line in page.iter_rows() for cell in line]
    assert {(sheet, cell.coordinate) for sheet, cell in every if cell.fill.fgColor.rgb == BAD.fgColor.rgb} == places
    assert {(sheet, cell.coordinate) for sheet, cell in every if cell.comment and MARK in cell.comment.text} == places
    assert [sheet for sheet, cell in every if cell.value == REASONS_HEAD] == [SIGNED, TALKS]
    assert _reasons(marked) == {(found.sheet, found.row) for found in cells}

    for found in cells:
        marked[found.sheet][found.cell] = found.good
        marked[found.sheet][found.cell].number_format = "General"  # 50 in a cell with a date format would be a date again
    marked.save(tmp_path / "改好.xlsx")
    services.apply(upload(tmp_path / "改好.xlsx"), by=office, now=NOW)
    assert Project.objects.count() == 2 * len({(found.sheet, found.row) for found in cells})


def _reasons(book: openpyxl.Workbook) -> set[tuple[str, int]]:
    """(sheet, row) with something in the column of reasons."""
    found = set()
    for page in book:
        head = next(cell for line in page.iter_rows() for cell in line if cell.value == REASONS_HEAD)
        cells = (page.cell(row, head.column) for row in range(FIRST[page.title], page.max_row + 1))
        found |= {(page.title, cell.row) for cell in cells if cell.value}
    return found
