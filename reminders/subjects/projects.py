"""What is about a project as a whole: gone silent, its report of the week, its review after a hold."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from activities.silence import silent
from core.periods import Week, week_before, week_of
from core.working_days import Calendar
from projects.models import ProgressReport, Project, ProjectMember
from reminders.models import Reminder, ReminderRule
from reminders.subjects.base import Due, Source, Span, above, in_one_line, of_project

Relation = Reminder.Relation
ONE = dt.timedelta(days=1)
READ = ["public_id", "name", "code", "owner", "department", "grade", "status", "origin", "review_on", "created_at", "deleted_at"]


def _due_silent(span: Span) -> Iterator[Due]:
    """Running projects without an effective contact for longer than their grade allows; due on the day this came true."""
    rows = silent(span.narrow(Project.objects.all()), today=span.upto)
    for row in rows.only(*READ).prefetch_related("owner"):
        due_on = row.heard_on + dt.timedelta(days=settings.SILENT_AFTER_DAYS[row.grade]) + ONE  # type: ignore[attr-defined]
        yield of_project(row, row, due_on)


def _due_reports(span: Span) -> Iterator[Due]:
    """Projects that owe the report of this week or of the one before it; the later one first."""
    this = week_of(_midnight(span.today), days=span.days)
    later = week_of(this.closes_at, days=span.days)
    for week in (later, this, week_before(this, days=span.days)):
        due_on = timezone.localdate(week.deadline_at)
        if due_on <= span.upto:
            yield from _owed(span, week, due_on)


def _owed(span: Span, week: Week, due_on: dt.date) -> Iterator[Due]:
    filed = ProgressReport.objects.of(week).filed().filter(project=OuterRef("pk"))
    rows = list(span.narrow(Project.objects.owing(week)).exclude(Exists(filed)).only(*READ).prefetch_related("owner"))
    followers = _followers(rows, due_on)
    for row in rows:
        answerable = ((user, Relation.FOLLOWER) for user in (row.owner, *followers.get(row.pk, [])))
        yield Due(row, due_on, due_on, tuple(answerable), row.department_id, project=row)


def _followers(rows: Iterable[Project], day: dt.date) -> dict[int, list[User]]:
    """The 跟办人 of projects, who report as the owner does (one query)."""
    links = ProjectMember.objects.filter(Q(until_on=None) | Q(until_on__gte=day), role=ProjectMember.Role.FOLLOWER)
    found: dict[int, list[User]] = defaultdict(list)
    if rows:
        for link in links.filter(user__isnull=False).select_related("user").order_by("rank", "id"):
            if link.user:
                found[link.project_id].append(link.user)
    return found


def _on_hold() -> QuerySet[Project]:
    return Project.objects.filter(status=Project.Status.ON_HOLD).prefetch_related("owner")


def _due_reviews(span: Span) -> Iterator[Due]:
    """Projects on hold, on the day on which they are to be looked at again."""
    for row in span.narrow(_on_hold().filter(review_on__lte=span.upto)):
        if row.review_on:
            yield of_project(row, row, row.review_on)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()), timezone.get_default_timezone())


def _of_silent(relation: str, subject: Any) -> str:
    return _("请与企业对接，并记一笔") if relation == Relation.FOLLOWER else above(relation)


def _of_report(relation: str, subject: Any) -> str:
    return _("请报送本期进展") if relation == Relation.FOLLOWER else above(relation)


def _of_review(relation: str, subject: Any) -> str:
    return _("请复核：恢复推进、继续暂缓或终止") if relation == Relation.FOLLOWER else above(relation)


def _when_silent(due_on: dt.date, today: dt.date, days: Calendar) -> str:
    return _("%(day)s 起久未对接") % {"day": due_on}


def _when_owed(due_on: dt.date, today: dt.date, days: Calendar) -> str:
    at = settings.PROGRESS_DUE_AT.strftime("%H:%M")
    if due_on == today:
        return _("今天 %(at)s 截止") % {"at": at}
    words = _("%(day)s %(at)s 已截止，现在报送记为迟报") if due_on < today else _("%(day)s %(at)s 截止")
    return words % {"day": due_on, "at": at}


def _when_reviewed(due_on: dt.date, today: dt.date, days: Calendar) -> str:
    return _("复核日 %(day)s") % {"day": due_on}


def _all_reports(subject: Any) -> object:
    """A person with twenty projects gets one line."""
    return "progress"


SILENT = Source(
    ReminderRule.Subject.SILENT_PROJECT,
    Project,
    _due_silent,
    title=lambda row: in_one_line(_("%(project)s · 久未对接") % {"project": row.name}),
    address=lambda row: row.get_absolute_url(),
    action=_of_silent,
    when=_when_silent,
    never_before=True,
)
REPORTS = Source(
    ReminderRule.Subject.PROGRESS,
    Project,
    _due_reports,
    title=lambda row: in_one_line(_("进展未报：%(project)s") % {"project": row.name}),
    address=lambda row: reverse("desk:progress"),
    action=_of_report,
    when=_when_owed,
    line=_all_reports,
    on_working_days=True,
    more=lambda n: _(" 等 %(n)d 个项目") % {"n": n},
)
REVIEWS = Source(
    ReminderRule.Subject.REVIEW,
    Project,
    _due_reviews,
    title=lambda row: in_one_line(_("%(project)s · 暂缓复核") % {"project": row.name}),
    address=lambda row: row.get_absolute_url(),
    action=_of_review,
    when=_when_reviewed,
    open=_on_hold,
    date="review_on",
)
