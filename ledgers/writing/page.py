"""What a ledger looks like around its rows: title, unit line, heads, 合计, notes, signatures, print set-up."""

import datetime as dt
import math
import re
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZipFile

import xlsxwriter
from django.utils.translation import gettext as _

from ledgers.layouts.base import Column, Context, Kind, Layout
from ledgers.writing.cells import Written, maker
from ledgers.writing.heads import NUMBER_HEAD, Path, head_cells, unit_of, with_unit
from ledgers.writing.names import sheet_name
from ledgers.writing.styles import Styles
from ledgers.writing.totals import Totals

SHEET_PART = "xl/worksheets/sheet1.xml"
PAPERS = {"A3": 8, "A4": 9}  # numbers of the file format
HEAD_TOP = 2  # rows above the head: title and unit line
TITLE_HEIGHT, LINE_HEIGHT = 36, 18  # points; Excel fits no height to merged cells by itself
SPACE = "　　"
SIGNATURES = "审核人：　　　　　　单位负责人："
NOTES = "备注："
LEFT_OUT = "没有填写金额、因而未计入总数的：{}。"
UNKNOWN = "—"
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
ORDINAL = Column("", NUMBER_HEAD, Kind.COUNT, width=6)


@dataclass(frozen=True)
class Page:
    """A ledger as it is to be printed."""

    layout: Layout
    context: Context
    title: str

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """序号 first, unless the layout has its own."""
        has_own = any(column.head == NUMBER_HEAD for column in self.layout.written)
        return self.layout.written if has_own else (ORDINAL, *self.layout.written)

    @cached_property
    def paths(self) -> list[Path]:
        return [with_unit(column, self.layout) for column in self.columns]

    @cached_property
    def first_row(self) -> int:
        """The row of the first data, counted from 0."""
        return HEAD_TOP + max(map(len, self.paths))

    @cached_property
    def name_at(self) -> int:
        """The column that says which row it is: it stays in sight, and counts the rows in 合计."""
        keys = [column.key for column in self.columns]
        required = [at for at, column in enumerate(self.columns) if column.required]
        return keys.index("name") if "name" in keys else next(iter(required), min(1, len(keys) - 1))

    @property
    def unit_line(self) -> str:
        day = self.context.reported_on
        parts = [f"填报单位：{self.context.unit}", f"填报时间：{day.year}年{day.month}月{day.day}日"]
        others = [column.unit for column in self.columns if column.kind is Kind.NUMBER and column.unit not in {"", "%"}]
        if self.layout.unit:
            parts.append(f"单位：{'、'.join(dict.fromkeys([self.layout.unit, *others]))}")
        return SPACE.join(parts)


class Frame(NamedTuple):
    """A workbook parted where its data rows belong."""

    before: bytes  # the sheet up to its data rows
    after: bytes
    styles: list[str]  # style number of each column
    others: dict[str, bytes]  # the other parts of the file


def frame(page: Page, totals: Totals | None = None) -> Frame:
    """The workbook around the rows; its end stands where `totals` says, once the rows are counted."""
    memory = BytesIO()
    book = xlsxwriter.Workbook(memory, OPTIONS)
    book.set_properties({"title": page.title, "created": dt.datetime.combine(page.context.today, dt.time())})
    sheet, styles = book.add_worksheet(sheet_name(page.layout)), Styles(book)
    _set_up(sheet, page)
    _write_top(sheet, page, styles)
    for at, column in enumerate(page.columns):
        sheet.write_blank(page.first_row, at, None, styles.body(column, unit_of(column, page.layout)))
    _write_end(sheet, page, styles, totals or Totals(()))
    book.close()
    return _parted(memory, page.first_row)


def _set_up(sheet: Any, page: Page) -> None:
    for at, column in enumerate(page.columns):
        sheet.set_column(at, at, column.width)
    sheet.freeze_panes(page.first_row, page.name_at + 1)
    sheet.repeat_rows(HEAD_TOP, page.first_row - 1)
    sheet.set_landscape()
    sheet.set_paper(PAPERS[page.layout.paper])
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer(f"&C{_('第 &P 页，共 &N 页')}")


