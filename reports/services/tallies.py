"""What a snapshot keeps beside its rows: contacts and leads of its week, and how far targets were; by department, no names.

These belong to no project, so they are counted when the snapshot is taken and are part of its hash.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from activities.models import Interaction
from core.periods import week_from
from core.working_days import Calendar
from projects.models import Project
from reports.indicators.targets import Reached, targets_reached
from reports.models import Target
from reports.services.words import plain

SCHEMA = 1  # of what is kept; a snapshot without it is older and says none of it
WEEK = dt.timedelta(days=7)
COUNTED: dict[str, str] = {Interaction.Kind.VISIT: "visits", Interaction.Kind.RECEPTION: "receptions"}
type Kept = dict[str, Any]


def tallies(start_on: dt.date, end_on: dt.date, *, today: dt.date) -> Kept:
    """Contacts and leads of a week by its closing days, and the targets of the year. A few queries."""
    days = Days(start_on, end_on, *(_closing(day) for day in (start_on, end_on)))
    return {
        "schema": SCHEMA,
        "week": [plain(start_on), plain(end_on)],
        "contacts": _contacts(days),
        "leads": _leads(days),
        "targets": [_target(row) for row in _reached(today)],
    }


class Days(NamedTuple):
    """A week by its two closing days, and the moments at which it opens and closes."""

    first: dt.date
    last: dt.date
    opens_at: dt.datetime
    closes_at: dt.datetime

    def of(self, name: str) -> Q:
        """Of its days; a closing day lies in two weeks, and there it counts when a row was entered."""
        inside = Q(**{f"{name}__gt": self.first, f"{name}__lt": self.last})
        after = Q(**{name: self.first, "created_at__gte": self.opens_at})
        return inside | after | Q(**{name: self.last, "created_at__lt": self.closes_at})


def _closing(day: dt.date) -> dt.datetime:
    """The moment at which a closing day parts two weeks; of any other day its end."""
    try:
        return week_from(day, days=Calendar.load()).opens_at
    except ValueError:
        return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def _contacts(days: Days) -> list[Kept]:
    """外出 and 接待 by department, whatever came of them."""
    rows = Interaction.objects.filter(days.of("happened_on"), kind__in=COUNTED)
    counted = rows.order_by().values("department_id", "kind").annotate(n=Count("pk")).order_by("department_id", "kind")
    return [{"department": row["department_id"], "what": COUNTED[row["kind"]], "n": row["n"]} for row in counted]


def _leads(days: Days) -> list[Kept]:
    """新增线索: by the day of the first contact, else by the moment of entry; what newspapers told is none."""
    entered = Q(first_contact_on=None, created_at__gte=days.opens_at, created_at__lt=days.closes_at)
    rows = _entered().filter(days.of("first_contact_on") | entered)
    counted = rows.order_by().values("department_id").annotate(n=Count("pk")).order_by("department_id")
    return [{"department": row["department_id"], "n": row["n"]} for row in counted]


def _entered() -> QuerySet[Project]:
    return Project.objects.exclude(origin=Project.Origin.PRESS)


def _reached(today: dt.date) -> list[Reached]:
    """Year's targets of the zone and of departments; of persons nothing is kept."""
    rows = Target.objects.filter(year=today.year, period_kind=Target.PeriodKind.YEAR, user=None)
    ordered = rows.order_by(F("department").asc(nulls_first=True), "indicator", "pk")
    return targets_reached(ordered, _entered(), today=today)


def _target(row: Reached) -> Kept:
    return {
        "department": row.target.department_id,
        "indicator": row.target.indicator,
        "name": str(row.indicator.name),
        "unit": str(row.indicator.unit),
        "target": plain(row.target.value),
        "done": plain(row.value),
        "rate": plain(row.rate),
        "expected": plain(row.expected),
        "ahead": plain(row.ahead),
    }


def count(kept: Kept, name: str, departments: Iterable[int] | None, what: str = "") -> int | None:
    """How many contacts or leads were kept, of all departments or of some; None where the snapshot kept none of it."""
    if "schema" not in kept:
        return None
    wanted = None if departments is None else set(departments)
    rows = [row for row in kept[name] if not what or row["what"] == what]
    return sum(int(row["n"]) for row in rows if wanted is None or row["department"] in wanted)


def targets(kept: Kept, departments: Iterable[int] | None) -> list[Kept]:
    """The targets of the zone, or those of some departments."""
    wanted = {None} if departments is None else set(departments)
    return [row for row in kept.get("targets", ()) if row["department"] in wanted]


def said(value: str | None) -> Decimal | None:
    """A number as it was kept."""
    return None if value is None else Decimal(value)
