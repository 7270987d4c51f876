"""Who a company is: what resembles it, two rows that become one, and who reported it first."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope, can_change, visible
from accounts.scoped import refused
from accounts.views import signed_in
from companies import duplicates, merging, services
from companies.models import Company, FirstReport, Person
from desk import undo

SHOWN = 8  # rows to choose from


def similar(request: HttpRequest) -> HttpResponse:
    """A fragment for htmx: companies that may be the one whose `name` is being typed; nothing when there are none."""
    user, name = signed_in(request), request.GET.get("name", "").strip()
    key = request.GET.get("exclude", "")
    exclude = Company.objects.filter(pk=key).first() if key.isdigit() else None
    found = duplicates.similar(name, credit_code=request.GET.get("credit_code", ""), exclude=exclude)
    seen = set(visible(Company, user).filter(pk__in=[row.pk for row in found]).values_list("pk", flat=True))
    return render(request, "companies/similar.html", {"similar": found, "seen": seen})


def merge_companies(request: HttpRequest) -> HttpResponse:
    """Compare two companies and merge them, or choose the second one."""
    return _merge(request, Company)


def merge_people(request: HttpRequest) -> HttpResponse:
    """Compare two people and merge them, or choose the second one."""
    return _merge(request, Person)


def _merge(request: HttpRequest, model: type[Company] | type[Person]) -> HttpResponse:
    user = signed_in(request)
    if not user.has_perm(f"companies.change_{model._meta.model_name}"):
        raise PermissionDenied
    keep, drop = (_chosen(request, model, user, name) for name in ("keep", "drop"))
    if keep is None:
        raise Http404
    if drop is None:
        return render(request, "companies/choose.html", _candidates(request, keep, user))
    if request.method == "POST" and _merged(request, keep, drop, user):
        return redirect(_page(keep))
    return render(request, "companies/merge.html", _comparison(keep, drop, user))


def _chosen(request: HttpRequest, model: type[Any], user: User, name: str) -> Any:
    key = request.POST.get(name) or request.GET.get(name, "")
    return get_object_or_404(visible(model, user), pk=key) if key.isdigit() else None


def _merged(request: HttpRequest, keep: Any, drop: Any, user: User) -> bool:
    try:
        changeset = merging.merge(keep, drop, by=user, now=timezone.now())
    except ValidationError as error:
        refused(request, error)
        return False
    undo.offer(request, changeset, _("已把“%(drop)s”并入“%(keep)s”") % {"drop": drop, "keep": keep})
    return True


def _page(row: models.Model) -> str:
    if isinstance(row, Company):
        return reverse("desk:company", args=[row.pk])
    return reverse("admin:companies_person_change", args=[row.pk])


def _candidates(request: HttpRequest, keep: Any, user: User) -> dict[str, Any]:
    """Rows that may be the same one: what resembles it, or what was searched for."""
    text, rows = request.GET.get("q", "").strip(), visible(type(keep), user).exclude(pk=keep.pk)
    if text:
        found = rows.filter(search_text__icontains=text)
    elif isinstance(keep, Company):
        found = rows.filter(pk__in=[row.pk for row in duplicates.similar(keep.name, exclude=keep)])
    else:
        found = rows.filter(Q(name=keep.name) | (Q(mobile=keep.mobile) & ~Q(mobile="")))
    place = "city" if isinstance(keep, Company) else "source"
    candidates = [(row, getattr(row, place)) for row in found[:SHOWN]]
    return {"keep": keep, "candidates": candidates, "q": text, "back": _page(keep)}


def _comparison(keep: Any, drop: Any, user: User) -> dict[str, Any]:
    fields = [field for field in keep._meta.fields if field.editable and not field.primary_key]
    lines = [(field.verbose_name, merging.said(keep, field), merging.said(drop, field)) for field in fields]
    return {
        "keep": keep,
        "drop": drop,
        "lines": [line for line in lines if line[1:] != ("—", "—")],
        "preview": merging.preview(keep, drop),
        "may": can_change(user, keep) and can_change(user, drop),
        "former_owner": getattr(drop, "owner", None) if getattr(drop, "owner", None) != getattr(keep, "owner", None) else None,
        "back": _page(keep),
    }


def first_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Who reported a company first and until when it counts; report, contest and decide."""
    user, company = signed_in(request), get_object_or_404(Company, pk=pk)
    if not user.has_perm("companies.add_firstreport"):
        raise PermissionDenied
    if request.method == "POST":
        _act(request, company, user)
        return redirect("companies:first_report", pk)
    reports = FirstReport.objects.filter(company=company).select_related("by", "disputed_by")
    holder = reports.protecting(timezone.localdate()).first()
    context = {
        "company": company,
        "reports": reports,
        "holder": holder,
        "days": services.FIRST_REPORT_DAYS,
        "may_dispute": holder and holder.by != user and holder.decision == FirstReport.Decision.NONE,
        "may_decide": holder and holder.decision == FirstReport.Decision.PENDING and Role.MANAGER in Scope.of(user).roles,
        "seen": visible(Company, user).filter(pk=pk).exists(),
    }
    return render(request, "companies/first_report.html", context)


def _act(request: HttpRequest, company: Company, user: User) -> None:
    """One of the three acts, by the button that was pressed."""
    act, reason, now = request.POST.get("act", ""), request.POST.get("reason", ""), timezone.now()
    try:
        if act == "claim":
            services.claim(company, by=user, now=now, project_code=request.POST.get("project_code", "").strip()[:40])
            messages.success(request, _("首报成功"))
            return
        key = request.POST.get("report", "")
        report = get_object_or_404(FirstReport, company=company, pk=key if key.isdecimal() else 0)
        if act == "dispute":
            services.dispute(report, by=user, now=now, reason=reason[:200])
            messages.success(request, _("异议已提交，等待招商中心负责人裁定"))
        else:
            services.decide(report, act, by=user, reason=reason[:200])
            messages.success(request, _("已裁定"))
    except ValidationError as error:
        refused(request, error)
