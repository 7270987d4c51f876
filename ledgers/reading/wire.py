"""How the child hands a workbook over: lines of JSON.

JSON because the parent must not trust the child, which had a hostile file in its hands: pickle would run what it is
sent, and marshal is documented to be unsafe for hostile bytes. A line is a dict (see `child`) or a block of rows:
[rows, [[row, column, type, text], …]] where the cells named in the second list are dates and the like.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ledgers.sheets import Cell

BLOCK = 256  # rows a line
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
WRITE: dict[type, Callable[[Any], tuple[str, str | float]]] = {
    dt.datetime: lambda value: ("datetime", value.isoformat()),
    dt.date: lambda value: ("date", value.isoformat()),
    dt.time: lambda value: ("time", value.isoformat()),
    dt.timedelta: lambda value: ("timedelta", value.total_seconds()),
}
READ: dict[str, Callable[[Any], Cell]] = {
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "timedelta": lambda seconds: dt.timedelta(seconds=seconds),
}


def blocks(rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Rows as lines."""
    block: list[list[Any]] = []
    for row in rows:
        block.append(list(row))
        if len(block) == BLOCK:
            yield _line(block)
            block = []
    if block:
        yield _line(block)


def _line(block: list[list[Any]]) -> str:
    typed = []
    for number, row in enumerate(block):
        for column, cell in enumerate(row):
            if type(cell) in WRITE:
                typed.append((number, column, *WRITE[type(cell)](cell)))
                row[column] = None
    return ENCODER.encode((block, typed))


def rows(line: list[Any]) -> list[list[Cell]]:
    """The rows of a line."""
    block, typed = line
    for number, column, kind, text in typed:
        block[number][column] = READ[kind](text)
    return block  # type: ignore[no-any-return]
