"""T2 在谈项目台账: who may invest what, how far the talks are, who follows them up."""

import re
from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts.models import Department
from companies.models import Company, Person
from ledgers.layouts import departments, parts, project_contacts
from ledgers.layouts.base import Column, Context, Kind, Layout, Record, Row, record
from ledgers.layouts.t2_contacts import contacts, written
from parks.models import Park
from projects.models import Project, ProjectParty

BATCH = 500  # projects written back at once
NEGOTIATING = "在谈"  # where a new project of this ledger stands
EXTRA = ("planned_fixed", "judgement")  # no agreement yet that could hold the first, no field for the second
OF_COMPANY = ("introduction", "contact", "phone")  # columns that say something of the investor
PROJECT = {
    "summary": "summary",
    "land_mu": "land_mu",
    "focus": "focus",
    "first_contact_on": "first_contact",
    "method": "method",
    "site": "site",
    "expected_sign_on": "expected_sign",
}
STROKE = re.compile("[/／]")

COLUMNS = (
    Column("name", "项目名称", to="projects.Project.name", required=True, width=28),
    Column("investor", "投资方", to="companies.Company.name", width=26),
    # Only while there is no agreement: what was signed is Agreement.fixed_investment, and T1 writes it.
    Column("planned_fixed", "固定资产投资", Kind.AMOUNT, to="extra:planned_fixed", total=True, width=14),
    Column("introduction", "投资方简介", to="companies.Company.note", width=36),
    Column("summary", "项目内容", to="projects.Project.summary", width=40),
    Column("land_mu", "需用土地", Kind.NUMBER, to="projects.Project.land_mu", unit="亩", total=True),
    Column("contact", "企业联系人", Kind.NAMES, to="companies.Person.name"),
    Column("phone", "联系方式", Kind.PHONES, to="companies.Person.mobile", width=16, personal=True),
    Column("district", "片区", to="projects.Project.department", width=16),  # or Project.park, when a park is called so
    Column("progress", "进度、备注", to="projects.ProgressReport.progress", width=40),
    Column("focus", "产业类型", to="projects.Project.focus"),
    Column("judgement", "研判结果", to="extra:judgement", width=16),
    Column("reporter", "首报人", to="projects.Project.first_reported_by"),
    Column("first_contact", "首次接触日", Kind.DAY, to="projects.Project.first_contact_on", width=14),
    Column("method", "招商方式", to="projects.Project.method"),
    # A wide stroke, which a sheet may write narrow: a narrow one here would part the head in two levels.
    Column("source", "信息来源／引荐人", to="projects.Project.lead_source", width=18),  # and Project.referrer
    Column("site", "拟选址", to="projects.Project.site", width=18),
    Column("expected_sign", "计划签约时间", Kind.DAY, to="projects.Project.expected_sign_on", width=14),
    Column("follower", "跟进人", to="projects.Project.owner"),
)


def records(row: Row, context: Context) -> Iterator[Record]:
    """Investor, project, its party, contacts and progress, parents first."""
    if not row.get("name"):  # refused already, as the column is required
        return
    investor = _investor(row)
    if investor:
        yield investor
    known = _district(row, context)
    if isinstance(department := known.get("department"), Record):
        yield department
    project = _project(row, investor, known)
    yield project
    if investor:
        yield parts.party(row, project, investor, ProjectParty.Role.INVESTOR, "investor")
        yield from project_contacts.tied(row, contacts(row, investor), project, "contact")
    yield from parts.progress(row, project, context, {"progress": "progress"})


def _investor(row: Row) -> Record | None:
    if row.get("investor"):
        return record(Company, row, {"name": row.get("investor")}, {"note": "introduction"}, columns={"name": "investor"})
    for key in OF_COMPANY:
        if row.get(key):
            row.refuse(key, "no_company", _("这一格说的是投资方，但“投资方”一列没有填：请补上投资方，或清空这一格"))
    return None


def _project(row: Row, investor: Record | None, known: dict[str, Any]) -> Record:
    """The project; a colleague's names go to the resource, which knows whether the project is new."""
    identity = {
        "name": row.get("name"),
        "investor": investor,
        "owner_name": row.get("follower"),
        "reporter_name": row.get("reporter"),
    }
    columns = {"name": "name", "owner": "follower", "first_reported_by": "reporter", "lead_source": "source"}
    columns |= {"referrer": "source", "department": "district", "park": "district", "extra": "planned_fixed"}
    kept = parts.extras(row, EXTRA)
    fixed = {**known, **_sources(row.get("source") or ""), **({"extra": kept} if kept else {})}
    return record(Project, row, identity, PROJECT, columns=columns, initial={"stage": NEGOTIATING}, fixed=fixed)


