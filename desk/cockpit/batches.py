"""What was announced at an event beside what is recorded, and how far it came: the gap is shown, never filled."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from desk.cockpit.numbers import Number, Slice, numbers, rates, written
from desk.cockpit.part import Viewer
from events.models import Event
from reports.indicators import Figure
from reports.indicators.quantity import COUNT, WAN

SHOWN = 5
RATES = [
    ("performance", "count"),
    ("landing", "count"),
    ("start", "a"),
    ("start", "b"),
    ("production", "a"),
    ("production", "b"),
    ("effect", "count"),
    ("arrival", "amount"),
]


@dataclass(frozen=True)
class Batch:
    """One event: announced and recorded, each with its way to where it stands."""

    event: Event
    numbers: dict[str, Number]

    @property
    def unnamed(self) -> int | None:
        """How many announced projects nobody has named."""
        announced, found = self.event.announced_signed_count, self.numbers["recorded"].plain
        return None if announced is None or found is None else max(announced - int(found), 0)


def announcing(user: User) -> Any:
    """The events that announced something, newest first."""
    said = Q(announced_signed_count__isnull=False) | Q(announced_signed_investment__isnull=False)
    return Event.objects.visible_to(user).filter(said).order_by("-starts_on", "-id")


def batches(events: Sequence[Event], user: User, today: dt.date) -> list[Batch]:
    """All of them in one query."""
    codes = ("recorded", "allocated", "promoted")
    wanted = {f"{event.pk} {code}": (code, Slice.batch(event, today)) for event in events for code in codes}
    found = numbers(user, wanted)
    return [Batch(event, {**announced(event), **{code: found[f"{event.pk} {code}"] for code in codes}}) for event in events]


def announced(event: Event) -> dict[str, Number]:
    """What was said at the event; it is stated on its page, with its source."""
    url = event.get_absolute_url()
    title = _("对外公布的数字，见活动页及其出处")
    counts = {"signed": event.announced_signed_count, "promotions": event.announced_promoted_count}
    amounts = {"investment": event.announced_signed_investment, "promotion": event.announced_promoted_investment}
    said: dict[str, tuple[Decimal | None, Any]] = {name: (None if n is None else Decimal(n), COUNT) for name, n in counts.items()}
    said |= {name: (amount, WAN) for name, amount in amounts.items()}
    return {f"announced_{name}": Number(written(value, unit), url, title, value) for name, (value, unit) in said.items()}


def part(viewer: Viewer) -> dict[str, Any]:
    """The latest announcements; each event leads to its batch."""
    events = list(announcing(viewer.user)[: SHOWN + 1])
    return {"batches": batches(events[:SHOWN], viewer.user, viewer.today), "more": len(events) > SHOWN}


def page(event: Event, viewer: Viewer) -> dict[str, Any]:
    """One event: announced beside recorded, and every rate, “—” while nothing is known of what followed."""
    cut = Slice.batch(event, viewer.today)
    found: list[tuple[Figure, Number]] = rates(viewer.user, RATES, cut)
    return {
        "batch": batches([event], viewer.user, viewer.today)[0],
        "rates": found,
        "notes": sorted({figure.note for figure, _number in found if figure.note}),
        "url": reverse("desk:event", args=[event.pk]),
    }
