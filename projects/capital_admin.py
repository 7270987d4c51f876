"""Entry pages of capital, investment by month and plans by the year; registered in `projects.admin`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.scoped import ScopedAdmin
from documents.inlines import AttachmentInline
from projects.models import AnnualPlan, CapitalArrival, InvestmentProgress
from projects.months import refuse_locked


def _is_open(row: Any) -> bool:
    """Whether the month a row counts in is not locked."""
    try:
        refuse_locked(row.report_month or getattr(row, "arrived_on", None))
    except ValidationError:
        return False
    return True


class CapitalArrivalAdmin(ScopedAdmin[CapitalArrival]):
    """Entered here as a draft; handed in, verified and corrected on the page of 到位资金. A verified row only shows itself."""

    list_display = ["arrived_on", "project", "payer", "amount", "amount_usd", "origin", "status", "verified_by"]
    list_filter = ["status", "origin", "side", "arrived_on", "report_month"]
    list_select_related = ["project", "payer", "verified_by"]
    search_fields = ["project__search_text", "project__code", "payer__search_text"]
    autocomplete_fields = ["project", "payer", "corrects"]
    extra_lookups = ("project__id__exact", "project")
    readonly_fields = ["status", "return_reason", "submitted_at", "submitted_by", "verified_at", "verified_by"]
    fields = [
        "project",
        ("arrived_on", "report_month"),
        ("amount", "payer"),
        ("amount_usd", "fx_rate", "fx_on"),
        ("origin", "side", "use"),
        ("voucher", "corrects", "note"),
        ("status", "return_reason"),
        ("submitted_at", "submitted_by"),
        ("verified_at", "verified_by"),
    ]
    inlines = [AttachmentInline]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.status != CapitalArrival.Status.VERIFIED)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or (obj.status != CapitalArrival.Status.VERIFIED and _is_open(obj)))


class InvestmentProgressAdmin(ScopedAdmin[InvestmentProgress]):
    """Ours beside the statistics office's, month by month: entered here as a draft, handed in and verified on 投资完成."""

    list_display = ["project", "report_month", "completed", "cumulative", "stat_value", "status", "verified_by"]
    list_filter = ["status", "report_month"]
    list_select_related = ["project", "verified_by"]
    search_fields = ["project__search_text", "project__code"]
    autocomplete_fields = ["project"]
    extra_lookups = ("project__id__exact", "project")
    readonly_fields = ["status", "return_reason", "submitted_at", "submitted_by", "verified_at", "verified_by"]
    fields = [
        "project",
        "report_month",
        ("completed", "cumulative", "stat_value"),
        ("status", "return_reason"),
        ("submitted_at", "submitted_by"),
        ("verified_at", "verified_by"),
    ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.status != InvestmentProgress.Status.VERIFIED)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or (obj.status != InvestmentProgress.Status.VERIFIED and _is_open(obj)))


class AnnualPlanAdmin(ScopedAdmin[AnnualPlan]):
    """How much a project plans to invest in a year."""

    list_display = ["project", "year", "planned_investment"]
    list_filter = ["year"]
    list_select_related = ["project"]
    search_fields = ["project__search_text", "project__code"]
    autocomplete_fields = ["project"]
    extra_lookups = ("project__id__exact", "project")
    fields = ["project", "year", "planned_investment"]
