"""批量操作: choose an act for many projects, see what will happen, do it, take it back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import BUSINESS, WRITERS
from accounts.views import next_address, signed_in
from desk import bulk, undo
from desk.ledger import Ledger
from projects import services
from projects.forms import DayInput, PlanForm
from projects.models import Project

SHOWN = 20  # names of each reason
SAID = 3  # names in the sentence that says what was done


class ReassignForm(forms.Form):
    """改负责人."""

    owner = forms.ModelChoiceField(label=gettext_lazy("新负责人"), queryset=User.objects.with_role(*WRITERS))


class FollowUpForm(forms.Form):
    """加待办."""

    title = forms.CharField(label=gettext_lazy("事项"), max_length=200)
    due_on = forms.DateField(label=gettext_lazy("期限"), widget=DayInput)
    assignee = forms.ModelChoiceField(
        label=gettext_lazy("承办人"),
        queryset=User.objects.with_role(*BUSINESS),
        required=False,
        empty_label=gettext_lazy("各项目负责人"),
    )


# What a button of the ledger names: title, form, the act made of its values, the permission it needs.
ACTS: dict[str, tuple[Any, type[forms.Form], Any, str]] = {
    "reassign": (gettext_lazy("改负责人"), ReassignForm, bulk.Reassign, "projects.change_project"),
    "follow_up": (gettext_lazy("加待办"), FollowUpForm, bulk.AddFollowUp, "activities.add_followup"),
    "template": (gettext_lazy("套用里程碑模板"), PlanForm, bulk.ApplyTemplate, "projects.change_project"),
}


def act_on_many(request: HttpRequest) -> HttpResponse:
    """Three steps behind one address: the form, what will happen, and doing it."""
    user, query = signed_in(request), request.POST.get("query", "")
    back = next_address(request, f"{reverse('desk:projects')}?{query}")
    if request.method != "POST" or request.POST.get("act") not in ACTS:
        return redirect(back)
    title, form_class, act_class, permission = ACTS[request.POST["act"]]
    if not user.has_perm(permission):
        raise PermissionDenied
    projects = _chosen(request, user)
    if sentence := _refusal(len(projects)):
        messages.error(request, sentence)
        return redirect(back)
    form = form_class(request.POST if "step" in request.POST else None, initial={"base_on": timezone.localdate()})
    act = act_class(**form.cleaned_data) if form.is_bound and form.is_valid() else None
    if act and request.POST["step"] == "run" and _done(request, act, projects, user):
        return redirect(back)
    context = {"title": title, "form": form, "act": act, "code": request.POST["act"], "query": query, "back": back}
    context["next"] = request.POST.get("next", "")
    return render(request, "desk/ledger_bulk.html", context | _outlook(act, projects, user))


def _chosen(request: HttpRequest, user: User) -> list[Project]:
    """The ticked projects, or all that the ledger's address shows; one more than is allowed says that there are too many."""
    if request.POST.get("all"):
        rows = Ledger(QueryDict(request.POST.get("query", "")), user=user, today=timezone.localdate()).rows
    else:
        keys = [
            key
            for text in request.POST.getlist("project")
            for key in text.split(",")
            if key.isascii() and key.isdecimal() and len(key) < 19
        ]
        rows = Project.objects.visible_to(user).filter(pk__in=keys[: bulk.MOST + 1])
    return list(rows.select_related("owner", "department", "lead_party").order_by("name", "pk")[: bulk.MOST + 1])


def _refusal(count: int) -> str:
    if count == 0:
        return _("请先勾选项目")
    return _("一次最多处理 %(n)d 个项目：请先缩小筛选范围") % {"n": bulk.MOST} if count > bulk.MOST else ""


def _outlook(act: bulk.Act | None, projects: list[Project], user: User) -> dict[str, Any]:
    """Which projects the act reaches, why not the others, and the dates a template would give."""
    choice = bulk.sift(projects, act, by=user)
    context: dict[str, Any] = {
        "keys": ",".join(str(project.pk) for project in projects),
        "able": len(choice.able),
        "foretold": act.foretold(choice.able) if act else [],
        "names": _names(choice.able),
        "left": [(sentence, len(rows), _names(rows)) for sentence, rows in choice.left.items()],
    }
    if isinstance(act, bulk.ApplyTemplate):
        context["steps"] = services.preview_template(act.template, act.base_on, today=timezone.localdate())
    return context


def _done(request: HttpRequest, act: bulk.Act, projects: list[Project], user: User) -> bool:
    try:
        changeset, choice = bulk.run(act, projects, by=user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return False
    undo.offer(request, changeset, f"{_named(choice.able)}：{act}")
    for sentence, rows in choice.left.items():
        messages.warning(
            request, _("%(n)d 个没有处理（%(why)s）：%(names)s") % {"n": len(rows), "why": sentence, "names": _names(rows)}
        )
    return True


def _named(rows: list[Project]) -> str:
    """The first by name and how many there are in all."""
    named = "、".join(f"“{project}”" for project in rows[:SAID])
    return named if len(rows) <= SAID else _("%(names)s等 %(n)d 个项目") % {"names": named, "n": len(rows)}


def _names(rows: list[Project]) -> str:
    named = "、".join(str(project) for project in rows[:SHOWN])
    return named + (_("等") if len(rows) > SHOWN else "")
