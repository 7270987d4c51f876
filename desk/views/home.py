"""今日: what is due, what went quiet, what lacks papers; one click to log a contact."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.scope import Scope, can_change
from accounts.views import signed_in
from activities import services
from activities.models import FollowUp, Interaction
from audit import changesets
from core.periods import week_of
from desk import progress, undo
from desk.models import SavedView
from desk.today import Today, silent_rule
from events.models import Event
from reminders.models import Reminder

LATEST = 6
VIEWS = 12


def home(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    mine = request.GET.get("who", "" if Scope.of(user).sees_all else "mine") == "mine"
    day = Today(user, today=timezone.localdate(), mine=mine, everything="all" in request.GET)
    groups = day.groups()
    week = week_of(timezone.now(), days=day.days)
    context = {
        "week": week,
        "reports_owed": progress.owed(user, week),
        "today": day.today,
        "mine": mine,
        "groups": groups,
        "nothing": not any(group.count for group in groups),
        "everything": day.everything,
        "lights": day.lights(),
        "views": SavedView.objects.visible_to(user).filter(page=SavedView.Page.PROJECTS)[:VIEWS],
        "silent": day.silent(),
        "silent_rule": silent_rule(),
        "evidence": day.missing_evidence(),
        "gaps": day.gaps(),
        "contacts": Interaction.objects.visible_to(user).select_related("project").prefetch_related("companies")[:LATEST],
        "events": Event.objects.visible_to(user)[:LATEST],
        "notices": Reminder.objects.current().filter(recipient=user, draft=False, read_at=None).with_subjects()[:LATEST],
        "text": day.text(groups),
    }
    return render(request, "desk/home.html", context)


@require_POST
def follow_up_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a promise was kept; it can be taken back."""
    user, now = signed_in(request), timezone.now()
    row = get_object_or_404(FollowUp.objects.visible_to(user), pk=pk)
    if row.assignee_id != user.pk and not can_change(user, row):
        raise PermissionDenied(_("只有承办人和负责人可以办结"))
    try:
        with transaction.atomic():
            changeset = changesets.open("follow_up", by=user, now=now)
            row = services.complete_follow_up(row, by=user, now=now, result=request.POST.get("result", ""), into=changeset)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        undo.offer(request, changeset, _("已办结：%(title)s") % {"title": row.title})
    return redirect("desk:home")
