"""T4 项目节点推进表（挂图作战）: the nodes of projects on new land, planned and actual, and the week's progress."""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import batched
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _

from core.dates import FuzzyDate
from core.periods import days_of_week
from ledgers.layouts import parts, t4_cells
from ledgers.layouts.base import Column, Context, Kind, Layout, Record, Row, record
from ledgers.layouts.t4_cells import Said
from ledgers.values import Unread
from projects.models import Milestone, ProgressReport, Project, ProjectMember

BATCH = 500  # projects written back at once
MEMBERS = {"leaders": ProjectMember.Role.LEADER}
PROGRESS = {"progress": "progress", "problems": "problems", "needs_coordination": "needs_coordination"}


class Node(NamedTuple):
    """One node of the chart: its key and head, the word for having reached it, and the milestone of template M-A."""

    key: str
    group: str
    head: str
    own: str
    code: str
    name: str
    is_key: bool

    @property
    def path(self) -> str:
        return f"{self.group}/{self.head}"


NODES = (
    Node("registered", "前期手续", "注册", "注册", "A03", "项目公司注册", True),
    Node("filed", "前期手续", "备案", "备案", "A05", "立项备案（取得项目代码）", True),
    Node("land_review", "前期手续", "用地预审", "预审", "A06", "用地预审与选址意见书", False),
    Node("land_deal", "前期手续", "土地摘牌", "摘牌", "A08", "土地摘牌", True),
    Node("land_permit", "前期手续", "用规证", "领证", "A09", "建设用地规划许可证", False),
    Node("works_permit", "前期手续", "工规证", "领证", "A12", "方案审定、工程规划许可证", False),
    Node("environment", "前期手续", "环评", "批复", "A10", "环评批复", True),
    Node("energy", "前期手续", "能评", "批复", "A11", "节能审查或承诺", False),
    Node("drawings", "前期手续", "施工图审", "图审", "A13", "施工图审查合格", False),
    Node("construction_permit", "前期手续", "施工许可", "领证", "A14", "施工许可证", True),
    Node("started", "建设", "开工", "开工", "A15", "开工", True),
    Node("in_statistics", "建设", "纳统", "纳统", "A16", "入库纳统", True),
    Node("topped_out", "建设", "封顶", "封顶", "A17", "主体封顶", False),
    Node("completed", "建设", "竣工", "竣工", "A18", "竣工验收", True),
    Node("producing", "达效", "投产", "投产", "A19", "投产", True),
    Node("above_scale", "达效", "升规", "升规", "A20", "升规入统", False),
    Node("effective", "达效", "达效", "达效", "A21", "达产达效", True),
)


def _columns(node: Node) -> tuple[Column, ...]:
    """The cell of two lines, which is read but never written (width 0), and the two columns that are written."""
    return (
        Column(node.key, node.path, to="projects.Milestone.due_on", width=0),
        Column(f"{node.key}_plan", f"{node.path}/计划", Kind.DATE, to="projects.Milestone.due_on", width=11),
        Column(f"{node.key}_actual", f"{node.path}/实际", to="projects.Milestone.completed_on", width=11),
    )


COLUMNS = (
    Column("name", "项目名称", to="projects.Project.name", required=True, width=26),
    Column("code", "项目编号", Kind.CODE, to="projects.Project.code", width=14),
    Column("amount", "总投资", Kind.AMOUNT, total=True),
    Column("leaders", "包联领导", Kind.NAMES, to="projects.ProjectMember.name"),
    Column("department", "责任单位", width=16),
    *(column for node in NODES for column in _columns(node)),
    Column("progress", "本周进展", to="projects.ProgressReport.progress", width=36),
    Column("problems", "存在问题", to="projects.ProgressReport.problems", width=26),
    Column("needs_coordination", "需协调事项", to="projects.ProgressReport.needs_coordination", width=26),
    Column("light", "亮灯", width=6),
)


def records(row: Row, context: Context) -> Iterator[Record]:
    """The project, which has to be there, who leads it, its nodes and the progress of the week of 更新时间."""
    if not row.get("name"):
        return  # said already by the reader of cells
    identity = {"name": row.get("name"), **({"code": row.get("code")} if row.get("code") else {})}
    project = record(Project, row, identity, columns={"name": "name", "code": "code"}, make=False)
    yield project
    yield from parts.members(row, project, MEMBERS, context)
    for node in NODES:
        yield from _milestone(row, project, node, context)
    if any(row.get(key) for key in PROGRESS.values()):
        first, last = days_of_week(context.reported_on)
        period = {"project": project, "period_start_on": first, "period_end_on": last}
        yield record(ProgressReport, row, period, PROGRESS, initial={"status": ProgressReport.Status.SUBMITTED})


