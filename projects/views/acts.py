"""The acts on a project that have a rule behind them: stage, status, track, plan."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import can_change
from accounts.views import signed_in
from activities import services as activities
from core.working_days import Calendar
from desk import stage_bar
from desk.lists import MOST
from desk.sources import files as desk_files
from projects import gates, services, stages
from projects.forms import MoveForm, PlanForm, StatusForm, TrackForm
from projects.models import Milestone, MilestoneRevision, Project


def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """All milestones of a project, its stages, and the forms that act on them."""
    project = seen(request, pk)
    user, today = signed_in(request), timezone.localdate()
    may_change = user.has_perm("projects.change_project") and can_change(user, project)
    revisions = Prefetch("revisions", MilestoneRevision.objects.select_related("revised_by"))
    milestones = list(project.milestones.select_related("responsible_unit").prefetch_related(revisions))
    evidence = list(project.evidence.all())
    files = list(desk_files([project, *project.agreements.all(), *milestones])[:MOST])
    papers = stage_bar.Papers.of(milestones, evidence, files)
    context = {
        "project": project,
        "bar": stage_bar.bar(project, papers, evidence, may_change=may_change, today=today),
        "milestones": milestones,
        "open": [*Milestone.Status.open(), Milestone.Status.TO_CONFIRM],
        "evidence": evidence,
        "changes": project.stage_changes.select_related("moved_by")[:20],
        "bottleneck": services.bottleneck_among(milestones, today=today, days=Calendar.load()),
        "today": today,
        "may_change": may_change,
    }
    return render(request, "projects/plan.html", context)


def move(request: HttpRequest, pk: int) -> HttpResponse:
    project, user = changed(request, pk), signed_in(request)
    form = MoveForm(project, request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        stage = stages.BY_CODE[values["to"]]
        moved = tried(form, project, lambda: services.move_project(project, stage, on=values["on"], by=user, note=values["note"]))
        if moved:
            messages.success(request, _("已进入“%(stage)s”") % {"stage": stage.label})
            return redirect("projects:plan", pk)
    following = next(stages.after(project.track, project.stage), None)
    missing = [gates.RULES[name][1] for name in gates.missing(project, following)] if following else []
    context = {"project": project, "form": form, "title": _("推进阶段"), "missing": missing, "following": following}
    return render(request, "projects/act.html", context)


def status(request: HttpRequest, pk: int) -> HttpResponse:
    project, user = changed(request, pk), signed_in(request)
    form = StatusForm(request.POST or None, initial={"on": timezone.localdate(), "status": project.status})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        done = tried(
            form,
            project,
            lambda: services.set_status(
                project, values["status"], on=values["on"], by=user, reason=values["reason"], review_on=values["review_on"]
            ),
        )
        if done:
            messages.success(request, _("状态已更新"))
            return redirect("projects:plan", pk)
    return render(request, "projects/act.html", {"project": project, "form": form, "title": _("暂缓、终止或恢复")})


def track(request: HttpRequest, pk: int) -> HttpResponse:
    project, user = changed(request, pk), signed_in(request)
    form = TrackForm(request.POST or None, initial={"track": project.track})
    if request.method == "POST" and form.is_valid():
        today = timezone.localdate()
        if tried(form, project, lambda: services.choose_track(project, form.cleaned_data["track"], on=today, by=user)):
            messages.success(request, _("推进路径已选定"))
            return redirect("projects:plan", pk)
    return render(request, "projects/act.html", {"project": project, "form": form, "title": _("选择推进路径")})


def apply_template(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose template and base date, look at every date, then apply."""
    project, user = changed(request, pk), signed_in(request)
    today = timezone.localdate()
    form = PlanForm(request.POST or None, initial={"base_on": services.default_base(project, today=today)})
    steps = None
    if request.method == "POST" and form.is_valid():
        template, base_on = form.cleaned_data["template"], form.cleaned_data["base_on"]
        steps = services.preview_template(template, base_on, today=today)
        if "apply" in request.POST and tried(
            form, project, lambda: services.apply_template(project, template, base_on, by=user, today=today)
        ):
            messages.success(request, _("已生成 %(n)d 个节点，请确认") % {"n": len(steps)})
            return redirect("projects:plan", pk)
    return render(request, "projects/apply.html", {"project": project, "form": form, "steps": steps, "past": _past(steps)})


def apply_many(request: HttpRequest) -> HttpResponse:
    """One template for several projects, each counted from the same base date."""
    user, today = signed_in(request), timezone.localdate()
    keys = [int(key) for key in (request.POST.get("projects") or request.GET.get("projects", "")).split(",") if key.isdigit()]
    projects = [row for row in Project.objects.visible_to(user).filter(pk__in=keys) if can_change(user, row)]
    form = PlanForm(request.POST or None, initial={"base_on": today})
    if request.method == "POST" and form.is_valid():
        for project in projects:
            _apply_one(request, project, form, user, today)
        return redirect("admin:projects_project_changelist")
    return render(request, "projects/apply_many.html", {"projects": projects, "form": form})


def _apply_one(request: HttpRequest, project: Project, form: PlanForm, user: User, today: dt.date) -> None:
    values = form.cleaned_data
    try:
        services.apply_template(project, values["template"], values["base_on"], by=user, today=today)
        messages.success(request, _("%(project)s：已套用") % {"project": project})
    except ValidationError as error:
        messages.error(request, f"{project}：{'；'.join(error.messages)}")


def _past(steps: Any) -> int:
    return sum(step.past for step in steps or [])


def tried(form: Any, project: Project, act: Callable[[], object]) -> bool:
    """Run an act and renew the light; what it refuses is said on the form, and nothing typed is lost."""
    try:
        act()
    except ValidationError as error:
        form.add_error(None, error)  # a service names the fields of its form
        return False
    activities.refresh_light(project, today=timezone.localdate())
    return True


def seen(request: HttpRequest, pk: int) -> Project:
    return get_object_or_404(Project.objects.visible_to(signed_in(request)), pk=pk)


def changed(request: HttpRequest, pk: int) -> Project:
    project = seen(request, pk)
    user = signed_in(request)
    if not user.has_perm("projects.change_project"):
        raise PermissionDenied
    if not can_change(user, project):
        raise PermissionDenied(_("您可以查看此项目，但不能修改：请联系负责人"))
    return project
