"""对接记录: what was talked about with whom, who noted it, and the next step."""

import re
from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.db import models
from django.db.models import Count, Prefetch
from django.utils.translation import gettext as _

from accounts.scope import visible
from activities.models import Attendance, FollowUp, Interaction, InteractionCompany
from companies.models import Company
from core.dates import DateError, FuzzyDate, fuzzy, parse
from events.models import Event, Side
from ledgers.layouts.base import Column, Context, Kind, Layout, Record, Row, record
from ledgers.layouts.colleagues import Names, colleague
from projects.models import Project

BATCH = 500  # contacts written back at once
SAID = {"place": "place", "outcome": "outcome"}
NUMBERED = re.compile(r"(?P<code>\d{4}-\d{3,}) (?P<name>.+)")  # a project beside one of the same name
DATED = re.compile(r"(?P<name>.+)（(?P<day>\d{4}-\d\d-\d\d)）")  # an event beside one of the same name

COLUMNS = (
    Column("happened_on", "日期", Kind.DATE, to="activities.Interaction.happened_on", required=True, width=14),
    Column("kind", "方式", Kind.CHOICE, to="activities.Interaction.kind", choices=dict(Interaction.Kind.choices)),
    Column("company", "企业", Kind.NAMES, to="activities.InteractionCompany.company", required=True, width=30),
    Column("theirs", "对方人员", Kind.NAMES, to="activities.Attendance.name", width=18),
    Column("ours", "我方人员", Kind.NAMES, to="activities.Attendance.user", width=18),
    Column("place", "地点", to="activities.Interaction.place", width=18),
    Column("summary", "内容", to="activities.Interaction.summary", required=True, width=50),
    Column("outcome", "结果", Kind.CHOICE, to="activities.Interaction.outcome", choices=dict(Interaction.Outcome.choices)),
    Column("project", "项目", to="activities.Interaction.project", width=26),
    Column("event", "活动", to="activities.Interaction.event", width=24),
    Column("recorder", "记录人", to="activities.Interaction.owner"),
    Column("next_step", "下一步", to="activities.FollowUp.title", width=30),
    Column("next_on", "下一步日期", Kind.DAY, to="activities.FollowUp.due_on", width=14),
)


def records(row: Row, context: Context) -> Iterator[Record]:
    """The companies, the contact with its links, who was there, and the next step."""
    names = row.get("company") or ()
    companies = [record(Company, row, {"name": name}, columns={"name": "company"}) for name in names]
    if not companies or row.get("happened_on") is None or not row.get("summary"):
        return  # said already by the reader of cells
    links = {"project": _project(row), "event": _event(row, context), "owner": colleague(row, "recorder")}
    known = {name: found for name, found in links.items() if found}
    yield from companies
    yield from known.values()
    interaction = _interaction(row, companies[0], known)
    yield interaction
    for rank, company in enumerate(companies, 1):
        identity = {"interaction": interaction, "company": company}
        yield record(InteractionCompany, row, identity, columns={"company": "company"}, initial={"rank": rank})
    yield from _present(row, interaction, context)
    yield from _next_step(row, interaction, {"company": companies[0], **known}, context)


def _interaction(row: Row, company: Record, known: dict[str, Record]) -> Record:
    """The contact; one without 方式 is found by what was said, and filed under 其他 when it is new."""
    identity = {"company": company, **{name: row.get(name) for name in ("happened_on", "kind", "summary")}}
    columns = {"happened_on": "happened_on", "kind": "kind", "project": "project", "event": "event", "owner": "recorder"}
    initial = {"kind": row.get("kind") or Interaction.Kind.OTHER, **{name: known[name] for name in known.keys() & {"owner"}}}
    linked = {name: known[name] for name in known.keys() & {"project", "event"}}
    return record(Interaction, row, identity, SAID, columns=columns, initial=initial, fixed=linked)


def _project(row: Row) -> Record | None:
    """The project a cell names, with its number where several are called so; it has to be there."""
    if not row.get("project"):
        return None
    match = NUMBERED.fullmatch(row.get("project"))
    identity = match.groupdict() if match else {"name": row.get("project")}
    return record(Project, row, identity, columns={"code": "project", "name": "project"}, make=False)


def _event(row: Row, context: Context) -> Record | None:
    """The event a cell names, with its first day where several are called so; it has to be there."""
    named = row.get("event")
    if not named:
        return None
    match = DATED.fullmatch(named)
    starts = _day(match["day"], context) if match else None
    name, told = (match["name"], {"starts_on": starts}) if match and starts else (named, {})
    return record(Event, row, {"name": name}, columns={"name": "event"}, make=False, fixed=told)