def _write_top(sheet: Any, page: Page, styles: Styles) -> None:
    _write_line(sheet, page, 0, page.title, styles.title)
    sheet.set_row(0, TITLE_HEIGHT)
    _write_line(sheet, page, 1, page.unit_line, styles.line)
    for cell in head_cells(page.paths):
        top, bottom = cell.top + HEAD_TOP, cell.bottom + HEAD_TOP
        _write_merged(sheet, (top, cell.left, bottom, cell.right), cell.text, styles.head)


def _write_line(sheet: Any, page: Page, row: int, text: str, style: Any) -> None:
    _write_merged(sheet, (row, 0, row, len(page.columns) - 1), text, style)


def _write_merged(sheet: Any, area: tuple[int, int, int, int], text: str, style: Any) -> None:
    top, left, bottom, right = area
    if (top, left) != (bottom, right):
        sheet.merge_range(*area, "", style)
    _write_text(sheet, (top, left), text, style)


def _write_text(sheet: Any, place: tuple[int, int], text: str, style: Any) -> None:
    # xlsxwriter takes a text that begins with <r> for its own markup.
    sheet.write_string(*place, f" {text}" if text.startswith("<r>") else text, style)


def _write_end(sheet: Any, page: Page, styles: Styles, totals: Totals) -> None:
    row = page.first_row + max(totals.rows, 1)
    for at, cell in enumerate(_total_cells(page, totals)):
        if isinstance(cell, str):
            _write_text(sheet, (row, at), cell, styles.total)
        elif cell is None:
            sheet.write_blank(row, at, None, styles.total)
        else:
            sheet.write_number(row, at, float(cell), styles.total_of(unit_of(page.columns[at], page.layout)))
    width = sum(column.width for column in page.columns)
    for number, text in enumerate(_closing_lines(page, totals), row + 1):
        _write_line(sheet, page, number, text, styles.note)
        sheet.set_row(number, LINE_HEIGHT * math.ceil(2 * len(text) / width))  # a Chinese sign is two wide
    sheet.ignore_errors({"number_stored_as_text": f"A1:{_last_cell(row, page)}"})


def _last_cell(row: int, page: Page) -> str:
    return str(xlsxwriter.utility.xl_rowcol_to_cell(row, len(page.columns) - 1))


def _total_cells(page: Page, totals: Totals) -> list[Any]:
    """合计, “n 个” under the names, and the sums; one that nobody knows is “—”."""
    cells = [_sum_cell(column, page.layout, totals) if column.key in totals.sums else None for column in page.columns]
    cells[page.name_at] = f"{totals.rows} 个"
    cells[0] = f"合计 {cells[0]}" if page.name_at == 0 else "合计"
    return cells


def _sum_cell(column: Column, layout: Layout, totals: Totals) -> Written:
    total = totals.sums[column.key]
    return UNKNOWN if total is None else maker(column, unit_of(column, layout), unmasked=True)(total)


def _closing_lines(page: Page, totals: Totals) -> list[str]:
    notes = [*page.layout.notes, *_left_out(totals)]
    if notes and not notes[0].startswith("备注"):
        notes[0] = NOTES + notes[0]
    return [*notes, SIGNATURES]


def _left_out(totals: Totals) -> list[str]:
    """Says of which columns the sum is not that of all rows."""
    found = [f"{column.head} {number} 行" for column, number in totals.left_out()]
    return [LEFT_OUT.format("、".join(found))] if found else []


def _parted(memory: BytesIO, first_row: int) -> Frame:
    """Cut at the row of empty cells that only shows the styles.

    The size that xlsxwriter notes for the sheet goes: it is optional, and not known when the sheet is begun.
    """
    with ZipFile(memory) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    start, marker, end = re.split(rb'(<row r="%d"(?: [^>]*)?>.*?</row>)' % (first_row + 1), parts.pop(SHEET_PART), maxsplit=1)
    styles = [style.decode() for style in re.findall(rb' s="(\d+)"/>', marker)]
    return Frame(re.sub(rb"<dimension [^>]*/>", b"", start), end, styles, parts)
