"""目标: which a person may see, and how far each is; every figure opens the rows it counts."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import Scope
from desk.cockpit.numbers import UNKNOWN, Number, Slice, number, written
from desk.targets_missing import NotSet, Subject, cut_of, missing, subject_of, with_done
from reports.indicators import QUANTITIES, Indicator
from reports.indicators.targets import Reached, targets_reached
from reports.models import Target

MOST = 120  # targets on one page, and as many that were not set: all figures of one kind are one query


@dataclass(frozen=True)
class Distance:
    """A target as a line: done, set, rate, ahead or behind, missing."""

    reached: Reached
    done: Number
    target: Number
    rate: Number
    ahead: Number
    gap: Number
    expected: Number

    @property
    def indicator(self) -> Indicator:
        return self.reached.indicator

    @property
    def period(self) -> str:
        return self.reached.target.period_label


@dataclass(frozen=True)
class Group:
    """The targets of one subject, and what it has none for."""

    name: str
    rows: list[Distance] = field(default_factory=list)
    unset: list[NotSet] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """What the page shows; `left` lines are not listed."""

    groups: list[Group]
    left: int = 0


def seen(user: User, year: int) -> QuerySet[Target]:
    """Targets whose figure the person sees whole: all, or of his departments and their people, or his own.

    A figure over a part of the rows would look like a target missed.
    """
    scope = Scope.of(user)
    rows = Target.objects.filter(year=year).select_related("department", "user")
    if scope.sees_all:
        return rows
    return rows.filter(Q(department__in=scope.departments) | Q(user__department__in=scope.departments) | Q(user=user))


def distance(row: Reached) -> Distance:
    """A target with its figures, each with its address."""
    target, unit = row.target, row.indicator.unit
    done = number(QUANTITIES[row.quantity], row.measured, cut_of(target, row.window.start, row.window.end))
    stated = reverse("desk:target", args=[target.pk])
    ahead = _("超（欠）序时 = 完成率 − 已过月数所占比例（%(expected)s%%）") % {"expected": row.expected}
    return Distance(
        row,
        done,
        Number(written(target.value, unit), stated, _("已下达的目标值")),
        Number(UNKNOWN if row.rate is None else f"{row.rate}%", done.url, _("目标完成率 = 年初至今完成 ÷ 目标")),
        Number(UNKNOWN if row.ahead is None else f"{row.ahead:+}%", done.url, ahead),
        Number(written(row.gap, unit), done.url, _("目标 − 已完成")),
        Number(f"{row.expected}%", stated, _("序时进度：已过完的月数 ÷ 目标期的月数")),
    )


def page(user: User, year: int, *, today: dt.date, indicator: str = "") -> Page:
    """The zone, then departments, then people: each with its targets, what was done of them, and what has no target."""
    order = F("department__name").asc(nulls_first=True), F("user__display_name").asc(nulls_first=True)
    targets = list(seen(user, year).order_by(*order, "user", "indicator", "period_kind", "n"))
    lacking = list(missing(targets, user, year))
    if indicator:
        targets = [row for row in targets if row.indicator == indicator]
        lacking = [row for row in lacking if row.indicator == indicator]
    projects = Slice.year_to(today).asked(user).projects
    reached = targets_reached(targets[:MOST], projects, today=today)
    groups = _grouped(map(distance, reached), with_done(lacking[:MOST], user, today))
    return Page(groups, max(len(targets) - MOST, 0) + max(len(lacking) - MOST, 0))


def _grouped(rows: Iterable[Distance], unset: Iterable[NotSet]) -> list[Group]:
    found: dict[Subject, Group] = {}
    for row in rows:
        _of(found, row.reached.target).rows.append(row)
    for other in unset:
        _of(found, other.target).unset.append(other)
    return [found[subject] for subject in sorted(found, key=_rank)]


def _of(found: dict[Subject, Group], target: Target) -> Group:
    return found.setdefault(subject_of(target), Group(_name(target)))


def _rank(subject: Subject) -> int:
    """The zone, departments, people; within these as they came."""
    department, user = subject
    return 2 if user is not None else 0 if department is None else 1


def _name(target: Target) -> str:
    if target.department is not None:
        return target.department.name
    return target.user.display if target.user is not None else _("全区")
