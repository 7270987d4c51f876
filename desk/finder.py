"""One box for companies, people, projects and events: name, pinyin, initials, credit code, the end of a telephone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts.models import User
from companies.models import Company, Person, Position
from events.models import Event
from projects.models import Project

LIMIT = 8  # of each kind
SHORTEST_CODE = 6  # characters of a credit code that name a company
TAIL = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Hit:
    """One row found: what it is called, what tells it from others, and where it stands (empty: not for this person)."""

    kind: str
    pk: int
    label: str
    hint: str
    url: str


@dataclass(frozen=True)
class Found:
    """The hits by kind, the best first."""

    companies: list[Hit] = field(default_factory=list)
    people: list[Hit] = field(default_factory=list)
    projects: list[Hit] = field(default_factory=list)
    events: list[Hit] = field(default_factory=list)

    def __iter__(self) -> Iterator[Hit]:
        for hits in (self.companies, self.people, self.projects, self.events):
            yield from hits

    def __bool__(self) -> bool:
        return any(self)


def find(query: str, user: User, *, limit: int = LIMIT) -> Found:
    """What the person may see; of other companies only name and who follows them, so that nobody courts one unknowingly."""
    text = " ".join(query.split()).lower()
    if not text:
        return Found()
    return Found(
        companies=list(_companies(text, user, limit)),
        people=list(_people(text, user, limit)),
        projects=list(_projects(text, user, limit)),
        events=[
            Hit("event", row.pk, row.name, f"{row.starts_on or '—'} {row.city}".strip(), row.get_absolute_url())
            for row in _best(Event.objects.visible_to(user).filter(search_text__icontains=text), text, limit)
        ],
    )


def _companies(text: str, user: User, limit: int) -> Iterable[Hit]:
    wanted = Q(search_text__icontains=text) | Q(aliases__name__icontains=text, aliases__deleted_at=None)
    if len(text) >= SHORTEST_CODE and text.isalnum() and text.isascii():
        wanted |= Q(credit_code__istartswith=text)
    rows = _best(Company.objects.named_for(user).filter(wanted).select_related("owner").distinct(), text, limit)
    mine = set(Company.objects.visible_to(user).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    for row in rows:
        followed = _("由%(name)s跟进") % {"name": row.owner.display} if row.owner else _("无人跟进")
        url = row.get_absolute_url() if row.pk in mine else ""
        yield Hit("company", row.pk, row.name, f"{row.city} {followed}".strip(), url)


def _people(text: str, user: User, limit: int) -> Iterable[Hit]:
    wanted = Q(search_text__icontains=text)
    if TAIL.fullmatch(text):
        wanted |= Q(phone_tail=text)
    offices = Prefetch("positions", Position.objects.select_related("company").order_by("-is_primary", "-id"))
    for row in _best(Person.objects.visible_to(user).filter(wanted).prefetch_related(offices), text, limit):
        office = next(iter(row.positions.all()), None)
        hint = f"{office.company.name} {office.title}".strip() if office else ""
        yield Hit("person", row.pk, row.name, hint, _address_of(row, office))


def _address_of(row: Person, office: Position | None) -> str:
    """A person is read on the page of his company."""
    return office.company.get_absolute_url() if office else ""


def _projects(text: str, user: User, limit: int) -> Iterable[Hit]:
    wanted = Q(search_text__icontains=text) | Q(code__istartswith=text) | Q(lead_party__search_text__icontains=text)
    rows = Project.objects.visible_to(user).filter(wanted).select_related("lead_party")
    for row in _best(rows, text, limit):
        hint = f"{row.get_stage_display()} · {row.lead_party or '—'}"
        yield Hit("project", row.pk, row.name, hint, row.get_absolute_url())


def _best(rows: QuerySet[Any], text: str, limit: int) -> list[Any]:
    """The name itself first, then names that begin so, then the rest, the newest first."""
    rank = Case(
        When(name__iexact=text, then=Value(0)),
        When(name__istartswith=text, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(rows.annotate(rank=rank).order_by("rank", "-pk")[:limit])
