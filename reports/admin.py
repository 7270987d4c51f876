from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.forms import VersionedForm
from accounts.scoped import ScopedAdmin, ScopedTabularInline
from documents.inlines import CitationInline
from reports.indicators import INDICATORS, TARGETS
from reports.models import IndicatorPark, IndicatorValue, Snapshot, Target


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


class TargetForm(VersionedForm):
    """Offers the indicators that a target can be set for."""

    indicator = forms.ChoiceField(label=Target._meta.get_field("indicator").verbose_name)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = [(code, f"{INDICATORS[code].name}（{INDICATORS[code].unit}）") for code in TARGETS]
        kept = self.instance.indicator
        others = [(kept, kept)] if kept and kept not in TARGETS else []
        self.fields["indicator"].choices = [("", "—"), *known, *others]  # type: ignore[attr-defined]


@admin.register(Target)
class TargetAdmin(ScopedAdmin[Target]):
    """Set by the manager; who sees which is the matter of the page of targets."""

    form = TargetForm
    list_display = ["indicator", "department", "user", "period_label", "value"]
    list_filter = ["year", "period_kind", "department"]
    list_select_related = ["department", "user"]
    search_fields = ["indicator"]
    autocomplete_fields = ["department", "user"]
    fields = ["indicator", ("department", "user"), ("period_kind", "year", "n"), "value"]


@admin.register(Snapshot)
class SnapshotAdmin(ScopedAdmin[Snapshot]):
    """Only to be looked up."""

    form = forms.ModelForm
    list_display = ["kind", "period", "edition", "as_of_on", "taken_at", "taken_by", "sha256"]
    list_filter = ["kind", "as_of_on"]
    list_select_related = ["period", "taken_by"]
    fields = ["public_id", "kind", ("period", "edition"), "as_of_on", ("taken_at", "taken_by"), "sha256", "counts"]
    readonly_fields = ["public_id"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
