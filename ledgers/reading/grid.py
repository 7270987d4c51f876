"""A parsed sheet from A1 on, checked once more: a hostile sheet may hold what the counting did not see."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from python_calamine import CalamineSheet

from ledgers.reading.caps import Caps, Stopped
from ledgers.reading.counting import PartCount
from ledgers.sheets import Cell

EXACT = 2**53  # below it, whole numbers are exact as float
LONGEST = 10**20  # below it, they are given as int, codes of 18 digits among them


class Grid:
    """One sheet; `left` is how many cells the workbook may still hold."""

    def __init__(self, sheet: CalamineSheet, count: PartCount, left: int, caps: Caps) -> None:
        self.sheet, self.count, self.caps = sheet, count, caps
        self.height = self.width = 0
        _, self.side = sheet.start or (0, 0)
        self.bottom, right = sheet.end or (-1, -1)
        self.area = (self.bottom + 1) * (right + 1)
        if self.bottom >= caps.rows:
            raise Stopped("rows", found=self.bottom + 1, limit=caps.rows)
        if right >= caps.columns:
            raise Stopped("columns", found=right + 1, limit=caps.columns)
        if self.area > left:
            raise Stopped("cells", limit=caps.cells)
        self.errors = _by_row(count.errors)
        self.uncomputed = _by_row(count.uncomputed)

    def rows(self) -> Iterator[list[Cell]]:
        """The rows down to the last with content, each up to its last cell with content, be it an unknown one."""
        empty, lines = 0, self.sheet.iter_rows() if self.sheet.end else iter(())
        for number in range(max([self.bottom, *self.uncomputed]) + 1):
            row = self._row(number, next(lines, ()))
            if not row:
                empty += 1
                continue
            yield from ([] for _ in range(empty))
            empty, self.height, self.width = 0, number + 1, max(self.width, len(row))
            yield row

    def _row(self, number: int, cells: Sequence[object]) -> list[Cell]:
        row: list[Cell] = [None] * self.side
        if cells.count("") < len(cells):  # in a sheet that is nearly empty this saves much
            row += map(self._cell, cells)
        for column in self.errors.get(number, ()):  # calamine leaves their cells empty
            row += [None] * (column + 1 - len(row))
            row[column] = self.count.errors[number, column]
        while row and row[-1] is None:
            row.pop()
        row += [None] * (max(self.uncomputed.get(number, [-1])) + 1 - len(row))
        return row

    def _cell(self, cell: Any) -> Cell:
        """A cell as calamine gives it, as ours: "" is None, a whole float an int, no float that is no number."""
        if type(cell) is str:
            if len(cell) > self.caps.text:
                raise Stopped("text", limit=self.caps.text)
            if "\0" in cell:  # which no database keeps
                raise Stopped("control")
            return cell or None
        if type(cell) is not float:
            return cell  # type: ignore[no-any-return]
        if not cell.is_integer() or abs(cell) >= LONGEST:
            return cell if math.isfinite(cell) else str(cell)
        # Of a long one the digits that Excel shows: 410105199001010000, not …009984.
        return int(cell) if abs(cell) < EXACT else int(Decimal(repr(cell)))

    def merges(self) -> list[tuple[int, int, int, int]]:
        """Merged ranges (top, left, bottom, right), cut to where there is content; known once the rows were read.

        Raises Stopped where they overlap: each may be as big as the sheet, and whoever fills them down pays.
        """
        found, area = [], 0
        for (top, left), (bottom, right) in self.sheet.merged_cell_ranges or ():
            low, far = min(bottom, self.height - 1), min(right, self.width - 1)
            if top > low or left > far or (top, left) == (low, far):
                continue
            found.append((top, left, low, far))
            area += (low + 1 - top) * (far + 1 - left)
        if area > self.height * self.width:
            raise Stopped("merges")
        return found


def _by_row(places: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found = defaultdict[int, list[int]](list)
    for row, column in places:
        found[row].append(column)
    return found
