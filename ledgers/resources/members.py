"""What hangs on a project, recognised within it: its parties and the people charged with it."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

from django.db import models

from ledgers.layouts.base import Record
from ledgers.resources.base import Entry, LedgerResource, chunks, linked, ref, saved
from ledgers.resources.owners import added_to_others
from projects.models import (
    ProjectMember,
    ProjectParty,
)


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

    def _set(self, entry: Entry, record: Record, name: str, value: Any) -> None:
        """A new member has an account or a name, never both; one who is there by name stays so."""
        if not (name == "name" and record.values.get("user")) and not (name == "user" and not entry.new):
            super()._set(entry, record, name, value)
