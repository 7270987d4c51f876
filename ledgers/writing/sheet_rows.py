"""Data rows as the XML of a worksheet.

Written here and not by xlsxwriter: that takes four times as long, and copies a text between <r> and </r> into the
sheet as markup. Only two kinds of cells exist, inline text and number, so nothing can become a formula.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import IO, Any, NamedTuple
from xml.sax.saxutils import escape

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ledgers.sheets import address
from ledgers.values import NOT_STATED
from ledgers.writing.cells import Maker, Written

EPOCH = dt.date(1899, 12, 30).toordinal()  # day 0 of Excel from 1 March 1900 on
LONGEST_TEXT = 32_767  # UTF-16 units in one cell
SURELY_FITS = LONGEST_TEXT // 2
BATCH = 500  # rows written at once
NOT_PLAIN = re.compile(r"[&<>_\s\x00-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPED_LOOK = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
NO_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
SURROGATES = re.compile(r"[\ud800-\udfff]")


class SheetColumn(NamedTuple):
    """A column of the sheet: the key of its values (empty for 序号), how they are written, and their style."""

    key: str
    head: str
    make: Maker
    style: str


def write_rows(out: IO[bytes], rows: Iterable[Mapping[str, Any]], columns: Sequence[SheetColumn], *, first: int) -> None:
    """Write rows from row `first` on, counted from 1; raises ValidationError (code "too_long") for an endless text."""
    lettered = [(address(0, at)[:-1], *column) for at, column in enumerate(columns)]
    pieces: list[str] = []
    for number, row in enumerate(rows, first):
        pieces.append(f'<row r="{number}">')
        for letter, key, head, make, style in lettered:
            value = row.get(key) if key else number - first + 1
            cell = None if value is None or value is NOT_STATED else make(value)
            start = f'<c r="{letter}{number}" s="{style}"'
            if cell.__class__ is not str:
                pieces.append(start + _figure(cell))
            elif len(cell) < SURELY_FITS and not NOT_PLAIN.search(cell):
                pieces.append(f'{start} t="inlineStr"><is><t>{cell}</t></is></c>')
            else:
                _refuse_endless(cell, head, number - first + 1)
                pieces.append(f'{start} t="inlineStr"><is><t xml:space="preserve">{_escaped(cell)}</t></is></c>')
        pieces.append("</row>")
        if number % BATCH == 0:
            out.write("".join(pieces).encode())
            pieces.clear()
    out.write("".join(pieces).encode())


def _figure(cell: Written) -> str:
    """An empty cell, a day or a number, behind its address and style."""
    if cell is None:
        return "/>"
    if isinstance(cell, dt.date):
        return f"><v>{cell.toordinal() - EPOCH}</v></c>"
    return f"><v>{cell:f}</v></c>" if isinstance(cell, Decimal) else f"><v>{cell}</v></c>"


def _escaped(text: str) -> str:
    """Signs that XML forbids as Excel writes them, _x0001_; a text that only looks so keeps its looks."""
    text = SURROGATES.sub("\ufffd", ESCAPED_LOOK.sub("_x005F_", text))
    return escape(NO_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text))


def _refuse_endless(text: str, head: str, row: int) -> None:
    """A shortened text would, imported again, cut the one we keep."""
    if len(text.encode("utf-16-le", "replace")) // 2 > LONGEST_TEXT:
        message = _("第 %(row)d 行“%(head)s”超过 %(limit)d 字，Excel 的一格放不下：请先精简这段文字，或导出为 CSV")
        raise ValidationError(message % {"row": row, "head": head, "limit": LONGEST_TEXT}, code="too_long")
