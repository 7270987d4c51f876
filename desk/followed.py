"""Who was followed up after an event: each company with what was done and promised since."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Subquery

from accounts.models import User
from accounts.scope import visible
from activities.models import FollowUp, InteractionCompany
from companies.models import Company
from events.models import Event


@dataclass(frozen=True)
class Followed:
    """A company of an event: contacts after it, promises since; `open` says whether its page opens for this person."""

    company: Company
    contacts: int
    last_on: dt.date | None
    promises: int
    next_on: dt.date | None
    open: bool

    @property
    def followed(self) -> bool:
        return bool(self.contacts or self.promises)


def followed(event: Event, companies: Iterable[Company], user: User) -> list[Followed]:
    """The companies in the order given, with what this person may see of what came after the event (one query)."""
    listed = list({company.pk: company for company in companies}.values())
    contacts, promises = _contacts(event, user), _promises(event, user)
    found = Company.objects.filter(pk__in=[company.pk for company in listed]).values_list(
        "pk",
        Subquery(contacts.annotate(n=Count("pk")).values("n")),
        Subquery(contacts.annotate(last=Max("interaction__happened_on")).values("last")),
        Subquery(promises.annotate(n=Count("pk")).values("n")),
        Subquery(promises.annotate(next=Min("due_on", filter=Q(status=FollowUp.Status.OPEN))).values("next")),
        Exists(visible(Company, user).filter(pk=OuterRef("pk"))),
    )
    facts = {key: (contacts or 0, last, promises or 0, due, seen) for key, contacts, last, promises, due, seen in found}
    return [Followed(company, *facts[company.pk]) for company in listed if company.pk in facts]


def _contacts(event: Event, user: User) -> Any:
    """Contacts of a company on a day after the event; after an event without a date nothing can be called later."""
    over = event.ends_on or event.starts_on
    rows = InteractionCompany.objects.visible_to(user).filter(company=OuterRef("pk"), interaction__deleted_at=None)
    later = rows.filter(interaction__happened_on__gt=over) if over else rows.none()
    return later.order_by().values("company")


def _promises(event: Event, user: User) -> Any:
    """Follow-ups of a company that belong to the event, or are due after it."""
    over = event.ends_on or event.starts_on
    rows = FollowUp.objects.visible_to(user).filter(company=OuterRef("pk")).exclude(status=FollowUp.Status.CANCELLED)
    return rows.filter(Q(event=event) | Q(due_on__gt=over) if over else Q(event=event)).order_by().values("company")
