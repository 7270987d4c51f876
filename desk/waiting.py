"""What waits for a person beside his reminders, as columns of the one query that the head of a page costs."""

import datetime as dt
from typing import Any

from django.db.models import Count, Exists, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from core.models import Holiday
from core.working_days import Calendar
from projects.models import DateRequest
from reminders.models import ReportUp

ANNOUNCED = 11  # the month in which the State Council announces the coming year
CALENDAR_KEEPERS = frozenset({Role.MANAGER, Role.SYSADMIN})


def columns(user: User, today: dt.date) -> dict[str, Any]:
    """Drafts for leaders that the manager has to decide, requests for new dates to answer, and years without holidays."""
    roles = Scope.of(user).roles
    found: dict[str, Any] = {
        "ups_waiting": count(ReportUp.objects.waiting(today)) if Role.MANAGER in roles else _nothing(),
        "dates_asked": count(DateRequest.objects.waiting().answered_by(user)),
    }
    if roles & CALENDAR_KEEPERS:
        found |= {_column(year): Exists(Holiday.objects.filter(date__year=year)) for year in _unknown(today)}
    return found


def missing_year(row: dict[str, Any], today: dt.date) -> int | None:
    """The first year that is in use, or soon will be, without holidays; asked of those who can mend it."""
    return next((year for year in _unknown(today) if row.get(_column(year)) is False), None)


def count(rows: QuerySet[Any]) -> Coalesce:
    """The number of rows as a column."""
    one = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(one, output_field=IntegerField()), 0)


def _nothing() -> Value:
    return Value(0, output_field=IntegerField())


def _unknown(today: dt.date) -> list[int]:
    """This year, and from November on the next one, as far as the package of holidays does not know them."""
    years = [today.year, today.year + 1] if today.month >= ANNOUNCED else [today.year]
    return [year for year in years if not Calendar().has_data(year)]


def _column(year: int) -> str:
    return f"holidays_{year}"
