"""A whole ledger compared with the database, batch by batch, for the report or for the act itself."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from django.conf import settings
from django.utils import translation

from accounts.models import User
from ledgers import planning
from ledgers.batches import Batches, Entangled
from ledgers.findings import Findings
from ledgers.layouts.base import Context, Layout, Row
from ledgers.planning import Part, Plan
from ledgers.recognise import Problem, Table, read_rows

EVERY = 10**6  # problems: all are found, the report shows the first of them


class Unfit(Exception):
    """The ledger has problems, and nothing of it is to be written."""


class Examination:
    """The rows of one ledger, without those of `skip`, for one person; reading what cannot be used is done once."""

    def __init__(
        self,
        tables: list[Table],
        *,
        by: User,
        today: dt.date,
        answers: Mapping[str, str] | None = None,
        blank_clears: bool = False,
        skip: Iterable[tuple[str, int]] = (),
    ) -> None:
        self.tables, self.answers, self.blank_clears = tables, answers or {}, blank_clears
        skipped = frozenset(skip)
        self.parts, self.unread = _parts(tables, by, today, skipped)
        self.batches = Batches(self.parts)
        self.findings = Findings(0)

    @property
    def problems(self) -> list[Problem]:
        """All of them, in the order of the sheets."""
        return sorted([*self.unread, *self.findings.problems], key=lambda one: (one.sheet, one.row))

    def check(self, progress: Callable[[int], None] | None = None) -> Findings:
        """Find out all there is to say; nothing is written."""
        while True:
            try:
                for plan, parts, done in self._plans():
                    self.findings.add(plan, parts)
                    del plan  # before the next is made
                    if progress:
                        progress(done)
            except Entangled:
                continue
            self.findings.finish()
            return self.findings

    def plans(self) -> Iterator[Plan]:
        """The batches to write, as long as all is well; at the end raises Unfit if it is not, or Entangled."""
        for plan, _rows, _done in self._plans():
            self.findings.add(plan)
            if not (self.unread or self.findings.problems or self.batches.joined):
                yield plan
            del plan  # before the next is made
        if self.problems:
            raise Unfit

    def _plans(self) -> Iterator[tuple[Plan, list[Part], int]]:
        """Each batch with its rows, and how many are done; raises Entangled when some have to be planned together."""
        self.findings = Findings(sum(len(part.rows) for part in self.parts))
        refused = {(found.sheet, found.row) for found in self.unread}
        done = 0
        for parts in self.batches:
            with translation.override(settings.LANGUAGE_CODE):  # stages and other choices as ledgers name them
                plan = planning.plan(parts, answers=self.answers, blank_clears=self.blank_clears, refused=refused)
            self.batches.meet(plan)
            done += plan.rows
            yield plan, parts, done
            del plan


def _parts(
    tables: Sequence[Table], by: User, today: dt.date, skip: frozenset[tuple[str, int]]
) -> tuple[list[Part], list[Problem]]:
    parts, problems = [], []
    for table in tables:
        context = Context(by, today, table.reported_on or today, table.unit_name)
        rows, found = read_rows(table, today, most=EVERY)
        problems += [one for one in found if (one.sheet, one.row) not in skip]
        usable = [row for row in rows if (row.sheet, row.number) not in skip and _is_whole(table.layout, row)]
        parts.append(Part(table.layout, usable, context))
    return parts, problems


def _is_whole(layout: Layout, row: Row) -> bool:
    """Whether a row says what it is about; without that nothing can be compared."""
    return all(column.key in row.values for column in layout.columns if column.required)
