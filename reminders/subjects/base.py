"""What every kind of subject tells of itself, so that one loop can plan for all of them.

People are prefetched, not joined: many subjects have few owners, and a join would make each of them anew for every row.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.working_days import Calendar
from projects.models import Project
from reminders.models import Reminder

Relation = Reminder.Relation
OLDEST = dt.date(2000, 1, 1)  # an earlier date is a slip of the pen: nobody above is told of it
YEARS = dt.timedelta(days=50 * 365)  # so far ahead a date is one too: nobody would ever be told of it


@dataclass(frozen=True)
class Span:
    """Which subjects a round looks at: those due up to a day, or only some of them."""

    today: dt.date
    upto: dt.date
    days: Calendar
    only: Collection[int] | None = None

    def narrow[Q: models.QuerySet[Any]](self, rows: Q) -> Q:
        return rows if self.only is None else rows.filter(pk__in=self.only)


@dataclass(frozen=True)
class Due:
    """Something somebody has to hear of: its day, who answers for it, whose department it is."""

    subject: Any
    due_on: dt.date
    late_from: dt.date  # lateness counts from here
    answerable: tuple[tuple[User | None, str], ...]  # with their relation, the nearest first
    department_id: int | None
    project: Project | None = None
    is_key: bool | None = None
    quiet_since_on: dt.date | None = None  # the day it came in with many others: at first only owner and manager hear


def of_project(project: Project, subject: Any, due_on: dt.date, **more: Any) -> Due:
    """What the owner of a project answers for."""
    imported = project.origin == Project.Origin.IMPORTED
    return Due(
        subject,
        due_on,
        due_on,
        answerable=((project.owner, Relation.FOLLOWER),),
        department_id=project.department_id,
        project=project,
        quiet_since_on=timezone.localdate(project.created_at) if imported else None,
        **more,
    )


def in_one_line(text: object) -> str:
    """A text without line breaks, as a line of a mail or of a list needs it."""
    return " ".join(str(text).split())


def by_relation(relation: str, subject: Any) -> str:
    """What the reader should do, by his relation to a step that a unit has to take."""
    unit = in_one_line(getattr(subject, "unit_label", "") or getattr(subject, "lead_unit", "") or "")
    if relation == Relation.HANDLER:
        return _("请办理")
    if relation == Relation.FOLLOWER:
        return _("请催办%(unit)s") % {"unit": unit} if unit else _("请跟办")
    return above(relation)


def above(relation: str) -> str:
    """What those above the responsible should do, whatever it is about."""
    if relation == Relation.HEAD:
        return _("请督促本部门承办人")
    if relation == Relation.MANAGER:
        return _("请协调推进")
    return _("呈阅")


def by_date(due_on: dt.date, today: dt.date, days: Calendar) -> str:
    """How a date stands to today, in working days; one that nobody can have meant is not counted from."""
    if due_on < OLDEST:
        return _("%(day)s 到期（日期可能有误，请核对）") % {"day": due_on}
    if due_on < today:
        late = days.working_days_between(due_on, today)
        return (
            _("%(day)s 到期，已逾期 %(n)d 个工作日") % {"day": due_on, "n": late} if late else _("%(day)s 到期") % {"day": due_on}
        )
    if due_on == today:
        return _("今天到期")
    left = days.working_days_between(today, due_on)
    return _("%(day)s 到期，还有 %(n)d 个工作日") % {"day": due_on, "n": left}


def of_its_project(subject: Any) -> object:
    """One line a project."""
    return subject.project_id


def of_its_own(subject: Any) -> object:
    """One line a subject."""
    return subject.pk


@dataclass(frozen=True)
class Source:
    """One kind of subject from one table: how those that are due are found, and how a digest words them."""

    subject: str  # of ReminderRule.Subject
    model: type[models.Model]
    find: Callable[[Span], Iterable[Due]]
    title: Callable[[Any], str]
    address: Callable[[Any], str]  # the path of the page where one acts
    action: Callable[[str, Any], str] = by_relation
    when: Callable[[dt.date, dt.date, Calendar], str] = by_date
    line: Callable[[Any], object] = of_its_own  # subjects with the same share a line
    more: Callable[[int], str] = lambda n: _(" 等 %(n)d 项") % {"n": n}
    never_before: bool = False  # on a day off it is told on the next working day, not on the one before
    on_working_days: bool = False  # its dates never lie on a day off
    open: Callable[[], models.QuerySet[Any]] | None = None  # all that have a date which people type
    date: str = "due_on"  # the column with it

    def strange(self, today: dt.date) -> models.QuerySet[Any] | None:
        """The open subjects with a date that nobody can have meant; None where no person types a date."""
        if self.open is None:
            return None
        return self.open().filter(Q(**{f"{self.date}__lt": OLDEST}) | Q(**{f"{self.date}__gt": today + YEARS}))