def _milestone(row: Row, project: Record, node: Node, context: Context) -> Iterator[Record]:
    """The milestone of a node, when the row says anything of it; what is new stays to be confirmed (MilestoneResource)."""
    said, actual = _said(row, node, context)
    values: dict[str, Any] = {"completed_on": said.reached, "status": said.status}
    if said.plan is not None and said.plan.on:
        values["due_on"] = said.plan.on  # a month is kept as its last day: it is missed when it is over
    values = {name: value for name, value in values.items() if value}
    if not values:
        return
    planned = f"{node.key}_plan" if f"{node.key}_plan" in row.values else node.key
    columns = {"project": "name", "code": planned, "due_on": planned, "completed_on": actual, "status": actual}
    initial = {"name": node.name, "is_key": node.is_key}
    identity = {"project": project, "code": node.code}
    found = record(Milestone, row, identity, columns=columns, initial=initial, fixed=values)
    if actual in row.blank and said.reached is None:
        found.blanks["completed_on"] = actual
    yield found


def _said(row: Row, node: Node, context: Context) -> tuple[Said, str]:
    """What the columns of a node say together, and the column that says how it stands."""
    column = f"{node.key}_actual"
    both = _read(row, node.key, t4_cells.read_node, node, context)
    actual = _read(row, column, t4_cells.read_actual, node, context)
    plan: FuzzyDate | None = row.get(f"{node.key}_plan") or both.plan
    apart = actual != Said() or (column in row.blank and not (both.reached or both.status))
    stands = actual if apart else both
    return Said(plan, stands.reached, stands.status), column if apart else node.key


def _read(row: Row, key: str, read: Callable[[str, str, dt.date], Said], node: Node, context: Context) -> Said:
    try:
        said = read(row.values[key], node.own, context.reported_on) if key in row.values else Said()
    except Unread as refused:
        row.refuse(key, refused.code, refused.message)
        return Said()
    if said.reached and t4_cells.lies_ahead(said.reached, context.today):
        row.refuse(key, "future", _("“%(node)s”的完成日期晚于今天：请核对；还没有完成的请写到计划一栏") % {"node": node.name})
        return Said(said.plan)
    return said


def rows(projects: models.QuerySet[Project], context: Context) -> Iterator[dict[str, Any]]:
    """One row a project, its nodes in two columns each."""
    fetched = projects.select_related("agreement", "department").prefetch_related(
        "members__user", "members__person", "milestones", "progress_reports"
    )
    for some in batched(fetched.iterator(BATCH), BATCH):
        yield from (_row(project, context) for project in some)


def _row(project: Project, context: Context) -> dict[str, Any]:
    report = _report(project, context)
    return {
        "name": project.name,
        "code": project.code,
        "amount": parts.amount(project.agreement, "amount"),
        **{key: parts.names_of(project, role) for key, role in MEMBERS.items()},
        "department": project.department.name,
        **dict(_nodes(project)),
        **{key: getattr(report, name, None) or None for name, key in PROGRESS.items()},
        "light": str(project.get_light_display()),
    }


def _nodes(project: Project) -> Iterator[tuple[str, Any]]:
    by_code = {milestone.code: milestone for milestone in parts.living(project.milestones.all())}
    for node in NODES:
        milestone = by_code.get(node.code)
        yield f"{node.key}_plan", FuzzyDate(milestone.due_on) if milestone else None
        yield f"{node.key}_actual", t4_cells.write_actual(milestone) if milestone else None


def _report(project: Project, context: Context) -> ProgressReport | None:
    """The progress of the week of the ledger, its highest revision."""
    found = parts.living(project.progress_reports.all())
    week = [row for row in found if (row.period_start_on, row.period_end_on) == days_of_week(context.reported_on)]
    return max(week, key=lambda row: row.revision, default=None)


T4 = Layout(
    code="T4",
    name="项目节点推进表",
    title="{zone}{year}年重点招商项目节点推进（挂图作战）表",
    model=Project,
    columns=COLUMNS,
    records=records,
    rows=rows,
    unit="亿元",
    paper="A3",
    notes=(
        "图例：●完成　◐进行中　○未开始　▲预警　✕逾期。",
        "“实际”填完成日期，没有完成的填 进行中、容缺 或留空；导入只报完成，由核实人在系统里确认。",
    ),
)
