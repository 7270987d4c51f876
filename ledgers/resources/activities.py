"""Contacts: what happened, with which companies, who was there."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

from django.db import models

from accounts.scope import visible
from activities.models import Attendance, FollowUp, Interaction, InteractionCompany
from companies.models import Person, Position
from companies.names import normal_person_name
from events.models import Side
from ledgers.layouts.base import Record
from ledgers.resources.base import LedgerResource
from ledgers.resources.entries import Entry
from ledgers.resources.links import chunks, linked, ref, saved
from ledgers.resources.owners import added_to_others, refuse_owner


class InteractionResource(LedgerResource[Interaction]):
    """Recognised by day, one of its companies, what was said, and the kind when the ledger says one."""

    class Meta(LedgerResource.Meta):
        model = Interaction
        fields = [
            "kind", "happened_on", "happened_on_precision", "happened_on_inferred", "place", "project", "event", "outcome",
            "summary", "owner", "department",
        ]  # fmt: skip

    def keys(self, row: Interaction) -> Iterable[Hashable]:
        for link in row.company_links.all():
            if link.deleted_at is None:
                what = link.company_id, row.happened_on, reflowed(row.summary)
                yield *what, row.kind
                yield what

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        kind, happened = record.identity.get("kind"), record.identity["happened_on"]
        what = ref(linked(record, "company")), happened.on, reflowed(record.identity["summary"])
        yield (*what, kind) if kind else what

    def new_keys(self, record: Record) -> Iterable[Hashable]:
        happened = record.identity["happened_on"]
        what = ref(linked(record, "company")), happened.on, reflowed(record.identity["summary"])
        yield *what, record.initial.get("kind", record.identity.get("kind"))
        yield what

    def prepare(self, entry: Entry, record: Record) -> None:
        refuse_owner(entry, record, self.context.user, left=True)

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[Interaction]]:
        companies = saved(records, "company")
        links = InteractionCompany.objects.filter(interaction__deleted_at=None)
        keys = {pk for some in chunks(links, "company", companies) for pk in some.values_list("interaction", flat=True)}
        rows = Interaction.objects.select_related("owner", "department").prefetch_related("company_links")
        yield from chunks(rows, "pk", keys)


class InteractionCompanyResource(LedgerResource[InteractionCompany]):
    """Recognised by contact and company."""

    class Meta(LedgerResource.Meta):
        model = InteractionCompany
        fields = ["interaction", "company", "rank"]

    def keys(self, row: InteractionCompany) -> Iterable[Hashable]:
        yield row.interaction_id, row.company_id

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        yield ref(linked(record, "interaction")), ref(linked(record, "company"))

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[InteractionCompany]]:
        yield from chunks(InteractionCompany.objects.all(), "interaction", saved(records, "interaction"))

    def finish(self, resources: dict[type[models.Model], LedgerResource[Any]]) -> Iterator[tuple[Record, str, str, str]]:
        return added_to_others(self, "interaction")


class AttendanceResource(LedgerResource[Attendance]):
    """Recognised by contact, side and the name shown."""

    class Meta(LedgerResource.Meta):
        model = Attendance
        fields = ["interaction", "person", "user", "name", "title_then", "side", "rank"]

    def keys(self, row: Attendance) -> Iterable[Hashable]:
        who = row.user.display if row.user else row.person.name if row.person else row.name
        yield row.interaction_id, row.side, who

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        yield ref(linked(record, "interaction")), record.identity["side"], record.identity["name"]

    def load(self, records: Sequence[Record]) -> None:
        super().load(records)
        self.people = self._people(records)

    def _people(self, records: Sequence[Record]) -> dict[tuple[str, int], Person | None]:
        """Whom the person knows at the companies of the contacts; None for a name that several there have."""
        contacts = [record.identity["interaction"] for record in records if isinstance(record.identity["interaction"], Record)]
        mine = visible(Position, self.context.user).filter(person__deleted_at=None).select_related("person")
        found: dict[tuple[str, int], Person | None] = {}
        for some in chunks(mine, "company", saved([one for one in contacts if "company" in one.identity], "company")):
            for position in some:
                place = position.person.name, position.company_id
                found[place] = position.person if found.get(place, position.person) == position.person else None
        return found

    def remember(self, row: Attendance) -> None:
        for key in self.keys(row):  # two of one name are named once
            self.index.setdefault(key, row)

    def prepare(self, entry: Entry, record: Record) -> None:
        """A new row names its person in one way: the account, the person known at the company, or the name."""
        row, contact = entry.instance, record.identity["interaction"]
        if entry.new and row.user is None and row.side == Side.THEIRS and isinstance(contact, Record):
            company = linked(contact, "company")
            row.person = self.people.get((normal_person_name(row.name), company.pk)) if company is not None else None
        if entry.new and (row.user or row.person):
            row.name = ""
            entry.said.pop("name", None)

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[Attendance]]:
        rows = Attendance.objects.select_related("user", "person")
        yield from chunks(rows, "interaction", saved(records, "interaction"))

    def finish(self, resources: dict[type[models.Model], LedgerResource[Any]]) -> Iterator[tuple[Record, str, str, str]]:
        return added_to_others(self, "interaction")


class FollowUpResource(LedgerResource[FollowUp]):
    """Recognised by its contact, else its event, and what is to be done."""

    class Meta(LedgerResource.Meta):
        model = FollowUp
        fields = [
            "title", "due_on", "assignee", "priority", "status", "company", "project", "event", "interaction", "result",
            "owner", "department",
        ]  # fmt: skip

    def keys(self, row: FollowUp) -> Iterable[Hashable]:
        after = ("event", row.event_id) if row.interaction_id is None else ("interaction", row.interaction_id)
        yield *after, reflowed(row.title)

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        after = "interaction" if "interaction" in record.identity else "event"
        yield after, ref(linked(record, after)), reflowed(record.identity["title"])

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[FollowUp]]:
        for after in ("interaction", "event"):
            yield from chunks(FollowUp.objects.all(), after, saved([one for one in records if after in one.identity], after))

    def prepare(self, entry: Entry, record: Record) -> None:
        """A next step is the affair of whoever noted the contact or held the event."""
        row: Any = entry.instance
        if entry.new:
            after = row.interaction or row.event
            row.owner = row.owner or after.owner
            row.assignee = row.assignee or row.owner
            row.department = after.department
            refuse_owner(entry, record, self.context.user, left=True)


def reflowed(text: str) -> str:
    """A text to compare by, however its lines were broken."""
    return " ".join(text.split())
