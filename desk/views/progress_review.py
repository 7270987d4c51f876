"""报送情况 and 审核: who has reported, whom to remind; accept, or return with a reason."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.views import signed_in
from activities import lights
from core.models import StaleRow
from core.periods import Week
from core.working_days import Calendar
from desk import progress as reporting
from desk import progress_counts
from desk.progress import Finding, State
from desk.views.progress import number
from projects import services
from projects.models import ProgressReport, Project

MOST = 200  # waiting reports on one page
MOST_NAMED = 1000  # projects listed by name
COUNTED = (State.FILED, State.ALIKE, State.MISSING)


def status(request: HttpRequest) -> HttpResponse:
    """Of every department and person how many reports are there; each number opens its projects."""
    user, now, days = signed_in(request), timezone.now(), Calendar.load()
    week = reporting.chosen_week(request.GET.get("week"), now=now, days=days)
    owing = reporting.owing(week).visible_to(user)
    units = progress_counts.counts(owing, week)
    rows = progress_counts.with_state(owing, week).select_related("owner", "department")
    named = list(rows.exclude(state=State.FILED).order_by("department__name", "owner__display_name", "name")[:MOST_NAMED])
    missing = [row for row in named if row.state == State.MISSING]
    context = {
        "week": week,
        "weeks": reporting.weeks(now=now, days=days),
        "time_left": reporting.time_left(week, now),
        "units": units,
        "total": progress_counts.total(units),
        "states": COUNTED,
        "others": reporting.sees_others(user),
        "text": progress_counts.reminder_text(units, progress_counts.codes(missing), week),
        "chosen": _chosen(request, rows, week),
    }
    return render(request, "desk/progress_status.html", context)


def _chosen(request: HttpRequest, rows: Any, week: Week) -> dict[str, Any] | None:
    """The projects behind the number that was opened."""
    state = request.GET.get("state", "")
    if state not in COUNTED:
        return None
    rows = rows.filter(state=state)
    if (department := number(request.GET.get("department"))) is not None:
        rows = rows.filter(department=department)
    if owner := request.GET.get("owner"):
        rows = rows.filter(owner=number(owner)) if owner != "none" else rows.filter(owner=None)
    shown = list(rows.order_by("department__name", "owner__display_name", "name", "pk")[: MOST_NAMED + 1])
    found = [{"project": row, "late": bool(row.first_at and row.first_at > week.deadline_at)} for row in shown]
    return {"state": State(state), "rows": found[:MOST_NAMED], "more": len(found) > MOST_NAMED}


def review(request: HttpRequest) -> HttpResponse:
    """What waits to be looked at, the new words beside the last ones."""
    user = _reviewer(request)
    found = reporting.findings(_waiting(user)[: MOST + 1], days=Calendar.load())
    shown = found[:MOST]
    fresh = [finding for finding in shown if not finding.report.alike]
    context = {
        "findings": shown,
        "more": len(found) > MOST,
        "fresh": fresh,
        "seen": ",".join(f"{finding.report.pk}:{finding.report.version}" for finding in fresh),
        "others": True,
        "reasons": reporting.RETURNED,
    }
    return render(request, "desk/progress_review.html", context)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or return one report."""
    user, now = _reviewer(request), timezone.now()
    report = get_object_or_404(ProgressReport.objects.reviewed_by(user), pk=pk)
    version = number(request.POST.get("version")) or 0
    error = ""
    try:
        if request.POST.get("act") == "accept":
            services.accept(report, by=user, now=now, version=version)
            _renew_lights([report])
        else:
            reason = request.POST.get("other_reason", "").strip() or request.POST.get("reason", "")
            services.return_report(report, reason, by=user, version=version)
    except ValidationError as refusal:
        error = "；".join(refusal.messages)
    except StaleRow:
        error = _("您打开之后报送人又改过，没有处理：请看现在的内容再决定。")
    return _decided(request, report, error)


@require_POST
def accept_all(request: HttpRequest) -> HttpResponse:
    """Accept what was shown and does not repeat the last period; what changed since stays."""
    user, now = _reviewer(request), timezone.now()
    pairs = [part.partition(":") for part in request.POST.get("seen", "").split(",")[:MOST]]
    seen = {number(key): number(version) for key, _colon, version in pairs}
    rows = _waiting(user).filter(pk__in=[key for key in seen if key])
    same = [row for row in rows if row.version == seen[row.pk] and not row.alike]
    try:
        accepted = services.accept_all(same, by=user, now=now)
    except (StaleRow, ValidationError):
        accepted = []
        messages.error(request, _("刚才又有人改动，没有采用：请看现在的内容再决定。"))
    else:
        _renew_lights(accepted)
        messages.success(request, _("已采用 %(n)d 份") % {"n": len(accepted)})
        if left := len([key for key in seen if key]) - len(accepted):
            messages.warning(request, _("%(n)d 份在您打开之后有了改动，没有采用") % {"n": left})
    return redirect("desk:progress_review")


def _waiting(user: User) -> QuerySet[ProgressReport]:
    rows = ProgressReport.objects.filter(status=ProgressReport.Status.SUBMITTED, project__deleted_at=None).reviewed_by(user)
    named = rows.select_related("project__owner", "project__department", "submitted_by")
    return named.order_by("project__department__name", "project__owner__display_name", "project__name", "period_start_on", "pk")


def _decided(request: HttpRequest, report: ProgressReport, error: str) -> HttpResponse:
    rows = ProgressReport.objects.filter(pk=report.pk).select_related("project__owner", "project__department", "submitted_by")
    finding: Finding = reporting.findings(rows, days=Calendar.load())[0]
    if getattr(request, "htmx", False):
        context = {"finding": finding, "error": error, "reasons": reporting.RETURNED}
        return render(request, "desk/_progress_finding.html", context)
    if error:
        messages.error(request, error)
    else:
        messages.success(
            request, _("“%(report)s”：%(status)s") % {"report": report, "status": finding.report.get_status_display()}
        )
    return redirect("desk:progress_review")


def _renew_lights(reports: list[ProgressReport]) -> None:
    keys = {report.project_id for report in reports}
    lights.refresh(Project.objects.filter(pk__in=keys), today=timezone.localdate())


def _reviewer(request: HttpRequest) -> User:
    user = signed_in(request)
    if not reporting.sees_others(user):
        raise PermissionDenied(_("进展由部门负责人和招商中心负责人审核"))
    return user
