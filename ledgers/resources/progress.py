"""How a project goes: its reports, the investment of its months, the plan of its years."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext as _

from ledgers.layouts.base import Record
from ledgers.resources.base import LedgerResource
from ledgers.resources.entries import Entry, Unusable
from ledgers.resources.links import link_ref
from ledgers.resources.members import ChildOfProject
from projects.models import (
    AnnualPlan,
    InvestmentProgress,
    ProgressReport,
)
from projects.similarity import likeness

FILED = (ProgressReport.Status.SUBMITTED, ProgressReport.Status.ACCEPTED)


class ProgressReportResource(ChildOfProject[ProgressReport]):
    """Recognised by project and period, the latest revision; an accepted one is locked."""

    names = ("period_start_on", "period_end_on")

    class Meta(LedgerResource.Meta):
        model = ProgressReport
        fields = [
            "project", "period_start_on", "period_end_on", "status", "likeness", "progress", "problems", "needs_coordination", "next_plan",
            "no_change_reason", "submitted_at", "submitted_by",
        ]  # fmt: skip

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[ProgressReport]]:
        for some in super().candidates(records):
            yield some.order_by("-revision")

    def load(self, records: Sequence[Record]) -> None:
        self.filed: dict[Hashable, list[ProgressReport]] = defaultdict(list)
        super().load(records)

    def remember(self, row: ProgressReport) -> None:
        for key in self.keys(row):
            self.index.setdefault(key, row)
        if row.status in FILED and row.progress:
            self.filed[row.project_id].append(row)

    def prepare(self, entry: Entry, record: Record) -> None:
        row = entry.instance
        if entry.changed and row.status == ProgressReport.Status.ACCEPTED:
            text = _("“%(row)s”的进展已采用，不能由导入改写：请在系统里更正")
            raise Unusable(next(iter(record.columns.values()), ""), "locked", text % {"row": row})
        if entry.new or "progress" in entry.before:
            before = self._before(row)
            self.set(entry, "likeness", likeness(row.progress, before) if row.progress and before else None)

    def _before(self, row: ProgressReport) -> str:
        """What was last reported of the project before the period began, as `projects.services.progress` reads it."""
        earlier = [other for other in self.filed[link_ref(row, "project")] if other.period_start_on < row.period_start_on]
        last = max(earlier, key=lambda other: (other.period_start_on, other.revision), default=None)
        return last.progress if last else ""


class InvestmentProgressResource(ChildOfProject[InvestmentProgress]):
    """Recognised by project and month; a verified one is locked.

    `this_year` in the identity is what was completed since January; what earlier years completed comes on top.
    """

    names = ("report_month",)

    class Meta(LedgerResource.Meta):
        model = InvestmentProgress
        fields = ["project", "report_month", "completed", "cumulative", "stat_value", "status"]

    def load(self, records: Sequence[Record]) -> None:
        super().load(records)
        self.months: dict[Hashable, list[InvestmentProgress]] = defaultdict(list)
        for row in self.index.values():
            self.months[row.project_id].append(row)

    def prepare(self, entry: Entry, record: Record) -> None:
        row, said = entry.instance, record.identity.get("this_year")
        months = self.months[link_ref(row, "project")]
        if said is not None:
            before = before_year(months, row.report_month.year)
            self._set(entry, record, "cumulative", said.value + before)
        if entry.new:
            months.append(row)
        if entry.changed and row.status == InvestmentProgress.Status.VERIFIED:
            text = _("“%(row)s”的完成投资已核实，不能由导入改写：请在系统里更正")
            raise Unusable(next(iter(record.columns.values()), ""), "locked", text % {"row": row})


def before_year(months: Iterable[InvestmentProgress], year: int) -> Decimal:
    """What was completed until the end of the year before, in 万元; nothing when no earlier figure is known."""
    told = [row for row in months if row.report_month.year < year and row.cumulative is not None]
    last = max(told, key=lambda row: row.report_month, default=None)
    return last.cumulative or Decimal(0) if last else Decimal(0)


class AnnualPlanResource(ChildOfProject[AnnualPlan]):
    """Recognised by project and year."""

    names = ("year",)

    class Meta(LedgerResource.Meta):
        model = AnnualPlan
        fields = ["project", "year", "planned_investment"]
