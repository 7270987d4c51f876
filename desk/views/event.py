"""The page of an event: announced against recorded, who came, who was followed up, what was signed."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.models import User
from accounts.scope import can_change
from accounts.views import signed_in
from activities.models import Directive, FollowUp, Interaction
from companies.models import Company
from core.working_days import Calendar
from desk import reconciliation
from desk.followed import followed
from desk.lists import Shown, first, limit
from desk.sources import files, imported, sources
from desk.timeline import Entry, timeline
from events.models import Event, Participation, Side
from projects.models import Agreement
from projects.services import Bottleneck, bottlenecks


@dataclass(frozen=True)
class Signed:
    """A paper signed at the event, and what its project waits for."""

    agreement: Agreement
    bottleneck: Bottleneck | None


def event(request: HttpRequest, pk: int) -> HttpResponse:
    user, today, count = signed_in(request), timezone.localdate(), limit(request)
    rows = Event.objects.visible_to(user).select_related("owner", "department", "parent")
    row = get_object_or_404(rows, pk=pk)
    came = first(row.participations.select_related("company", "person", "user").order_by("rank", "id"), count)
    agreements = first(_agreements(row, user), count)
    line = _timeline(row, user, today=today, count=count)
    context = {
        "event": row,
        "today": today,
        "may_change": user.has_perm("events.change_event") and can_change(user, row),
        "row": reconciliation.row(row, user),
        "agenda": first(_agenda(row, user), count),
        "came": came,
        "sides": _by_side(came.rows),
        "followed": followed(row, _companies(came.rows, agreements.rows, line.rows), user),
        "signed": Shown(_signed(agreements.rows, today), agreements.more),
        "promotions": first(_promotions(row, user), count),
        "parts": Event.objects.visible_to(user).filter(parent=row)[:count],
        "timeline": line,
        "files": first(files([row]), count),
        "sources": sources([row, *came.rows], count=count),
        "imported": imported([row, *came.rows], count=count),
    }
    return render(request, "desk/event.html", context)


def _timeline(row: Event, user: User, *, today: dt.date, count: int) -> Shown[Entry]:
    interactions = Interaction.objects.visible_to(user).filter(event=row)
    return timeline(interactions, FollowUp.objects.visible_to(user).filter(event=row), today=today, count=count)


def _agenda(row: Event, user: User) -> Any:
    """The agenda, with the orders that came of each item."""
    orders = Directive.objects.visible_to(user).select_related("lead_unit")
    return row.agenda.prefetch_related(Prefetch("directives", orders, to_attr="ordered"))


def _agreements(row: Event, user: User) -> Any:
    rows = Agreement.objects.visible_to(user).filter(event=row, project__deleted_at=None)
    return rows.select_related("project__lead_party").order_by("id")


def _promotions(row: Event, user: User) -> Any:
    return row.promotions.filter(project__deleted_at=None).select_related("project__park")


def _companies(came: Sequence[Participation], signed: Sequence[Agreement], line: Sequence[Entry]) -> Iterator[Company]:
    """Whom there is to follow up: guests in their given order, then who signed, then who was met there."""
    yield from (row.company for row in came if row.company and row.side != Side.OURS)
    yield from (row.project.lead_party for row in signed if row.project.lead_party)
    yield from (company for entry in line for company in entry.companies)


def _by_side(rows: Sequence[Participation]) -> list[tuple[str, list[Participation]]]:
    """Each side in the order given; nobody is sorted by name."""
    grouped = [(str(side.label), [row for row in rows if row.side == side]) for side in Side]
    return [(label, found) for label, found in grouped if found]


def _signed(agreements: Sequence[Agreement], today: dt.date) -> list[Signed]:
    keys = {row.project_id for row in agreements}
    found = bottlenecks(keys, today=today, days=Calendar.load())
    return [Signed(row, found.get(row.project_id)) for row in agreements]
