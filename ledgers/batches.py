"""A ledger in batches that do not concern each other, so that not all that is planned has to stand in memory at once.

Rows that may speak of one company, person, event or project stay together, whatever their distance. By which texts
they may is asked of the resources (`ties`); what only the database knows (an alias, a number beside a name) shows when
a second batch meets a saved row of an earlier one: then both are joined, and everything is planned anew.
"""

from array import array
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from django.db import models

from ledgers.layouts.base import Record, Row
from ledgers.planning import Part, Plan
from ledgers.resources import RESOURCES

ROWS = 500  # of a batch, unless more of them belong together


class Entangled(Exception):
    """Rows of two batches speak of one saved row: they belong into one."""


class Batches:
    """The rows of several ledgers, in the order of the file within each batch."""

    def __init__(self, parts: Sequence[Part], *, size: int = 0) -> None:
        self.parts, self.size = parts, size or ROWS
        self.rows = [(place, row) for place, part in enumerate(parts) for row in part.rows]
        self.above = array("l", range(len(self.rows)))  # each row → an earlier one it belongs to, or itself
        self.apart = len(self.rows) > self.size
        self.joined = False
        self.ahead = 0  # a row of the first batch
        if self.apart:
            self._tie()

    def __iter__(self) -> Iterator[list[Part]]:
        """Batch after batch; at the end raises Entangled when `meet` joined some."""
        self.met: dict[type[models.Model], dict[int, int]] = defaultdict(dict)  # saved row → row of the ledger
        self.joined = False
        if not self.apart:
            yield list(self.parts)
            return
        for chosen in self._chosen():
            rows: dict[int, list[Row]] = defaultdict(list)
            self.places = {id(self.rows[at][1]): at for at in chosen}
            self.here = set(chosen)
            for at in chosen:
                place, row = self.rows[at]
                rows[place].append(row)
            yield [Part(self.parts[place].layout, some, self.parts[place].context) for place, some in sorted(rows.items())]
        if self.joined:
            raise Entangled

    def _chosen(self) -> Iterator[list[int]]:
        together: dict[int, list[int]] = defaultdict(list)
        for at in range(len(self.rows)):
            together[self._first(at)].append(at)
        batch: list[int] = together.pop(self._first(self.ahead))
        for some in together.values():
            if len(batch) >= self.size:
                yield sorted(batch)
                batch = []
            batch += some
        yield sorted(batch)

    def meet(self, plan: Plan) -> None:
        """Note the saved rows that a batch writes or hangs rows on, and join it to those that met them before."""
        if not self.apart:
            return
        for model, resource in plan.resources.items():
            for entry in resource.entries.values():
                for record in entry.records:
                    if record.make and record.row is not None:
                        self._meet(model, entry.instance, record.row)
                        for parent in _parents(record):
                            self._meet(parent.model, parent.instance, record.row)

    def _meet(self, model: type[models.Model], instance: models.Model | None, row: Row) -> None:
        if instance is not None and instance.pk is not None:
            at = self.places[id(row)]
            other = self.met[model].setdefault(instance.pk, at)
            if other not in self.here:
                self._join(other, at)
                self.joined = True

    def _tie(self) -> None:
        """Join the rows that may speak of the same; rows that only link to something, if a row of the ledger makes it."""
        held: dict[int, int] = {}  # hash of a tie → a row; that two ties have the same joins too much, which harms nothing
        linking: dict[int, array[int]] = defaultdict(lambda: array("l"))
        for at, (place, row) in enumerate(self.rows):
            part = self.parts[place]
            for record in part.layout.records(row, part.context):
                if record.make:
                    self.ahead = at if RESOURCES[record.model].first else self.ahead
                    for tie in _ties(record):
                        self._join(held.setdefault(hash(tie), at), at)
                else:
                    for tie in _own_ties(record):
                        linking[hash(tie)].append(at)
        for tie, rows in linking.items():
            for at in rows if tie in held else ():
                self._join(held[tie], at)

    def _first(self, at: int) -> int:
        while self.above[at] != at:
            self.above[at] = self.above[self.above[at]]
            at = self.above[at]
        return at

    def _join(self, one: int, other: int) -> None:
        first, second = sorted((self._first(one), self._first(other)))
        self.above[second] = first


def _parents(record: Record) -> Iterator[Record]:
    for value in record.identity.values():
        if isinstance(value, Record):
            yield value
            yield from _parents(value)


def _ties(record: Record) -> Iterator[Hashable]:
    """Those of a record and of all by which it is recognised."""
    yield from _own_ties(record)
    for parent in _parents(record):
        yield from _own_ties(parent)


def _own_ties(record: Record) -> Iterator[Hashable]:
    for tie in RESOURCES[record.model].ties(record):
        yield record.model, tie
