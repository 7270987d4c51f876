"""The weekly reports as pages show them: who has to report what, how far he is, and what he said before."""

import datetime as dt
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from core.periods import Week, week_before, week_from, week_of
from core.working_days import Calendar
from projects import services
from projects.models import ProgressReport, Project, ProjectMember, ProjectQuerySet, Told

WEEKS = 8  # earlier weeks that can be chosen
MOST = 300  # projects on one page

# What a chip writes down, always in Chinese as the reports are, and what it is called.
NO_CHANGE = [
    ("等待企业答复", gettext_lazy("等待企业答复")),
    ("等待部门批复", gettext_lazy("等待部门批复")),
    ("手续办理中", gettext_lazy("手续办理中")),
    ("方案修改中", gettext_lazy("方案修改中")),
    ("按计划施工中", gettext_lazy("按计划施工中")),
]
RETURNED = [
    ("内容过于简单，请写明具体进展", gettext_lazy("过于简单")),
    ("与上期雷同，请核实更新", gettext_lazy("与上期雷同")),
    ("缺少时间和数据", gettext_lazy("缺少数据")),
]


class State(models.TextChoices):
    """How far the report of a project is, the most pressing first."""

    MISSING = "missing", gettext_lazy("未报")
    RETURNED = "returned", gettext_lazy("已退回")
    DRAFT = "draft", gettext_lazy("草稿，未报")
    ALIKE = "alike", gettext_lazy("与上期雷同")
    FILED = "filed", gettext_lazy("已报")
    ACCEPTED = "accepted", gettext_lazy("已采用")

    @classmethod
    def open(cls) -> set["State"]:
        """Those that still owe a report."""
        return {cls.MISSING, cls.RETURNED, cls.DRAFT}

    @property
    def light(self) -> str:
        """The colour it is shown in; its shape and its word say the same."""
        return "red" if self in self.open() else "yellow" if self is State.ALIKE else "green"


@dataclass(frozen=True)
class Line:
    """A project in the list to be filled: what was said last, what is said now; `error` refuses what was typed."""

    project: Project
    week: Week
    report: ProgressReport | None = None
    previous: ProgressReport | None = None
    first_at: dt.datetime | None = None  # when the week was first reported
    typed: Told | None = None
    error: str = ""
    saved: bool = False  # just now

    @property
    def told(self) -> Told:
        return self.typed or (self.report.told if self.report else Told())

    @property
    def version(self) -> int:
        return self.report.version if self.report else 0

    @property
    def locked(self) -> bool:
        return self.report is not None and self.report.status == ProgressReport.Status.ACCEPTED

    @property
    def late(self) -> bool:
        return self.first_at is not None and self.first_at > self.week.deadline_at

    @property
    def state(self) -> State:
        if self.report is None:
            return State.MISSING
        if self.report.status == ProgressReport.Status.SUBMITTED:
            return State.ALIKE if self.report.alike else State.FILED
        return State(self.report.status)

    @property
    def owes(self) -> bool:
        return self.state in State.open()

    def just_saved(self) -> "Line":
        return replace(self, saved=True)

    def refused(self, typed: Told, error: str) -> "Line":
        """The same with what was typed and why it was not saved."""
        return replace(self, typed=typed, error=error)


@dataclass(frozen=True)
class Finding:
    """A report that is looked at, beside what was said before it."""

    report: ProgressReport
    previous: ProgressReport | None
    late: bool

    @property
    def state(self) -> State:
        waits = self.report.status == ProgressReport.Status.SUBMITTED
        return (State.ALIKE if self.report.alike else State.FILED) if waits else State(self.report.status)


def chosen_week(text: str | None, *, now: dt.datetime, days: Calendar) -> Week:
    """The week an address names by its first day; this week when it names none, or one that has not begun."""
    this = week_of(now, days=days)
    try:
        week = week_from(dt.date.fromisoformat(text or ""), days=days)
    except (ValueError, OverflowError):
        return this
    return week if week.start_on <= this.start_on else this


