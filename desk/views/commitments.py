"""承诺事项 on a project's page: add one, say that it was kept, note the fair-competition review."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.scope import can_change
from accounts.views import signed_in
from audit import changesets
from core.models import StaleRow
from desk import undo
from desk.views.progress import number
from projects import services
from projects.models import Commitment, Project


class DayForm(forms.Form):
    due_on = forms.DateField(required=False)


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """A further promise of one side."""
    user = signed_in(request)
    project = get_object_or_404(Project.objects.visible_to(user), pk=pk)
    _may(user, project)
    try:
        with transaction.atomic():
            changeset = changesets.open("commitment.added", by=user, now=timezone.now())
            posted = request.POST
            review = posted.get("fair_review", Commitment.FairReview.PENDING)
            row = services.add_commitment(
                project, posted.get("side", ""), posted.get("text", ""), due_on=_day(posted), by=user, fair_review=review
            )
            changesets.record_created(changeset, row)
    except ValidationError as refusal:
        messages.error(request, "；".join(refusal.messages))
    else:
        undo.offer(request, changeset, _("已登记承诺：%(text)s") % {"text": row.text[:30]})
    return redirect(f"{project.get_absolute_url()}#commitments")


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Kept, broken, withdrawn, open again; or what the review found."""
    user = signed_in(request)
    row = get_object_or_404(Commitment.objects.visible_to(user).select_related("project"), pk=pk)
    project = row.project
    _may(user, project)
    try:
        with transaction.atomic():
            changeset = changesets.open("commitment.changed", by=user, now=timezone.now())
            before = changesets.before(row, ["status", "fair_review"])
            row = _change(row, request.POST, user)
            changesets.record_change(changeset, row, before)
    except ValidationError as refusal:
        messages.error(request, "；".join(refusal.messages))
    except StaleRow:
        messages.error(request, _("您打开之后有人改过这一条，没有保存：请看现在的情况再改。"))
    else:
        said = f"{row.get_status_display()} · {row.get_fair_review_display()}"
        undo.offer(request, changeset, _("承诺事项：%(said)s") % {"said": said})
    return redirect(f"{project.get_absolute_url()}#commitments")


def _change(row: Commitment, posted: Any, user: User) -> Commitment:
    version = number(posted.get("version")) or 0
    if review := posted.get("fair_review"):
        return services.review_commitment(row, review, by=user, version=version)
    return services.settle_commitment(row, posted.get("status", ""), by=user, version=version)


def _day(posted: Any) -> dt.date | None:
    form = DayForm(posted)
    if not form.is_valid():
        raise ValidationError(_("兑现期限读不懂：请写 2026-12-31 这样的日期"), code="due_on")
    day: dt.date | None = form.cleaned_data["due_on"]
    return day


def _may(user: User, project: Project) -> None:
    if not (user.has_perm("projects.change_project") and can_change(user, project)):
        raise PermissionDenied(_("您可以查看此项目，但不能登记承诺：请联系负责人"))
