"""The distance to the year's targets, and which projects will fill it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from desk.cockpit.numbers import Number, Slice, number, numbers, written
from desk.cockpit.part import Viewer
from desk.targets import seen
from reports.indicators import QUANTITIES
from reports.indicators.targets import Reached, targets_reached

SHOWN = 15
TARGETS = 40


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


def distance(row: Reached) -> Distance:
    target = row.target
    cases = {"department": target.department_id, "owner": target.user_id}
    cut = Slice(row.window.start, row.window.end).where(**{name: key for name, key in cases.items() if key})
    done = number(QUANTITIES[row.quantity], row.measured, cut)
    stated = reverse("desk:target", args=[target.pk])
    unit = row.indicator.unit
    return Distance(
        row,
        done,
        Number(written(target.value, unit), stated, _("已下达的目标值")),
        Number(_signed(row.rate, plus=False), done.url, _("目标完成率 = 年初至今完成 ÷ 目标")),
        Number(
            _signed(row.ahead),
            done.url,
            _("超（欠）序时 = 完成率 − 已过月数所占比例（%(expected)s%%）") % {"expected": row.expected},
        ),
        Number(written(row.gap, unit), done.url, _("目标 − 已完成")),
        Number(f"{row.expected}%", stated, _("序时进度：已过完的月数 ÷ 目标期的月数")),
    )


def _signed(value: Any, *, plus: bool = True) -> str:
    if value is None:
        return "—"
    return f"{value:+}%" if plus else f"{value}%"
