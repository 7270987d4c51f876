"""Today, my reminders, what should go up to leaders, and announced against recorded."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from accounts.views import signed_in
from activities.models import FollowUp, Interaction
from core.working_days import Calendar
from desk import reconciliation as reconciling
from events.models import Event
from projects.models import Milestone, Project
from reminders import services as reminders
from reminders.models import Reminder, ReportUp

SHOWN = 20


def home(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    today = timezone.localdate()
    week = today + dt.timedelta(days=7)
    milestones = Milestone.objects.visible_to(user).of_running_projects().due_by(week)
    follow_ups = FollowUp.objects.visible_to(user).due_by(week)
    projects = Project.objects.visible_to(user)
    context = {
        "today": today,
        "milestones": milestones.select_related("project", "responsible_unit")[:SHOWN],
        "follow_ups": follow_ups.select_related("company", "project", "assignee")[:SHOWN],
        "contacts": Interaction.objects.visible_to(user).select_related("project")[:8],
        "events": Event.objects.visible_to(user)[:5],
        "lights": _lights(projects),
        "to_confirm": Milestone.objects.visible_to(user).filter(status=Milestone.Status.TO_CONFIRM).count(),
    }
    return render(request, "desk/home.html", context)


def _lights(projects: Any) -> list[dict[str, Any]]:
    """How many projects show each light; the number opens them."""
    found = dict(projects.order_by().values_list("light").annotate(n=Count("pk")))
    return [{"light": light, "label": label, "count": found.get(light, 0)} for light, label in Project.Light.choices]


def my_reminders(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    rows = Reminder.objects.current().filter(recipient=user, draft=False).with_subjects()
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    reminders.mark_read(user, now=timezone.now())
    return render(request, "desk/reminders.html", {"page": page, "rows": shown, "today": timezone.localdate()})


def report_ups(request: HttpRequest) -> HttpResponse:
    """The 呈报清单: what the rules would bring before leaders, decided by the manager."""
    _manager_only(request)
    drafts = Prefetch("reminder", Reminder.objects.with_subjects())
    rows = ReportUp.objects.select_related("by").prefetch_related(drafts)
    days, today = Calendar.load(), timezone.localdate()
    listed = [
        {"row": row, "subject": row.reminder.subject, "late": days.working_days_between(row.reminder.due_on, today)}
        for row in rows[:200]
    ]
    return render(request, "desk/report_ups.html", {"rows": listed, "choices": ReportUp.Choice.choices[1:]})


@require_POST
def decide_report_up(request: HttpRequest, pk: int) -> HttpResponse:
    user = _manager_only(request)
    row = get_object_or_404(ReportUp, pk=pk)
    try:
        reminders.decide_report_up(row, request.POST.get("choice", ""), by=user, now=timezone.now())
        messages.success(request, _("已处理"))
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    return redirect("desk:report_ups")


def reconciliation(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/reconciliation.html", {"rows": reconciling.rows(signed_in(request))})


def _manager_only(request: HttpRequest) -> User:
    user = signed_in(request)
    if not Scope.of(user).roles & {Role.MANAGER}:
        raise PermissionDenied(_("呈报清单由招商中心负责人处理"))
    return user
