"""The few numbers in the head of a project's page; what is not known is “—”."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from core.amounts import Total, format_amount
from core.dates import fuzzy
from desk.timeline import Entry
from projects.models import CapitalArrival, Evidence, InvestmentProgress, Milestone, Project


@dataclass(frozen=True)
class Figure:
    """One number, and the words that go with it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Capital:
    """What arrived (万元): proven, and reported but not yet proven; None when nothing is stated."""

    verified: Decimal | None
    waiting: Decimal | None

    @classmethod
    def of(cls, arrivals: "QuerySet[CapitalArrival]") -> "Capital":
        verified = Q(status=CapitalArrival.Status.VERIFIED)
        waiting = Q(status__in=[CapitalArrival.Status.DRAFT, CapitalArrival.Status.SUBMITTED])
        found = arrivals.order_by().aggregate(verified=Total("amount", filter=verified), waiting=Total("amount", filter=waiting))
        return cls(**found)


def agreed(project: Project) -> Figure:
    """The investment of the agreement in force."""
    paper = project.agreement
    if paper is None:
        return Figure(_("协议（合同）总投资"), "—", _("没有有效协议"))
    note = f"{paper.get_kind_display()} {fuzzy(paper, 'signed_on')}"
    return Figure(_("协议（合同）总投资"), format_amount(paper.amount, paper.amount_qualifier), note)


def arrived(capital: Capital) -> Figure:
    note = _("另有 %(amount)s 待核实") % {"amount": format_amount(capital.waiting)} if capital.waiting is not None else ""
    return Figure(_("到位资金（已核实）"), format_amount(capital.verified), note)


def with_invested(projects: "QuerySet[Project]") -> Any:
    """The projects with the last cumulative investment and its month, read with them."""
    last = InvestmentProgress.objects.filter(project=OuterRef("pk")).exclude(cumulative=None).order_by("-report_month")
    return projects.annotate(
        invested=Subquery(last.values("cumulative")[:1]), invested_until=Subquery(last.values("report_month")[:1])
    )


def invested(project: Any) -> Figure:
    month = f"{project.invested_until:%Y-%m}" if project.invested_until else ""
    return Figure(_("累计完成投资"), format_amount(project.invested), month)


def reached(milestones: Sequence[Milestone]) -> Figure:
    """Milestones done of those that count; what is waived does not."""
    counted = [row for row in milestones if row.status != Milestone.Status.WAIVED]
    if not counted:
        return Figure(_("里程碑"), "—", _("还没有计划"))
    done = sum(row.status == Milestone.Status.DONE for row in counted)
    unsure = sum(row.status == Milestone.Status.TO_CONFIRM for row in counted)
    return Figure(_("里程碑"), f"{done}/{len(counted)}", _("%(n)d 个待核实") % {"n": unsure} if unsure else "")


def papers(evidence: Sequence[Evidence]) -> Figure:
    if not evidence:
        return Figure(_("凭据"), "—")
    missing = sum(row.status == Evidence.Status.MISSING for row in evidence)
    return Figure(_("凭据"), _("缺 %(n)d 项") % {"n": missing} if missing else _("齐"))


def heard(entries: Sequence[Entry], today: dt.date) -> Figure:
    """The last contact that has a date."""
    last = max((entry.on for entry in entries if entry.contact and entry.on), default=None)
    days = (today - last).days if last else 0
    note = _("%(n)d 天前") % {"n": days} if days > 0 else ""
    return Figure(_("最近对接"), str(last or "—"), note)


def figures(
    project: Project, milestones: Sequence[Milestone], evidence: Sequence[Evidence], entries: Sequence[Entry], *, today: dt.date
) -> Iterator[Figure]:
    """The head line of a project that was read `with_invested`."""
    yield agreed(project)
    yield arrived(Capital.of(project.capital_arrivals.all()))
    yield invested(project)
    yield reached(milestones)
    yield papers(evidence)
    yield heard(entries, today)
