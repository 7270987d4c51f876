"""改期申请: what others ask of me, what I asked, and the answer."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.scope import can_change
from accounts.views import signed_in
from audit import changesets
from desk import undo
from desk.lists import first, limit
from projects import services
from projects.models import DateRequest
from projects.views.milestones import Outlook, renew_light


def date_requests(request: HttpRequest) -> HttpResponse:
    """Those that wait for my answer, the longest waiting first; then my own, the latest first."""
    user, count = signed_in(request), limit(request)
    rows = DateRequest.objects.select_related("milestone__project", "asked_by", "answered_by")
    context = {
        "waiting": first(rows.waiting().answered_by(user), count),
        "mine": first(rows.filter(asked_by=user).order_by("-asked_at", "-id"), count),
    }
    return render(request, "desk/date_requests.html", context)


def date_request(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with what accepting it would move; answered by a button."""
    user = signed_in(request)
    row = get_object_or_404(DateRequest.objects.visible_to(user).select_related("milestone__project", "asked_by"), pk=pk)
    error = _answer(request, row) if request.method == "POST" else None
    if error == "":
        return redirect("desk:date_requests")
    shifts = services.cascade(row.milestone, row.wanted_on) if row.status == DateRequest.Status.ASKED else []
    context = {
        "row": row,
        "error": error,
        "outlook": Outlook(row.wanted_on, shifts, services.overtaken(row.milestone, row.wanted_on, shifts)),
        "moved_since": row.status == DateRequest.Status.ASKED and row.milestone.due_on != row.old_due_on,
        "may_answer": row.status == DateRequest.Status.ASKED and _may_answer(request, row),
        "project_opens": can_open(user, row),
        "answer": request.POST.get("answer", ""),
        "cascade": request.method != "POST" or "cascade" in request.POST,
    }
    return render(request, "desk/date_request.html", context)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The one who asked no longer asks."""
    user = signed_in(request)
    row = get_object_or_404(DateRequest.objects.filter(asked_by=user), pk=pk)
    try:
        services.withdraw_request(row, by=user)
        messages.success(request, _("已撤回改期申请"))
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    return redirect("desk:date_requests")


def can_open(user: Any, row: DateRequest) -> bool:
    """Whether the page of the project opens for this person."""
    return type(row.milestone.project).objects.visible_to(user).filter(pk=row.milestone.project_id).exists()


def _may_answer(request: HttpRequest, row: DateRequest) -> bool:
    user = signed_in(request)
    return user.has_perm("projects.change_project") and row.asked_by_id != user.pk and can_change(user, row.milestone.project)


def _answer(request: HttpRequest, row: DateRequest) -> str:
    """Accept or decline, offering to take it back; returns what was refused, or nothing."""
    if not _may_answer(request, row):
        raise PermissionDenied(_("改期由项目负责人、部门负责人或招商中心负责人答复"))
    user, now, answer = signed_in(request), timezone.now(), request.POST.get("answer", "")
    accepting = request.POST.get("choice") == "accept"
    try:
        with transaction.atomic():
            changeset = changesets.open("date_request", by=user, now=now)
            if accepting:
                shifts = services.cascade(row.milestone, row.wanted_on) if "cascade" in request.POST else []
                services.accept_new_date(row, by=user, now=now, answer=answer, shifts=shifts, into=changeset)
            else:
                services.decline_new_date(row, answer, by=user, now=now, into=changeset)
            renew_light(row.milestone.project, changeset, now)
    except ValidationError as error:
        return "；".join(error.messages)
    said = _("已同意：“%(name)s”改期至 %(day)s") if accepting else _("未同意：“%(name)s”的改期申请（%(day)s）")
    undo.offer(request, changeset, said % {"name": row.milestone.name, "day": row.wanted_on})
    return ""
