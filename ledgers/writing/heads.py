"""The heads of a ledger: paths such as “投资额/合同总投资”, and the merged cells that show them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ledgers.layouts.base import Column, Kind, Layout
from ledgers.recognise.match import parts_of

NUMBER_HEAD = "序号"
DEFAULT_UNIT = "万元"  # of an amount when neither column nor layout names one
MONEY = frozenset({Kind.AMOUNT, Kind.COUNT_AMOUNT})

type Path = tuple[str, ...]


@dataclass(frozen=True)
class HeadCell:
    """One cell of the head with the rows and columns it covers, counted from 0; both ends belong to it."""

    text: str
    top: int
    left: int
    bottom: int
    right: int


def unit_of(column: Column, layout: Layout) -> str:
    """The unit in which the figures of a column are written; empty for a bare number."""
    unit = column.unit or (layout.unit if column.kind in MONEY else "")
    return unit or (DEFAULT_UNIT if column.kind in MONEY else "")


def with_unit(column: Column, layout: Layout, *, always: bool = False) -> Path:
    """The path with the unit behind its last part: where it is not that of the sheet, or `always`."""
    parts, unit = tuple(parts_of(column.head)), unit_of(column, layout)
    if not unit or unit in column.head or (unit == layout.unit and not always):
        return parts
    return (*parts[:-1], f"{parts[-1]}（{unit}）")


def head_cells(paths: Sequence[Path]) -> Iterator[HeadCell]:
    """The cells of the head: neighbours under one parent share it, a short path reaches down to the last row."""
    depth = max(map(len, paths))
    for level in range(depth):
        for _, group in groupby(range(len(paths)), key=lambda at: _shared(paths[at], level, at)):
            columns = list(group)
            parts = paths[columns[0]]
            if level < len(parts):
                bottom = depth - 1 if level == len(parts) - 1 else level
                yield HeadCell(parts[level], level, columns[0], bottom, columns[-1])


def _shared(parts: Path, level: int, at: int) -> tuple[Path, int | None]:
    """What neighbours must have in common to share a cell; the last part of a path is never shared."""
    return parts[: level + 1], None if level < len(parts) - 1 else at
