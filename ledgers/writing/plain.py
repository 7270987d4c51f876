"""A ledger as CSV."""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from ledgers.layouts.base import Context, Layout
from ledgers.reading.csv_text import GUARD, is_risky
from ledgers.values import NOT_STATED
from ledgers.writing.cells import Maker, Written, maker, number_text
from ledgers.writing.heads import NUMBER_HEAD, unit_of, with_unit

ENCODING = "utf-8-sig"  # the mark at its start is how Excel knows UTF-8


def write_csv(path: Path, layout: Layout, rows: Iterable[dict[str, Any]], *, context: Context, unmasked: bool = False) -> int:
    """Write a ledger as UTF-8 with BOM: one head, then its rows; returns their number.

    Money is in the unit that its head names. A text that a spreadsheet would take for a formula gets one `'` in
    front (`unguarded` takes it away again); numbers never do. Telephones are masked unless `unmasked`.
    """
    makers = [(column.key, maker(column, unit_of(column, layout), unmasked=unmasked)) for column in layout.written]
    has_own = any(column.head == NUMBER_HEAD for column in layout.written)
    count = 0
    with path.open("w", encoding=ENCODING, errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_heads(layout) if has_own else [NUMBER_HEAD, *_heads(layout)])
        for count, row in enumerate(rows, 1):
            cells = [_cell(make, row.get(key)) for key, make in makers]
            writer.writerow(cells if has_own else [count, *cells])
    return count


def _heads(layout: Layout) -> list[str]:
    """The last parts of the heads; the whole path where two columns would be called the same."""
    paths = [with_unit(column, layout, always=True) for column in layout.written]
    called = Counter(parts[-1] for parts in paths)
    return [guarded(parts[-1] if called[parts[-1]] == 1 else "/".join(parts)) for parts in paths]


def _cell(make: Maker, value: Any) -> str:
    return "" if value is None or value is NOT_STATED else _as_text(make(value))


def _as_text(cell: Written) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return guarded(cell)
    return cell.isoformat() if isinstance(cell, dt.date) else number_text(cell if isinstance(cell, Decimal) else Decimal(cell))


def guarded(text: str) -> str:
    """The text with one `'` in front when a spreadsheet would take it, or a line of it, for a formula."""
    return GUARD + text if is_risky(text) else text
