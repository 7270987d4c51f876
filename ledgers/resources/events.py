"""Events and who took part."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.names import normal_form
from events.models import Event, Participation
from ledgers.layouts.base import Record
from ledgers.layouts.sections import Sections
from ledgers.resources.base import LedgerResource
from ledgers.resources.entries import Entry, Unusable
from ledgers.resources.links import chunks, linked, ref, saved
from ledgers.resources.owners import added_to_others


class EventResource(LedgerResource[Event]):
    """Recognised by name and first day, or by the name alone when one side says no day."""

    unknown: ClassVar[str | Promise] = gettext_lazy("没有名为“%(name)s”的招商活动，或不在您的范围：请核对名称，或先建立活动")

    class Meta(LedgerResource.Meta):
        model = Event
        fields = [
            "name", "kind", "starts_on", "starts_on_precision", "starts_on_inferred", "ends_on", "venue", "city", "theme",
            "status", "announced_signed_count", "announced_signed_investment", "announced_promoted_count",
            "announced_promoted_investment", "summary", "owner", "department",
        ]  # fmt: skip

    def keys(self, row: Event) -> Iterable[Hashable]:
        name = normal_form(row.name)
        yield "name", name
        yield ("on", name, row.starts_on) if row.starts_on else ("undated", name)

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        name, starts = normal_form(record.identity["name"]), record.values.get("starts_on")
        if starts is None:
            yield "name", name
        else:
            yield "on", name, starts.on
            yield "undated", name

    def new_keys(self, record: Record) -> Iterable[Hashable]:
        """Another one of the same name on another day, further down in the file, is another event."""
        name, starts = normal_form(record.identity["name"]), record.values.get("starts_on")
        yield "name", name
        yield ("on", name, starts.on) if starts and starts.on else ("undated", name)

    def _set(self, entry: Entry, record: Record, name: str, value: Any) -> None:
        """An event of one day may leave its last day out; sections of the summary that are not said stay."""
        if name not in record.values and len(entry.records) > 1:
            return  # what only a new row gets, it got from the first line that speaks of it
        starts = record.values.get("starts_on")
        if name == "ends_on" and entry.instance.ends_on is None and starts is not None and value == starts.on:
            return
        if isinstance(value, Sections):
            value = value.within(entry.instance.summary, clears=self.blank_clears)
        super()._set(entry, record, name, value)

    def validate_instance(self, instance: Event, import_validation_errors: Any = None, validate_unique: bool = True) -> None:
        super().validate_instance(instance, import_validation_errors, validate_unique)
        if instance.starts_on and instance.ends_on and instance.ends_on < instance.starts_on:
            record = self.entries[id(instance)].records[-1]
            raise Unusable(record.columns.get("ends_on", ""), "order", _("结束时间早于开始时间：请核对这两个日期"))

    @classmethod
    def ties(cls, record: Record) -> Iterator[Hashable]:
        yield normal_form(record.identity["name"])

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[Event]]:
        yield from chunks(Event.objects.all(), "name", [record.identity["name"] for record in records])


class ParticipationResource(LedgerResource[Participation]):
    """Recognised by event and who it was, as shown: in the role that the ledger names, else on that side in any role."""

    class Meta(LedgerResource.Meta):
        model = Participation
        fields = [
            "event", "company", "person", "user", "name", "group_label", "title_then", "side", "rank", "headcount",
            "headcount_qualifier", "role", "status",
        ]  # fmt: skip

    def keys(self, row: Participation) -> Iterable[Hashable]:
        for who in _shown(row):
            yield "role", row.event_id, row.role, *who
            yield "side", row.event_id, row.side, *who

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        who = ref(linked(record, "event")), *self._who(record)
        role, side = record.identity.get("role"), record.identity.get("side")
        yield ("role", who[0], role, *who[1:]) if role else ("side", who[0], side, *who[1:])

    def new_keys(self, record: Record) -> Iterable[Hashable]:
        event, who = ref(linked(record, "event")), self._who(record)
        told = {**record.initial, **record.identity}
        yield "role", event, told["role"], *who
        yield "side", event, told["side"], *who

    def _who(self, record: Record) -> tuple[Hashable, str]:
        company, person = linked(record, "company"), linked(record, "person")
        name = person.name if person else record.identity.get("name") or record.identity.get("group_label", "")
        return ref(company) if company else None, name

    def remember(self, row: Participation) -> None:
        for key in self.keys(row):  # who is there in two roles is found as the first
            self.index.setdefault(key, row)

    def _set(self, entry: Entry, record: Record, name: str, value: Any) -> None:
        if name in record.values or len(entry.records) == 1:  # who leads is not made staff by being named twice
            super()._set(entry, record, name, value)

    def prepare(self, entry: Entry, record: Record) -> None:
        """A new row names its subject in one way."""
        if entry.new and (entry.instance.user or entry.instance.person):
            entry.instance.name = ""
            entry.said.pop("name", None)

    def finish(self, resources: dict[type[models.Model], LedgerResource[Any]]) -> Iterator[tuple[Record, str, str, str]]:
        return added_to_others(self, "event")

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[Participation]]:
        rows = Participation.objects.select_related("company", "person", "user").order_by("rank", "pk")
        yield from chunks(rows, "event", saved(records, "event"))


def _shown(row: Participation) -> Iterator[tuple[int | None, str]]:
    """(company, name) by which a ledger may name somebody; a bare name is enough."""
    name = row.person.name if row.person else row.user.display if row.user else row.name or row.group_label
    yield row.company_id, name
    if row.company:
        yield None, name or row.company.name
