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


class ProgressReportResource(ChildOfProject[ProgressReport]):
    """Recognised by project and period, the latest revision; an accepted one is locked."""

    names = ("period_start_on", "period_end_on")

    class Meta(LedgerResource.Meta):
        model = ProgressReport
        fields = [
            "project", "period_start_on", "period_end_on", "status", "progress", "problems", "needs_coordination", "next_plan",
            "no_change_reason", "submitted_at", "submitted_by",
        ]  # fmt: skip

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[ProgressReport]]:
        for some in super().candidates(records):
            yield some.order_by("-revision")

    def remember(self, row: ProgressReport) -> None:
        for key in self.keys(row):
            self.index.setdefault(key, row)

    def prepare(self, entry: Entry, record: Record) -> None:
        if entry.changed and entry.instance.status == ProgressReport.Status.ACCEPTED:
            text = _("“%(row)s”的进展已采用，不能由导入改写：请在系统里更正")
            raise Unusable(next(iter(record.columns.values()), ""), "locked", text % {"row": entry.instance})


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
