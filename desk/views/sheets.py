"""The lists of agreements, milestones and capital, of today or as a snapshot keeps them; acts on capital."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.roles import WRITERS
from accounts.scope import Scope
from accounts.views import next_address, signed_in
from audit import changesets
from core.models import StaleRow
from desk import capital as desk
from desk import undo
from desk.sheet_kinds import AGREEMENTS, CAPITAL, MILESTONES, Kind
from desk.sheets import Sheet
from projects.models import CapitalArrival
from projects.services import capital as services


def agreements(request: HttpRequest) -> HttpResponse:
    return show(request, AGREEMENTS)


def milestones(request: HttpRequest) -> HttpResponse:
    return show(request, MILESTONES)


def capital(request: HttpRequest) -> HttpResponse:
    """The list, with what can be done to each row; a POST states one more arrival."""
    user = signed_in(request)
    writes = bool(Scope.of(user).roles & WRITERS)
    start = desk.initial(request.GET, user, timezone.localdate())
    form = desk.ArrivalForm(request.POST or None, user=user, initial=start) if writes else None
    if request.method == "POST" and form is not None and form.is_valid() and _entered(request, form):
        return redirect(next_address(request, reverse("desk:capital")))
    return show(request, CAPITAL, form=form)


def show(request: HttpRequest, kind: Kind, **more: Any) -> HttpResponse:
    """One list by its address."""
    user = signed_in(request)
    sheet = Sheet(kind, request.GET, user=user, today=timezone.localdate())
    totals, lines = sheet.totals, sheet.lines()
    offered = desk.acts([line.row for line in lines if line.row], user) if kind is CAPITAL else {}
    context = {"sheet": sheet, "kind": kind, "totals": totals, "lines": lines, "filtered": _filtered(sheet), **more}
    context["acts"] = [(line, offered.get(line.row.pk, []) if line.row else []) for line in lines]
    context["acting"] = any(offered.values())
    return render(request, "desk/sheet.html", context)


def _filtered(sheet: Sheet) -> bool:
    return any(value not in (None, "") for value in sheet.filter.form.cleaned_data.values())


def _entered(request: HttpRequest, form: desk.ArrivalForm) -> bool:
    user, now = signed_in(request), timezone.now()
    try:
        with transaction.atomic():
            changeset = changesets.open("capital.entered", by=user, now=now)
            row = services.enter_arrival(form.cleaned_data["project"], form.values(), by=user, now=now, into=changeset)
    except ValidationError as error:
        for name, problems in error.error_dict.items() if hasattr(error, "error_dict") else [(None, error.error_list)]:
            form.add_error(name if name in form.fields else None, problems)
        return False
    undo.offer(request, changeset, _("已报送：%(row)s，等待他人核实") % {"row": row})
    return True


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Verify, return, hand in or correct one row; what can be taken back is offered to be."""
    user, now = signed_in(request), timezone.now()
    row = get_object_or_404(CapitalArrival.objects.visible_to(user).select_related("project", "payer"), pk=pk)
    asked = request.POST.get("act", "")
    try:
        with transaction.atomic():
            if asked == "verify":
                services.verify_arrival(row, by=user, now=now)
                messages.success(request, _("已核实：%(row)s") % {"row": row})
            elif asked in UNDOABLE:
                changeset = changesets.open(f"capital.{asked}", by=user, now=now)
                said = UNDOABLE[asked](request, row, user, now, changeset)
                undo.offer(request, changeset, f"{said}：{row}")
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    except StaleRow as error:
        messages.error(request, str(error))
    return redirect(next_address(request, reverse("desk:capital")))


def _submit(request: HttpRequest, row: CapitalArrival, user: Any, now: Any, into: Any) -> str:
    services.submit_arrival(row, by=user, now=now, into=into)
    return _("已报送")


def _return(request: HttpRequest, row: CapitalArrival, user: Any, now: Any, into: Any) -> str:
    services.return_arrival(row, request.POST.get("reason", ""), by=user, now=now, into=into)
    return _("已退回")


def _correct(request: HttpRequest, row: CapitalArrival, user: Any, now: Any, into: Any) -> str:
    form = desk.CorrectionForm(request.POST)
    if not form.is_valid():
        raise ValidationError(
            [f"{form.fields[name].label}：{problem}" for name, found in form.errors.items() for problem in found]
        )
    given = form.cleaned_data
    if given["amount"] is None and given["amount_usd"] is None:
        raise ValidationError(_("请填要冲减的金额"), code="amount")
    services.correct_arrival(
        row,
        amount=given["amount"],
        amount_usd=given["amount_usd"],
        note=given["note"],
        on=timezone.localdate(now),
        by=user,
        now=now,
        into=into,
    )
    return _("已记负数更正，等待他人核实")


UNDOABLE = {"submit": _submit, "return": _return, "correct": _correct}
