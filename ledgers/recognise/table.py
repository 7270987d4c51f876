"""A ledger as it was found in a sheet: what its heads mean and where its rows are."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ledgers.layouts.base import Column, Kind, Layout
from ledgers.recognise.heads import Head, is_money
from ledgers.recognise.lines import StatedCount
from ledgers.sheets import Cell, Sheet, address
from ledgers.values.numbers import MEASURES, MU

FAMILIES = [frozenset(MU), frozenset(MEASURES.split("|")), frozenset("%")]


class Grid:
    """The cells of a sheet under the heads, those of ranges merged downwards filled in."""

    def __init__(self, sheet: Sheet, mapping: Mapping[int, str], first: int) -> None:
        self.sheet, self.first = sheet, first
        self.columns = {key: column for column, key in mapping.items()}
        self.letters = {key: address(0, column)[:-1] for key, column in self.columns.items()}
        self.top: dict[tuple[int, int], int] = {}  # cell filled from above → the row it is filled from
        self.bottom: dict[tuple[int, int], int] = {}  # first cell of a range → its last row
        mapped = set(mapping)
        for merge in sheet.merges:
            if merge.bottom > merge.top >= first and merge.left in mapped:
                self._fill(merge.top, merge.left, min(merge.bottom, len(sheet.rows) - 1))

    def _fill(self, top: int, column: int, bottom: int) -> None:
        """Note a range cell by cell; one that overlaps another, as only a broken file has it, ends there."""
        if (top, column) in self.top or (top, column) in self.bottom:
            return
        self.bottom[top, column] = bottom
        for row in range(top + 1, bottom + 1):
            if (row, column) in self.top or (row, column) in self.bottom:
                return
            self.top[row, column] = top

    def source(self, row: int, key: str) -> tuple[int, int]:
        """Where the value of a cell stands: itself, or the first cell of its range."""
        column = self.columns[key]
        return self.top.get((row, column), row), column

    def cell(self, row: int, column: int) -> Cell:
        cells = self.sheet.rows[row]
        return cells[column] if column < len(cells) else None


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row with its cells unread; `number` as Excel counts, `label` of a total: 小计, 工业项目小计."""

    number: int
    grid: Grid
    label: str = ""

    @property
    def cells(self) -> dict[str, Cell]:
        """Column key → cell, for every mapped column."""
        grid, row = self.grid, self.number - 1
        if not grid.top:
            return {key: grid.cell(row, column) for key, column in grid.columns.items()}
        return {key: grid.cell(*grid.source(row, key)) for key in grid.columns}

    @property
    def addresses(self) -> "Addresses":
        """Column key → F7; of a merged range its first cell."""
        return Addresses(self.grid, self.number)


class Addresses(Mapping[str, str]):
    """Where the cells of a row stand, worked out when somebody asks: most rows have nothing to blame."""

    __slots__ = ("grid", "number")

    def __init__(self, grid: Grid, number: int) -> None:
        self.grid, self.number = grid, number

    def __getitem__(self, key: str) -> str:
        letters = self.grid.letters[key]
        return f"{letters}{self.grid.source(self.number - 1, key)[0] + 1 if self.grid.top else self.number}"

    def __iter__(self) -> Iterator[str]:
        return iter(self.grid.letters)

    def __len__(self) -> int:
        return len(self.grid.letters)


@dataclass
class Table:
    """A ledger in a sheet. Columns count from 0, rows as Excel counts them.

    `unit` is that of money in the sheet's unit line, `other_units` what else it names. `reported_on` is None when
    the sheet does not say it with its year. `mapping` gives the column key of each head that has one, `unknown`
    those without, `ambiguous` for a column key all heads that may mean it. `skipped` are the rows that are none:
    their numbers and texts.
    """

    sheet: str
    source: Sheet
    layout: Layout
    title: str
    unit: str
    other_units: list[str]
    unit_name: str
    reported_by: str
    reported_on: dt.date | None
    signature: str
    heads: list[Head]
    mapping: dict[int, str]
    unknown: list[Head]
    ambiguous: dict[str, list[Head]]
    head_row: int
    first_row: int
    rows: list[RawRow] = field(default_factory=list)
    totals: list[RawRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    stated_counts: list[StatedCount] = field(default_factory=list)

    @cached_property
    def head_of(self) -> dict[str, Head]:
        """Column key → its head."""
        by_column = {head.column: head for head in self.heads}
        return {key: by_column[column] for column, key in self.mapping.items()}

    @cached_property
    def columns(self) -> list[Column]:
        """The columns of the layout that the sheet has, in the order of the sheet."""
        return [self.layout.column(self.mapping[column]) for column in sorted(self.mapping)]

    @cached_property
    def units(self) -> dict[str, str]:
        """Column key → the unit of its bare numbers: that of the head, else of the sheet, else of the layout."""
        return {column.key: self._unit(column) for column in self.columns}

    def _unit(self, column: Column) -> str:
        said = self.head_of[column.key].unit.split("/")
        if column.kind in {Kind.AMOUNT, Kind.COUNT_AMOUNT}:
            money = "/".join(dict.fromkeys(unit for unit in said if is_money(unit)))
            return money or self.unit or column.unit or self.layout.unit
        if column.kind is not Kind.NUMBER:
            return column.unit
        return _one_of_family(said, column.unit) or _one_of_family(self.other_units, column.unit) or column.unit


def _one_of_family(said: Sequence[str], usual: str) -> str:
    """The unit said, where it measures the same as the usual one; of several none."""
    family = next((units for units in FAMILIES if usual in units), frozenset({usual}))
    found = [unit for unit in said if unit and unit in family]
    return found[0] if len(found) == 1 else ""
