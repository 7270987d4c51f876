"""How the reminding itself is: whether it runs on trial, and what keeps somebody from being reminded."""

from django.contrib import messages
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core.exceptions import PermissionDenied, ValidationError
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
from outbox.models import MENDERS
from reminders import pilots, troubles
from reminders.models import Pilot, Trouble, subject_rows

MOST = 200


def reminding(request: HttpRequest) -> HttpResponse:
    user = _keeper(request)
    today = timezone.localdate()
    found = Trouble.objects.visible_to(user).select_related("rule").prefetch_related(GenericPrefetch("subject", subject_rows()))
    context = {
        "today": today,
        "pilot": pilots.running(today),
        "pilots": Pilot.objects.visible_to(user).select_related("created_by", "stopped_by")[:5],
        "days": pilots.DAYS,
        "may_decide": Role.MANAGER in Scope.of(user).roles,
        "troubles": [(row, _mended_at(row)) for row in found[:MOST]],
        "dates": troubles.strange_dates(today=today),
    }
    return render(request, "desk/reminding.html", context)


def _mended_at(row: Trouble) -> str:
    """Where a trouble is mended: on the page of its rule, else of its subject."""
    if row.kind in (Trouble.Kind.RULE, Trouble.Kind.NOBODY) and row.rule_id:
        return reverse("admin:reminders_reminderrule_change", args=[row.rule_id])
    return troubles.address(row)


@require_POST
def start_pilot(request: HttpRequest) -> HttpResponse:
    user = _keeper(request)
    try:
        pilot = pilots.start(by=user, now=timezone.now())
        said = _("试运行开始：到 %(day)s 为止，提醒只发给您预览，其他人收不到邮件")
        messages.success(request, said % {"day": pilot.until_on})
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    return redirect("desk:reminding")


@require_POST
def stop_pilot(request: HttpRequest, pk: int) -> HttpResponse:
    user = _keeper(request)
    try:
        pilots.stop(get_object_or_404(Pilot.objects.visible_to(user), pk=pk), by=user, now=timezone.now())
        messages.success(request, _("试运行已结束：仍需提醒的事项将按规则发给本人"))
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    return redirect("desk:reminding")


def _keeper(request: HttpRequest) -> User:
    user = signed_in(request)
    if not Scope.of(user).roles & MENDERS:
        raise PermissionDenied(_("提醒运行由招商中心负责人和系统管理员查看"))
    return user
