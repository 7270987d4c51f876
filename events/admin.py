from django.contrib import admin

from accounts.scoped import ScopedAdmin
from documents.inlines import AttachmentInline, CitationInline
from events.inlines import AgendaInline, ParticipationInline, PromotionInline
from events.models import Event, PromotedProject


@admin.register(Event)
class EventAdmin(ScopedAdmin[Event]):
    list_display = ["name", "kind", "starts_on", "ends_on", "city", "status", "owner"]
    list_filter = ["kind", "status", "starts_on", "department", "origin"]
    list_select_related = ["owner"]
    search_fields = ["search_text", "venue"]
    autocomplete_fields = ["parent"]
    fieldsets = [
        (None, {"fields": ["name", ("kind", "status"), "parent", "theme"]}),
        ("时间地点", {"fields": [("starts_on", "starts_on_precision", "starts_on_inferred"), "ends_on", ("venue", "city")]}),
        (
            "对外公布",
            {
                "fields": [
                    ("announced_signed_count", "announced_signed_investment"),
                    ("announced_promoted_count", "announced_promoted_investment"),
                    "summary",
                ]
            },
        ),
        ("归属", {"fields": [("owner", "department", "origin")]}),
    ]
    inlines = [AgendaInline, ParticipationInline, PromotionInline, CitationInline, AttachmentInline]
    actions = ["take_over"]
    change_form_template = "admin/contact_change_form.html"


@admin.register(PromotedProject)
class PromotedProjectAdmin(ScopedAdmin[PromotedProject]):
    list_display = ["name", "park", "investment", "status", "valid_until_on"]
    list_filter = ["status", "investment", "park", "origin"]
    list_select_related = ["park"]
    search_fields = ["name", "summary"]
    autocomplete_fields = ["park"]
    fields = [
        "name",
        "status",
        "park",
        "investment",
        "industry",
        "summary",
        "land",
        "contact_unit",
        "valid_until_on",
        ("owner", "department", "origin"),
    ]
    inlines = [CitationInline, AttachmentInline]
