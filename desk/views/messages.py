"""The record of messages: what was sent to whom, what did not arrive and why, and sending it again."""

from django.contrib import messages as notes
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views import next_address, signed_in
from desk.messages import MessageFilter, Story, listed
from outbox import services
from outbox.models import Message
from outbox.words import CAUSES, cause_of

EACH = 50


def message_list(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    chosen = MessageFilter(request.GET, listed(user))
    page = Paginator(chosen.qs, EACH).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.cause = cause_of(row.code) if row.code and row.status != Message.Status.SENT else None
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "filter": chosen,
        "page": page,
        "query": asked.urlencode(),
        "reasons": services.reasons(Message.objects.mendable_by(user)),
    }
    return render(request, "desk/messages.html", context)


def message(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole story of one message; its text only for whom it was written."""
    user = signed_in(request)
    row = get_object_or_404(Message.objects.visible_to(user).select_related("recipient", "robot"), pk=pk)
    story = Story(row, user, now=timezone.now())
    reminders, hidden = story.reminders()
    return render(request, "desk/message.html", {"story": story, "row": row, "reminders": reminders, "hidden": hidden})


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a message again that was given up, or take one out of the queue."""
    user, now = signed_in(request), timezone.now()
    row = get_object_or_404(Message.objects.visible_to(user), pk=pk)
    if not Message.objects.mendable_by(user).filter(pk=pk).exists():
        raise PermissionDenied(_("只有收件人、他的部门负责人、招商中心负责人和系统管理员可以处理这封邮件"))
    try:
        if request.POST.get("act") == "retry":
            services.retry(row, by=user, now=now)
            notes.success(request, _("已重新排队，一分钟内发送"))
        elif request.POST.get("act") == "withdraw":
            services.withdraw(row, by=user, now=now)
            notes.success(request, _("已取消发送；其中的提醒仍列在收件人的“提醒”里"))
    except ValidationError as error:
        notes.error(request, "；".join(error.messages))
    return redirect(next_address(request, reverse("desk:message", args=[pk])))


@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    """Send again everything that was given up for one cause."""
    user = signed_in(request)
    cause = request.POST.get("cause", "")
    if cause in CAUSES:
        count = services.retry_all(Message.objects.mendable_by(user), cause, by=user, now=timezone.now())
        notes.success(request, _("已重新排队 %(n)d 封") % {"n": count})
    return redirect(f"{reverse('desk:messages')}?status=dead")
