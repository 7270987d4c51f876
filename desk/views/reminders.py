"""My reminders, and what should go up to leaders."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from accounts.views import signed_in
from activities.models import FollowUp
from core.working_days import Calendar
from projects.models import Milestone
from reminders import services as reminders
from reminders.models import Reminder, ReportUp


def my_reminders(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    rows = Reminder.objects.current().filter(recipient=user, draft=False).with_subjects().select_related("message")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "desk/reminders.html", {"page": page, "rows": page.object_list, "today": timezone.localdate()})


def open_reminder(request: HttpRequest, pk: int) -> HttpResponse:
    """The way from a reminder to what it is about: whoever goes it has read the reminder."""
    user = signed_in(request)
    row = get_object_or_404(Reminder.objects.current().filter(recipient=user, draft=False), pk=pk)
    reminders.mark_read(user, now=timezone.now(), only=row)
    return redirect(address(row))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    count = reminders.mark_read(signed_in(request), now=timezone.now())
    messages.success(request, _("已把 %(n)d 条提醒标为已读") % {"n": count})
    return redirect("desk:reminders")


def address(row: Reminder) -> str:
    """Where one acts on the subject of a reminder; the list itself when that is gone."""
    if isinstance(row.subject, Milestone):
        return f"{reverse('projects:plan', args=[row.subject.project_id])}#m{row.subject.pk}"
    if isinstance(row.subject, FollowUp):
        return reverse("admin:activities_followup_change", args=[row.subject.pk])
    return reverse("desk:reminders")


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


def _manager_only(request: HttpRequest) -> User:
    user = signed_in(request)
    if not Scope.of(user).roles & {Role.MANAGER}:
        raise PermissionDenied(_("呈报清单由招商中心负责人处理"))
    return user
