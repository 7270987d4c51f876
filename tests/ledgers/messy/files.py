"""How messy ledgers are made: heads with their merged ranges, sheets, texts in any encoding."""

import csv
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from django.db.models import QuerySet
from openpyxl.utils import get_column_letter

from accounts.models import User

type Lines = Sequence[Sequence[Any]]  # from row 1 on


@dataclass(frozen=True)
class Sample:
    """A ledger with troubles, and what has to be in the database once it was imported.

    `write` makes the file in a folder. `told` asks the database, the answer stands in `expected.py`. `before` makes
    what has to be there already; `leaves` is the number of rows that the export of the whole kind then has.
    """

    name: str
    layout: str
    write: Callable[[Path], Path]
    rows: int
    leaves: int
    told: Callable[[], dict[str, list[str]]]
    troubles: tuple[str, ...]
    before: Callable[[User], object] | None = None

    def __str__(self) -> str:
        return f"{self.layout}-{self.name}"


def facts(rows: QuerySet[Any], *fields: str) -> list[str]:
    """One text a row, sorted, its fields parted by spaces: “—” for nothing, amounts in 万元."""
    return sorted(" ".join(map(_fact, values)) for values in rows.values_list(*fields))


def _fact(value: Any) -> str:
    if value in (None, "", {}):
        return "—"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return (
        ",".join(f"{key}={text}" for key, text in sorted(value.items()))
        if isinstance(value, dict)
        else str(value).replace("\n", "|")
    )


def save(path: Path, sheets: dict[str, tuple[Lines, Sequence[str]]], *, hidden: Collection[str] = ()) -> Path:
    """Write sheets: name → (lines from row 1, merged ranges)."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, (lines, merges) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for line in lines:
            sheet.append(list(line))
        for merge in merges:
            sheet.merge_cells(merge)
    book.save(path)
    return path


def save_text(path: Path, lines: Lines, *, encoding: str, delimiter: str = ",") -> Path:
    """Write lines as a CSV."""
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(lines)
    return path


def headed(paths: Sequence[str], *, top: int) -> tuple[list[list[str | None]], list[str]]:
    """The head rows of “父>子>孙” paths from row `top` on, and the ranges that people merge: groups and low leaves."""
    parted = [path.split(">") for path in paths]
    depth = max(map(len, parted))
    lines: list[list[str | None]] = [[None] * len(paths) for _level in range(depth)]
    merges = []
    for level in range(depth):
        at = 0
        while at < len(parted):
            size, is_leaf = _width(parted, at, level), len(parted[at]) == level + 1
            bottom = depth - 1 if is_leaf else level
            if len(parted[at]) > level:
                lines[level][at] = parted[at][level]
            if len(parted[at]) > level and (size > 1 or bottom > level):
                merges.append(f"{_cell(at, top + level)}:{_cell(at + size - 1, top + bottom)}")
            at += size
    return lines, merges


def _width(parted: Sequence[list[str]], at: int, level: int) -> int:
    """How many columns the group in a head row covers; a leaf is never shared."""
    group = parted[at][: level + 1]
    if len(parted[at]) <= level + 1:
        return 1
    behind = parted[at:]
    return next((place for place, path in enumerate(behind) if path[: level + 1] != group), len(behind))


def across(row: int, width: int) -> str:
    """A line merged over the whole width: the title, a group."""
    return f"A{row}:{_cell(width - 1, row)}"


def _cell(column: int, row: int) -> str:
    return f"{get_column_letter(column + 1)}{row}"
