"""Undo: what an act changed, noted row by row, so that it can be taken back within UNDO_DAYS.

An act that may be regretted opens a set, does its work and notes each row after saving it:

    changeset = changesets.open("project.reassigned", by=by, now=now)
    before = changesets.before(row, ["owner", "department"])
    row.owner = …
    row.save(by=by, update_fields=["owner", "department"])
    changesets.record_change(changeset, row, before)

Rows are taken back in the opposite order. One that was edited since stays as it is and is named.
"""

from audit.noting import (
    UNDO_DAYS,
    Columns,
    before,
    kept,
    new,
    notes,
    open,  # noqa: A004 - read as changesets.open
    record_change,
    record_created,
    record_deleted,
    text,
)
from audit.undoing import Undone, is_still, refuse_closed, undo

__all__ = [
    "UNDO_DAYS",
    "Columns",
    "Undone",
    "before",
    "is_still",
    "kept",
    "new",
    "notes",
    "open",
    "record_change",
    "record_created",
    "record_deleted",
    "refuse_closed",
    "text",
    "undo",
]
