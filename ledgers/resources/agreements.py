"""What was signed."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from core.dates import FuzzyDate
from ledgers.layouts.base import Record
from ledgers.resources.base import LedgerResource
from ledgers.resources.entries import Unusable
from ledgers.resources.links import chunks, linked, ref, saved
from ledgers.resources.owners import added_to_others
from projects.models import (
    Agreement,
    Project,
)


class AgreementResource(LedgerResource[Agreement]):
    """Recognised by project and day of signing; the only one of a project when one side knows no day.

    A ledger that shows only what is in force says so by `in_force` in the identity.
    """

    class Meta(LedgerResource.Meta):
        model = Agreement
        fields = [
            "project", "kind", "title", "signed_on", "signed_on_precision", "signed_on_inferred", "event", "our_unit",
            "our_unit_name", "amount", "amount_qualifier", "amount_usd", "fixed_investment", "fixed_investment_qualifier",
            "counts_as", "valid_until_on",
        ]  # fmt: skip

    def keys(self, row: Agreement) -> Iterable[Hashable]:
        yield "key", row.pk
        yield row.project_id, row.signed_on

    def load(self, records: Sequence[Record]) -> None:
        super().load(records)
        several = Counter(row.project_id for row in set(self.index.values()))
        for row in list(self.index.values()):
            if several[row.project_id] == 1:
                self.index["only", row.project_id] = row

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        project = ref(linked(record, "project"))
        signed = record.values.get("signed_on")
        if record.identity.get("in_force"):
            yield from self._in_force(linked(record, "project"), signed)
            if signed is None:
                return
        yield project, signed.on if signed else None
        only = self.index.get(("only", project))
        if only is not None and (signed is None or only.signed_on is None):
            yield "only", project

    def _in_force(self, project: Project, signed: FuzzyDate | None) -> Iterator[Hashable]:
        """The agreement in force, or one that this import makes, unless the ledger names another day."""
        for key in (("key", project.agreement_id), ("made", ref(project))):
            row = self.index.get(key)
            if row is not None and (signed is None or row.signed_on in (None, signed.on)):
                yield key

    def new_keys(self, record: Record) -> Iterable[Hashable]:
        project = ref(linked(record, "project"))
        signed = record.values.get("signed_on")
        yield project, signed.on if signed else None
        yield "made", project
        if signed is None:
            yield "only", project

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[Agreement]]:
        yield from chunks(Agreement.objects.all(), "project", saved(records, "project"))

    def finish(self, resources: dict[type[models.Model], LedgerResource[Any]]) -> Iterator[tuple[Record, str, str, str]]:
        return added_to_others(self, "project")

    def validate_instance(self, instance: Agreement, import_validation_errors: Any = None, validate_unique: bool = True) -> None:
        super().validate_instance(instance, import_validation_errors, validate_unique)
        amount, fixed = instance.amount, instance.fixed_investment
        record = self.entries[id(instance)].records[-1]
        if amount is not None and fixed is not None and fixed > amount:
            raise Unusable(record.columns.get("fixed_investment", ""), "fixed", _("固定资产投资不能大于总投资：请核对两列的单位"))
