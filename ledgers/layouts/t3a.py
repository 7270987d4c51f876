"""T3a 招商活动统计表: events, who held them, who was there, what came of them."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models import Prefetch

from accounts.scope import visible
from activities.models import FollowUp
from core.dates import FuzzyDate, fuzzy
from events.models import Event, Participation, Side
from ledgers.layouts import days, sides, steps
from ledgers.layouts.base import Column, Context, Kind, Layout, Record, Row, record
from ledgers.layouts.sections import Sections, parted
from ledgers.values import Amount, CountAmount, Unread
from projects.models import Agreement

BATCH = 500  # events written back at once
Role = Participation.Role
REMARK = "备注"  # the summary keeps it behind 主要成效
# What the official sheet calls the kinds, beside our own words for them.
WORDS = {
    "外出拜访": Event.Kind.TRIP,
    "洽谈会": Event.Kind.MATCHMAKING,
    "会见": Event.Kind.MEETING,
    "座谈": Event.Kind.MEETING,
    "座谈会": Event.Kind.MEETING,
}
ORGANISERS = {"承办": Role.ORGANISER, "协办": Role.CO_ORGANISER}
HEADCOUNTS = {"visited_count": "拜访企业", "guests_count": "客商"}  # column → the group whose number it is
COUNTED = {"promoted": "announced_promoted", "signed": "announced_signed"}
INTENTS = (Agreement.Kind.INTENT, Agreement.Kind.MOU)

COLUMNS = (
    Column("name", "活动名称", to="events.Event.name", required=True, width=30),
    Column(
        "kind",
        "活动类型（推介会/签约会/外出拜访/接待考察/洽谈会/会见/展会/座谈）",
        Kind.CHOICE,
        to="events.Event.kind",
        choices=dict(Event.Kind.choices),
        words=WORDS,
    ),
    Column("when", "时间（起—止）", to="events.Event.starts_on", width=22),
    Column("venue", "地点", to="events.Event.venue", width=18),
    Column("hosts", "主办单位", Kind.NAMES, to="events.Participation.name", width=18),
    Column("organisers", "承办／协办", to="events.Participation.name", width=18),
    Column("leaders", "带队领导", Kind.NAMES, to="events.Participation.name"),
    Column("ours", "我方参加人员", Kind.NAMES, to="events.Participation.name", width=18),
    Column("guests", "客商单位及人员", to="events.Participation.company", width=34),
    Column("visited_count", "拜访企业数", Kind.COUNT, to="events.Participation.headcount", total=True),
    Column("guests_count", "客商人数", Kind.COUNT, to="events.Participation.headcount", total=True),
    Column("promoted", "推介项目（个/亿元）", Kind.COUNT_AMOUNT, to="events.Event.announced_promoted_count", unit="亿元"),
    Column("signed", "签约项目（个/亿元）", Kind.COUNT_AMOUNT, to="events.Event.announced_signed_count", unit="亿元"),
    Column("intents", "达成意向（个）", Kind.COUNT, total=True),
    Column("effects", "主要成效", to="events.Event.summary", width=40),
    Column("next_steps", "后续跟进事项", to="activities.FollowUp.title", width=30),
    Column("responsible", "责任人", to="activities.FollowUp.assignee"),
    Column("remark", REMARK, to="events.Event.summary", width=20),
)


def records(row: Row, context: Context) -> Iterator[Record]:
    """The event, who took part in it, and its next steps."""
    if not row.get("name"):
        return  # said already by the reader of cells
    span = _span(row, context)
    event = _event(row, context, span)
    yield event
    yield from sides.in_role(row, event, "hosts", row.get("hosts") or (), Role.HOST)
    yield from _organisers(row, event)
    yield from sides.ours(row, event, "leaders", row.get("leaders") or (), context, role=Role.LEAD)
    yield from sides.ours(row, event, "ours", row.get("ours") or (), context)
    yield from sides.guests(row, event, "guests")
    for key, label in HEADCOUNTS.items():
        if row.get(key) is not None:
            identity = {"event": event, "role": Role.INVESTOR, "group_label": label}
            initial = {"side": Side.THEIRS, "rank": 99}
            yield record(Participation, row, identity, {"headcount": key}, columns={"group_label": key}, initial=initial)
    happened_on = span[1] or span[0].on if span else None
    yield from steps.steps(row, "next_steps", {"event": event}, context, happened_on=happened_on, who="responsible")


def _span(row: Row, context: Context) -> tuple[FuzzyDate, dt.date | None] | None:
    try:
        return days.read_span(row.get("when") or "", context.reported_on)
    except Unread as refused:
        row.refuse("when", refused.code, refused.message)
        return None


def _event(row: Row, context: Context, span: tuple[FuzzyDate, dt.date | None] | None) -> Record:
    start, last = span or (None, None)
    told: dict[str, Any] = {"kind": row.get("kind"), "starts_on": start, "ends_on": last}
    for key, name in COUNTED.items():
        counted = row.get(key)
        told |= {f"{name}_count": counted.count, f"{name}_investment": counted.amount} if counted else {}
    found = {heading: row.get(key) for heading, key in (("", "effects"), (REMARK, "remark"))}
    if said := {heading: text for heading, text in found.items() if text}:
        blank = {heading for heading, key in (("", "effects"), (REMARK, "remark")) if key in row.blank}
        told["summary"] = Sections((REMARK,), said, blank)
    columns = {"name": "name", "kind": "kind", "starts_on": "when", "ends_on": "when", "summary": "effects"}
    columns |= {f"{name}_{part}": key for key, name in COUNTED.items() for part in ("count", "investment")}
    fixed = {name: value for name, value in told.items() if value is not None}
    initial = {"status": sides.status_at(start, context)}
    return record(Event, row, {"name": row.get("name")}, {"venue": "venue"}, columns=columns, initial=initial, fixed=fixed)


def _organisers(row: Row, event: Record) -> Iterator[Record]:
    """“甲、乙；协办：丙”: without a word they organised it."""
    for item in (row.get("organisers") or "").replace("\n", "；").replace(";", "；").split("；"):
        label = next((word for word in ORGANISERS if item.strip().startswith(word)), "")
        names = item.strip().removeprefix(label).removeprefix("单位").lstrip(":： ")
        try:
            yield from sides.in_role(row, event, "organisers", sides.names_in(names), ORGANISERS[label or "承办"])
        except Unread as refused:
            row.refuse("organisers", refused.code, refused.message)


def rows(events: models.QuerySet[Event], context: Context) -> Iterator[dict[str, Any]]:
    """One row an event; of its next steps and agreements those that the person may see."""
    intents = visible(Agreement, context.user).filter(kind__in=INTENTS)
    fetched = events.prefetch_related(
        "participations__company",
        "participations__user",
        "participations__person__positions",
        Prefetch(
            "follow_ups", visible(FollowUp, context.user).filter(interaction=None).select_related("assignee").order_by("pk")
        ),
        Prefetch("agreements", intents),
    )
    yield from (_row(event, context) for event in fetched.iterator(BATCH))


def _row(event: Event, context: Context) -> dict[str, Any]:
    people = sides.people_of(event)
    headcounts = {row.group_label: row.headcount for row in people if row.role == Role.INVESTOR}
    guests = [row for row in people if row.side == Side.THEIRS and row.role not in sides.ORGANISING]
    summary = parted(event.summary, (REMARK,))
    next_steps, responsible = steps.write_steps(list(event.follow_ups.all()), context)
    return {
        "name": event.name,
        "kind": event.kind,
        "when": days.write_span(fuzzy(event, "starts_on"), event.ends_on),
        "venue": event.venue or None,
        "hosts": _names(people, Role.HOST),
        "organisers": _written_organisers(people),
        "leaders": _names(people, Role.LEAD),
        "ours": [sides.name_of(row) for row in sides.our_people(event)] or None,
        "guests": sides.write_guests(sides.guest_from(row) for row in guests if row.group_label not in HEADCOUNTS.values()),
        **{key: headcounts.get(label) for key, label in HEADCOUNTS.items()},
        **{key: _counted(event, name) for key, name in COUNTED.items()},
        "intents": len(event.agreements.all()) or None,
        "effects": summary[""] or None,
        "next_steps": next_steps,
        "responsible": responsible,
        "remark": summary.get(REMARK),
    }


def _names(people: list[Participation], role: str) -> list[str] | None:
    names = [sides.name_of(row) for row in people if row.role == role]
    return [name for name in names if not sides.PARTS.search(name)] or None


def _written_organisers(people: list[Participation]) -> str | None:
    found = {word: "、".join(_names(people, role) or ()) for word, role in ORGANISERS.items()}
    items = [found["承办"], f"协办：{found['协办']}" if found["协办"] else ""]
    return "；".join(filter(None, items)) or None


def _counted(event: Event, name: str) -> CountAmount | None:
    count, investment = getattr(event, f"{name}_count"), getattr(event, f"{name}_investment")
    if count is None and investment is None:
        return None
    return CountAmount(count, None if investment is None else Amount(investment, "exact"))


T3A = Layout(
    code="T3a",
    name="招商活动统计表",
    title="{zone}{year}年招商活动统计表",
    model=Event,
    columns=COLUMNS,
    records=records,
    rows=rows,
    unit="亿元",
    paper="A3",
    notes=(
        "客商写成“单位：姓名（职务）、姓名；单位；姓名”，几家之间用分号。",
        "后续跟进事项一行一项；责任人与之逐行对应，只写一位则各项都由其负责。",
    ),
)
