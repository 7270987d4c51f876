"""A workbook as it was read: plain values, nothing of the file format left."""

import datetime as dt
from dataclasses import dataclass, field

type Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None

REASONS_HEAD = "导入问题（系统填写，导入时忽略）"  # over the column that a marked workbook gets; it is no part of the ledger


class Refused(Exception):
    """The file is not read at all; `code` says why, the message what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Merge:
    """A merged range; rows and columns count from 0, both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Sheet:
    """One sheet from A1 on: `rows[0][0]` is A1. Rows may be of unequal length; empty cells are None."""

    name: str
    rows: list[list[Cell]]
    merges: list[Merge] = field(default_factory=list)
    uncomputed: set[tuple[int, int]] = field(default_factory=set)  # formulas without a stored value, (row, column)
    hidden: bool = False


@dataclass
class Workbook:
    """What was read; `encoding` is the one guessed for a CSV, else empty."""

    sheets: list[Sheet]
    encoding: str = ""


def address(row: int, column: int) -> str:
    """The address of a cell, both counted from 0: (6, 5) is F7."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
