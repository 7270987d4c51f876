"""T1 签约项目台账: what was signed, where it stands, who is charged with it."""

from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.db import models

from companies.industries import INDUSTRIES
from companies.models import Company, Qualification
from events.models import Event
from ledgers.layouts import departments, parts, project_contacts
from ledgers.layouts.base import Column, Context, Kind, Layout, Record, Row, record
from projects.models import Agreement, Project, ProjectMember, ProjectParty

BATCH = 500  # projects written back at once
LINKED = ("lead_party", "agreement", "agreement__event", "department", "owner", "created_by")
SIGNED = "签约"  # where a project of this ledger stands when it does not say
EXTRA = ("amount_outside", "capital_total", "capital_year", "capital_outside", "remark")  # no field holds what they say
FIXED_NOTE = "“约”“不低于”等词与总投资的一样保留：`projects.Agreement.fixed_investment_qualifier`。"
TRACK_NOTE = (
    "只读不写：供地（M-A）、入驻（M-B）、增资扩产、合作；没有这一列时看用地方式、租赁协议、亩数，仍看不出而几条路径都有所写的阶段，"
    "就在检查后询问（命令行用 `--track`）。"
)
DEPARTMENT_NOTE = "没有写责任单位的导入项目归导入人的部门，那不是台账说的，导出时留空；台账写过，或后来改归别的部门，才写出。"
CONTACT_NOTE = (
    "导入时登记为投资方的联系人，并作为本项目的“联络员”（`projects.ProjectMember`）；导出依次取本项目的联络员、"
    "本项目对接记录里对方到场的人、投资方只有这一个项目时的主要联系人，限于导出人看得到的投资方任职人员。"
)
PROJECT = {
    "focus": "focus",
    "industry": "industry",
    "site": "site",
    "summary": "summary",
    "land_mode": "land_mode",
    "land_mu": "land_mu",
    "floor_m2": "floor_m2",
    "stage": "stage",
    "planned_start_on": "start",
    "planned_completion_on": "completion",
    "planned_production_on": "production",
}
AGREEMENT = {
    "kind": "kind",
    "signed_on": "signed_on",
    "our_unit_name": "our_unit",
    "amount": "amount",
    "fixed_investment": "fixed",
}
PROGRESS = {"progress": "progress", "problems": "problems", "next_plan": "next_plan"}
MEMBERS = {"leaders": ProjectMember.Role.LEADER, "officers": ProjectMember.Role.CHIEF_SERVICE}

COLUMNS = (
    Column("name", "项目名称", to="projects.Project.name", required=True, width=28),
    Column("investor", "投资方/名称", to="companies.Company.name", width=26),
    Column("investor_city", "投资方/所在地", to="companies.Company.city"),
    Column("investor_ownership", "投资方/企业类型", to="companies.Company.ownership"),
    Column("qualifications", "投资方/企业资质", Kind.NAMES, to="companies.Qualification.kind", width=18),
    Column(
        "kind",
        "签约情况/合同类型",
        Kind.CHOICE,
        to="projects.Agreement.kind",
        choices=dict(Agreement.Kind.choices),
        words=parts.AGREEMENT_WORDS,
        width=16,
    ),
    Column("signed_on", "签约情况/签约日期", Kind.DATE, to="projects.Agreement.signed_on", width=14),
    Column("event", "签约情况/签约活动", to="projects.Agreement.event", width=20),
    Column("our_unit", "签约情况/签约主体", to="projects.Agreement.our_unit_name", width=18),
    Column("amount", "投资额/合同总投资", Kind.AMOUNT, to="projects.Agreement.amount", total=True),
    Column("fixed", "投资额/固投", Kind.AMOUNT, to="projects.Agreement.fixed_investment", total=True, note=FIXED_NOTE),
    Column("amount_outside", "投资额/其中省外", Kind.AMOUNT, to="extra:amount_outside", total=True),
    Column("focus", "产业类别", to="projects.Project.focus"),
    Column("industry", "行业（GB/T 4754）", Kind.CHOICE, to="projects.Project.industry", choices=dict(INDUSTRIES), width=18),
    Column("site", "建设地点", to="projects.Project.site", width=18),
    Column("summary", "建设内容及规模", to="projects.Project.summary", width=40),
    Column("land_mode", "用地情况/方式", Kind.CHOICE, to="projects.Project.land_mode", choices=dict(Project.LandMode.choices)),
    Column("land_mu", "用地情况/面积（亩）", Kind.NUMBER, to="projects.Project.land_mu", unit="亩", total=True),
    Column("floor_m2", "用地情况/面积（㎡）", Kind.NUMBER, to="projects.Project.floor_m2", unit="㎡", total=True),
    Column("company", "项目公司/名称", to="companies.Company.name", width=26),
    Column("company_credit_code", "项目公司/信用代码", Kind.CODE, to="companies.Company.credit_code", width=22),
    Column("track", "项目类型", to="projects.Project.track", width=0, note=TRACK_NOTE),
    Column("stage", "目前进展/阶段", to="projects.Project.stage"),
    Column("start", "目前进展/开工时间", Kind.DATE, to="projects.Project.planned_start_on", width=14),
    Column("completion", "目前进展/竣工时间", Kind.DATE, to="projects.Project.planned_completion_on", width=14),
    Column("production", "目前进展/投产时间", Kind.DATE, to="projects.Project.planned_production_on", width=14),
    Column("progress", "目前进展/本月进展", to="projects.ProgressReport.progress", width=40),
    Column("capital_total", "到位资金/累计", Kind.AMOUNT, to="extra:capital_total", total=True),
    Column("capital_year", "到位资金/本年", Kind.AMOUNT, to="extra:capital_year", total=True),
    Column("capital_outside", "到位资金/其中省外", Kind.AMOUNT, to="extra:capital_outside", total=True),
    Column("leaders", "责任落实/包联领导", Kind.NAMES, to="projects.ProjectMember.name"),
    Column("officers", "责任落实/首席服务官", Kind.NAMES, to="projects.ProjectMember.name"),
    Column("department", "责任落实/责任单位", to="projects.Project.department", width=18, note=DEPARTMENT_NOTE),
    Column(
        "contact",
        "责任落实/联系人及电话",
        Kind.CONTACT,
        to="companies.Person.mobile",
        width=22,
        personal=True,
        note=CONTACT_NOTE,
    ),
    Column("problems", "存在问题", to="projects.ProgressReport.problems", width=30),
    Column("next_plan", "下步计划", to="projects.ProgressReport.next_plan", width=30),
    Column("remark", "备注", to="extra:remark", width=20),
)


