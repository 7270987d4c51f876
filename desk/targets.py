"""目标: which a person may see beside their figures, and how far each is."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import Scope
from core.amounts import plain
from projects.models import Project
from reports.indicators.targets import Reached, targets_reached
from reports.models import Target

UNKNOWN = "—"


@dataclass(frozen=True)
class Line:
    """A target and how far it is, as texts."""

    reached: Reached

    @property
    def target(self) -> str:
        return self._said(self.reached.target.value)

    @property
    def value(self) -> str:
        return self._said(self.reached.value)

    @property
    def rate(self) -> str:
        return _percent(self.reached.rate)

    @property
    def expected(self) -> str:
        return _percent(self.reached.expected)

    @property
    def ahead(self) -> str:
        """In points of per cent: 超 12.5, 欠 3."""
        points = self.reached.ahead
        if points is None:
            return UNKNOWN
        return (_("欠 %(n)s") if points < 0 else _("超 %(n)s")) % {"n": plain(abs(points))}

    def _said(self, value: Decimal | None) -> str:
        return UNKNOWN if value is None else f"{plain(value)} {self.reached.indicator.unit}"


def _percent(value: Decimal | None) -> str:
    return UNKNOWN if value is None else f"{plain(value)}%"


@dataclass(frozen=True)
class Group:
    """The targets of one subject."""

    name: str
    rows: list[Line]


def seen(user: User, year: int) -> QuerySet[Target]:
    """Targets whose figure the person sees whole: all, or of his departments and their people, or his own.

    A figure over a part of the rows would look like a target missed.
    """
    scope = Scope.of(user)
    rows = Target.objects.filter(year=year).select_related("department", "user")
    if scope.sees_all:
        return rows
    return rows.filter(Q(department__in=scope.departments) | Q(user__department__in=scope.departments) | Q(user=user))


def groups(user: User, year: int, *, today: dt.date) -> list[Group]:
    """The zone, then departments, then people, each with its targets and what was done of them."""
    targets = list(seen(user, year))
    reached = targets_reached(targets, Project.objects.visible_to(user), today=today)
    found: dict[tuple[int, str], list[Reached]] = {}
    for row in reached:
        found.setdefault(_subject(row.target), []).append(row)
    return [Group(name, [Line(row) for row in sorted(rows, key=_order)]) for (_place, name), rows in sorted(found.items())]


def _subject(target: Target) -> tuple[int, str]:
    if target.department is not None:
        return 1, target.department.name
    return (2, target.user.display) if target.user is not None else (0, _("全区"))


def _order(row: Reached) -> tuple[str, str, int]:
    return row.target.indicator, row.target.period_kind, row.target.n or 0
