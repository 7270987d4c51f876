"""The distance to the year's targets, and which projects will fill it."""

import datetime as dt
from typing import Any

from django.db.models import F

from desk.cockpit.numbers import Slice, numbers
from desk.cockpit.part import Viewer
from desk.targets import distance, seen
from reports.indicators import QUANTITIES
from reports.indicators.targets import targets_reached

SHOWN = 15
TARGETS = 40


def part(viewer: Viewer) -> dict[str, Any]:
    today = viewer.today
    rows = seen(viewer.user, today.year)
    rows = rows.order_by(F("department").asc(nulls_first=True), "user", "period_kind", "n", "indicator")[:TARGETS]
    projects = Slice.year_to(today).asked(viewer.user).projects
    until = Slice(today, dt.date(today.year, 12, 31))
    coming = QUANTITIES["expected"].rows(until.asked(viewer.user))
    wanted_numbers = {code: (code, until) for code in ("expected", "expected_amount")}
    late = {"expected_late": ("expected_late", Slice(today, today))}
    return {
        "targets": [distance(row) for row in targets_reached(rows, projects, today=today)],
        "found": numbers(viewer.user, wanted_numbers | late),
        "coming": list(coming.select_related("agreement", "owner", "lead_party").order_by("expected_sign_on", "id")[:SHOWN]),
        "year": today.year,
    }