def records(row: Row, context: Context) -> Iterator[Record]:
    """Investor, project, parties, agreement, members, contacts and progress, parents first."""
    investor = None
    if row.get("investor"):
        said = {"city": "investor_city", "ownership": "investor_ownership"}
        investor = record(Company, row, {"name": row.get("investor")}, said, columns={"name": "investor"})
        yield from _of_investor(row, investor)
    department = parts.department(row, "department")
    if department:
        yield department
    project = _project(row, investor, department)
    yield project
    if investor:
        yield from project_contacts.contacts(row, investor, project, "contact")
    yield from _signed(row, project, investor)
    yield from parts.members(row, project, MEMBERS, context)
    yield from parts.progress(row, project, context, PROGRESS)


def _of_investor(row: Row, investor: Record) -> Iterator[Record]:
    yield investor
    for name in row.get("qualifications") or ():
        yield record(Qualification, row, {"holder": investor, "kind": name}, columns={"kind": "qualifications"})


def _project(row: Row, investor: Record | None, department: Record | None) -> Record:
    identity = {"name": row.get("name"), **({"investor": investor} if investor else {})}
    identity |= {"track_word": row.get("track"), "agreement_kind": row.get("kind")}
    columns = {"name": "name", "department": "department"}
    kept = parts.extras(row, EXTRA)
    known = {**({"extra": kept} if kept else {}), **({"department": department} if department else {})}
    return record(Project, row, identity, PROJECT, columns=columns, initial={"stage": SIGNED}, fixed=known)


def _signed(row: Row, project: Record, investor: Record | None) -> Iterator[Record]:
    if investor:
        yield parts.party(row, project, investor, ProjectParty.Role.INVESTOR, "investor")
    if row.get("company"):
        said = {"credit_code": "company_credit_code"}
        company = record(Company, row, {"name": row.get("company")}, said, columns={"name": "company"})
        yield company
        yield parts.party(row, project, company, ProjectParty.Role.PROJECT_COMPANY, "company")
    if any(row.get(key) is not None for key in AGREEMENT.values()):
        agreement = record(Agreement, row, {"project": project}, AGREEMENT, columns={"project": "name"})
        if row.get("event"):
            event = record(Event, row, {"name": row.get("event")}, columns={"name": "event"}, make=False)
            yield event
            agreement.values["event"] = event
        yield agreement


def rows(projects: models.QuerySet[Project], context: Context) -> Iterator[dict[str, Any]]:
    """One row a project, with the agreement in force and the first investor."""
    fetched = projects.select_related(*LINKED).prefetch_related(
        "parties__company", "members__user", "members__person", "progress_reports"
    )
    for some in batched(fetched.iterator(BATCH), BATCH):
        held = parts.qualifications_of(project.lead_party_id for project in some)
        people, told = project_contacts.people_of(some, context.user), departments.told(some)
        for project in some:
            contact = project_contacts.written(people[project.pk])
            yield {**_row(project, held, context), "contact": contact, "department": told.get(project.pk)}


def _row(project: Project, held: dict[int, list[str]], context: Context) -> dict[str, Any]:
    investor, agreement = project.lead_party, project.agreement
    company, report = parts.company_of(project, ProjectParty.Role.PROJECT_COMPANY), parts.report_of(project, context)
    told = {column: parts.said(getattr(project, name)) for name, column in PROJECT.items()}
    return {
        **told,
        **{key: parts.extra_amount(project, key) for key in EXTRA[:-1]},
        **{key: getattr(report, name, None) or None for name, key in PROGRESS.items()},
        **{key: parts.names_of(project, role) for key, role in MEMBERS.items()},
        "name": project.name,
        "investor": investor.name if investor else None,
        "investor_city": investor.city or None if investor else None,
        "investor_ownership": investor.ownership or None if investor else None,
        "qualifications": held.get(project.lead_party_id or 0),
        "kind": agreement.kind if agreement else None,
        "signed_on": parts.date(agreement, "signed_on"),
        "event": agreement.event.name if agreement and agreement.event else None,
        "our_unit": (agreement.our_unit_name or None) if agreement else None,
        "amount": parts.amount(agreement, "amount"),
        "fixed": parts.amount(agreement, "fixed_investment"),
        "company": company.name if company else None,
        "company_credit_code": company.credit_code if company else None,
        "stage": str(project.get_stage_display()),
        "start": parts.date(project, "planned_start_on"),
        "completion": parts.date(project, "planned_completion_on"),
        "production": parts.date(project, "planned_production_on"),
        "remark": project.extra.get("remark") or None,
    }


T1 = Layout(
    code="T1",
    name="签约项目台账",
    title="{zone}{year}年招商引资签约项目台账",
    model=Project,
    columns=COLUMNS,
    records=records,
    rows=rows,
    unit="亿元",
    paper="A3",
)