# 片区: a department, else a park


def _district(row: Row, context: Context) -> dict[str, Any]:
    name = row.get("district")
    if not name:
        return {}
    if name in _departments(context):
        return {"department": parts.department(row, "district")}
    if name in _parks(context):
        return {"park": _parks(context)[name]}
    row.refuse("district", "unknown", _("没有名为“%(name)s”的部门或园区：请核对名称，或请系统管理员先建立") % {"name": name})
    return {}


def _district_of(project: Project, department: str | None, context: Context) -> str | None:
    """The park, unless reading its name would give a department; else the department that somebody said."""
    park = project.park
    return park.name if park and park.name not in _departments(context) else department


def _departments(context: Context) -> frozenset[str]:
    """The names of departments, read once for a ledger; the context keeps them as it keeps its colleagues."""
    kept = vars(context)
    if "_departments" not in kept:
        kept["_departments"] = frozenset(Department.objects.values_list("name", flat=True))
    return kept["_departments"]  # type: ignore[no-any-return]


def _parks(context: Context) -> dict[str, Park]:
    kept = vars(context)
    if "_parks" not in kept:
        kept["_parks"] = {park.name: park for park in Park.objects.all()}
    return kept["_parks"]  # type: ignore[no-any-return]


# 信息来源／引荐人: one cell, two fields


def _sources(text: str) -> dict[str, str]:
    """“测试商会/引荐人甲”: what stands behind the last stroke is the person."""
    strokes = [stroke.start() for stroke in STROKE.finditer(text)]
    pieces = (text[: strokes[-1]], text[strokes[-1] + 1 :]) if strokes else (text, "")
    told = zip(("lead_source", "referrer"), (piece.strip() for piece in pieces), strict=True)
    return {name: piece for name, piece in told if piece}


def _source_of(project: Project) -> str | None:
    """The cell from which `_sources` reads the same; a person's name with a stroke in it is left out."""
    source, person = project.lead_source, "" if STROKE.search(project.referrer) else project.referrer
    return f"{source}/{person}" if person or STROKE.search(source) else source or None


def rows(projects: models.QuerySet[Project], context: Context) -> Iterator[dict[str, Any]]:
    """One row a project, with the first investor and the progress of the month."""
    fetched = projects.select_related("lead_party", "owner", "created_by", "first_reported_by", "department", "park")
    for some in batched(fetched.prefetch_related("progress_reports").iterator(BATCH), BATCH):
        people, told = project_contacts.people_of(some, context.user), departments.told(some)
        for project in some:
            district = _district_of(project, told.get(project.pk), context)
            yield {**_row(project, people[project.pk], context), "district": district}


def _row(project: Project, people: Sequence[Person], context: Context) -> dict[str, Any]:
    investor, report = project.lead_party, parts.report_of(project, context)
    names, numbers = written(people)
    return {
        **{column: getattr(project, name) or None for name, column in PROJECT.items()},
        "name": project.name,
        "land_mu": project.land_mu,
        "investor": investor.name if investor else None,
        "introduction": (investor.note or None) if investor else None,
        "planned_fixed": parts.extra_amount(project, "planned_fixed"),
        "contact": names,
        "phone": numbers,
        "progress": (report.progress or None) if report else None,
        "judgement": project.extra.get("judgement") or None,
        "reporter": project.first_reported_by.display if project.first_reported_by else None,
        "source": _source_of(project),
        "follower": project.owner.display if project.owner else None,
    }


T2 = Layout(
    code="T2",
    name="在谈项目台账",
    title="{year}年{zone}在谈（驻点）招商项目信息采集表",
    model=Project,
    columns=COLUMNS,
    records=records,
    rows=rows,
    unit="",  # the form names none: a bare figure is refused until head or sheet says 亿元 or 万元
    paper="A3",
    notes=(
        "1.请各片组认真审核后统一上报。",
        "2.有新增或有进度更新才填。",
        "3.一月内无进度更新的须说明原因。",
        "4.每周五上午十点前报送，节假日顺延。",
    ),
)
