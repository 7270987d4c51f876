"""交办事项: the list, one order with its timeline and acts, and the printed slip (督办单)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import Department, User
from accounts.scope import visible
from accounts.views import signed_in
from activities import duties, services
from activities.duties import Act
from activities.models import Directive, DirectiveNote, DirectiveUnit
from activities.services import escalation
from audit import changesets
from companies.models import Company
from core.models import StaleRow
from core.working_days import Calendar
from desk import directives, undo
from desk.directive_forms import ActForm
from desk.lists import first, limit
from desk.sources import files
from desk.views.progress import number
from events.models import Event
from projects.models import Project

STALE = gettext_lazy("您打开之后有人办过这一项，没有保存：请看现在的情况再办。")
CHANGED = ["status", "level", "due_on", "handler"]
NAMED = ("project", "company", "park", "lead_unit", "handler", "owner", "department", "created_by", "agenda_item__event")


def directive_list(request: HttpRequest) -> HttpResponse:
    """The orders a person sees, by whose turn it is; each number opens its rows."""
    user, today, days, count = signed_in(request), timezone.localdate(), Calendar.load(), limit(request)
    visible_rows = directives.narrowed(Directive.objects.visible_to(user), request.GET)
    chosen = request.GET.get("tab", "open")
    rules = escalation.thresholds()
    rows = directives.stretch(visible_rows, chosen, user, today, days=days, rules=rules)
    found = directives.lines(rows, today=today, days=days, count=count + 1, rules=rules)
    kept = request.GET.copy()
    kept.pop("tab", None)
    kept.pop("all", None)
    context = {
        "tabs": directives.counts(visible_rows, user, today, days=days, rules=rules),
        "tab": chosen if chosen in directives.STRETCHES else "open",
        "kept": kept.urlencode(),
        "asked": request.GET,
        "lines": found[:count],
        "more": len(found) > count,
        "text": directives.text(found[:count], today),
        "units": Department.objects.all(),
        "sources": Directive.Source.choices,
        "statuses": Directive.Status.choices,
        "may_issue": user.has_perm("activities.add_directive"),
    }
    return render(request, "desk/directives.html", context)


def directive(request: HttpRequest, pk: int) -> HttpResponse:
    """One order: what, who, until when, what became of it, and what this person can do now."""
    return _page(request, _directive(signed_in(request), pk))


def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """督办单 on A4; what was signed here is printed, the rest stays blank for the pen."""
    row = _directive(signed_in(request), pk)
    notes = list(row.notes.select_related("noted_by"))
    last = {note.kind: note for note in notes}
    context = {
        "directive": row,
        "supports": _supports(row),
        "issued": last.get(DirectiveNote.Kind.ISSUED),
        "signed": last.get(DirectiveNote.Kind.SIGNED),
        "reported": last.get(DirectiveNote.Kind.REPORTED),
        "closed": last.get(DirectiveNote.Kind.CLOSED) if row.status == Directive.Status.CLOSED else None,
        "today": timezone.localdate(),
    }
    return render(request, "desk/directive_slip.html", context)


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One act, one request; it can be taken back. What is refused comes back with what was typed."""
    user, now, form = signed_in(request), timezone.now(), ActForm(request.POST)
    row = _directive(user, pk)
    if not user.has_perm("activities.change_directive"):
        raise PermissionDenied(_("您的角色只能查看交办事项"))
    if not form.is_valid():
        return _page(request, row, error=_("填写的内容读不懂：请检查日期和人员"))
    acts = _acts(user, now, timezone.localdate())
    name = request.POST.get("act", "")
    if name not in acts:
        raise Http404
    try:
        with transaction.atomic():
            changeset = changesets.open(f"directive.{name}", by=user, now=now)
            before = changesets.before(row, CHANGED)
            row = acts[name](row, form.cleaned_data)
            changesets.record_change(changeset, row, before)
            changesets.record_created(changeset, row.notes.latest("id"))
    except ValidationError as refusal:
        return _page(request, row, error="；".join(refusal.messages))
    except StaleRow:
        return _page(request, _directive(user, pk), error=STALE)
    if row.project:
        services.refresh_light(row.project, today=timezone.localdate())
    undo.offer(request, changeset, _("%(number)s：%(status)s") % {"number": row.number, "status": row.get_status_display()})
    return redirect(row.get_absolute_url())


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an order nobody signed for yet."""
    user, version = signed_in(request), number(request.POST.get("version")) or 0
    row = _directive(user, pk)
    if not user.has_perm("activities.change_directive"):
        raise PermissionDenied(_("您的角色只能查看交办事项"))
    try:
        services.withdraw(row, by=user, now=timezone.now(), version=version)
    except ValidationError as refusal:
        return _page(request, row, error="；".join(refusal.messages))
    except StaleRow:
        return _page(request, _directive(user, pk), error=STALE)
    messages.success(request, _("已撤回 %(number)s") % {"number": row.number})
    return redirect("desk:directives")


def _acts(user: User, now: dt.datetime, today: dt.date) -> dict[str, Callable[[Directive, dict[str, Any]], Directive]]:
    """The services by the name of their button."""

    def said(service: Callable[..., Directive]) -> Callable[[Directive, dict[str, Any]], Directive]:
        return lambda row, typed: service(row, typed["text"], by=user, now=now, version=typed["version"])

    def worded(service: Callable[..., Directive]) -> Callable[[Directive, dict[str, Any]], Directive]:
        return lambda row, typed: service(row, text=typed["text"], by=user, now=now, version=typed["version"])

    return {
        Act.SIGN: worded(services.sign_for),
        Act.NOTE: said(services.add_note),
        Act.REPORT: said(services.report_done),
        Act.RETURN: said(services.return_directive),
        Act.CLOSE: worded(services.close),
        Act.REOPEN: said(services.reopen),
        Act.MOVE_DUE: lambda row, typed: services.move_due(
            row, typed["due_on"], typed["text"], by=user, now=now, today=today, version=typed["version"]
        ),
        Act.HANDLER: lambda row, typed: services.change_handler(
            row, User.objects.filter(pk=typed["handler"]).first(), by=user, now=now, version=typed["version"]
        ),
        Act.ESCALATE: lambda row, typed: services.escalate(
            row, typed["level"], by=user, now=now, version=typed["version"], reason=typed["text"]
        ),
    }


def _page(request: HttpRequest, row: Directive, *, error: Any = "") -> HttpResponse:
    user, today, days = signed_in(request), timezone.localdate(), Calendar.load()
    allowed = duties.acts(row, user)
    proposed = escalation.proposed(row, today=today, days=days, rules=escalation.thresholds())
    context = {
        "directive": row,
        "error": error,
        "typed": request.POST if error else {},
        "acts": {act.name.lower(): True for act in allowed},
        "supports": _supports(row),
        "notes": row.notes.select_related("noted_by").order_by("-noted_at", "-id"),
        "late": directives.late(row, today, days),
        "proposed": proposed,
        "proposed_label": Directive.Level(proposed).label if proposed else "",
        "levels": [level for level in Directive.Level.choices if level[0] != row.level],
        "people": User.objects.active().order_by("display_name", "username") if Act.HANDLER in allowed else [],
        "on_paper": Act.SIGN in allowed and duties.on_paper(row),
        "files": first(files([row]), limit(request)),
        "today": today,
    }
    return render(request, "desk/directive.html", context)


def _directive(user: User, pk: int) -> Directive:
    """An order this person sees, and whether the pages of what it is about open for him."""
    opens = {
        "project_opens": Exists(visible(Project, user).filter(pk=OuterRef("project"))),
        "company_opens": Exists(visible(Company, user).filter(pk=OuterRef("company"))),
        "event_opens": Exists(visible(Event, user).filter(pk=OuterRef("agenda_item__event"))),
    }
    return get_object_or_404(Directive.objects.visible_to(user).select_related(*NAMED).annotate(**opens), pk=pk)


def _supports(row: Directive) -> list[str]:
    return [str(link.department) for link in DirectiveUnit.objects.filter(directive=row).select_related("department")]
