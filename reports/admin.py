from django.contrib import admin

from accounts.scoped import ScopedAdmin, ScopedTabularInline
from documents.inlines import CitationInline
from reports.models import IndicatorPark, IndicatorValue


class IndicatorParkInline(ScopedTabularInline):
    model = IndicatorPark
    fields = ["rank", "park"]
    autocomplete_fields = ["park"]


@admin.register(IndicatorValue)
class IndicatorValueAdmin(ScopedAdmin[IndicatorValue]):
    list_display = ["indicator", "subject_label", "qualifier", "value", "unit", "as_of_on", "status"]
    list_filter = ["status", "unit", "as_of_on"]
    search_fields = ["indicator", "subject_label", "scope_note"]
    autocomplete_fields = ["company", "department"]
    fields = [
        "indicator",
        "subject_label",
        ("qualifier", "value", "value_to", "unit"),
        ("as_of_on", "as_of_on_precision", "as_of_on_inferred"),
        ("company", "department"),
        "status",
        "scope_note",
    ]
    inlines = [IndicatorParkInline, CitationInline]
