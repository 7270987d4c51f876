"""T1, T2 and T4 as they stood in a snapshot: what goes up with the weekly report, one by one or as one archive."""

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import translation

from accounts.models import User
from audit import services as audit
from desk.frozen_rows import ABSENT, rows, with_dashes
from ledgers import exporting
from ledgers.layouts.base import Column, Context, Kind, Layout
from ledgers.layouts.known import LAYOUTS
from ledgers.writing import file_name, write_xlsx
from reports.models import Snapshot

CODES = ("T1", "T2", "T4")


def heads(code: str) -> list[str]:
    """The heads of the columns that no snapshot holds."""
    return [LAYOUTS[code].column(key).head for key in ABSENT[code]]


def layout_of(code: str, snapshot: Snapshot) -> Layout:
    """The official layout, its absent columns as text, with notes that name them and the snapshot."""
    known = LAYOUTS[code]
    source = f"数据截至{snapshot.as_of_on}快照（{snapshot.short_hash}），只列登记口径项目，之后的改动不反映；到位资金只计已核实。"
    missing = heads(code)
    notes = [source, *([f"快照不含以下各列，记“—”：{'、'.join(missing)}。"] if missing else [])]
    columns = tuple(_silent(column) if column.key in ABSENT[code] else column for column in known.columns)
    return replace(known, columns=columns, notes=(*known.notes, *notes))


def _silent(column: Column) -> Column:
    return replace(column, kind=Kind.TEXT, total=False, personal=False)


def write_ledger(code: str, snapshot: Snapshot, folder: Path, *, by: User, now: dt.datetime) -> Path:
    """Write one ledger of a snapshot into a folder and note it. Raises PermissionDenied."""
    if not by.has_perm("ledgers.export_ledger"):
        raise PermissionDenied
    asked = replace(exporting.context(by, now=now), reported_on=snapshot.as_of_on)
    with translation.override(settings.LANGUAGE_CODE):  # a ledger is Chinese, whoever takes it
        layout = layout_of(code, snapshot)
        path = folder / file_name(layout, asked, ".xlsx")
        count = _write(path, layout, code, snapshot, asked)
    changes = {"layout": code, "snapshot": snapshot.sha256}
    audit.record("ledger.exported", by, by=by, changes=changes, rows=count)
    return path


def _write(path: Path, layout: Layout, code: str, snapshot: Snapshot, asked: Context) -> int:
    found = with_dashes(rows(code, snapshot, user=asked.user), ABSENT[code])
    return write_xlsx(path, layout, found, context=asked)


def archive(snapshot: Snapshot, others: dict[str, bytes], target: Path, *, by: User, now: dt.datetime) -> None:
    """One archive of the three ledgers and `others` (name → content)."""
    with tempfile.TemporaryDirectory() as folder, ZipFile(target, "w", ZIP_STORED) as file:
        for name, content in others.items():
            file.writestr(name, content)
        for at, code in enumerate(CODES, 1):
            path = write_ledger(code, snapshot, Path(folder), by=by, now=now)
            file.write(path, f"附件{at} {path.name}")
