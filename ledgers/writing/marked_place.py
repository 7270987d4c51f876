"""Where in a workbook its reasons go, and whether it can be copied at all."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from openpyxl.worksheet.worksheet import Worksheet

from ledgers.recognise.heads import spelled
from ledgers.recognise.match import INDEX
from ledgers.sheets import REASONS_HEAD

WINDOW = 40  # rows in which the heads begin
FEWEST_HEADS = 3
MOST_COLUMNS = 16_384
MOST_ROWS = 20_000
MOST_CELLS = 500_000  # openpyxl takes about half a kilobyte for each, and half a minute for all
CHUNK = 1 << 20
WORKSHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
TAG = re.compile(rb"<(?:\w+:)?(row|c)[\s/>]")


@dataclass(frozen=True)
class Place:
    """The rows of the heads, the column of 序号, and the column of the reasons; all counted from 1."""

    top: int
    bottom: int
    index: int
    column: int


def place(sheet: Worksheet, rows: set[int]) -> Place:
    """Where the reasons of these rows go: right of what stands in the heads and in them, or where they went before."""
    texts = {
        key: cell.value for key, cell in sheet._cells.items() if cell.value is not None and (key[0] <= WINDOW or key[0] in rows)
    }
    before = next((column for (_row, column), value in texts.items() if value == REASONS_HEAD), None)
    top, index = _head_row(texts)
    bottom = next((area.max_row for area in sheet.merged_cells.ranges if (area.min_row, area.min_col) == (top, index)), top)
    free = min(max((column for _row, column in texts), default=0) + 1, MOST_COLUMNS)
    return Place(top, bottom, index, before or free)


def _head_row(texts: Mapping[tuple[int, int], object]) -> tuple[int, int]:
    """Row and column of 序号; without one the first row with several texts."""
    for (row, column), value in sorted(texts.items()):
        if isinstance(value, str) and spelled(value) in INDEX:
            return row, column
    filled = Counter(row for row, _column in texts)
    row = next((row for row in sorted(filled) if filled[row] >= FEWEST_HEADS), 1)
    return row, min((column for at, column in texts if at == row), default=1)


def fits(source: Path) -> bool:
    """Whether a workbook is small enough to be loaded whole: 20,000 rows and half a million cells, counted in its XML."""
    seen: Counter[bytes] = Counter()
    with ZipFile(source) as file:
        for name in filter(WORKSHEET.fullmatch, file.namelist()):
            with file.open(name) as part:
                rest = b""
                while chunk := part.read(CHUNK):
                    whole, sign, begun = (rest + chunk).rpartition(b"<")
                    seen.update(TAG.findall(whole))
                    rest = sign + begun
                    if seen[b"row"] > MOST_ROWS or seen[b"c"] > MOST_CELLS:
                        return False
    return True
