"""What moved this week, and who did not."""

from typing import Any

from django.db.models import Count, F, Prefetch

from core.periods import week_of
from desk.cockpit.numbers import Number, Slice, number, numbers
from desk.cockpit.part import Viewer
from projects.models import StageChange
from reports.indicators import QUANTITIES, Measured

SHOWN = 12
PEOPLE = 20


def part(viewer: Viewer) -> dict[str, Any]:
    """The week of the reports so far, from its Friday to today."""
    cut = Slice(week_of(viewer.now).start_on, viewer.today)
    rows = QUANTITIES["moved"].rows(cut.asked(viewer.user))
    moves = StageChange.objects.filter(moved_on__range=(cut.start, cut.end)).exclude(from_stage=F("to_stage"))
    shown = rows.select_related("lead_party").prefetch_related(Prefetch("stage_changes", moves, to_attr="moves"))
    return {
        "cut": cut,
        "found": numbers(viewer.user, {code: (code, cut) for code in ("moved", "still", "running")}),
        "moved": list(shown.order_by("-updated_at", "-id")[:SHOWN]),
        "departments": _grouped(viewer, cut, "department", "department__name"),
        "people": _grouped(viewer, cut, "owner", "owner__display_name") if viewer.knows_officers else [],
    }


def _grouped(viewer: Viewer, cut: Slice, dimension: str, name: str) -> list[tuple[str, Number]]:
    """Whose projects did not move, most first."""
    rows = QUANTITIES["still"].rows(cut.asked(viewer.user)).order_by().values(dimension, name)
    found = rows.annotate(n=Count("pk")).order_by("-n", name)[:PEOPLE]
    return [(row[name] or "—", _still(row["n"], cut.where(**{dimension: row[dimension] or "none"}))) for row in found]


def _still(count: int, cut: Slice) -> Number:
    return number(QUANTITIES["still"], Measured(count), cut)
