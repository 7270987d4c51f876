"""What an import would do: every record compared with the database, nothing written.

A plan is made anew for the preview and for the act itself, so that it is never older than the rows it speaks of.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import batched
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _

from accounts.scope import can_change
from audit import changesets
from companies.models import Company
from companies.names import core_name
from core.amounts import MoneyField, format_amount
from core.models import DomainModel
from ledgers.layouts.base import Context, Layout, Record, Row
from ledgers.models import Provenance
from ledgers.recognise import Problem
from ledgers.resources import RESOURCES
from ledgers.resources.base import LedgerResource
from ledgers.resources.companies import CompanyResource
from ledgers.resources.entries import Entry, Unusable
from ledgers.resources.links import CHUNK
from ledgers.values import shown

EMPTY = "—"
TAKE = "take"  # the answer to a conflict that lets the ledger overwrite; any other keeps what the system says


@dataclass(frozen=True)
class Duplicate:
    """A new company beside living ones that are called the same but for place and form; `key` asks which it is."""

    key: str
    name: str
    row: int
    others: tuple[tuple[int, str, str], ...]  # key, name, city


class New(NamedTuple):
    """A new company and the row that speaks of it first."""

    key: str
    name: str
    row: int


@dataclass(frozen=True)
class Conflict:
    """A value somebody changed by hand since the last import, which the ledger would overwrite."""

    key: str
    label: str
    field: str
    present: str
    ledger: str
    cell: str
    taken: bool


@dataclass(frozen=True)
class Part:
    """The rows of one kind of ledger in a workbook."""

    layout: Layout
    rows: Sequence[Row]
    context: Context


@dataclass
class Plan:
    """The rows to write, in the order of writing, and all that has to be said about it."""

    context: Context
    resources: dict[type[models.Model], LedgerResource[Any]]
    rows: int
    problems: list[Problem] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    unlike: dict[str, New] = field(default_factory=dict)  # new companies of which nobody said that they are others

    heads: dict[str, Layout] = field(default_factory=dict)  # sheet → the kind of ledger in it
    refused: set[tuple[str, int]] = field(default_factory=set)  # (sheet, row) of records that could not be used

    def problem(self, row: Row | None, key: str, code: str, message: str) -> Problem:
        """A problem at the cell of a column, or of the row when no column is to blame."""
        if row is None:
            return Problem("", "", 0, "", "", code, message)
        head = next((column.head for column in self.heads[row.sheet].columns if column.key == key), "")
        value = shown(row.values.get(key, ""))
        return Problem(row.sheet, row.addresses.get(key, ""), row.number, head, value, code, message)

    @cached_property
    def duplicates(self) -> list[Duplicate]:
        """The new companies that may be known by another name."""
        return list(duplicates(self.unlike))

    @property
    def saved_roots(self) -> Iterator[tuple[Row, models.Model]]:
        """Each row with the saved object of its ledger's own table that it speaks of."""
        for model, resource in self.resources.items():
            for entry in resource.entries.values():
                for item in entry.records:
                    if not entry.new and item.row is not None and self.heads[item.row.sheet].model is model:
                        yield item.row, entry.instance

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """{"create" | "update" | "unchanged": {model label: rows}}."""
        found: dict[str, dict[str, int]] = {"create": {}, "update": {}, "unchanged": {}}
        for model, resource in self.resources.items():
            entries = [entry for entry in resource.entries.values() if any(record.make for record in entry.records)]
            kinds = Counter("create" if one.new else "update" if one.before else "unchanged" for one in entries)
            for kind, number in kinds.items():
                found[kind][model._meta.label] = number
        return found

    @property
    def changes_nothing(self) -> bool:
        return not any(entry.new or entry.before for resource in self.resources.values() for entry in resource.entries.values())


def plan(
    parts: Sequence[Part],
    *,
    answers: Mapping[str, str] | None = None,
    blank_clears: bool = False,
    refused: Iterable[tuple[str, int]] = (),
) -> Plan:
    """Compare the rows of one or several ledgers with the database, for one person; nothing is written.

    All of it stands in memory, some 50 KB a row: long ledgers come in batches (`ledgers.examining`).
    `refused` are (sheet, row) of which a cell could not be read: what follows only from its absence is not said again.
    """
    made = Plan(parts[0].context, {}, sum(len(part.rows) for part in parts), refused=set(refused))
    made.heads = {row.sheet: part.layout for part in parts for row in part.rows}
    by_model: dict[type[models.Model], list[Record]] = defaultdict(list)
    for part in parts:
        for row in part.rows:
            row.refusals.clear()  # of an earlier plan
            for item in part.layout.records(row, part.context):
                by_model[item.model].append(item)
    for model in (model for model in RESOURCES if model in by_model):
        resource = RESOURCES[model](made.context, blank_clears=blank_clears, answers=dict(answers or {}))
        made.resources[model] = resource
        resource.load(by_model[model])
        made.problems += _taken(made, resource, by_model[model])
    made.problems += [made.problem(row, *refusal) for part in parts for row in part.rows for refusal in row.refusals]
    _settle(made, answers or {})
    return made


def _taken(made: Plan, resource: LedgerResource[Any], records: Iterable[Record]) -> Iterator[Problem]:
    for item in records:
        try:
            resource.take(item)
        except Unusable as refused:
            if item.row is not None:
                made.refused.add((item.row.sheet, item.row.number))
            if refused.message:  # what hangs on a record that is refused already needs no second sentence
                yield made.problem(item.row, refused.column, refused.code, refused.message)


