"""The admin page of progress reports; registered by `projects.admin`."""

from typing import Any

from django.http import HttpRequest

from accounts.scoped import ScopedAdmin
from projects.models import ProgressReport


class ProgressReportAdmin(ScopedAdmin[ProgressReport]):
    """To look things up: reports are written, accepted and corrected on the pages of 进展报送."""

    list_display = ["project", "period_start_on", "period_end_on", "revision", "status", "submitted_by", "submitted_at"]
    list_filter = ["status", "period_start_on"]
    list_select_related = ["project", "submitted_by"]
    search_fields = ["project__search_text", "project__code"]
    extra_lookups = ("project__id__exact", "project")
    fields = [
        "project",
        ("period_start_on", "period_end_on", "revision", "supersedes"),
        ("status", "return_reason"),
        "no_change_reason",
        *("progress", "problems", "needs_coordination", "next_plan"),
        ("submitted_at", "submitted_by"),
        ("accepted_at", "accepted_by"),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was never handed in may go; what was accepted stays, and so does what somebody has to look at."""
        gone = obj is None or obj.status in {ProgressReport.Status.DRAFT, ProgressReport.Status.RETURNED}
        return gone and super().has_delete_permission(request, obj)
