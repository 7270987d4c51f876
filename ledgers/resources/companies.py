"""Companies, their qualifications, the people there and their offices."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from accounts.scope import visible
from companies import phones, uscc
from companies.models import Company, CompanyAlias, Person, Position, Qualification
from companies.names import normal_form, normal_person_name
from ledgers.layouts.base import Record
from ledgers.resources.base import LedgerResource
from ledgers.resources.entries import Entry, Unusable
from ledgers.resources.links import chunks, linked, ref, saved
from ledgers.resources.owners import added_to_others, refuse_owner

CENTRAL = "央企"


class CompanyResource(LedgerResource[Company]):
    """Recognised by credit code, then by name or alias in their normal form; one of others may be named, not changed."""

    hidden_linkable: ClassVar[bool] = True

    class Meta(LedgerResource.Meta):
        model = Company
        fields = [
            "name", "short_name", "name_status", "kind", "capital_source", "ownership", "region", "city", "credit_code",
            "industry", "focus", "note", "owner", "department",
        ]  # fmt: skip

    def keys(self, row: Company) -> Iterable[Hashable]:
        if row.credit_code:
            yield "code", row.credit_code
        yield "name", row.name_key or normal_form(row.name)

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        if code := record.values.get("credit_code"):
            yield "code", uscc.normalize(code)
        yield "name", normal_form(record.identity["name"])

    @classmethod
    def ties(cls, record: Record) -> Iterator[Hashable]:
        yield "name", normal_form(record.identity["name"])
        if code := record.values.get("credit_code"):
            yield "code", uscc.normalize(code)

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[Company]]:
        rows = Company.objects.select_related("owner", "department")
        names = [normal_form(record.identity["name"]) for record in records]
        yield from chunks(rows, "name_key", names)
        yield from chunks(rows, "credit_code", [uscc.normalize(record.values.get("credit_code") or "") for record in records])
        self.aliases = {
            alias.name_key: alias.company_id
            for some in chunks(CompanyAlias.objects.filter(company__deleted_at=None), "name_key", names)
            for alias in some
        }
        chosen = [int(answer) for key, answer in self.answers.items() if key.startswith("company:") and answer.isdigit()]
        yield from chunks(rows, "pk", [*self.aliases.values(), *chosen])

    def load(self, records: Sequence[Record]) -> None:
        super().load(records)
        by_key = {row.pk: row for row in self.index.values()}
        for name, pk in self.aliases.items():
            self.index.setdefault(("name", name), by_key[pk])
        for key, answer in self.answers.items():
            if key.startswith("company:") and answer.isdigit() and int(answer) in by_key:
                self.index[("name", key.partition(":")[2])] = by_key[int(answer)]

    def find(self, record: Record) -> Company | None:
        found = super().find(record)
        named = self.index.get(("name", normal_form(record.identity["name"])))
        if found is not None and named is not None and found is not named:
            text = _("信用代码属于“%(code)s”，名称却是“%(name)s”：请核对其中一项")
            owner = found.name if found.pk not in self.hidden else _("另一家企业")
            raise Unusable(
                record.columns.get("credit_code", ""), "identity", text % {"code": owner, "name": record.identity["name"]}
            )
        return found

    def prepare(self, entry: Entry, record: Record) -> None:
        refuse_owner(entry, record, self.context.user)
        if record.identity.get("central") and CENTRAL not in entry.instance.ownership:  # a more exact wording stays
            self._set(entry, record, "ownership", CENTRAL)

    def _set(self, entry: Entry, record: Record, name: str, value: Any) -> None:
        if name == "name" and not entry.new:  # a ledger that speaks of the company itself; it renames none
            self._refuse_rename(entry.instance, record)
        else:
            super()._set(entry, record, name, value)

    def _refuse_rename(self, company: Company, record: Record) -> None:
        called = normal_form(record.identity["name"])
        if self.index.get(("name", called)) is not company and called != normal_form(company.short_name):
            text = _("信用代码在系统里属于“%(known)s”，这里叫“%(name)s”：请核对代码；如已改名，请先在系统里改名或加别名")
            known = {"known": company.name, "name": record.identity["name"]}
            raise Unusable(record.columns.get("name", ""), "renamed", text % known)

    def finish(self, resources: dict[type[models.Model], LedgerResource[Any]]) -> Iterator[tuple[Record, str, str, str]]:
        """What a ledger says of a company out of scope is refused alike, whether its name or its code is known."""
        text = _("“%(name)s”（或它的信用代码）已由同事登记，不在您的范围：请交由其负责人导入，或删去这一行")
        for entry in self.entries.values():
            for record in entry.records if entry.instance.pk in self.hidden else ():
                if "name" in record.values:
                    yield record, record.columns.get("name", ""), "scope", text % {"name": record.identity["name"]}


class QualificationResource(LedgerResource[Qualification]):
    """Recognised by its holder and what it is; the ledger names a company's."""

    class Meta(LedgerResource.Meta):
        model = Qualification
        fields = ["kind", "level", "status", "year"]

    def keys(self, row: Qualification) -> Iterable[Hashable]:
        yield row.object_id, row.kind

    def remember(self, row: Qualification) -> None:
        """Of several of one kind, as when it was renewed, one that holds: a ledger only says that there is one."""
        for key in self.keys(row):
            if key not in self.index or row.status == Qualification.Status.GRANTED:
                self.index[key] = row

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        yield ref(linked(record, "holder")), record.identity["kind"]

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[Qualification]]:
        rows = Qualification.objects.filter(content_type=ContentType.objects.get_for_model(Company))
        yield from chunks(rows, "object_id", saved(records, "holder"))

    def prepare(self, entry: Entry, record: Record) -> None:
        if entry.new:
            entry.instance.holder_row = linked(record, "holder")
            entry.instance.content_type = ContentType.objects.get_for_model(Company)

    def finish(self, resources: dict[type[models.Model], LedgerResource[Any]]) -> Iterator[tuple[Record, str, str, str]]:
        return added_to_others(self, "holder")

    def before_write(self) -> None:
        for entry in self.created:
            entry.instance.object_id = entry.instance.holder_row.pk


