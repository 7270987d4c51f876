"""Aliases, offices and recognitions on the pages of companies, people and parks."""

from accounts.scoped import ScopedGenericInline, ScopedTabularInline
from companies.models import CompanyAlias, Position, Qualification


class AliasInline(ScopedTabularInline):
    model = CompanyAlias
    fields = ["name"]


class PositionInline(ScopedTabularInline):
    model = Position
    fields = ["person", "title", "is_primary", "since_on", "until_on", "as_of_on", "as_of_on_precision", "as_of_on_inferred"]
    autocomplete_fields = ["person"]


class PersonPositionInline(PositionInline):
    fields = ["company", "title", "is_primary", "since_on", "until_on", "as_of_on", "as_of_on_precision", "as_of_on_inferred"]
    autocomplete_fields = ["company"]


class QualificationInline(ScopedGenericInline):
    model = Qualification
    fields = ["kind", "level", "status", "year", "certificate_no", "valid_until_on"]
