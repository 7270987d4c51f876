"""T6 统计月报: three rows of heads, 38 columns, most of them figures that follow from what is recorded."""

from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.db import models

from companies.industries import INDUSTRIES
from companies.models import Company, Qualification
from companies.names import normal_form
from ledgers.layouts import parts, t6_derived, t6_money
from ledgers.layouts.base import Column, Context, Kind, Layout, Record, Row, record
from ledgers.resources.companies import CENTRAL
from projects.models import Agreement, Project, ProjectParty

BATCH = 500  # projects written back at once
SIGNED = "签约"  # where a new project of this ledger stands
PROJECT = {
    "approval_code": "approval_code",
    "site": "site",
    "industry": "industry",
    "focus": "focus",
    "planned_start_on": "start",
    "planned_production_on": "production",
}
AGREEMENT = {"signed_on": "signed_on", "amount": "amount_total"}
AGREED = {
    "total": "projects.Agreement.amount",
    "ours": "extra:amount_ours",
    "outside": "extra:amount_outside",  # the one of T1
    "other_city": "extra:amount_other_city",
}
EVER, YEAR = "自开始建设至本月末累计到位资金（万元）资金来源", "自年初至本月末累计到位资金（万元）资金来源"

COLUMNS = (
    Column("code", "项目代码", Kind.CODE, to="projects.Project.code", width=16),  # finds the project; only the system gives one
    Column("name", "项目名称", to="projects.Project.name", required=True, width=28),
    Column("approval_code", "投资项目在线审批监管平台统一代码", Kind.CODE, to="projects.Project.approval_code", width=26),
    Column("investor", "合作企业名称", to="companies.Company.name", width=26),
    Column("central", "是否央企", Kind.YES_NO, to="companies.Company.ownership"),  # 是 = 央企; 否 is only compared
    Column("listed", "是否上市", Kind.YES_NO, to="companies.Qualification.kind"),  # 是 = 上市公司; 否 is only compared
    Column("fixed_investment", "是否固定资产投资类项目", Kind.YES_NO),  # by Agreement.fixed_investment
    # A wide stroke, which a sheet may write narrow: a narrow one here would part the head in two levels.
    # Both by the qualifications of the park and of the one it lies in; the code is their certificate_no.
    Column("national_zone", "是否入驻国家级开发区/是／否", Kind.YES_NO),
    Column("national_code", "是否入驻国家级开发区/园区代码", Kind.CODE, width=14),
    Column("provincial_zone", "是否入驻省级开发区/是／否", Kind.YES_NO),
    Column("provincial_code", "是否入驻省级开发区/园区代码", Kind.CODE, width=14),
    # A party of role 合作方, or the investor again: then only its place is told here.
    Column("partner", "合作方基本情况/企业名称", to="companies.Company.name", width=26),
    Column("partner_city", "合作方基本情况/项目企业所在地", to="companies.Company.city", width=16),
    Column("site", "项目所在地", to="projects.Project.site", width=18),
    Column("signed_on", "签约时间", Kind.DATE, to="projects.Agreement.signed_on", width=14),
    Column(
        "industry",
        "行业类别",
        Kind.CHOICE,
        to="projects.Project.industry",
        choices=dict(INDUSTRIES),
        words={label.partition(" ")[2]: code for code, label in reversed(INDUSTRIES)},  # of 教育 the section, not its only part
        width=18,
    ),
    Column("focus", "产业类别", to="projects.Project.focus"),
    Column("start", "开工时间", Kind.DATE, to="projects.Project.planned_start_on", width=14),
    Column("production", "项目投产时间", Kind.DATE, to="projects.Project.planned_production_on", width=14),
    Column("cooperation", "合作方式"),  # by the shares of the parties
    *t6_money.columns("amount", "项目协议总投资额（万元）资金来源", AGREED),
    # By CapitalArrival, verified rows only, without 港澳台 and abroad; a ledger's figures are compared, never kept.
    *t6_money.columns("ever", EVER, {}),
    *t6_money.columns("year", YEAR, {}),
)


