"""Where changed rows wait for the end of an import: in a file, since there may be as many as the ledger is long."""

import pickle
from collections.abc import Sequence
from itertools import batched
from tempfile import SpooledTemporaryFile
from types import TracebackType

from django.db import models

from accounts.models import User
from core import bulk
from core.models import DomainModel

BATCH = 500
IN_MEMORY = 4 * 2**20  # bytes, before a file is begun


class Spool:
    """Keeps changed rows as they are to be, without the rows they hang on."""

    def __enter__(self) -> "Spool":
        self.file = SpooledTemporaryFile(IN_MEMORY)
        self.parts = 0
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.file.close()

    def put(self, rows: Sequence[models.Model], fields: Sequence[str]) -> None:
        """Take rows of one table that have all keys of what they point at; they are of no other use afterwards."""
        for part in batched(rows, BATCH):
            for row in part:
                row._prepare_related_fields_for_save(operation_name="bulk_update")  # type: ignore[attr-defined]
                row._state.fields_cache.clear()
                row.__dict__.pop("_prefetched_objects_cache", None)
            pickle.dump((part, fields), self.file)
            self.parts += 1

    def change(self, *, by: User) -> None:
        """Save them; raises core.models.StaleRow when one was changed since it was loaded."""
        self.file.seek(0)
        for _part in range(self.parts):
            rows, fields = pickle.load(self.file)  # noqa: S301 - our own, from a file that nobody else can open
            _change(rows, fields, by=by)


def _change(rows: Sequence[models.Model], fields: Sequence[str], *, by: User) -> None:
    if isinstance(rows[0], DomainModel):
        bulk.change(rows, [*fields, *bulk.derived(type(rows[0]))], by=by)  # type: ignore[type-var]
    else:
        for row in rows:
            row.save(update_fields=fields)
