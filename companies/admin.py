from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.scope import can_change
from accounts.scoped import ScopedAdmin
from accounts.views import signed_in
from activities.inlines import CompanyInteractionInline
from companies import duplicates
from companies.inlines import AliasInline, FirstReportInline, PersonPositionInline, PositionInline, QualificationInline
from companies.models import Company, FirstReport, Person
from documents.inlines import AttachmentInline, CitationInline


@admin.action(description=_("合并所选的两条"))
def merge_two(page: ScopedAdmin[Any], request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
    """Go to the comparison of the two chosen rows; the older one is kept unless the person turns it round."""
    keys = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
    if len(keys) != 2:
        messages.warning(request, _("请正好选择两条再合并"))
        return None
    name = "companies:merge" if page.model is Company else "companies:merge_people"
    return redirect(reverse(name, query={"keep": keys[0], "drop": keys[1]}))


REGISTERED = ["enterprise", "branch", "association", "university", "institute", "public_institution", "other"]


@admin.register(Company)
class CompanyAdmin(ScopedAdmin[Company]):
    list_display = ["name", "kind", "city", "industry", "owner", "name_status", "created_at"]
    list_filter = ["kind", "region", "name_status", "capital_source", "department", "origin"]
    list_select_related = ["owner"]
    search_fields = ["search_text", "credit_code", "aliases__name"]
    autocomplete_fields = ["parent"]
    shown_when = {
        "credit_code": ("kind", REGISTERED),
        "ownership": ("kind", ["enterprise", "branch"]),
        "capital_source": ("kind", ["enterprise", "branch", "other"]),
    }
    fieldsets = [
        (None, {"fields": [("name", "name_status"), "short_name", ("kind", "ownership"), "credit_code"]}),
        ("来自哪里、做什么", {"fields": [("region", "city"), "capital_source", ("industry", "focus"), "parent", "note"]}),
        ("归属", {"fields": [("owner", "department", "origin"), "identity"]}),
    ]
    readonly_fields = ["identity"]
    inlines = [PositionInline, AliasInline, QualificationInline, CompanyInteractionInline]
    inlines += [FirstReportInline, CitationInline, AttachmentInline]
    actions = ["take_over", merge_two]
    change_form_template = "admin/contact_change_form.html"

    @admin.display(description=_("首报与重复"))
    def identity(self, company: Company) -> str:
        links = {_("首报"): reverse("companies:first_report", args=[company.pk])} if company.pk else {}
        links |= {_("查找重复"): reverse("companies:merge", query={"keep": company.pk})} if company.pk else {}
        return format_html_join(" · ", '<a href="{}">{}</a>', ((url, text) for text, url in links.items())) or "—"

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if {"name", "credit_code"} & set(form.changed_data):
            warn_of_similar(request, form.instance)


@admin.register(Person)
class PersonAdmin(ScopedAdmin[Person]):
    list_display = ["name", "source", "created_at"]
    search_fields = ["search_text", "phone_tail", "positions__company__search_text"]
    fields = ["name", ("mobile", "phone"), "email", "source", "note"]
    inlines = [PersonPositionInline, QualificationInline, CitationInline]
    actions = [merge_two]


@admin.register(FirstReport)
class FirstReportAdmin(ScopedAdmin[FirstReport]):
    """All claims, for the manager who decides on disputes; written on the page of the company's 首报."""

    list_display = ["company", "by", "at", "protected_until_on", "decision", "disputed_by"]
    list_filter = ["decision", "protected_until_on"]
    list_select_related = ["company", "by", "disputed_by"]
    search_fields = ["company__search_text", "project_code"]
    fields = ["company", "project_code", "by", "at", "protected_until_on", "disputed_by", "dispute_reason", "decision", "acts"]
    readonly_fields = ["by", "at", "protected_until_on", "disputed_by", "dispute_reason", "decision", "decision_reason", "acts"]

    @admin.display(description=_("办理"))
    def acts(self, report: FirstReport) -> str:
        return format_html('<a href="{}">{}</a>', reverse("companies:first_report", args=[report.company_id]), _("异议与裁定"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: FirstReport | None = None) -> bool:
        return False


def warn_of_similar(request: HttpRequest, company: Company) -> None:
    """A warning for each company that may be the same: who follows it since when, and the way to compare."""
    user = signed_in(request)
    found = duplicates.similar(company.name, credit_code=company.credit_code or "", exclude=company)
    rows = Company.objects.in_bulk([row.pk for row in found])
    for row in found:
        sentence = _("“%(name)s”可能是同一家（%(why)s）：%(followed)s") % {
            "name": row.name,
            "why": row.why,
            "followed": row.followed,
        }
        link = reverse("companies:merge", query={"keep": row.pk, "drop": company.pk})
        compare = format_html(' <a href="{}">{}</a>', link, _("比较与合并")) if can_change(user, rows[row.pk]) else ""
        messages.warning(request, format_html("{}{}", sentence, compare))
