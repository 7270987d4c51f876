"""Decided at meetings and not done."""

from typing import Any

from django.db.models import Count, Q

from activities.models import Directive
from desk.cockpit.numbers import Number, Slice, number, numbers
from desk.cockpit.part import Viewer
from desk.lists import first
from reports.indicators import QUANTITIES, Measured

SHOWN = 15
MEETINGS = 12


def part(viewer: Viewer) -> dict[str, Any]:
    cut = Slice(viewer.today, viewer.today)
    asked = cut.asked(viewer.user)
    open_rows = QUANTITIES["decided_open"].rows(asked).select_related("agenda_item__event", "lead_unit", "handler", "project")
    undecided = QUANTITIES["undecided"].rows(asked).select_related("event").order_by("-event__starts_on", "rank", "id")
    codes = ("decided", "decided_open", "decided_late", "undecided")
    return {
        "found": numbers(viewer.user, {code: (code, cut) for code in codes}),
        "meetings": _by_meeting(viewer, cut),
        "open": first(open_rows.order_by("due_on", "id"), SHOWN),
        "undecided": first(undecided, SHOWN),
    }


def _by_meeting(viewer: Viewer, cut: Slice) -> list[tuple[int, str, list[Number]]]:
    """Each meeting with what it decided, what of it is open and what is late."""
    rows = QUANTITIES["decided"].rows(cut.asked(viewer.user))
    pending = ~Q(status=Directive.Status.CLOSED)
    counts = {"decided": Count("pk"), "decided_open": Count("pk", filter=pending)}
    counts["decided_late"] = Count("pk", filter=pending & Q(due_on__lt=cut.end))
    grouped = rows.order_by().values("agenda_item__event", "agenda_item__event__name").annotate(**counts)
    return [_meeting(row, list(counts), cut) for row in grouped.order_by("-agenda_item__event")[:MEETINGS]]


def _meeting(row: dict[str, Any], codes: list[str], cut: Slice) -> tuple[int, str, list[Number]]:
    event = row["agenda_item__event"]
    shown = [number(QUANTITIES[code], Measured(row[code]), cut.where(meeting=event)) for code in codes]
    return event, row["agenda_item__event__name"], shown
