"""The workbook a person uploaded, given back with its problems marked; or a list of them."""

import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol
from zipfile import is_zipfile

import openpyxl
import xlsxwriter
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.cell import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from ledgers.sheets import REASONS_HEAD
from ledgers.writing.marked_place import Place, fits, place

if not openpyxl.DEFUSEDXML:
    raise ImproperlyConfigured(
        "openpyxl reads uploaded files only with defusedxml: install it, and leave OPENPYXL_DEFUSEDXML unset"
    )

log = logging.getLogger(__name__)

MARK = "【导入检查】"  # begins our part of a comment, by which it is found again
BAD = PatternFill("solid", fgColor="FFFFC7CE")
PLAIN = PatternFill()
REASON_FONT = Font(color="FF9C0006")
REASONS_WIDTH = 50
LONGEST_REASON = 8_000  # signs in one cell or comment
COMMENT_SIZE = {"width": 320, "height": 120}
ADDRESS = re.compile(r"(?P<column>[A-Z]{1,3})(?P<row>[1-9]\d{0,6})")
HEADS = ("表", "单元格", "行", "列", "原值", "问题与处理办法")
WIDTHS = (18, 10, 8, 24, 30, 80)


class Problem(Protocol):
    """What is wrong with a cell (“F7”), with a row when `cell` is empty, or with the sheet when `row` is 0."""

    @property
    def sheet(self) -> str: ...
    @property
    def cell(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def column(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def message(self) -> str: ...


def mark_errors(source: Path, target: Path, problems: Sequence[Problem]) -> int:
    """Copy a workbook with its bad cells coloured and commented, and one more column of reasons; returns the problems.

    Marks of an earlier copy are taken away first. Formulas stay as they are, as they are the user's own, but without
    their stored results: the workbook has to be saved by a spreadsheet before it is read again. A .csv or .xls, a very
    large workbook and one that openpyxl cannot copy become a `problem_table` instead.
    """
    if is_zipfile(source) and fits(source):
        try:
            return _mark_workbook(source, target, problems)
        except Exception:  # openpyxl stumbles in many ways over what other programs write; a list is better than nothing
            log.exception("A ledger could not be marked, its problems were listed instead")
    return problem_table(target, problems)


def _mark_workbook(source: Path, target: Path, problems: Sequence[Problem]) -> int:
    with source.open("rb") as file:  # openpyxl itself leaves a file it stumbles over open
        book = openpyxl.load_workbook(file)
    found: dict[str, list[Problem]] = {sheet.title: [] for sheet in book.worksheets}
    usual = next((problem.sheet for problem in problems if problem.sheet in found), next(iter(found)))
    for problem in problems:
        found[problem.sheet if problem.sheet in found else usual].append(problem)
    for sheet in book.worksheets:
        _unmark(sheet)
        if found[sheet.title]:
            _mark_sheet(sheet, found[sheet.title])
    book.save(target)
    return len(problems)


def _unmark(sheet: Worksheet) -> None:
    """Take away what an earlier copy was marked with; the reasons are written anew."""
    for cell in list(sheet._cells.values()):  # iter_rows would make every cell up to a stray one at the far end
        if isinstance(cell, MergedCell):
            continue
        if cell.value == REASONS_HEAD:
            for number in range(cell.row + 1, sheet.max_row + 1):
                if (number, cell.column) in sheet._cells and not isinstance(sheet.cell(number, cell.column), MergedCell):
                    sheet.cell(number, cell.column).value = None
        if cell.comment is not None and MARK in cell.comment.text:
            own = cell.comment.text.split(MARK)[0].rstrip()
            cell.comment = Comment(own, cell.comment.author) if own else None
            cell.fill = PLAIN


def _mark_sheet(sheet: Worksheet, problems: Sequence[Problem]) -> None:
    where = place(sheet, {problem.row for problem in problems})
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        if cell := _cell_of(sheet, problem, where):
            _colour(cell, problem.message)
        reasons.setdefault(problem.row if problem.row > where.bottom else 0, []).append(_reason(problem))
    head = _write_head(sheet, where)
    for number, sentences in reasons.items():
        if number:
            _write_reason(_first_cell(sheet, number, where.column), "\n".join(sentences))
        else:  # about the sheet or its heads
            _colour(head, "\n".join(sentences))


def _cell_of(sheet: Worksheet, problem: Problem, where: Place) -> Cell | None:
    """The cell to be coloured; of a merged range its first one, of a row its 序号, of a sheet none."""
    if not problem.cell and problem.row <= where.bottom:
        return None
    if match := ADDRESS.fullmatch(problem.cell):
        return _first_cell(sheet, int(match["row"]), column_index_from_string(match["column"]))
    return _first_cell(sheet, problem.row, where.index)


def _first_cell(sheet: Worksheet, row: int, column: int) -> Cell:
    """A cell, or the first one of the range it is merged into."""
    cell = sheet.cell(row, column)
    if isinstance(cell, Cell):
        return cell
    area = next(area for area in sheet.merged_cells.ranges if cell.coordinate in area)
    return _first_cell(sheet, area.min_row, area.min_col)


def _colour(cell: Cell, message: str) -> None:
    """Colour a cell and comment it, behind what its comment says already."""
    text, author = _clean(message), "导入检查"
    if cell.comment is not None:
        before, author = cell.comment.text, cell.comment.author
        text = f"{before}\n{text}" if MARK in before else f"{before}\n{MARK}{text}"
    else:
        text = MARK + text
    cell.comment = Comment(text[:LONGEST_REASON], author, **COMMENT_SIZE)
    cell.fill = BAD


def _reason(problem: Problem) -> str:
    where = " ".join(part for part in (problem.cell, problem.column) if part)
    return f"{where}：{problem.message}" if where else problem.message


def _write_head(sheet: Worksheet, where: Place) -> Cell:
    head = _first_cell(sheet, where.top, where.column)
    if where.bottom > where.top and not any(head.coordinate in area for area in sheet.merged_cells.ranges):
        sheet.merge_cells(start_row=where.top, end_row=where.bottom, start_column=where.column, end_column=where.column)
    head.value, head.alignment = REASONS_HEAD, Alignment(wrap_text=True, horizontal="center", vertical="center")
    head.font = REASON_FONT
    sheet.column_dimensions[head.column_letter].width = REASONS_WIDTH
    return head


def _write_reason(cell: Cell, text: str) -> None:
    cell.value, cell.data_type = _clean(text), "s"  # never a formula, whatever the text begins with
    cell.alignment, cell.font = Alignment(wrap_text=True, vertical="top"), REASON_FONT


def _clean(text: str) -> str:
    return str(ILLEGAL_CHARACTERS_RE.sub("", text))[:LONGEST_REASON]


def problem_table(target: Path, problems: Iterable[Problem]) -> int:
    """Write a workbook that lists the problems, one a row; returns their number."""
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, bold = book.add_worksheet(_("导入问题")), book.add_format({"bold": True, "bg_color": "#FFC7CE", "border": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    for at, (head, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, head, bold)
    sheet.freeze_panes(1, 0)
    count = 0
    for count, problem in enumerate(problems, 1):
        for at, text in enumerate((problem.sheet, problem.cell, "", problem.column, problem.value, problem.message)):
            sheet.write_string(count, at, _clean(f" {text}" if text.startswith("<r>") else text), wrapped)
        if problem.row:
            sheet.write_number(count, 2, problem.row, wrapped)
    sheet.autofilter(0, 0, count, len(HEADS) - 1)
    book.close()
    return count
