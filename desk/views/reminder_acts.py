"""What a person does from a line of a mail: know it, put it off, ask for a new date, report it done.

Opening the page changes nothing; each act is one POST and only on one's own reminder.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.scope import can_change, can_see
from accounts.views import signed_in
from activities import services as activities
from audit import changesets
from core.working_days import Calendar
from desk import undo
from desk.views.reminders import address
from projects import services as projects
from projects.models import DateRequest, Milestone
from projects.views.milestones import renew_light
from reminders import acts
from reminders.acts import Act
from reminders.models import Reminder


class NewDateForm(forms.Form):
    wanted_on = forms.DateField(label=gettext_lazy("新日期"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class SnoozeForm(forms.Form):
    until_on = forms.DateField()


def reminder_acts(request: HttpRequest, pk: int) -> HttpResponse:
    """A reminder with what can be done about it; `?act=` names what the link in the mail was about."""
    user = signed_in(request)
    mine = Reminder.objects.filter(recipient=user, draft=False).with_subjects()
    row = get_object_or_404(mine.select_related("rule", "recipient", "message"), pk=pk)
    if request.method != "POST":
        return _page(request, user, row)
    name = request.POST.get("act", "")
    if name not in acts.offered(row):
        raise Http404
    error = _tried(request, user, row, name)
    if error is not None:
        return _page(request, user, row, error=error)
    return redirect("desk:reminder_acts", pk=row.pk)


def _tried(request: HttpRequest, user: User, row: Reminder, name: str) -> ValidationError | None:
    """Do one act; what was refused comes back."""
    now = timezone.now()
    does: dict[str, Callable[[HttpRequest, User, Reminder, Any], None]] = {
        Act.ACKNOWLEDGE: _acknowledge,
        Act.SNOOZE: _snooze,
        Act.NEW_DATE: _ask,
        Act.DONE: _done,
    }
    try:
        if name != Act.ACKNOWLEDGE and (said := acts.ended(row, today=timezone.localdate(now))):
            raise ValidationError(said, code="ended")
        does[name](request, user, row, now)
    except ValidationError as error:
        return error
    return None


def _acknowledge(request: HttpRequest, user: User, row: Reminder, now: Any) -> None:
    acts.acknowledge(row, by=user, now=now)
    messages.success(request, _("已记下您知道了"))


def _snooze(request: HttpRequest, user: User, row: Reminder, now: Any) -> None:
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("请选择再次提醒的日子"), code="until_on")
    row = acts.snooze(row, form.cleaned_data["until_on"], by=user, now=now)
    messages.success(request, _("%(day)s 再提醒您一次，在那之前不再提醒") % {"day": row.snoozed_until_on})


def _ask(request: HttpRequest, user: User, row: Reminder, now: Any) -> None:
    form = NewDateForm(request.POST)
    if not form.is_valid():
        raise ValidationError(form.errors.as_data())
    milestone: Any = row.subject
    asked = projects.ask_new_date(milestone, form.cleaned_data["wanted_on"], form.cleaned_data["reason"], by=user, now=now)
    acts.acknowledge(row, by=user, now=now)
    messages.success(request, _("已申请改期至 %(day)s：答复后会告诉您") % {"day": asked.wanted_on})


def _done(request: HttpRequest, user: User, row: Reminder, now: Any) -> None:
    """A milestone is reported done and somebody else verifies it; a follow-up is done. Both can be taken back."""
    subject: Any = row.subject
    with transaction.atomic():
        changeset = changesets.open("reminder.done", by=user, now=now)
        if isinstance(subject, Milestone):
            projects.report_milestone(subject, by=user, now=now, into=changeset)
            renew_light(subject.project, changeset, now)
            said = _("“%(name)s”已报完成，等待核实") % {"name": subject.name}
        else:
            activities.complete_follow_up(subject, by=user, now=now, result=request.POST.get("result", ""), into=changeset)
            said = _("已办结：%(title)s") % {"title": subject.title}
        acts.acknowledge(row, by=user, now=now)
    undo.offer(request, changeset, said)


def _page(request: HttpRequest, user: User, row: Reminder, *, error: ValidationError | None = None) -> HttpResponse:
    today, days = timezone.localdate(), Calendar.load()
    subject: Any = row.subject
    offered = acts.offered(row)
    milestone = subject if isinstance(subject, Milestone) else None
    context = {
        "row": row,
        "subject": subject,
        "milestone": milestone,
        "ended": acts.ended(row, today=today),
        "error": "；".join(error.messages) if error else "",
        "acts": {act.value: act.label for act in offered},
        "chosen": request.POST.get("act") or request.GET.get("act", ""),
        "typed": request.POST,
        "snooze_days": acts.snooze_days(row.due_on, today=today, days=days) if Act.SNOOZE in offered else [],
        "put_off": row.snoozed_until_on and row.snoozed_until_on > today,
        "late": days.working_days_between(row.due_on, today),
        "asked": _asked(user, milestone),
        "may_move": milestone and user.has_perm("projects.change_project") and can_change(user, milestone.project),
        "address": address(row) if milestone is None or can_see(user, milestone.project) else "",
        "today": today,
        "others": _others(row),
    }
    return render(request, "desk/reminder_acts.html", context, status=400 if error else 200)


def _asked(user: User, milestone: Milestone | None) -> DateRequest | None:
    """The last thing the person asked about this milestone."""
    if milestone is None:
        return None
    return DateRequest.objects.filter(milestone=milestone, asked_by=user).select_related("answered_by").last()


def _others(row: Reminder) -> list[Reminder]:
    """What else the same message said, so that one line for a project leads to each of its milestones."""
    if row.message_id is None:
        return []
    rows = Reminder.objects.current().filter(message=row.message_id, recipient=row.recipient_id).exclude(pk=row.pk)
    return list(rows.with_subjects().order_by("due_on", "id")[:20])
