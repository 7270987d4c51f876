"""A ledger in the official layout, as .xlsx."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings

from ledgers.layouts.base import Context, Layout
from ledgers.writing.cells import maker
from ledgers.writing.heads import unit_of
from ledgers.writing.page import SHEET_PART, Frame, Page, frame
from ledgers.writing.sheet_rows import SheetColumn, write_rows
from ledgers.writing.totals import Totals

LEVEL = 3  # of compression: a fourth faster than 6, and 7 % larger


def write_xlsx(
    path: Path,
    layout: Layout,
    rows: Iterable[dict[str, Any]],
    *,
    context: Context,
    title: str | None = None,
    unmasked: bool = False,
) -> int:
    """Write a ledger: title, unit line, merged heads, the rows one by one, 合计, notes and signatures; returns the rows.

    Nothing in it is a formula. Without a `title` the layout's is taken. Telephones of personal columns are masked
    unless `unmasked`. Raises ValidationError (code "too_long") for a text that no cell can hold.
    """
    page = Page(layout, context, title or layout.title.format(zone=settings.ZONE_NAME, year=context.reported_on.year))
    opening, totals = frame(page), Totals(layout.written)
    columns = [
        SheetColumn(column.key, column.head, maker(column, unit_of(column, layout), unmasked=unmasked), style)
        for column, style in zip(page.columns, opening.styles, strict=True)
    ]
    try:
        _write_file(path, page, totals.counting(rows), columns, opening=opening, totals=totals)
    except BaseException:
        path.unlink(missing_ok=True)  # half a ledger would look like a whole one
        raise
    return totals.rows


def _write_file(
    path: Path, page: Page, rows: Iterable[dict[str, Any]], columns: list[SheetColumn], *, opening: Frame, totals: Totals
) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=LEVEL) as file:
        with file.open(SHEET_PART, "w") as sheet:
            sheet.write(opening.before)
            write_rows(sheet, rows, columns, first=page.first_row + 1)
            closing = frame(page, totals)
            sheet.write(closing.after)
        for name, content in closing.others.items():
            file.writestr(name, content)