def weeks(*, now: dt.datetime, days: Calendar) -> list[Week]:
    """This week and some earlier ones, the newest first."""
    found = [week_of(now, days=days)]
    while len(found) <= WEEKS:
        found.append(week_before(found[-1], days=days))
    return found


def time_left(week: Week, now: dt.datetime) -> str:
    """How long there is until the deadline, in words; that it is over, and what that means."""
    left = week.deadline_at - now
    if left <= dt.timedelta(0):
        return _("已过截止时间，现在报送记为迟报")
    days, hours = left.days, left.seconds // 3600
    if days:
        return _("还剩 %(days)d 天 %(hours)d 小时") % {"days": days, "hours": hours}
    return _("还剩 %(hours)d 小时 %(minutes)d 分") % {"hours": hours, "minutes": left.seconds % 3600 // 60}


def sees_others(user: User) -> bool:
    """Whether a person files and looks after the reports of others: a manager, a head of departments."""
    scope = Scope.of(user)
    return Role.MANAGER in scope.roles or bool(scope.departments)


def owing(week: Week) -> ProjectQuerySet:
    """The projects that have to report a week."""
    return Project.objects.owing(week)


def reported_by(user: User, week: Week, *, mine: bool) -> ProjectQuerySet:
    """What a person reports: his own and where he is 跟办人; with `mine` off, a head or manager those of his people too."""
    today, scope = timezone.localdate(week.closes_at), Scope.of(user)
    rows = owing(week).visible_to(user)
    if not mine and Role.MANAGER in scope.roles:
        return rows
    follows = ProjectMember.objects.filter(Q(until_on=None) | Q(until_on__gte=today), user=user, role=ProjectMember.Role.FOLLOWER)
    condition = Q(owner=user) | Q(pk__in=follows.values("project"))
    if not mine and scope.departments:
        condition |= Q(department__in=scope.departments)
    return rows.filter(condition)


def owed(user: User, week: Week) -> int:
    """How many of a person's own projects still wait for the report of a week (one query)."""
    filed = ProgressReport.objects.of(week).filed().filter(project=OuterRef("pk"))
    return reported_by(user, week, mine=True).exclude(Exists(filed)).count()


def lines(projects: QuerySet[Project], week: Week, *, most: int = MOST) -> list[Line]:
    """The first projects with their report of the week and what was said last; three queries."""
    before = ProgressReport.objects.filed().filter(project=OuterRef("pk"), period_start_on__lt=week.start_on).exclude(progress="")
    last = before.order_by("-period_start_on", "-revision").values("pk")[:1]
    rows = list(projects.select_related("owner", "department").annotate(previous_pk=Subquery(last))[:most])
    now: dict[int, ProgressReport] = {}
    first: dict[int, dt.datetime] = {}
    for report in ProgressReport.objects.of(week).filter(project__in=rows).order_by("revision"):
        now[report.project_id] = report
        if report.submitted_at:
            first.setdefault(report.project_id, report.submitted_at)
    told = ProgressReport.objects.in_bulk([row.previous_pk for row in rows if row.previous_pk])
    return [Line(row, week, now.get(row.pk), told.get(row.previous_pk), first.get(row.pk)) for row in rows]


def findings(reports: QuerySet[ProgressReport], *, days: Calendar) -> list[Finding]:
    """Reports with what was last said before each of them; two queries."""
    same = ProgressReport.objects.filed().filter(project=OuterRef("project")).exclude(progress="")
    before = same.filter(period_start_on__lt=OuterRef("period_start_on")).order_by("-period_start_on", "-revision")
    rows = list(reports.annotate(previous_pk=Subquery(before.values("pk")[:1])))
    told = ProgressReport.objects.in_bulk([row.previous_pk for row in rows if row.previous_pk])
    return [Finding(row, told.get(row.previous_pk), _late(row, days)) for row in rows]


def _late(report: ProgressReport, days: Calendar) -> bool:
    """Only a week has a deadline: what a ledger told of a month has none. A correction was asked for, it is not late."""
    if report.revision > 1 or report.period_start_on.weekday() != settings.PROGRESS_WEEKDAY:
        return False
    week = week_from(report.period_start_on, days=days)
    return week.end_on == report.period_end_on and services.late(report, week)
