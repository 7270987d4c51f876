"""Importing one table by django-import-export's row logic: recognised by natural key, compared, checked, not yet saved.

A resource is built for one import by one person. `load` fetches the rows that the records may mean, `take` plans one
record. Nothing is written before `ledgers.applying` writes all of it in one transaction.
"""

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import batched
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from import_export import resources, widgets
from import_export.results import RowResult

from accounts.owned import OwnedModel
from accounts.scope import Scope, visible
from ledgers.layouts.base import Context, Record
from ledgers.resources.columns import Columns
from ledgers.resources.entries import Entry, Unusable
from ledgers.resources.links import CHUNK


class TypedWidget(widgets.Widget):  # type: ignore[misc]
    """Values are typed by the reader of cells already."""

    def __init__(self, **options: Any) -> None:
        super().__init__()

    def clean(self, value: Any, row: Any = None, **options: Any) -> Any:
        return value


class QuietResult(RowResult):  # type: ignore[misc]
    """The result of a row without its name: asking each row for it would fetch what it hangs on."""

    def add_instance_info(self, instance: Any) -> None:
        """Nothing is kept but the row itself."""


class LedgerResource[M: models.Model](resources.ModelResource):  # type: ignore[misc]
    """How one table is imported. Subclasses say by which keys a row and a record are the same."""

    first: ClassVar[bool] = False  # its new rows are inserted at once, in the first batch of all
    hidden_linkable: ClassVar[bool] = False  # rows out of scope may be pointed at, never changed
    given: ClassVar[frozenset[str]] = frozenset()  # columns whose value only the system gives: a ledger may name it
    unknown: ClassVar[Any] = None  # the sentence for a link that is not there; %(name)s

    class Meta:
        skip_diff = True
        store_instance = True
        use_transactions = False
        import_id_fields = ()

    def __init__(self, context: Context, *, blank_clears: bool = False, answers: dict[str, str] | None = None) -> None:
        super().__init__()
        self.context, self.blank_clears, self.answers = context, blank_clears, answers or {}
        self.entries: dict[Any, Entry] = {}  # id(instance) → entry
        self.index: dict[Hashable, M] = {}
        self.ambiguous: set[Hashable] = set()
        self.hidden: set[int] = set()
        self.settable = set(self.fields)
        self.columns = Columns(self._meta.model, self.settable, blank_clears, self.given)

    # What a subclass says

    def keys(self, row: M) -> Iterable[Hashable]:
        """The keys by which a living row is known."""
        raise NotImplementedError

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        """The keys of a record, the most certain first."""
        raise NotImplementedError

    def new_keys(self, record: Record) -> Iterable[Hashable]:
        """The keys by which later records find a row that this one makes."""
        return self.record_keys(record)

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[M]]:
        """The living rows that the records may mean."""
        raise NotImplementedError

    @classmethod
    def ties(cls, record: Record) -> Iterable[Hashable]:
        """By what two rows of a ledger may mean the same row of this table; a table whose rows hang on others needs none.

        Rows without a tie in common are planned and written apart (`ledgers.batches`): rather one too many.
        """
        return ()

    def prepare(self, entry: Entry, record: Record) -> None:
        """Set what follows from other columns, before the row is compared and checked; may raise Unusable."""

    # Planning

    def load(self, records: Sequence[Record]) -> None:
        """Fetch what the records may mean, and note what of it the person may not see."""
        found = {row.pk: row for rows in self.candidates(records) for row in rows}
        if found and not Scope.of(self.context.user).sees_all:
            seen: set[int] = set()
            for keys in batched(found, CHUNK):
                seen.update(visible(self._meta.model, self.context.user).filter(pk__in=keys).values_list("pk", flat=True))
            self.hidden = set(found) - seen
        for row in found.values():
            if self.hidden_linkable or row.pk not in self.hidden:
                self.remember(row)

    def remember(self, row: M) -> None:
        for key in self.keys(row):
            if self.index.setdefault(key, row) is not row:
                self.ambiguous.add(key)

    def take(self, record: Record) -> Entry:
        """Plan one record; raises Unusable. Records of one row of the table, however often named, share an entry."""
        result = self.import_row(
            self.columns.flat(record),
            self,
            row_number=record.row.number if record.row else 0,
            record=record,
        )
        if result.validation_error or result.errors:
            self._forget(record)
        if result.validation_error:
            self._blame(record, result.validation_error)
        if result.errors:
            raise result.errors[0].error
        record.instance = result.instance
        return self.entries[id(result.instance)]

    def _forget(self, record: Record) -> None:
        """A new row that only a refused record speaks of is none."""
        for key, entry in list(self.entries.items()):
            if entry.new and entry.records == [record]:
                del self.entries[key]
                self.index = {place: row for place, row in self.index.items() if row is not entry.instance}

    def _blame(self, record: Record, error: ValidationError) -> None:
        named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        name, messages = next(iter(named.items()))
        raise Unusable(record.columns.get(name, ""), "invalid", "；".join(messages))

    # django-import-export's steps

    @classmethod
    def get_row_result_class(cls) -> type[QuietResult]:
        return QuietResult

    @classmethod
    def widget_from_django_field(cls, f: Any, default: Any = widgets.Widget) -> Any:
        return TypedWidget

    @classmethod
    def get_fk_widget(cls, field: Any) -> Any:
        return TypedWidget

    def get_or_init_instance(self, instance_loader: Any, row: dict[str, Any]) -> tuple[M, bool]:
        record: Record = row["record"]
        found = self.find(record)
        if found is not None:
            return found, found.pk is None
        if not record.make:
            self._refuse_unknown(record)
        return self.init_instance(row), True

    def find(self, record: Record) -> M | None:
        """The row that a record means, in the database or earlier in the file; raises Unusable when it may be several."""
        for key in self.record_keys(record):
            if key in self.ambiguous:
                text = _("系统里有几个“%(name)s”，分不清是哪一个：请补上编号、代码或投资方")
                raise Unusable(self._first(record), "ambiguous", text % {"name": self._name(record)})
            if key in self.index:
                return self.index[key]
        return None

    def _name(self, record: Record) -> Any:
        return next((value for value in record.identity.values() if isinstance(value, str)), self._meta.model._meta.verbose_name)

    def _first(self, record: Record) -> str:
        return next((record.columns[name] for name in record.identity if name in record.columns), "")

    def _refuse_unknown(self, record: Record) -> None:
        text = self.unknown or _("系统里没有“%(name)s”，或不在您的范围：请核对名称，或先在系统里建立")
        raise Unusable(self._first(record), "unknown", str(text) % {"name": self._name(record)})

    def import_instance(self, instance: M, row: dict[str, Any], **options: Any) -> None:
        record: Record = row["record"]
        entry = self.entries.setdefault(id(instance), Entry(instance, new=instance.pk is None))
        entry.records.append(record)
        if not record.make or instance.pk in self.hidden:
            return
        first = entry.new and len(entry.records) == 1
        told = {**row["identity"], **row} if first else self._without_known_marks(instance, row)
        for name in told.keys() & self.settable:
            self._set(entry, record, name, told[name])
        self.prepare(entry, record)
        if entry.new:
            self._own(instance)
            for key in self.new_keys(record):
                self.index.setdefault(key, instance)

    def _without_known_marks(self, instance: M, row: dict[str, Any]) -> dict[str, Any]:
        """A ledger does not write that a date was inferred: of a date we hold already it says nothing about that."""
        marks = {name for name in row if name.endswith("_inferred")}
        known = {
            name for name in marks if getattr(instance, name.removesuffix("_inferred")) == row[name.removesuffix("_inferred")]
        }
        return {name: value for name, value in row.items() if name not in known}

    def _set(self, entry: Entry, record: Record, name: str, value: Any) -> None:
        if name in entry.said and entry.said[name][0] != value and entry.said[name][1].row is not record.row:
            self._refuse_contradiction(entry, record, name)
        entry.said[name] = (value, record)
        self.set(entry, name, value)

    def set(self, entry: Entry, name: str, value: Any) -> None:
        """Give a field its value, remembering what it held."""
        if self._holds(entry.instance, name, value):
            return
        old = getattr(entry.instance, name, None) if not entry.new else None
        if not entry.new:
            entry.before.setdefault(name, old)
            if entry.before[name] == value:
                del entry.before[name]
        setattr(entry.instance, name, value)

    def _holds(self, instance: M, name: str, value: Any) -> bool:
        """Whether a field has this value; a link is compared by its key, so that nothing is fetched for it."""
        column = self._meta.model._meta.get_field(name)
        if not isinstance(column, models.ForeignKey):
            held = getattr(instance, name)
            return bool(held == value or (isinstance(held, str) and held.replace("\r\n", "\n") == value))
        key = value.pk if value is not None else None
        return (key is not None or value is None) and getattr(instance, column.attname) == key

    def _refuse_contradiction(self, entry: Entry, record: Record, name: str) -> None:
        said, other = entry.said[name]
        number = other.row.number if other.row else 0
        text = _("与第 %(row)d 行对“%(name)s”的说法不一致（那里是“%(value)s”）：请改成一致")
        label = {"row": number, "name": entry.instance, "value": said if said is not None else "—"}
        raise Unusable(record.columns.get(name, ""), "contradiction", text % label)

    def _own(self, instance: M) -> None:
        if isinstance(instance, OwnedModel):
            instance.origin = OwnedModel.Origin.IMPORTED
            instance.owner = instance.owner or self.context.user
            if instance.department_id is None:
                instance.fill_department(self.context.user)

    def skip_row(self, instance: M, original: Any, row: dict[str, Any], import_validation_errors: Any = None) -> bool:
        entry = self.entries[id(instance)]
        return not import_validation_errors and not entry.new and not entry.before

    def validate_instance(self, instance: M, import_validation_errors: Any = None, validate_unique: bool = True) -> None:
        """The rules of the columns that were set and of the row; unique keys and links are held by the index."""
        if import_validation_errors:
            raise ValidationError(import_validation_errors)
        entry = self.entries[id(instance)]
        untouched = {column.name for column in instance._meta.fields if column.name not in entry.said or column.is_relation}
        instance.clean_fields(exclude=untouched)
        instance.clean()

    def save_instance(self, instance: M, is_create: bool, row: Any, **options: Any) -> None:
        """Nothing: the plan is written later, all of it or nothing."""

    def save_m2m(self, *args: Any, **options: Any) -> None:
        """There are only link tables, which have resources of their own."""

    # After all records

    def finish(self, resources: "dict[type[models.Model], LedgerResource[Any]]") -> Iterator[tuple[Record, str, str, str]]:
        """Rules that need the whole plan: (record, column key, code, message) for each refusal."""
        return iter(())

    def waves(self) -> Iterable[list[M]]:
        """The new rows in the order of writing; a table whose rows point at each other parts them."""
        yield [entry.instance for entry in self.created]

    def before_write(self) -> None:
        """Set what needs the keys of rows that were inserted before, where a link does not do it by itself."""

    def after_write(self, *, now: dt.datetime) -> list[models.Model]:
        """Rows that follow from what was written, once it has keys; they are inserted and can be undone."""
        return []

    @property
    def created(self) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.new]

    @property
    def changed(self) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.changed]