class PersonResource(LedgerResource[Person]):
    """Recognised by name at one of his companies, and by mobile beside a namesake there, or by name and mobile."""

    class Meta(LedgerResource.Meta):
        model = Person
        fields = ["name", "mobile", "phone", "email", "source", "note"]

    def keys(self, row: Person) -> Iterable[Hashable]:
        mobile = spelled(row.mobile)
        for position in row.positions.all():
            yield "at", row.name, position.company_id
            if mobile:
                yield "both", row.name, position.company_id, mobile
        if mobile:
            yield "mobile", row.name, mobile

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        name = normal_person_name(record.identity["name"])
        company, mobile = linked(record, "company"), record.values.get("mobile")
        if company and mobile:
            yield "both", name, ref(company), mobile
        if company:
            yield "at", name, ref(company)
        if mobile:
            yield "mobile", name, mobile

    @classmethod
    def ties(cls, record: Record) -> Iterator[Hashable]:
        if mobile := record.values.get("mobile"):
            yield normal_person_name(record.identity["name"]), mobile

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[Person]]:
        mine = visible(Position, self.context.user)  # who works for a company of others is not known by that
        rows = Person.objects.prefetch_related(Prefetch("positions", mine))
        at = mine.filter(person__deleted_at=None)
        people = {pk for some in chunks(at, "company", saved(records, "company")) for pk in some.values_list("person", flat=True)}
        yield from chunks(rows, "pk", people)
        yield from chunks(rows, "mobile", [record.values.get("mobile") or None for record in records])

    def _set(self, entry: Entry, record: Record, name: str, value: Any) -> None:
        """A number that stands in the other of the two fields already is not kept twice."""
        other = {"mobile": "phone", "phone": "mobile"}.get(name)
        if not (value and other and other not in record.values and spelled(getattr(entry.instance, other)) == spelled(value)):
            super()._set(entry, record, name, value)

    def _holds(self, instance: Person, name: str, value: Any) -> bool:
        if name in ("mobile", "phone"):  # the same number in another spelling is no change
            return spelled(getattr(instance, name)) == spelled(value or "")
        return super()._holds(instance, name, value)


class PositionResource(LedgerResource[Position]):
    """Recognised by person, company and title; an office without a title takes the one that the ledger says."""

    class Meta(LedgerResource.Meta):
        model = Position
        fields = ["person", "company", "title", "since_on", "until_on", "is_primary"]

    def keys(self, row: Position) -> Iterable[Hashable]:
        yield row.person_id, row.company_id, row.title

    def load(self, records: Sequence[Record]) -> None:
        super().load(records)
        for row in list(self.index.values()):
            self.index.setdefault((row.person_id, row.company_id), row)

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        place = ref(linked(record, "person")), ref(linked(record, "company"))
        if title := record.identity.get("title"):
            yield *place, title
        yield *place, ""
        if not title:
            yield place

    def find(self, record: Record) -> Position | None:
        found, title = super().find(record), record.identity.get("title")
        return None if found is not None and title and found.title not in ("", title) else found

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[Position]]:
        yield from chunks(Position.objects.all(), "company", saved(records, "company"))

    def validate_instance(self, instance: Position, import_validation_errors: Any = None, validate_unique: bool = True) -> None:
        super().validate_instance(instance, import_validation_errors, validate_unique)
        if instance.since_on and instance.until_on and instance.until_on < instance.since_on:
            record = self.entries[id(instance)].records[-1]
            raise Unusable(record.columns.get("until_on", ""), "order", _("任职止早于任职起：请核对这两个日期"))

    def finish(self, resources: dict[type[models.Model], LedgerResource[Any]]) -> Iterator[tuple[Record, str, str, str]]:
        return added_to_others(self, "company")


def spelled(number: str) -> str:
    """A number in its one spelling, or as it is when it cannot be read."""
    try:
        return phones.normalize(number) if number else ""
    except ValidationError:
        return number
