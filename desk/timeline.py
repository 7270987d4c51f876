"""Contacts, follow-ups and moves as one line of time, newest first."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Attendance, FollowUp, Interaction, InteractionCompany
from companies.models import Company
from core.dates import fuzzy
from desk.lists import Shown, first
from projects.models import StageChange


@dataclass(frozen=True)
class Entry:
    """One thing that happened or was promised; `state` is a class: late, open or nothing."""

    on: dt.date | None
    when: str
    kind: str
    text: str
    detail: str = ""
    url: str = ""
    state: str = ""
    contact: bool = False
    companies: tuple[Company, ...] = ()


def timeline(
    interactions: "QuerySet[Interaction]",
    follow_ups: "QuerySet[FollowUp]",
    moves: Iterable[StageChange] = (),
    *,
    today: dt.date,
    count: int,
) -> Shown[Entry]:
    """The newest of each kind in one order; what has no date stands last. The rows must be visible ones already."""
    contacts = first(_with_people(interactions), count)
    promises = first(follow_ups.select_related("assignee").order_by(F("due_on").desc(nulls_last=True), "-id"), count)
    entries = [_contact(row) for row in contacts.rows]
    entries += [_promise(row, today) for row in promises.rows]
    entries += [_move(row) for row in moves]
    entries.sort(key=lambda entry: entry.on or dt.date.min, reverse=True)
    return Shown(entries[:count], contacts.more or promises.more or len(entries) > count)


def _with_people(rows: "QuerySet[Interaction]") -> "QuerySet[Interaction]":
    companies = Prefetch("company_links", InteractionCompany.objects.select_related("company"))
    people = Prefetch("attendances", Attendance.objects.select_related("person", "user"))
    return rows.select_related("owner").prefetch_related(companies).prefetch_related(people)


def _contact(row: Interaction) -> Entry:
    people = [_named(person) for person in row.attendances.all()]
    companies = tuple(link.company for link in row.company_links.all())
    parts = [
        row.place,
        "、".join(company.name for company in companies),
        _("参加：%(people)s") % {"people": "、".join(people)} if people else "",
    ]
    if row.owner:
        parts.append(_("记录：%(name)s") % {"name": row.owner})
    return Entry(
        on=row.happened_on,
        when=str(fuzzy(row, "happened_on")),
        kind=row.get_kind_display(),
        text=row.summary,
        detail=" · ".join(part for part in parts if part),
        url=row.get_absolute_url(),
        contact=True,
        companies=companies,
    )


def _named(person: Attendance) -> str:
    """A name with the office held then."""
    return _("时任%(title)s %(name)s") % {"title": person.title_then, "name": person} if person.title_then else str(person)


def _promise(row: FollowUp, today: dt.date) -> Entry:
    done = timezone.localdate(row.completed_at) if row.completed_at else None
    is_open = row.status == FollowUp.Status.OPEN
    late = is_open and row.due_on is not None and row.due_on < today
    parts = [row.get_status_display(), str(row.assignee or ""), row.result]
    return Entry(
        on=done or row.due_on,
        when=str(done or row.due_on or "—"),
        kind=_("待办"),
        text=row.title,
        detail=" · ".join(part for part in parts if part),
        url=reverse("admin:activities_followup_change", args=[row.pk]),
        state="late" if late else "open" if is_open else "",
    )


def _move(row: StageChange) -> Entry:
    if row.from_stage != row.to_stage:
        text = f"{row.get_from_stage_display()} → {row.get_to_stage_display()}"
    else:
        text = f"{row.get_from_status_display()} → {row.get_to_status_display()}"
    parts = [row.note, str(row.moved_by or "")]
    return Entry(row.moved_on, str(row.moved_on), _("阶段"), text, " · ".join(part for part in parts if part))