def _day(text: str, context: Context) -> FuzzyDate | None:
    try:
        return parse(text, context.today)
    except DateError:
        return None


def _present(row: Row, interaction: Record, context: Context) -> Iterator[Record]:
    """Who was there: a colleague's name becomes his account."""
    for side, key in ((Side.THEIRS, "theirs"), (Side.OURS, "ours")):
        for rank, name in enumerate(row.get(key) or (), 1):
            account = {"user": context.colleagues[name]} if side == Side.OURS and name in context.colleagues else {}
            identity = {"interaction": interaction, "name": name, "side": side}
            yield record(Attendance, row, identity, columns={"name": key}, initial={"rank": rank, **account})


def _next_step(row: Row, interaction: Record, about: dict[str, Record], context: Context) -> Iterator[Record]:
    """What was promised. History is silent: a step that is not still ahead becomes no open one."""
    title, due_on = row.get("next_step"), row.get("next_on")
    if not title:
        if due_on:
            row.refuse("next_on", "next_step", _("只有日期，没有下一步的内容：请补上“下一步”，或清空这个日期"))
        return
    initial: dict[str, Any] = {name: found for name, found in about.items() if name != "owner"}
    if due_on is None or due_on < context.today:
        initial |= {"status": FollowUp.Status.CANCELLED, "result": _("导入时已过期或没有日期，未列入待办")}
    said, columns = {"due_on": "next_on"}, {"title": "next_step", "owner": "recorder"}
    yield record(FollowUp, row, {"interaction": interaction, "title": title}, said, columns=columns, initial=initial)


def rows(interactions: models.QuerySet[Interaction], context: Context) -> Iterator[dict[str, Any]]:
    """One row a contact, with what of its project, event and next steps the person may see."""
    names = Names()
    children: list[Any] = [
        Prefetch("company_links", InteractionCompany.objects.select_related("company").order_by("rank", "id")),
        Prefetch("attendances", Attendance.objects.select_related("user", "person").order_by("rank", "id")),
        Prefetch("follow_ups", visible(FollowUp, context.user).order_by("id")),
    ]
    fetched = interactions.select_related("owner", "project", "event").prefetch_related(*children)
    for some in batched(fetched.iterator(BATCH), BATCH):
        projects, events = _called(some, "project", context), _called(some, "event", context)
        for interaction in some:
            yield {
                **_row(interaction, names),
                "project": projects.get(interaction.project_id),
                "event": events.get(interaction.event_id),
            }


def _called(interactions: tuple[Interaction, ...], link: str, context: Context) -> dict[int | None, str]:
    """How the visible projects or events of some contacts are written, so that each is found again."""
    model: type[models.Model] = Project if link == "project" else Event
    there = {getattr(row, link) for row in interactions} - {None}
    seen = visible(model, context.user)
    mine = set(seen.filter(pk__in=[row.pk for row in there]).values_list("pk", flat=True))
    names = seen.filter(name__in={row.name for row in there}).order_by().values("name")
    several = set(names.annotate(count=Count("pk")).filter(count__gt=1).values_list("name", flat=True))
    return {row.pk: _distinct(row) if row.name in several else row.name for row in there if row.pk in mine}


def _distinct(row: Project | Event) -> str:
    if isinstance(row, Project):
        return f"{row.code} {row.name}" if row.code else row.name
    return f"{row.name}（{row.starts_on}）" if row.starts_on else row.name


def _row(interaction: Interaction, names: Names) -> dict[str, Any]:
    present = {side: [row for row in interaction.attendances.all() if row.side == side] for side in (Side.OURS, Side.THEIRS)}
    step = next(iter(interaction.follow_ups.all()), None)
    happened = fuzzy(interaction, "happened_on")
    return {
        "happened_on": happened if happened.on else None,
        "kind": interaction.kind,
        "company": [link.company.name for link in interaction.company_links.all()] or None,
        "theirs": [str(row) for row in present[Side.THEIRS]] or None,
        "ours": [str(row) for row in present[Side.OURS]] or None,
        **{column: getattr(interaction, name) or None for name, column in SAID.items()},
        "summary": interaction.summary,
        "recorder": names.of(interaction.owner),
        "next_step": step.title if step else None,
        "next_on": step.due_on if step else None,
    }


CONTACTS = Layout(
    code="contacts",
    name="对接记录",
    title="{zone}{year}年企业对接记录",
    model=Interaction,
    columns=COLUMNS,
    records=records,
    rows=rows,
    notes=("记录人是当时记录的同事；留空的由导入人负责。",),
)
