"""Announced against recorded: the gap is shown, never filled."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from core.amounts import Total
from core.models import alive
from events.models import Event, EventPromotion
from projects.models import Agreement


@dataclass(frozen=True)
class Row:
    """One event: how many and how much was announced, and what the rows here say. Amounts in 万元."""

    event: Event
    signed: int
    signed_with_amount: int
    investment: Decimal | None
    promoted: int
    promoted_with_amount: int
    promoted_investment: Decimal | None

    @property
    def unnamed(self) -> int | None:
        """How many announced projects have no row."""
        announced = self.event.announced_signed_count
        return None if announced is None else max(announced - self.signed, 0)

    @property
    def recorded_investment(self) -> Decimal:
        """What rows carry in sum; 0 is right here, because it says that nothing was allocated."""
        return self.investment or Decimal(0)

    @property
    def recorded_promoted_investment(self) -> Decimal:
        return self.promoted_investment or Decimal(0)


def rows(user: User) -> list[Row]:
    """The events that announced something, newest first, for what this person may see."""
    announced = Event.objects.visible_to(user).filter(
        Q(announced_signed_count__isnull=False)
        | Q(announced_signed_investment__isnull=False)
        | Q(announced_promoted_count__isnull=False)
        | Q(announced_promoted_investment__isnull=False)
    )
    return _rows(announced, user)


def row(event: Event, user: User) -> Row:
    """One event, whether it announced something or not."""
    return _rows([event], user)[0]


def _rows(events: Collection[Event] | QuerySet[Event], user: User) -> list[Row]:
    signed = _by_event(Agreement.objects.visible_to(user).filter(event__in=events), "amount", "project")
    promoted = _by_event(EventPromotion.objects.visible_to(user).filter(event__in=events), "project__investment", "project")
    empty = (0, 0, None)
    return [Row(event, *signed.get(event.pk, empty), *promoted.get(event.pk, empty)) for event in events]


def _by_event(rows, amount: str, project: str) -> dict[int, tuple[int, int, Decimal | None]]:  # type: ignore[no-untyped-def]
    counted = (
        rows.order_by()
        .values("event")
        .annotate(
            n=Count(project, distinct=True, filter=alive(project)),
            stated=Count(project, distinct=True, filter=alive(project) & Q(**{f"{amount}__isnull": False})),
            total=Total(amount, filter=alive(project)),
        )
    )
    return {row["event"]: (row["n"], row["stated"], row["total"]) for row in counted}
