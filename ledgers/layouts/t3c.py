"""T3c 招商小组外出考勤: how many people of each group were away, and for how many days, in the month of the sheet.

It is added up from the trips, so that it is never written into them: an imported one is held against them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import batched
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _

from accounts.models import Department
from accounts.scope import visible
from core.dates import fuzzy
from events.models import Event, Side
from ledgers.layouts import days, parts, sides
from ledgers.layouts.base import Column, Context, Kind, Layout, Record, Row

BATCH = 500  # groups written back at once

COLUMNS = (
    Column("group", "组别", to="accounts.Department.name", required=True, width=22),
    Column("people", "外出人数", Kind.COUNT, total=True),
    Column("days", "外出天数", Kind.COUNT, total=True),
    Column("work", "工作开展情况", width=80),
)


class Away(NamedTuple):
    """What a group did outside in a month."""

    people: int
    days: int
    work: str


def records(row: Row, context: Context) -> Iterator[Record]:
    """Only the group, which has to be there; figures that differ from the trips are refused with both sides."""
    group = parts.department(row, "group")
    if group is None:
        return
    yield group
    if told := {key: row.get(key) for key in ("people", "days") if row.get(key) is not None}:
        _compare(row, told, context)


def _compare(row: Row, told: dict[str, int], context: Context) -> None:
    known = list(Department.objects.filter(name=row.get("group")).values_list("pk", flat=True))
    found = away(known, context).get(known[0], Away(0, 0, "")) if known else None
    for key, number in told.items():
        if found is not None and number != getattr(found, key):
            text = _("系统里本月该组外出 %(people)d 人、%(days)d 天，与本表不同：请先补录外出招商（T3b），或改正本表")
            row.refuse(key, "differs", text % {"people": found.people, "days": found.days})
            return


def away(departments: Collection[int], context: Context) -> dict[int, Away]:
    """The trips of some groups that began in the month of the ledger, added up, of those that the person may see."""
    trips = visible(Event, context.user).filter(kind=Event.Kind.TRIP, department__in=departments)
    trips = trips.exclude(status=Event.Status.CANCELLED).filter(starts_on__range=parts.month_of(context.reported_on))
    fetched = trips.prefetch_related("participations__company", "participations__user", "participations__person")
    by_group: dict[int, list[Event]] = defaultdict(list)
    for trip in fetched.order_by("starts_on", "pk"):
        by_group[trip.department_id].append(trip)
    return {key: _added_up(found) for key, found in by_group.items()}


def _added_up(trips: Iterable[Event]) -> Away:
    people, length, work = set(), 0, []
    for trip in trips:
        there = sides.people_of(trip)
        people |= {sides.name_of(row) for row in there if row.side == Side.OURS and not (row.company or row.group_label)}
        if trip.starts_on:
            length += ((trip.ends_on or trip.starts_on) - trip.starts_on).days + 1
        seen = dict.fromkeys(row.company.name for row in there if row.side == Side.THEIRS and row.company)
        line = f"{days.write_span(fuzzy(trip, 'starts_on'), trip.ends_on)} {trip.name}"
        work.append(line + (f"，拜访{'、'.join(seen)}" if seen else ""))
    return Away(len(people), length, "\n".join(work))


def rows(departments: models.QuerySet[Department], context: Context) -> Iterator[dict[str, Any]]:
    """One row a group that was away in the month."""
    for some in batched(departments.iterator(BATCH), BATCH):
        found = away([department.pk for department in some], context)
        for department in some:
            if department.pk in found:
                yield {"group": department.name, **found[department.pk]._asdict()}


T3C = Layout(
    code="T3c",
    name="招商小组外出考勤",
    title="{zone}{year}年招商小组外出考勤表",
    model=Department,
    columns=COLUMNS,
    records=records,
    rows=rows,
    notes=("按当月开始的外出招商汇总；人数按人计，同一人多次外出只计一次，天数按次累计。",),
)