def _settle(made: Plan, answers: Mapping[str, str]) -> None:
    """What needs all records: conflicts, scope and permissions, requirements, possible duplicates."""
    for model, resource in made.resources.items():
        made.conflicts += _conflicts(resource, answers)
        made.problems += _not_allowed(made, model, resource)
        for item, column, code, message in resource.finish(made.resources):
            if item.row is None or (item.row.sheet, item.row.number) not in made.refused:
                made.problems.append(made.problem(item.row, column, code, message))
    companies = made.resources.get(Company)
    if isinstance(companies, CompanyResource):
        made.unlike = _unlike(companies, answers)


def _conflicts(resource: LedgerResource[Any], answers: Mapping[str, str]) -> Iterator[Conflict]:
    """Changes that would overwrite what somebody typed since the last import; kept unless the person takes the ledger's."""
    changed = {entry.instance.pk: entry for entry in resource.changed}
    for pk, told in last_told(resource._meta.model, changed):
        entry = changed[pk]
        for name in [name for name in entry.before if name in told]:
            if held(entry.instance, name, entry.before[name], changesets.kept) == told[name]:
                continue
            key = f"conflict:{entry.instance._meta.label}:{entry.instance.public_id}:{name}"
            taken = answers.get(key) == TAKE
            yield _conflict(entry, name, key, taken)
            if not taken:
                entry.kept[name] = getattr(entry.instance, name)
                setattr(entry.instance, name, entry.before.pop(name))


def _conflict(entry: Entry, name: str, key: str, taken: bool) -> Conflict:
    row = entry.said[name][1].row
    cell = f"{row.sheet}!{row.addresses.get(entry.said[name][1].columns.get(name, ''), '')}" if row else ""
    label = str(entry.instance._meta.get_field(name).verbose_name)
    present, ledger = (in_words(entry.instance, name, value) for value in (entry.before[name], getattr(entry.instance, name)))
    project = getattr(entry.instance, "project", None)
    named = f"{project} · {entry.instance}" if project else str(entry.instance)
    return Conflict(key, named, label, present, ledger, cell, taken)


def last_told(model: type[models.Model], keys: Iterable[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    """What imports last wrote into rows of a table: (key, {field: text})."""
    kind = ContentType.objects.get_for_model(model)
    for some in batched(keys, CHUNK):
        told: dict[int, dict[str, Any]] = defaultdict(dict)
        rows = Provenance.objects.filter(content_type=kind, object_id__in=some, job__status="applied").order_by("id")
        for pk, cells in rows.values_list("object_id", "cells"):
            told[pk] |= {name: text for name, (_cell, text) in cells.items()}
        yield from told.items()


def in_words(row: models.Model, name: str, value: Any) -> str:
    """A value of a field as people read it: the label of a choice, the name of a linked row, “—” for nothing."""
    column = row._meta.get_field(name)
    if value in (None, "", {}):
        return EMPTY
    if isinstance(value, dict):
        return "；".join(map(str, value.values()))
    if column.is_relation:
        return str(value)
    if isinstance(column, MoneyField):
        return format_amount(value)
    choices = dict(getattr(column, "flatchoices", ()))
    return str(choices.get(value) or held(row, name, value, changesets.text))


def told_text(entry: Entry, name: str) -> Any:
    """What a ledger says of a field, as it is kept to compare the next one with."""
    value = entry.kept.get(name, getattr(entry.instance, name))
    return held(entry.instance, name, value, changesets.kept)


def held(row: models.Model, name: str, value: Any, write: Callable[[Any, models.Model], Any]) -> Any:
    """A value of a field as `write` (`changesets.text` or `kept`) writes it, were it the row's."""
    column, present = row._meta.get_field(name), getattr(row, name)
    setattr(row, name, value)
    try:
        return write(column, row)
    finally:
        setattr(row, name, present)


def _not_allowed(made: Plan, model: type[models.Model], resource: LedgerResource[Any]) -> Iterator[Problem]:
    user, name = resource.context.user, model._meta.model_name
    for entries, act in ((resource.created, "add"), (resource.changed, "change")):
        if entries and not user.has_perm(f"{model._meta.app_label}.{act}_{name}"):
            text = _("您没有新增或修改“%(table)s”的权限：请联系系统管理员") % {"table": model._meta.verbose_name}
            yield made.problem(entries[0].records[0].row, "", "permission", text)
            return
    for entry in resource.changed:
        if isinstance(entry.instance, DomainModel) and not can_change(user, entry.instance):
            text = _("您只能查看“%(row)s”，不能修改：请交由其负责人导入") % {"row": entry.instance}
            record, column = _where(entry)
            yield made.problem(record.row, column, "scope", text)


def _where(entry: Entry) -> tuple[Record, str]:
    name = next(iter(entry.before))
    record = entry.said[name][1] if name in entry.said else entry.records[-1]
    return record, record.columns.get(name, "")


def _unlike(companies: CompanyResource, answers: Mapping[str, str]) -> dict[str, New]:
    found: dict[str, New] = {}
    for entry in companies.created:
        key, row = f"company:{entry.instance.name_key}", entry.records[0].row
        if answers.get(key) != "new":
            found[core_name(entry.instance.name)] = New(key, entry.instance.name, row.number if row else 0)
    return found


def duplicates(new: Mapping[str, New]) -> Iterator[Duplicate]:
    """New companies beside living ones that are called the same but for place and form: a question, never a merge."""
    if not new:
        return
    found: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for pk, name, city in Company.objects.order_by("pk").values_list("pk", "name", "city").iterator(2000):
        if (core := core_name(name)) in new:
            found[core].append((pk, name, city))
    for core, others in found.items():
        yield Duplicate(*new[core], tuple(others))
