from django.contrib import admin

from accounts.scoped import ScopedAdmin
from activities.inlines import CompanyInteractionInline
from companies.inlines import AliasInline, PersonPositionInline, PositionInline, QualificationInline
from companies.models import Company, Person
from documents.inlines import AttachmentInline, CitationInline


@admin.register(Company)
class CompanyAdmin(ScopedAdmin[Company]):
    list_display = ["name", "kind", "city", "industry", "owner", "name_status", "created_at"]
    list_filter = ["kind", "region", "name_status", "capital_source", "department", "origin"]
    list_select_related = ["owner"]
    search_fields = ["search_text", "credit_code", "aliases__name"]
    autocomplete_fields = ["parent"]
    fieldsets = [
        (None, {"fields": [("name", "name_status"), "short_name", ("kind", "ownership"), "credit_code"]}),
        ("来自哪里、做什么", {"fields": [("region", "city"), "capital_source", ("industry", "focus"), "parent", "note"]}),
        ("归属", {"fields": [("owner", "department", "origin")]}),
    ]
    inlines = [PositionInline, AliasInline, QualificationInline, CompanyInteractionInline, CitationInline, AttachmentInline]
    actions = ["take_over"]
    change_form_template = "admin/contact_change_form.html"


@admin.register(Person)
class PersonAdmin(ScopedAdmin[Person]):
    list_display = ["name", "source", "created_at"]
    search_fields = ["search_text", "phone_tail", "positions__company__search_text"]
    fields = ["name", ("mobile", "phone"), "email", "source", "note"]
    inlines = [PersonPositionInline, QualificationInline, CitationInline]
