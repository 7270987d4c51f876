"""Reading the rows of a recognised ledger: every value, and every cell that could not be read."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from ledgers import values
from ledgers.layouts.base import Column, Kind, Row
from ledgers.recognise.lines import line_of
from ledgers.recognise.table import RawRow, Table
from ledgers.sheets import Cell, address
from ledgers.values import NOT_STATED, Unread

MOST_PROBLEMS = 1000
LONGEST_SHOWN = 100
MOST_KNOWN = 20_000
REPEATED = {Kind.AMOUNT, Kind.NUMBER, Kind.COUNT, Kind.COUNT_AMOUNT, Kind.DATE, Kind.DAY, Kind.CHOICE, Kind.YES_NO}  # no lists
SHARED = {Kind.AMOUNT, Kind.COUNT, Kind.COUNT_AMOUNT}  # a figure merged over rows may be their sum


@dataclass(frozen=True)
class Problem:
    """A cell that keeps its row out; `column` is the head, `value` what stands there, `message` says what to do."""

    sheet: str
    cell: str
    row: int
    column: str
    value: str
    code: str
    message: str


def read_rows(table: Table, context_today: dt.date, *, most: int = MOST_PROBLEMS) -> tuple[list[Row], list[Problem]]:
    """The rows of a table and what is wrong with them; dates without a year are read in that of 填报时间, else of today.

    At most `most` problems come one by one, the last then counts the others (code "more"). A row with a problem
    is given without the values concerned, and not at all when its problems are only counted.
    """
    rows: list[Row] = []
    problems = list(_missing_columns(table))
    counted = 0
    for row, found in iter_rows(table, context_today):
        room = max(most - len(problems), 0)
        problems += found[:room]
        counted += len(found[room:])
        if not found[room:]:
            rows.append(row)
    if counted:
        text = _("还有 %(count)d 处问题没有列出：请先改好上面这些，再重新检查")
        problems.append(Problem(table.sheet, "", 0, "", "", "more", text % {"count": counted}))
    return rows, problems


def iter_rows(table: Table, context_today: dt.date) -> Iterator[tuple[Row, list[Problem]]]:
    """The rows of a table one by one, each with its problems; a whole ledger never stands in memory twice."""
    today = table.reported_on or context_today
    columns = [(column, table.units[column.key]) for column in table.columns]
    identity = [column.key for column in table.columns if column.required] or [column.key for column in table.columns[:1]]
    reading = _Reading(table, columns, identity, today)
    for raw in table.rows:
        yield _row(raw, reading)


def read_cell(table: Table, column: Column, cell: Cell, today: dt.date | None = None) -> Any:
    """The value of one cell as it would be read in a row, or NOT_STATED; raises values.Unread."""
    today = table.reported_on or today or dt.date.min
    return values.read(cell, column, unit=table.units.get(column.key, ""), today=today)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the rows of a table are read; `columns` with their units, `identity` the columns that tell rows apart."""

    table: Table
    columns: list[tuple[Column, str]]
    identity: list[str]
    today: dt.date
    known: dict[tuple[str, str], Any] = field(default_factory=dict)  # column key and text → value
    blanks: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)  # the same columns are empty in many rows

    def value(self, column: Column, unit: str, cell: Cell) -> Any:
        """The value of a cell; in a ledger the same words come again and again."""
        if not isinstance(cell, str) or column.kind not in REPEATED:
            return values.read(cell, column, unit=unit, today=self.today)
        key = (column.key, cell)
        if key not in self.known:
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            self.known[key] = values.read(cell, column, unit=unit, today=self.today)
        return self.known[key]


def _row(raw: RawRow, reading: _Reading) -> tuple[Row, list[Problem]]:
    cells, addresses = raw.cells, raw.addresses
    row = Row(reading.table.sheet, raw.number, {}, addresses)
    blank: set[str] = set()
    problems: list[Problem] = []
    placed = bool(raw.grid.bottom or raw.grid.sheet.uncomputed)
    for column, unit in reading.columns:
        cell = cells[column.key]
        try:
            if placed:
                _refuse_by_place(raw, column, reading.identity)
            _keep(row, blank, column, NOT_STATED if cell is None else reading.value(column, unit, cell))
        except Unread as refusal:
            head = reading.table.head_of[column.key].path
            place = addresses[column.key]
            problems.append(Problem(row.sheet, place, row.number, head, _shown(cell), refusal.code, refusal.message))
    row.blank = reading.blanks.setdefault(frozenset(blank), frozenset(blank))
    return row, problems


def _keep(row: Row, blank: set[str], column: Column, value: Any) -> None:
    if value is not NOT_STATED:
        row.values[column.key] = value
        return
    blank.add(column.key)
    if column.required:
        raise Unread("required", _("“%(head)s”必须填写：请补上，没有的请向填报单位核实") % {"head": column.head})


def _refuse_by_place(raw: RawRow, column: Column, identity: list[str]) -> None:
    """What is wrong with a cell before it is read: a formula never computed, a figure several rows share."""
    grid = raw.grid
    if grid.sheet.uncomputed and grid.source(raw.number - 1, column.key) in grid.sheet.uncomputed:
        raise Unread("formula", _("公式没有计算结果：请在 Excel 中打开保存一次，再上传"))
    if grid.bottom and column.kind in SHARED and _is_shared(raw, column.key, identity):
        raise Unread("shared", _("合并单元格里的数不知是几行共有还是每行都有：请拆开单元格，每行各填各的"))


def _is_shared(raw: RawRow, key: str, identity: list[str]) -> bool:
    """Whether a figure is merged over rows that are not one and the same thing."""
    grid = raw.grid
    top, column = grid.source(raw.number - 1, key)
    bottom = grid.bottom.get((top, column))
    if bottom is None:
        return False
    places = [grid.source(top, name) for name in identity]
    return not any(grid.bottom.get(place, -1) >= bottom for place in places)


def _missing_columns(table: Table) -> Iterator[Problem]:
    """A required column the sheet does not have is one problem, not one for every row."""
    if not table.rows:
        return
    for column in table.layout.columns:
        if column.required and column.key not in table.units:
            text = _("没有找到“%(head)s”一列：请在列对应中指定，或在表里补上这一列")
            place = address(table.head_row - 1, table.heads[0].column)
            yield Problem(table.sheet, place, table.head_row, column.head, "", "missing_column", text % {"head": column.head})


def _shown(cell: Cell) -> str:
    text = line_of([cell])
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
