"""The rows behind a figure, each as a line of a table that opens what it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from activities.models import Directive, Interaction
from core.amounts import format_amount
from core.dates import fuzzy
from events.models import AgendaItem, EventPromotion
from projects.models import (
    Agreement,
    AnnualPlan,
    CapitalArrival,
    InvestmentProgress,
    Milestone,
    Project,
    ProjectParty,
)
from reports.indicators.work import LATE_FIRST

type Cells = tuple[Any, ...]


@dataclass(frozen=True)
class Line:
    """A row: where it opens, its name, and its cells."""

    url: str
    name: str
    cells: Cells


@dataclass(frozen=True)
class Table:
    """How rows of a model are listed."""

    related: tuple[str, ...]
    heads: tuple[Any, ...]
    cells: Callable[[Any], Cells]
    opens: Callable[[Any], Any] = lambda row: row.project
    order: tuple[Any, ...] = ("-project_id", "-id")


def _agreed(project: Project) -> str:
    paper = project.agreement
    return format_amount(paper.amount, paper.amount_qualifier) if paper else "—"


def _dollars(amount: Decimal | None) -> str:
    return "—" if amount is None else f"{amount.normalize():,f}"


def _promotion(row: EventPromotion) -> Cells:
    return (row.event, format_amount(row.project.investment))


_AMOUNT = _("金额")
TABLES: dict[type[Model], Table] = {
    Project: Table(
        ("lead_party", "agreement", "owner", "department"),
        (_("投资方"), _("阶段"), _("协议总投资"), _("计划签约"), _("计划开工"), _("用地（亩）"), _("负责人")),
        lambda row: (
            row.lead_party,
            row.get_stage_display(),
            _agreed(row),
            row.expected_sign_on,
            row.planned_start_on,
            row.land_mu,
            row.owner or row.department,
        ),
        lambda row: row,
        ("-id",),
    ),
    Agreement: Table(
        ("project", "event"),
        (_("协议类型"), _("签订日期"), _("计入方式"), _AMOUNT, _("增量"), _("固定资产投资"), _("签约活动")),
        lambda row: (
            row.get_kind_display(),
            fuzzy(row, "signed_on"),
            row.get_counts_as_display(),
            format_amount(row.amount, row.amount_qualifier),
            format_amount(row.increment),
            format_amount(row.fixed_investment),
            row.event,
        ),
        order=("-signed_on", "-id"),
    ),
    CapitalArrival: Table(
        ("project", "payer"),
        (_("到账日期"), _("计入月份"), _("来源地"), _("状态"), _("到位资金"), _("万美元"), _("出资方")),
        lambda row: (
            row.arrived_on,
            f"{row.report_month:%Y-%m}" if row.report_month else None,
            row.get_origin_display(),
            row.get_status_display(),
            format_amount(row.amount),
            _dollars(row.amount_usd),
            row.payer,
        ),
        order=("-arrived_on", "-id"),
    ),
    InvestmentProgress: Table(
        ("project",),
        (_("月份"), _("本月完成"), _("累计完成"), _("统计部门数"), _("状态")),
        lambda row: (
            f"{row.report_month:%Y-%m}",
            format_amount(row.completed),
            format_amount(row.cumulative),
            format_amount(row.stat_value),
            row.get_status_display(),
        ),
        order=("-report_month", "-id"),
    ),
    AnnualPlan: Table(
        ("project",), (_("年度"), _("计划投资")), lambda row: (row.year, format_amount(row.planned_investment)), order=("-id",)
    ),
    ProjectParty: Table(
        ("project__agreement", "company"),
        (_("企业（单位）"), _("所在地"), _("占比（%）"), _("协议总投资")),
        lambda row: (row.company, row.company.city, row.share_percent, _agreed(row.project)),
    ),
    Milestone: Table(
        ("project", "responsible_unit"),
        (_("节点"), _("计划完成"), _("状态"), _("责任单位")),
        lambda row: (row.name, row.due_on, row.get_status_display(), row.unit_label),
        order=LATE_FIRST,
    ),
    Interaction: Table(
        ("project", "owner"),
        (_("日期"), _("方式"), _("项目"), _("跟进人")),
        lambda row: (row.happened_on, row.get_kind_display(), row.project, row.owner),
        lambda row: row,
        ("-happened_on", "-id"),
    ),
    Directive: Table(
        ("agenda_item__event", "lead_unit", "handler"),
        (_("会议"), _("牵头单位"), _("经办人"), _("办结时限"), _("状态")),
        lambda row: (row.agenda_item.event, row.lead_unit, row.handler, row.due_on, row.get_status_display()),
        lambda row: row,
        ("due_on", "id"),
    ),
    AgendaItem: Table(
        ("event",),
        (_("议题"), _("议定事项")),
        lambda row: (row.title, row.decision),
        lambda row: row.event,
        ("-event_id", "rank"),
    ),
    EventPromotion: Table(
        ("event", "project"), (_("活动"), _("总投资")), _promotion, lambda row: row.event, ("-event_id", "rank", "id")
    ),
}


def lines(rows: QuerySet[Any], start: int, count: int) -> tuple[Table, list[Line]]:
    """A page of the rows, with the table they stand in."""
    table = TABLES[rows.model]
    shown = rows.select_related(*table.related).order_by(*table.order)[start : start + count]
    return table, [_line(row, table) for row in shown]


def _line(row: Any, table: Table) -> Line:
    opened = table.opens(row)
    name = str(row.project) if isinstance(row, EventPromotion) else str(opened)
    return Line(opened.get_absolute_url(), name, tuple("—" if cell in (None, "") else cell for cell in table.cells(row)))
