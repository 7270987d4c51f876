"""T3b 外出招商情况上报表: one line a person of a trip, or a company visited on it."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from core.dates import FuzzyDate
from events.models import Event, Participation, Side
from ledgers.layouts import parts, sides
from ledgers.layouts.base import Column, Context, Kind, Layout, Record, Row, record
from ledgers.layouts.sides import Guest

BATCH = 500  # trips written back at once
EVENT = {"ends_on": "ends_on", "city": "destination"}
VISITED = {"company": "company", "name": "contact", "title": "contact_title"}

COLUMNS = (
    Column("unit", "单位", to="events.Event.department", width=18),
    Column("name", "姓名", Kind.NAMES, to="events.Participation.name"),
    Column("title", "职务", to="events.Participation.title_then", width=16),
    Column("starts_on", "开始时间", Kind.DATE, to="events.Event.starts_on", required=True, width=14),
    Column("ends_on", "结束时间", Kind.DAY, to="events.Event.ends_on", width=14),
    Column("days", "天数", Kind.COUNT, width=8),
    Column("destination", "目的地", to="events.Event.city", width=16),
    Column("company", "拜访企业名称", to="events.Participation.company", width=30),
    Column("contact", "接洽人姓名", Kind.NAMES, to="events.Participation.person"),
    Column("contact_title", "接洽人职务", to="events.Participation.title_then", width=16),
    Column("event", "招商活动", to="events.Event.name", width=30),
)


def records(row: Row, context: Context) -> Iterator[Record]:
    """The trip, our people on it, and whom they saw."""
    starts_on, name = row.get("starts_on"), row.get("event") or _name(row)
    if starts_on is None or not name or not _days_agree(row):
        return
    unit = parts.department(row, "unit")
    if unit:
        yield unit
    initial = {"kind": Event.Kind.TRIP, "status": sides.status_at(starts_on, context), **({"department": unit} if unit else {})}
    columns = {"name": "event" if row.get("event") else "destination", "starts_on": "starts_on", "department": "unit"}
    event = record(Event, row, {"name": name}, EVENT, columns=columns, initial=initial, fixed={"starts_on": starts_on})
    yield event
    people, titles = row.get("name") or (), _titles(row, "name", "title")
    for person, title in zip(people, titles, strict=True):
        yield from sides.ours(row, event, "name", [person], context, title=title)
    yield from _visited(row, event)


def _name(row: Row) -> str:
    """What a trip is called that the sheet does not name: the same unit, place and day make the same trip."""
    if not row.get("destination"):
        row.refuse("destination", "trip", _("不知道是哪次外出：请填目的地，或在“招商活动”一栏写明活动名称"))
        return ""
    return f"{row.get('unit') or ''}赴{row.get('destination')}招商"


def _days_agree(row: Row) -> bool:
    """天数 follows from the dates; rest days may be left out, but no trip has more days than its dates."""
    first, last, told = row.get("starts_on"), row.get("ends_on"), row.get("days")
    if told is None or first is None or first.on is None or first.precision != "day":
        return True
    length = ((last or first.on) - first.on).days + 1
    if length < 1 or (last and told > length):
        text = _("起止时间是 %(length)d 天，天数写的是 %(told)d 天：请核对这三格")
        row.refuse("days", "days", text % {"length": max(length, 0), "told": told})
        return False
    return True


def _visited(row: Row, event: Record) -> Iterator[Record]:
    """The company of the line and those seen there; without a company only their names."""
    company, contacts = row.get("company") or "", row.get("contact") or ()
    titles = _titles(row, "contact", "contact_title")
    if len(units := re.split(r"[、;；\n]", company)) > 1:
        if contacts:
            row.refuse("company", "several", _("一行写了几家企业，分不清接洽人属于哪一家：请一家企业写一行"))
            return
        seen = [Guest(unit.strip()) for unit in units if unit.strip()]
    else:
        seen = [Guest(company, name, title) for name, title in zip(contacts, titles, strict=True)]
        seen = seen or ([Guest(company)] if company else [])
    for rank, guest in enumerate(seen, 1):
        yield from sides.guest_of(row, event, guest, VISITED, rank=rank)


def _titles(row: Row, names: str, key: str) -> list[str]:
    """A title for each name of a cell; says so when their number differs."""
    people, title = row.get(names) or (), row.get(key)
    if not title or len(people) == 1:
        return [title or ""] * len(people)
    titles = [one.strip() for one in sides.PARTS.split(title)]
    if people and len(titles) != len(people):
        text = _("这一格有 %(titles)d 个职务，姓名有 %(people)d 个：请一人写一行，或写成同样多")
        row.refuse(key, "pairs", text % {"titles": len(titles), "people": len(people)})
        return [""] * len(people)
    return titles[: len(people)]


def rows(events: models.QuerySet[Event], context: Context) -> Iterator[dict[str, Any]]:
    """The trips among the events: our people and whom they saw side by side, as many lines as it takes."""
    fetched = events.filter(kind=Event.Kind.TRIP).select_related("department")
    fetched = fetched.prefetch_related("participations__company", "participations__user", "participations__person__positions")
    for event in fetched.iterator(BATCH):
        yield from _lines(event)


def _lines(event: Event) -> Iterator[dict[str, Any]]:
    seen = [sides.guest_from(row) for row in sides.people_of(event) if row.side == Side.THEIRS]
    seen = [guest for guest in seen if not guest.group and not sides.PARTS.search(guest.name + guest.unit)]
    ours = [row for row in sides.people_of(event) if row.side == Side.OURS and row.role not in sides.ORGANISING]
    ours = [row for row in ours if not sides.PARTS.search(sides.name_of(row))]
    for person, guest in list(zip_longest(ours, seen)) or [(None, None)]:
        yield {**_trip(event), **_person(person), **_guest(guest)}


def _trip(event: Event) -> dict[str, Any]:
    start: FuzzyDate | None = parts.date(event, "starts_on")
    length = (event.ends_on - event.starts_on).days + 1 if event.ends_on and event.starts_on else None
    return {
        "unit": event.department.name,
        "starts_on": start,
        "ends_on": event.ends_on,
        "days": length if start and start.precision == "day" else None,
        "destination": event.city or None,
        "event": event.name,
    }


def _person(row: Participation | None) -> dict[str, Any]:
    return {"name": [sides.name_of(row)] if row else None, "title": row.title_then or None if row else None}


def _guest(guest: Guest | None) -> dict[str, Any]:
    if guest is None:
        return dict.fromkeys(VISITED.values())
    return {
        "company": guest.unit or None,
        "contact": [guest.name] if guest.name else None,
        "contact_title": guest.title or None,
    }


T3B = Layout(
    code="T3b",
    name="外出招商情况上报表",
    title="{zone}{year}年外出招商情况上报表",
    model=Event,
    columns=COLUMNS,
    records=records,
    rows=rows,
    paper="A3",
    notes=("一人一行；一次外出拜访几家企业的，一家一行。", "“招商活动”留空的，同一单位、同一目的地、同一开始时间算一次外出。"),
)
