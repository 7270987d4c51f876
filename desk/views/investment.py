"""投资完成: month by month, stated by one person, verified or given back by another."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.roles import WRITERS
from accounts.scope import Scope
from accounts.views import next_address, signed_in
from audit import changesets
from core.models import StaleRow
from desk import investment as desk
from desk import undo
from desk.capital import initial
from projects.models import InvestmentProgress
from projects.services import investment as services

PER_PAGE = 50


def investment(request: HttpRequest) -> HttpResponse:
    """The list, with what can be done to each month; a POST states one more."""
    user, today = signed_in(request), timezone.localdate()
    form = None
    if Scope.of(user).roles & WRITERS:
        start = initial(request.GET, user, today) | {"report_month": desk.last_month(today)}
        form = desk.MonthForm(request.POST or None, user=user, initial=start)
        if request.method == "POST" and form.is_valid() and _entered(request, form):
            return redirect(next_address(request, reverse("desk:investment")))
    asked = desk.MonthFilter(request.GET, InvestmentProgress.objects.visible_to(user))
    named = asked.qs.select_related("project", "submitted_by", "verified_by").order_by("-report_month", "project", "pk")
    page = Paginator(named, PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page)
    offered = desk.acts(rows, user)
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "form": form,
        "asked": asked.form,
        "page": page,
        "rows": [(row, offered[row.pk]) for row in rows],
        "kept": kept.urlencode(),
    }
    return render(request, "desk/investment.html", context)


def _entered(request: HttpRequest, form: desk.MonthForm) -> bool:
    user, now = signed_in(request), timezone.now()
    try:
        with transaction.atomic():
            changeset = changesets.open("investment.entered", by=user, now=now)
            row = services.enter_month(form.cleaned_data["project"], form.values(), by=user, now=now, into=changeset)
    except ValidationError as error:
        for name, problems in error.error_dict.items() if hasattr(error, "error_dict") else [(None, error.error_list)]:
            form.add_error(name if name in form.fields else None, problems)
        return False
    for sentence in row.warnings():
        messages.warning(request, sentence)
    undo.offer(request, changeset, _("已报送：%(row)s，等待他人核实") % {"row": row})
    return True


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in, verify or give back one month."""
    user, now = signed_in(request), timezone.now()
    row = get_object_or_404(InvestmentProgress.objects.visible_to(user).select_related("project"), pk=pk)
    try:
        with transaction.atomic():
            _act(request, row, user, now)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    except StaleRow as error:
        messages.error(request, str(error))
    return redirect(next_address(request, reverse("desk:investment")))


def _act(request: HttpRequest, row: InvestmentProgress, user: User, now: dt.datetime) -> None:
    asked = request.POST.get("act", "")
    if asked == "verify":
        services.verify_month(row, by=user, now=now)
        messages.success(request, _("已核实：%(row)s") % {"row": row})
        return
    said: dict[str, Any] = {"submit": _("已报送"), "return": _("已退回")}
    if asked not in said:
        return
    changeset = changesets.open(f"investment.{asked}", by=user, now=now)
    if asked == "submit":
        services.submit_month(row, by=user, now=now, into=changeset)
    else:
        services.return_month(row, request.POST.get("reason", ""), by=user, into=changeset)
    undo.offer(request, changeset, f"{said[asked]}：{row}")
