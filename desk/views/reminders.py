"""My reminders."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views import next_address, signed_in
from activities.models import FollowUp
from projects.models import Milestone
from reminders import services as reminders
from reminders.models import Reminder
from reminders.subjects import source_of

READ = {"unread": False, "read": True}  # what `?show=` asks for


def my_reminders(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    show = request.GET.get("show", "")
    rows = Reminder.objects.current().filter(recipient=user, draft=False).with_subjects().select_related("message")
    if show in READ:
        rows = rows.filter(read_at__isnull=not READ[show])
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = {"page": page, "rows": page.object_list, "today": timezone.localdate(), "show": show if show in READ else ""}
    return render(request, "desk/reminders.html", context)


def open_reminder(request: HttpRequest, pk: int) -> HttpResponse:
    """The way from a reminder to what it is about: whoever goes it has read the reminder."""
    user = signed_in(request)
    row = get_object_or_404(Reminder.objects.current().filter(recipient=user, draft=False), pk=pk)
    reminders.mark_read(user, now=timezone.now(), only=row)
    return redirect(address(row))


@require_POST
def read_one(request: HttpRequest, pk: int) -> HttpResponse:
    """A person has seen one reminder in the list, without going where it leads."""
    user = signed_in(request)
    row = get_object_or_404(Reminder.objects.current().filter(recipient=user, draft=False), pk=pk)
    reminders.mark_read(user, now=timezone.now(), only=row)
    return redirect(next_address(request, reverse("desk:reminders")))


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
    source = source_of(row)
    return source.address(row.subject) if source is not None and row.subject is not None else reverse("desk:reminders")