def records(row: Row, context: Context) -> Iterator[Record]:
    """Companies, project, parties and agreement, parents first."""
    if not row.get("name"):  # refused already, as the column is required
        return
    companies = dict(_companies(row))
    yield from companies.values()
    investor = companies.get("investor")
    if investor and row.get("listed"):
        identity = {"holder": investor, "kind": t6_derived.LISTED}
        granted = {"status": Qualification.Status.GRANTED}
        yield record(Qualification, row, identity, columns={"kind": "listed", "status": "listed"}, fixed=granted)
    project = _project(row, investor)
    yield project
    for key, role in (("investor", ProjectParty.Role.INVESTOR), ("partner", ProjectParty.Role.PARTNER)):
        if key in companies:
            yield parts.party(row, project, companies[key], role, key)
    if any(row.get(key) is not None for key in AGREEMENT.values()):
        identity = {"project": project, "in_force": row.get("name")}
        yield record(Agreement, row, identity, AGREEMENT, columns={"project": "name"})


def _companies(row: Row) -> Iterator[tuple[str, Record]]:
    """The investor, and the partner when it is another; the place is told of the partner, whoever it is."""
    name, partner = row.get("investor"), row.get("partner")
    is_other = bool(partner) and (not name or normal_form(partner) != normal_form(name))
    if name:
        identity = {"name": name, "central": row.get("central")}
        columns = {"name": "investor", "ownership": "central"}
        yield "investor", record(Company, row, identity, {} if is_other else {"city": "partner_city"}, columns=columns)
    if is_other:
        yield "partner", record(Company, row, {"name": partner}, {"city": "partner_city"}, columns={"name": "partner"})


def _project(row: Row, investor: Record | None) -> Record:
    identity = {"name": row.get("name"), "code": row.get("code"), "investor": investor}
    columns = {"name": "name", "code": "code", "extra": "amount_ours"}
    kept = parts.extras(Row("", 0, t6_money.sources(row), {}), ("amount_ours", "amount_outside", "amount_other_city"))
    fixed = {"extra": kept} if kept else {}
    return record(Project, row, identity, PROJECT, columns=columns, initial={"stage": SIGNED}, fixed=fixed)


def rows(projects: models.QuerySet[Project], context: Context) -> Iterator[dict[str, Any]]:
    """One row a project, with the agreement in force and the capital that arrived until the month of the ledger."""
    fetched = projects.select_related("lead_party", "agreement", "park").prefetch_related("parties__company")
    for some in batched(fetched.iterator(BATCH), BATCH):
        listed = t6_derived.listed_of(project.lead_party_id for project in some)
        zones = t6_derived.zones_of(some)
        arrived = t6_money.arrivals([project.pk for project in some], context)
        for project in some:
            yield {
                **_row(project),
                **t6_derived.zone_columns(project, zones),
                **arrived.get(project.pk, {}),
                "listed": True if project.lead_party_id in listed else None,
            }


def _row(project: Project) -> dict[str, Any]:
    investor = project.lead_party
    partner = parts.company_of(project, ProjectParty.Role.PARTNER) or investor
    ownership = investor.ownership if investor else ""
    return {
        **{column: getattr(project, name) or None for name, column in PROJECT.items()},
        **t6_money.agreed(project),
        "code": project.code,
        "name": project.name,
        "investor": investor.name if investor else None,
        "central": CENTRAL in ownership if ownership else None,
        "fixed_investment": t6_derived.is_fixed_investment(project),
        "partner": partner.name if partner else None,
        "partner_city": (partner.city or None) if partner else None,
        "signed_on": parts.date(project.agreement, "signed_on"),
        "start": parts.date(project, "planned_start_on"),
        "production": parts.date(project, "planned_production_on"),
        "cooperation": t6_derived.cooperation_of(project),
    }


T6 = Layout(
    code="T6",
    name="统计月报",
    title="{zone}{year}年招商引资项目统计月报表",
    model=Project,
    columns=COLUMNS,
    records=records,
    rows=rows,
    unit="万元",
    paper="A3",
)
