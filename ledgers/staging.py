"""Where the rows of an import wait until they are inserted.

SQLite has one writer: while a transaction holds the lock nobody can sign in, and building thousands of rows in Python
takes longer than anybody waits. So there the rows are built into a private file of the same tables, with keys reserved
beforehand, and the one short transaction copies them table by table. PostgreSQL has no such need.
"""

import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import batched
from pathlib import Path
from typing import Any, Protocol

from django.db import connection, models, transaction
from django.db.models.sql import InsertQuery
from django.utils import timezone

from accounts.models import User
from audit.models import ChangeSet
from core import bulk
from core.models import DomainModel

BATCH = 500
NAME = "staged"  # of the attached file


class Sink(Protocol):
    """Takes rows of any table, parents before children; afterwards they have keys."""

    def preparing(self) -> AbstractContextManager[Any]:
        """What has to be around the insertions."""

    def begin(self, changeset: ChangeSet) -> None:
        """Give the change set of the act its key."""

    def insert(self, rows: Sequence[models.Model], *, by: User | None) -> None:
        """Take rows with their first history; of several tables at once too."""

    def flush(self) -> None:
        """Put what was taken into the tables, inside the transaction of the act."""


class Direct:
    """Inserts at once, inside one transaction."""

    def preparing(self) -> AbstractContextManager[Any]:
        return transaction.atomic()

    def begin(self, changeset: ChangeSet) -> None:
        changeset.save()

    def insert(self, rows: Sequence[models.Model], *, by: User | None) -> None:
        for model, some in by_table(rows):
            for part in batched(some, BATCH):  # so that histories do not stand in memory all at once
                if issubclass(model, DomainModel):
                    bulk.insert(part, by=by)  # type: ignore[type-var]
                else:
                    model._default_manager.bulk_create(part)

    def flush(self) -> None:
        """Everything is there already."""


class Staged:
    """Fills a private SQLite file and copies it in one go."""

    def __init__(self, path: Path) -> None:
        self.file = sqlite3.connect(path, isolation_level=None)
        self.file.execute("PRAGMA synchronous=OFF")
        self.tables: dict[type[models.Model], bool] = {}  # table → whether its keys were reserved

    def preparing(self) -> AbstractContextManager[Any]:
        return nullcontext()

    def begin(self, changeset: ChangeSet) -> None:
        self.insert([changeset], by=None)

    def insert(self, rows: Sequence[models.Model], *, by: User | None) -> None:
        for model, some in by_table(rows):
            reserve(model, some)
            self._fill(model, some, keyed=True, by=by)

    def _fill(self, model: type[models.Model], rows: Sequence[Any], *, keyed: bool, by: User | None) -> None:
        if model not in self.tables:
            table = connection.ops.quote_name(model._meta.db_table)
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE TABLE {NAME}.{table} AS SELECT * FROM main.{table} WHERE 0")  # noqa: S608 - our names
            self.tables[model] = keyed
        for part in batched(rows, BATCH):  # so that histories do not stand in memory all at once
            if issubclass(model, DomainModel):
                for row in part:
                    row.created_by_id = row.updated_by_id = by.pk if by else None
            for statement, values in statements(model, part, keyed=keyed):
                self.file.execute(statement.replace("%s", "?"), values)
            if history := getattr(model, "history", None):
                self._fill(history.model, [_first(history.model, row, by) for row in part], keyed=False, by=by)

    def flush(self) -> None:
        with connection.cursor() as cursor:
            for model, keyed in self.tables.items():
                table = connection.ops.quote_name(model._meta.db_table)
                fields = [field for field in model._meta.concrete_fields if keyed or not field.primary_key]
                names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
                cursor.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM {NAME}.{table}")  # noqa: S608 - our names


def statements(model: type[models.Model], rows: Sequence[Any], *, keyed: bool) -> Iterator[tuple[str, Sequence[Any]]]:
    """The INSERT statements of many rows, as Django's own bulk path builds them, with their values."""
    fields = [field for field in model._meta.concrete_fields if keyed or not field.primary_key]
    for row in rows:
        row._prepare_related_fields_for_save(operation_name="bulk_create")
        row._state.adding, row._state.db = False, connection.alias
    size = max(1, connection.ops.bulk_batch_size(fields, rows))
    for some in batched(rows, min(size, BATCH)):
        query = InsertQuery(model)
        query.insert_values(fields, list(some))
        yield from query.get_compiler(connection=connection).as_sql()


def _first(model: type[models.Model], row: models.Model, by: User | None) -> models.Model:
    """The first history entry of a row, as the bulk path of the history package makes it."""
    values = {field.attname: getattr(row, field.attname) for field in model.tracked_fields}  # type: ignore[attr-defined]
    return model(history_date=timezone.now(), history_user=by, history_change_reason="", history_type="+", **values)


def reserve(model: type[models.Model], rows: Sequence[Any]) -> None:
    """Give rows keys that nobody else will get, in a transaction of a moment."""
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        last = found[0] if found else 0
        act = (
            "UPDATE sqlite_sequence SET seq = %s WHERE name = %s"
            if found
            else "INSERT INTO sqlite_sequence (seq, name) VALUES (%s, %s)"
        )
        cursor.execute(act, [last + len(rows), table])
    for key, row in enumerate(rows, last + 1):
        row.pk = key


def by_table(rows: Sequence[models.Model]) -> Iterator[tuple[type[models.Model], list[models.Model]]]:
    """The rows table by table, in the order of their first ones."""
    tables: dict[type[models.Model], list[models.Model]] = defaultdict(list)
    for row in rows:
        tables[type(row)].append(row)
    yield from tables.items()


@contextmanager
def opened(*, at_once: bool) -> Iterator[Sink]:
    """The sink for this database; `at_once` for rows that others have to find while the act goes on.

    Inside a transaction of somebody else nothing is gained by waiting.
    """
    if at_once or connection.vendor != "sqlite" or connection.in_atomic_block:
        yield Direct()
        return
    with tempfile.TemporaryDirectory() as folder, connection.cursor() as cursor:
        path = Path(folder, "staged.sqlite3")
        cursor.execute(f"ATTACH DATABASE %s AS {NAME}", [str(path)])
        staged = Staged(path)
        try:
            yield staged
        finally:
            staged.file.close()
            cursor.execute(f"DETACH DATABASE {NAME}")
