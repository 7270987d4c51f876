"""记一笔: from what was typed in a corridor to a contact, its people and the next step, in one act."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activities.models import Attendance, Interaction
from activities.services import log_contact
from audit import changesets
from audit.models import ChangeSet
from companies import names
from companies.models import Company, NameStatus, Person, Position
from events.models import Event, Side
from projects.models import Project

RECENT = 6


@dataclass
class Who:
    """Whom it was with: rows that exist, and names that are new."""

    companies: list[Company] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    new_companies: list[str] = field(default_factory=list)
    new_people: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.companies, self.people, self.new_companies, self.new_people))


@dataclass(frozen=True)
class Entry:
    """One contact as it was typed. `token` is the form's own number: sent twice, it is saved once."""

    token: UUID
    text: str
    kind: str
    happened_on: dt.date
    outcome: str
    who: Who
    next_step: str = ""
    next_on: dt.date | None = None
    project: Project | None = None
    event: Event | None = None
    place: str = ""
    ours: Sequence[str] = ()
    theirs: Sequence[str] = ()


def saved_before(token: UUID, user: User) -> Interaction | None:
    """The contact that this form has already become, when a lost answer made somebody send it again."""
    return Interaction.objects.filter(public_id=token, created_by=user).first()


@transaction.atomic
def log(entry: Entry, *, by: User, now: dt.datetime) -> tuple[Interaction, ChangeSet]:
    """Save an entry; new names become a 名称待核 company and a person in it. The change set takes it back.

    Raises ValidationError (code "companies") when nobody and no company is named.
    """
    changeset = changesets.open("contact", by=by, now=now)
    companies = _companies(entry.who, changeset, by)
    people = [*entry.who.people, *(_person(name, companies, changeset, by) for name in entry.who.new_people)]
    interaction = Interaction(
        public_id=entry.token,
        kind=entry.kind,
        happened_on=entry.happened_on,
        outcome=entry.outcome,
        summary=entry.text,
        project=entry.project,
        event=entry.event,
        place=entry.place,
        owner=by,
    )
    present = [*_ours(entry.ours, by), *(Attendance(person=row, side=Side.THEIRS) for row in people), *_theirs(entry.theirs)]
    next_step = entry.next_step or (_("跟进%(company)s") % {"company": _short(companies)} if entry.next_on else "")
    log_contact(interaction, companies, by=by, people=present, next_step=next_step, next_on=entry.next_on)
    children = (interaction.company_links, interaction.attendances, interaction.follow_ups)
    for row in (interaction, *(row for rows in children for row in rows.all())):  # undone from the last to the first
        changesets.record_created(changeset, row)
    return interaction, changeset


def recent(user: User) -> Who:
    """The last people and companies this person met, the latest first."""
    rows = (
        Interaction.objects.filter(owner=user).order_by("-created_at").prefetch_related("companies", "attendances__person")[:20]
    )
    people: dict[int | None, Person] = {}
    companies: dict[int, Company] = {}
    for row in rows:
        people |= {seen.person_id: seen.person for seen in row.attendances.all() if seen.person and seen.deleted_at is None}
        companies |= {company.pk: company for company in row.companies.all() if company.deleted_at is None}
    found = Who(companies=list(companies.values())[:RECENT])
    found.people = [row for row in people.values() if row.deleted_at is None][: RECENT - min(len(found.companies), RECENT // 2)]
    found.companies = found.companies[: RECENT - len(found.people)]
    return found


def event_of_today(user: User, today: dt.date) -> Event | None:
    """The event that goes on today, so that a contact made there belongs to it."""
    rows = Event.objects.visible_to(user).filter(starts_on__lte=today, starts_on__gte=today - dt.timedelta(days=15))
    return next((row for row in rows.order_by("-starts_on") if (row.ends_on or row.starts_on or today) >= today), None)


def _companies(who: Who, changeset: ChangeSet, by: User) -> list[Company]:
    companies = list(who.companies)
    for name in who.new_companies:
        key = names.normal_form(name)
        row = Company.objects.filter(name_key=key).first()
        if row is None:
            row = Company(name=name, name_status=NameStatus.UNVERIFIED, owner=by)
            row.full_clean(exclude=["department"])
            row.save(by=by)
            changesets.record_created(changeset, row)
        companies.append(row)
    if not companies:
        companies = _companies_of(who.people)
    if not companies:
        raise ValidationError(_("请说明是哪家企业（单位）：选一个，或写上名称新建"), code="companies")
    return list({row.pk: row for row in companies}.values())


def _companies_of(people: Iterable[Person]) -> list[Company]:
    rows = Position.objects.filter(person__in=list(people), until_on=None, company__deleted_at=None)
    return [row.company for row in rows.select_related("company").order_by("-is_primary", "-id")]


def _person(name: str, companies: list[Company], changeset: ChangeSet, by: User) -> Person:
    person = Person(name=name, source=_("对接记录"))
    person.full_clean()
    person.save(by=by)
    changesets.record_created(changeset, person)
    position = Position(person=person, company=companies[0])
    position.save(by=by)
    changesets.record_created(changeset, position)
    return person


def _ours(typed: Sequence[str], by: User) -> list[Attendance]:
    """Our side in the order given; a name without an account stays a name. Nobody named: the one who logs."""
    if not typed:
        return [Attendance(user=by, side=Side.OURS)]
    users = {user.display: user for user in User.objects.active().filter(display_name__in=typed)}
    return [
        Attendance(user=users[name], side=Side.OURS) if name in users else Attendance(name=name, side=Side.OURS) for name in typed
    ]


def _theirs(typed: Sequence[str]) -> list[Attendance]:
    return [Attendance(name=name, side=Side.THEIRS) for name in typed]


def _short(companies: list[Company]) -> str:
    return companies[0].short_name or companies[0].name
