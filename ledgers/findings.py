"""What plans say, gathered batch by batch: figures, sentences and a few examples, so that the plans themselves may go."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import models

from ledgers import fields, new_rows, reconciling
from ledgers.layouts.comparing import Difference
from ledgers.new_rows import NewRows
from ledgers.planning import EMPTY, Conflict, Duplicate, New, Part, Plan, duplicates, in_words
from ledgers.recognise import Problem
from ledgers.resources.entries import Entry

SHOWN = 300  # changed rows and differing cells listed one by one; the counts name all


@dataclass
class Findings:
    """The outcome of comparing a whole ledger with the database."""

    rows: int
    problems: list[Problem] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)  # of the first rows, as the report shows them
    created: NewRows = field(default_factory=dict)  # the first of each kind
    differences: list[Difference] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=lambda: {"create": {}, "update": {}, "unchanged": {}})
    changes_nothing: bool = True
    named: dict[type[models.Model], set[int]] = field(
        default_factory=lambda: defaultdict(set)
    )  # saved rows of the ledgers' tables
    unlike: dict[str, New] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, parts: Sequence[Part] = ()) -> "Findings":
        """Those of the only batch."""
        found = cls(plan.rows)
        found.add(plan, parts)
        found.finish()
        return found

    def add(self, plan: Plan, parts: Sequence[Part] | None = None) -> None:
        """Take from a plan what is told of it; changed rows and differing cells only for a report, with its `parts`."""
        known = {one.message for one in self.problems if one.code == "permission"}  # said once, not in every batch
        self.problems += [one for one in plan.problems if one.message not in known]
        self.conflicts += plan.conflicts
        self.unlike |= plan.unlike
        self.changes_nothing = self.changes_nothing and plan.changes_nothing
        for kind, numbers in plan.counts.items():
            self.counts[kind] = dict(Counter(self.counts[kind]) + Counter(numbers))
        for layout in {id(layout): layout for layout in plan.heads.values()}.values():
            if layout.model in plan.resources:
                entries = plan.resources[layout.model].entries.values()
                self.named[layout.model].update(entry.instance.pk for entry in entries if entry.instance.pk is not None)
        if parts is not None:
            new_rows.add(self.created, plan)
            self.changes += islice(_changes(plan), SHOWN - len(self.changes))
            self.differences += islice(reconciling.differences(plan, parts), SHOWN - len(self.differences))

    def finish(self) -> None:
        """What is asked once, of all new companies."""
        self.duplicates = list(duplicates(self.unlike))


def _changes(plan: Plan) -> Iterator[dict[str, Any]]:
    for model, resource in plan.resources.items():
        for entry in resource.changed:
            yield {"table": str(model._meta.verbose_name), "name": str(entry.instance), "fields": list(_fields(entry))}


def _fields(entry: Entry) -> Iterator[dict[str, str]]:
    """Each changed field: its label, what it held, what the ledger says, and where."""
    for name, before in entry.before.items():
        record = entry.said[name][1] if name in entry.said else entry.records[-1]
        column = record.columns.get(name, "")
        cell = f"{record.row.sheet}!{record.row.addresses.get(column, '')}" if record.row and column else ""
        old, new = _pair(entry.instance, name, before)
        yield {"label": str(entry.instance._meta.get_field(name).verbose_name), "before": old, "after": new, "cell": cell}


def _pair(row: models.Model, name: str, before: Any) -> tuple[str, str]:
    """What a field held and what it will hold; of the columns kept in `Project.extra` those that differ."""
    after = getattr(row, name)
    if isinstance(before, dict) and isinstance(after, dict):
        return _kept(before, after), _kept(after, before)
    return in_words(row, name, before), in_words(row, name, after)


def _kept(extra: dict[str, str], other: dict[str, str]) -> str:
    heads = fields.extra_heads()
    return "；".join(f"{heads.get(key, key)}：{text}" for key, text in extra.items() if other.get(key) != text) or EMPTY
