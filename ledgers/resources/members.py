"""What hangs on a project, recognised within it: its parties and the people charged with it."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import batched
from typing import Any

from django.db import models

from ledgers.layouts import project_contacts
from ledgers.layouts.base import Record
from ledgers.resources.base import LedgerResource
from ledgers.resources.entries import Entry
from ledgers.resources.links import CHUNK, chunks, linked, ref, saved
from ledgers.resources.owners import added_to_others
from projects.models import Project, ProjectMember, ProjectParty


class ChildOfProject[M: models.Model](LedgerResource[M]):
    """A row of a project, recognised within it; `names` are the fields that tell it from its siblings."""

    names: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    def keys(self, row: M) -> Iterable[Hashable]:
        columns = (self._meta.model._meta.get_field(name).attname for name in ("project", *self.names))
        yield tuple(getattr(row, column) for column in columns)

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        yield tuple(self._value(record, name) for name in ("project", *self.names))

    def _value(self, record: Record, name: str) -> Hashable:
        value = linked(record, name)
        return ref(value) if isinstance(value, models.Model) else value

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[M]]:
        rows = self._meta.model.objects.all()
        rows = rows.select_related(*self.related) if self.related else rows
        yield from chunks(rows, "project", saved(records, "project"))

    def finish(self, resources: dict[type[models.Model], LedgerResource[Any]]) -> Iterator[tuple[Record, str, str, str]]:
        return added_to_others(self, "project")


class ProjectPartyResource(ChildOfProject[ProjectParty]):
    """Recognised by project, company and role."""

    names = ("company", "role")

    class Meta(LedgerResource.Meta):
        model = ProjectParty
        fields = ["project", "company", "role", "rank", "share_percent"]


class ProjectMemberResource(ChildOfProject[ProjectMember]):
    """Recognised by project, role and the name shown; a colleague's name is his account."""

    related = ("user", "person")

    class Meta(LedgerResource.Meta):
        model = ProjectMember
        fields = ["project", "user", "person", "name", "role", "rank"]

    def keys(self, row: ProjectMember) -> Iterable[Hashable]:
        who = row.user.display if row.user else row.person.name if row.person else row.name
        yield row.project_id, row.role, who

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        user = record.values.get("user")
        yield ref(linked(record, "project")), record.identity["role"], user.display if user else record.identity["name"]

    def load(self, records: Sequence[Record]) -> None:
        super().load(records)
        self.named = self._named(record for record in records if record.values.get("person"))

    def _named(self, tied: Iterable[Record]) -> set[int]:
        """The projects whose ledger names all the people already that it is told to name."""
        people: dict[int, set[int | None]] = defaultdict(set)
        projects: dict[int, Project] = {}
        for record in tied:
            project, person = linked(record, "project"), linked(record, "person")
            if project is not None and project.pk is not None:
                projects[project.pk] = project
                people[project.pk].add(person.pk if person is not None else None)
        found: set[int] = set()
        for some in batched(projects.values(), CHUNK):
            shown = project_contacts.people_of(some, self.context.user)
            found |= {key for key, named in shown.items() if people[key] <= {person.pk for person in named}}
        return found

    def take(self, record: Record) -> Entry:
        """Somebody whom the ledger names without being 联络员 need not become it to be named again."""
        project = linked(record, "project")
        if record.values.get("person") and project is not None and project.pk in self.named:
            return Entry(ProjectMember(), new=False)
        return super().take(record)

    def _set(self, entry: Entry, record: Record, name: str, value: Any) -> None:
        """A new member has an account, a person or a name, never two; one who is there by name stays so."""
        subject = "user" if record.values.get("user") else "person" if record.values.get("person") else "name"
        if name not in ("user", "person", "name") or (name == subject and (entry.new or name == "name")):
            super()._set(entry, record, name, value)
