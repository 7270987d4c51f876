"""呈报清单: the manager decides about one or several, and takes a wrong choice back while nothing was sent."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from accounts.views import signed_in
from core.working_days import Calendar
from desk.lists import first, limit
from reminders import report_ups as services
from reminders.models import Reminder, ReportUp
from reminders.subjects import source_of

CHOICES = 15  # working days to which a row can be put off in one click


def report_ups(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest date first; or with `?tab=decided` what was decided, the latest first."""
    manager_only(request)
    days, today = Calendar.load(), timezone.localdate()
    decided = request.GET.get("tab") == "decided"
    leader = request.GET.get("leader", "")
    rows = ReportUp.objects.select_related("by").prefetch_related(Prefetch("reminder", Reminder.objects.with_subjects()))
    waiting = rows.waiting(today)
    chosen = rows.exclude(choice=ReportUp.Choice.PENDING).order_by("-at", "-id") if decided else _oldest(waiting)
    if leader.isdecimal():
        chosen = chosen.filter(reminder__recipient=int(leader))
    shown = first(chosen, limit(request))
    context = {
        "decided": decided,
        "leader": leader,
        "leaders": User.objects.filter(pk__in=ReportUp.objects.values("reminder__recipient")),
        "waiting": waiting.count(),
        "shown": shown,
        "rows": [_line(row, today, days) for row in shown.rows],
        "choices": ReportUp.Choice.choices[1:],
        "auto_report_up": settings.AUTO_REPORT_UP,
        "back_days": _back_days(today, days),
        "back_on": services.default_back_on(today, days),
    }
    return render(request, "desk/report_ups.html", context)


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """One choice for all that are ticked, with one note."""
    user = manager_only(request)
    keys = [int(key) for key in request.POST.getlist("row") if key.isdecimal()]
    rows = ReportUp.objects.filter(pk__in=keys)
    choice, note = request.POST.get("choice", ""), request.POST.get("note", "")
    try:
        if not rows:
            raise ValidationError(_("请先勾选事项"), code="none")
        back_on = parse_date(request.POST.get("back_on") or "")
        count = services.decide_report_ups(rows, choice, by=user, now=timezone.now(), note=note, back_on=back_on)
        said = _("%(n)d 项：%(choice)s。选错了可在“已处理”里撤回。")
        messages.success(request, said % {"n": count, "choice": ReportUp.Choice(choice).label})
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    return redirect(_here(request))


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    user = manager_only(request)
    try:
        services.take_back(get_object_or_404(ReportUp, pk=pk), by=user)
        messages.success(request, _("已撤回，重新列入呈报清单"))
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    return redirect(_here(request))


def manager_only(request: HttpRequest) -> User:
    user = signed_in(request)
    if not Scope.of(user).roles & {Role.MANAGER}:
        raise PermissionDenied(_("呈报清单由招商中心负责人处理"))
    return user


def _oldest(rows: "QuerySet[ReportUp]") -> "QuerySet[ReportUp]":
    return rows.order_by("reminder__due_on", "id")


def _line(row: ReportUp, today: dt.date, days: Calendar) -> dict[str, Any]:
    reminder = row.reminder
    source = source_of(reminder)
    known = source is not None and reminder.subject is not None
    return {
        "row": row,
        "title": source.title(reminder.subject) if source and known else "—",
        "address": source.address(reminder.subject) if source and known else "",
        "late": days.working_days_between(reminder.due_on, today),
        "left": row.choice == ReportUp.Choice.REPORTED and reminder.message_id is not None,
        "waits": row.is_waiting(today),
    }


def _back_days(today: dt.date, days: Calendar) -> list[dt.date]:
    return [days.add_working_days(today, n) for n in range(1, CHOICES + 1)]


def _here(request: HttpRequest) -> str:
    """The same list, of the same leader."""
    leader = request.POST.get("leader", "")
    tab = "tab=decided&" if request.POST.get("tab") == "decided" else ""
    return f"{reverse('desk:report_ups')}?{tab}leader={leader if leader.isdecimal() else ''}"
