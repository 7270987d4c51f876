"""T5 重点项目月报: how much the key projects invested this month and this year, and how they stand."""

from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.db import models

from ledgers.layouts import departments, parts
from ledgers.layouts.base import Column, Context, Kind, Layout, Record, Row, record
from ledgers.resources.progress import before_year
from ledgers.values import Amount
from projects.models import Agreement, AnnualPlan, InvestmentProgress, Project, ProjectMember
from projects.stages import Track

BATCH = 500  # projects written back at once
EXTRA = ("service_unit",)  # no field holds it: members of a project are people
PROJECT = {
    "build_nature": "nature",
    "summary": "summary",
    "planned_start_on": "start",
    "planned_completion_on": "completion",
    "stage": "stage",
}
PROGRESS = {"progress": "progress", "problems": "problems"}
MEMBERS = {"leaders": ProjectMember.Role.LEADER}

COLUMNS = (
    Column("code", "项目编号", Kind.CODE, to="projects.Project.code", width=16),  # finds the project; only the system gives one
    Column("name", "项目名称", to="projects.Project.name", required=True, width=28),
    Column(
        "nature",
        "建设性质",
        Kind.CHOICE,
        to="projects.Project.build_nature",
        choices=dict(Project.BuildNature.choices),
        words=dict.fromkeys(("改建", "改造", "技改", "技术改造"), Project.BuildNature.RECONSTRUCTION),
        width=14,
    ),
    Column("summary", "建设内容", to="projects.Project.summary", width=40),
    Column("total", "总投资", Kind.AMOUNT, to="projects.Agreement.amount", total=True),  # of the agreement in force
    Column("planned", "今年计划投资", Kind.AMOUNT, to="projects.AnnualPlan.planned_investment", total=True, width=14),
    # Kept as the total since construction began: what earlier years completed (0 when none is recorded) comes on top.
    Column("this_year", "今年累计完成投资", Kind.AMOUNT, to="projects.InvestmentProgress.cumulative", total=True, width=16),
    Column("this_month", "本月完成投资", Kind.AMOUNT, to="projects.InvestmentProgress.completed", total=True, width=14),
    Column("start", "计划开工时间", Kind.DATE, to="projects.Project.planned_start_on", width=14),
    Column("completion", "计划竣工时间", Kind.DATE, to="projects.Project.planned_completion_on", width=14),
    Column("leaders", "包联领导", Kind.NAMES, to="projects.ProjectMember.name"),
    Column("department", "责任单位", to="projects.Project.department", width=18),
    Column("service_unit", "服务单位", to="extra:service_unit", width=18),
    Column("type", "项目类型"),  # the track says it; what a sheet says is only compared
    Column("stage", "建设阶段", to="projects.Project.stage"),
    Column("progress", "本月进展", to="projects.ProgressReport.progress", width=40),
    Column("problems", "问题和建议", to="projects.ProgressReport.problems", width=30),
)


def records(row: Row, context: Context) -> Iterator[Record]:
    """Project, agreement, members, plan of the year, investment and progress of the month, parents first."""
    if not row.get("name"):  # refused already, as the column is required
        return
    department = parts.department(row, "department")
    if department:
        yield department
    project = _project(row, department)
    yield project
    yield from _agreed(row, project)
    yield from parts.members(row, project, MEMBERS, context)
    yield from _invested(row, project, context)
    yield from parts.progress(row, project, context, PROGRESS)


def _project(row: Row, department: Record | None) -> Record:
    identity = {"name": row.get("name"), "code": row.get("code"), "track_word": row.get("type")}
    columns = {"name": "name", "code": "code", "department": "department", "extra": "service_unit"}
    kept = parts.extras(row, EXTRA)
    known = {**({"extra": kept} if kept else {}), **({"department": department} if department else {})}
    return record(Project, row, identity, PROJECT, columns=columns, fixed=known)


def _agreed(row: Row, project: Record) -> Iterator[Record]:
    """总投资 of the agreement in force.

    A project without one gets one of kind 类型待核 and without a day: the figure is not lost, statistics do not
    count it as signed, no stage is open to it, and the ledger of signed projects completes this same row later.
    """
    if row.get("total") is not None:
        identity = {"project": project, "in_force": row.get("name")}
        yield record(Agreement, row, identity, {"amount": "total"}, columns={"project": "name"})


def _invested(row: Row, project: Record, context: Context) -> Iterator[Record]:
    if row.get("planned") is not None:
        identity = {"project": project, "year": context.reported_on.year}
        yield record(AnnualPlan, row, identity, {"planned_investment": "planned"})
    if row.get("this_year") is not None or row.get("this_month") is not None:
        month, _last = parts.month_of(context.reported_on)
        identity = {"project": project, "report_month": month, "this_year": row.get("this_year")}
        initial = {"status": InvestmentProgress.Status.SUBMITTED}
        columns = {"cumulative": "this_year"}
        yield record(InvestmentProgress, row, identity, {"completed": "this_month"}, columns=columns, initial=initial)


def rows(projects: models.QuerySet[Project], context: Context) -> Iterator[dict[str, Any]]:
    """One row a project, with the agreement in force, the plan of the year and the figures of the month."""
    fetched = projects.select_related("agreement", "department", "owner", "created_by").prefetch_related(
        "members__user", "members__person", "progress_reports", "annual_plans", "investment_progress"
    )
    for some in batched(fetched.iterator(BATCH), BATCH):
        told = departments.told(some)
        for project in some:
            yield {**_row(project, context), "department": told.get(project.pk)}


def _row(project: Project, context: Context) -> dict[str, Any]:
    report = parts.report_of(project, context)
    plans = [plan for plan in parts.living(project.annual_plans.all()) if plan.year == context.reported_on.year]
    return {
        **{column: getattr(project, name) or None for name, column in PROJECT.items()},
        **{key: getattr(report, name, None) or None for name, key in PROGRESS.items()},
        **{key: parts.names_of(project, role) for key, role in MEMBERS.items()},
        **_figures(project, context),
        "code": project.code,
        "name": project.name,
        "total": parts.amount(project.agreement, "amount"),
        "planned": parts.amount(plans[0], "planned_investment") if plans else None,
        "start": parts.date(project, "planned_start_on"),
        "completion": parts.date(project, "planned_completion_on"),
        "service_unit": project.extra.get("service_unit") or None,
        "type": str(Track(project.track).label) if project.track else None,
        "stage": str(project.get_stage_display()),
    }


def _figures(project: Project, context: Context) -> dict[str, Amount | None]:
    """本月 and 今年累计, from the living months of the project."""
    first, _last = parts.month_of(context.reported_on)
    months = parts.living(project.investment_progress.all())
    now = next((row for row in months if row.report_month == first), None)
    since = None if now is None or now.cumulative is None else now.cumulative - before_year(months, first.year)
    return {
        "this_month": parts.amount(now, "completed"),
        "this_year": Amount(since, "exact") if since is not None and since >= 0 else None,
    }


T5 = Layout(
    code="T5",
    name="重点项目月报",
    title="{zone}{year}年重点项目建设情况月报表",
    model=Project,
    columns=COLUMNS,
    records=records,
    rows=rows,
    unit="",  # the form names none: a bare figure is refused until head or sheet says 亿元 or 万元
    paper="A3",
)
