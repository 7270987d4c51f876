"""Who is stuck, where and for how long; what was signed long ago and did not begin."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Min, OuterRef, Subquery, Value, When
from django.utils.translation import gettext as _

from core.working_days import Calendar
from desk.cockpit.numbers import Number, Slice, number, numbers
from desk.cockpit.part import Viewer
from projects.models import Agreement, Project
from projects.services import Bottleneck, bottlenecks
from reports.indicators import QUANTITIES, Measured
from reports.indicators.work import LATE_FIRST

LONGEST = 10
UNITS = 15
BANDS = ((1, 5), (6, 15), (16, None))  # working days late


@dataclass(frozen=True)
class Unit:
    """Whom projects wait for: how many, and since when the first of them."""

    name: str
    number: Number
    since_on: dt.date


@dataclass(frozen=True)
class Stuck:
    """A project and its 卡点."""

    project: Project
    bottleneck: Bottleneck | None


def part(viewer: Viewer) -> dict[str, Any]:
    days, today = Calendar.load(), viewer.today
    cut = Slice(today, today)
    rows = QUANTITIES["stuck"].rows(cut.asked(viewer.user))
    bands = {f"band{place}": ("stuck", _band(cut, days, *limits)) for place, limits in enumerate(BANDS)}
    found = numbers(viewer.user, {"all": ("stuck", cut), "running": ("running", cut), **bands})
    return {
        "found": found,
        "bands": [(_band_label(*limits), found[f"band{place}"]) for place, limits in enumerate(BANDS)],
        "units": _units(rows, cut),
        "longest": _longest(rows, days, today),
    }


def _band(cut: Slice, days: Calendar, low: int, high: int | None) -> Slice:
    """Late by so many working days: the dates between which they were due."""
    limits: dict[str, Any] = {}
    if low > 1:  # a step due on a Friday is late on Saturday, and no working day has passed
        limits["late_until"] = _due(days, cut.end, low)
    if high is not None:
        limits["late_since"] = _due(days, cut.end, high + 1) + dt.timedelta(days=1)
    return cut.where(**limits)


def _due(days: Calendar, today: dt.date, count: int) -> dt.date:
    """The last date from which so many working days have passed until today."""
    day = today
    while days.working_days_between(day, today) < count:
        day -= dt.timedelta(days=1)
    return day


def _band_label(low: int, high: int | None) -> str:
    if high is None:
        return _("逾期 %(n)d 工作日以上") % {"n": low - 1}
    return (
        _("逾期 %(high)d 工作日以内") % {"high": high}
        if low == 1
        else _("逾期 %(low)d–%(high)d 工作日") % {"low": low, "high": high}
    )


def _units(rows: Any, cut: Slice) -> list[Unit]:
    """The units for which most projects wait."""
    written = Case(When(responsible_unit=None, then="responsible_unit_name"), default=Value(""))
    grouped = rows.order_by().values("responsible_unit", "responsible_unit__name").annotate(written=written)
    counted = grouped.annotate(n=Count("pk"), since=Min("due_on")).order_by("-n", "since")
    return [_unit(row, cut) for row in counted[:UNITS]]


def _unit(row: dict[str, Any], cut: Slice) -> Unit:
    key, written = row["responsible_unit"], row["written"]
    narrowed = cut.where(unit_name=written) if written else cut.where(unit=key or "none")
    name = row["responsible_unit__name"] or written or _("未填责任单位")
    return Unit(name, number(QUANTITIES["stuck"], Measured(row["n"]), narrowed), row["since"])


def _longest(rows: Any, days: Calendar, today: dt.date) -> list[Stuck]:
    """The projects that wait longest, with their 卡点 in words."""
    keys = list(rows.order_by(*LATE_FIRST).values_list("project", flat=True)[:LONGEST])
    projects = Project.objects.in_bulk(keys)
    found = bottlenecks(keys, today=today, days=days)
    return [Stuck(projects[key], found.get(key)) for key in keys if key in projects]


def unstarted_part(viewer: Viewer) -> dict[str, Any]:
    """Signed three months ago and no company; six, and nothing begun: numbers, and the oldest of each."""
    cut = Slice(viewer.today, viewer.today)
    codes = ("unregistered", "unstarted")
    found = numbers(viewer.user, {code: (code, cut) for code in codes})
    return {"lists": [(found[code], QUANTITIES[code], _oldest(code, cut, viewer)) for code in codes]}


def _oldest(code: str, cut: Slice, viewer: Viewer) -> list[Any]:
    signed = Agreement.objects.filter(project=OuterRef("pk")).order_by().values("project")
    first = Subquery(signed.annotate(day=Min("signed_on")).values("day"))  # grouped, all columns of all projects were sorted
    rows = QUANTITIES[code].rows(cut.asked(viewer.user)).annotate(signed_first=first)
    return list(rows.select_related("owner", "lead_party").order_by("signed_first", "id")[:LONGEST])
