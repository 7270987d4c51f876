"""What happened to a milestone: confirmed, reached, moved, waived, reopened; each act can be taken back."""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.views import signed_in
from activities import services as activities
from audit import changesets
from audit.models import ChangeSet
from core.dates import Precision, fuzzy
from desk import undo
from projects import services
from projects.forms import MilestoneForm
from projects.models import Milestone, Project
from projects.services import Act, Shift
from projects.views.acts import changed

LIGHT = ["light", "light_reason", "light_since_on"]
# What a chip writes into the field, in words the field reads, and what it is called.
DONE_CHIPS = [("今天", gettext_lazy("今天")), ("昨天", gettext_lazy("昨天")), ("上周五", gettext_lazy("上周五"))]
NEW_CHIPS = [
    ("一周后", gettext_lazy("一周后")),
    ("两周后", gettext_lazy("两周后")),
    ("月底", gettext_lazy("月底")),
    ("一个月后", gettext_lazy("一个月后")),
]


@dataclass(frozen=True)
class Outlook:
    """What a new date would do to the others: who follows, and which key steps it overtakes."""

    on: dt.date
    shifts: list[Shift]
    overtaken: list[Milestone]

    @property
    def asks(self) -> bool:
        return bool(self.shifts or self.overtaken)

    @property
    def warning(self) -> str:
        """The key steps that would stand before this one, as a sentence."""
        names = "、".join(f"{row.name}（{row.due_on:%m-%d}）" for row in self.overtaken)
        return _("晚于其后的 %(names)s，请一并考虑。") % {"names": names} if names else ""


def milestone(request: HttpRequest, pk: int) -> HttpResponse:
    """The form first shows what a new date does to the others (`seen` says for which day it did), then saves."""
    row = get_object_or_404(Milestone.objects.select_related("project", "plan"), pk=pk)
    project, today = changed(request, row.project_id), timezone.localdate()
    form = MilestoneForm(row, request.POST or None, today=today)
    outlook = _outlook(row, form) if request.method == "POST" else None
    seen = request.POST.get("seen", "")
    context = {"project": project, "milestone": row, "form": form, "outlook": outlook}
    context |= {"cascade": "cascade" in request.POST or not seen, "done_chips": DONE_CHIPS, "new_chips": NEW_CHIPS}
    if "preview" in request.POST:
        return render(request, "projects/_outlook.html", context)
    unseen = outlook is not None and outlook.asks and seen != str(outlook.on)
    if request.method == "POST" and form.is_valid() and not unseen and _done(request, project, form, outlook):
        return redirect(f"{_plan(project)}#m{row.pk}")
    return render(request, "projects/milestone.html", context)


@require_POST
def confirm_all(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm every proposed date that is not over."""
    project, user, now = changed(request, pk), signed_in(request), timezone.now()
    with transaction.atomic():
        changeset = changesets.open("milestones.confirmed", by=user, now=now)
        done, left = services.confirm_milestones(project.milestones.all(), by=user, now=now, into=changeset)
        renew_light(project, changeset, now)
    if done:
        undo.offer(request, changeset, _("已确认 %(done)d 个节点") % {"done": done})
    elif not left:
        messages.info(request, _("没有要确认的节点"))
    if left:
        messages.warning(request, _("%(left)d 个节点的日期已过，请逐个填完成日期、写明不适用或改期") % {"left": left})
    return redirect(_plan(project))


def _outlook(row: Milestone, form: MilestoneForm) -> Outlook | None:
    """What the day that was typed means for the others; None while it is no day."""
    form.full_clean()
    on = form.moves_to
    if on is None:
        return None
    shifts = services.cascade(row, on)
    re_dated = form.cleaned_data.get("act") == Act.RE_DATE
    return Outlook(on, shifts, services.overtaken(row, on, shifts) if re_dated else [])


def _done(request: HttpRequest, project: Project, form: MilestoneForm, outlook: Outlook | None) -> bool:
    """Do the act and offer to take it back; what it refuses is said on the form."""
    user, now = signed_in(request), timezone.now()
    offered = outlook.shifts if outlook else []
    accepted = offered if "cascade" in request.POST else []
    try:
        with transaction.atomic():
            changeset = changesets.open("milestone", by=user, now=now)
            row = _act(form, accepted, user, now, changeset)
            renew_light(project, changeset, now)
    except ValidationError as error:
        form.add_error(None, error)  # a service names the fields of its form
        return False
    undo.offer(request, changeset, _said(form, row) + _moved(form, offered, accepted))
    return True


def _act(form: MilestoneForm, shifts: list[Shift], user: User, now: dt.datetime, into: ChangeSet) -> Milestone:
    row, typed = form.milestone, form.cleaned_data
    match typed["act"]:
        case Act.CONFIRM:
            return services.confirm_milestone(row, by=user, now=now, into=into)
        case Act.COMPLETE:
            on, sure = typed["done_on"], typed["sure"]
            return services.complete_milestone(row, on, by=user, now=now, shifts=shifts, sure=sure, into=into)
        case Act.WAIVE:
            return services.waive_milestone(row, typed["reason"], by=user, now=now, into=into)
        case Act.REPORT:
            return services.report_milestone(row, by=user, now=now, into=into)
        case Act.REOPEN:
            return services.reopen_milestone(row, typed["reason"], by=user, now=now, into=into)
    return services.re_date_milestone(row, typed["new_on"], typed["reason"], by=user, now=now, shifts=shifts, into=into)


def _said(form: MilestoneForm, row: Milestone) -> str:
    """What was done, as a sentence."""
    words = {
        Act.CONFIRM: _("“%(name)s”的计划日期 %(due)s 已确认"),
        Act.COMPLETE: _("“%(name)s”已标为完成，完成日 %(done)s"),
        Act.WAIVE: _("“%(name)s”已标为不适用"),
        Act.REPORT: _("“%(name)s”已报完成，等待核实"),
        Act.REOPEN: _("“%(name)s”已重新打开，计划日期 %(due)s"),
        Act.RE_DATE: _("“%(name)s”已改期：%(old)s → %(due)s"),
    }
    known = row.completed_on and row.completed_on_precision == Precision.DAY
    done = row.completed_on if known else fuzzy(row, "completed_on") if row.completed_on else _("不详")
    facts = {"name": row.name, "due": row.due_on, "old": form.milestone.due_on, "done": done}
    return words[form.cleaned_data["act"]] % facts


def _moved(form: MilestoneForm, offered: list[Shift], accepted: list[Shift]) -> str:
    """What became of the followers, after an act that could move them."""
    if accepted:
        return _("；%(n)d 个后续节点一并顺移") % {"n": len(accepted)}
    if offered:
        return _("；后续节点的日期没有动")
    return _("；没有后续节点随之顺移") if form.cleaned_data["act"] == Act.RE_DATE else ""


def renew_light(project: Project, into: ChangeSet, now: dt.datetime) -> None:
    """The light after the act, noted so that it comes back with it."""
    before = changesets.before(project, LIGHT)
    activities.refresh_light(project, today=timezone.localdate(now))
    project.refresh_from_db(fields=LIGHT)
    changesets.record_change(into, project, before)


def _plan(project: Project) -> str:
    return reverse("projects:plan", args=[project.pk])
