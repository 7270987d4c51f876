"""Aliases, offices and recognitions on the pages of companies, people and parks."""

from typing import Any

from django.http import HttpRequest

from accounts.scoped import ScopedGenericInline, ScopedTabularInline
from companies.models import CompanyAlias, FirstReport, Position, Qualification


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


class FirstReportInline(ScopedTabularInline):
    """To be read: claimed, contested and decided by services."""

    model = FirstReport
    fields = ["by", "at", "protected_until_on", "project_code", "decision", "decision_reason"]
    readonly_fields = ["by", "at", "protected_until_on", "project_code", "decision", "decision_reason"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
