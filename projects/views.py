"""The acts on a project that have a rule behind them: stage, status, track, plan, milestones."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.scope import can_change
from accounts.views import signed_in
from activities import services as activities
from core.working_days import Calendar
from projects import gates, services, stages
from projects.forms import MilestoneForm, MoveForm, PlanForm, StatusForm, TrackForm
from projects.models import Milestone, MilestoneTemplate, Project


def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """All milestones of a project, its stages, and the forms that act on them."""
    project = _seen(request, pk)
    today = timezone.localdate()
    context = {
        "project": project,
        "stages": _stage_bar(project),
        "milestones": project.milestones.select_related("responsible_unit", "follower", "responsible").prefetch_related(
            "revisions"
        ),
        "evidence": project.evidence.all(),
        "changes": project.stage_changes.select_related("moved_by")[:20],
        "bottleneck": services.bottleneck(project, today=today, days=Calendar.load()),
        "today": today,
        "may_change": can_change(signed_in(request), project),
        "templates": MilestoneTemplate.objects.filter(produces=MilestoneTemplate.Produces.MILESTONE),
    }
    return render(request, "projects/plan.html", context)


def _stage_bar(project: Project) -> list[dict[str, Any]]:
    here = stages.position(project.track, project.stage)
    return [
        {"stage": stage, "done": place < here, "current": place == here} for place, stage in enumerate(stages.of(project.track))
    ]


def move(request: HttpRequest, pk: int) -> HttpResponse:
    project, user = _changed(request, pk), signed_in(request)
    form = MoveForm(project, request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        stage = stages.BY_CODE[values["to"]]
        moved = _try(form, project, lambda: services.move_project(project, stage, on=values["on"], by=user, note=values["note"]))
        if moved:
            messages.success(request, _("已进入“%(stage)s”") % {"stage": stage.label})
            return redirect("projects:plan", pk)
    following = next(stages.after(project.track, project.stage), None)
    missing = [gates.RULES[name][1] for name in gates.missing(project, following)] if following else []
    context = {"project": project, "form": form, "title": _("推进阶段"), "missing": missing, "following": following}
    return render(request, "projects/act.html", context)


def status(request: HttpRequest, pk: int) -> HttpResponse:
    project, user = _changed(request, pk), signed_in(request)
    form = StatusForm(request.POST or None, initial={"on": timezone.localdate(), "status": project.status})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        done = _try(
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
    project, user = _changed(request, pk), signed_in(request)
    form = TrackForm(request.POST or None, initial={"track": project.track})
    if request.method == "POST" and form.is_valid():
        today = timezone.localdate()
        if _try(form, project, lambda: services.choose_track(project, form.cleaned_data["track"], on=today, by=user)):
            messages.success(request, _("推进路径已选定"))
            return redirect("projects:plan", pk)
    return render(request, "projects/act.html", {"project": project, "form": form, "title": _("选择推进路径")})


def apply_template(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose template and base date, look at every date, then apply."""
    project, user = _changed(request, pk), signed_in(request)
    today = timezone.localdate()
    form = PlanForm(request.POST or None, initial={"base_on": services.default_base(project, today=today)})
    steps = None
    if request.method == "POST" and form.is_valid():
        template, base_on = form.cleaned_data["template"], form.cleaned_data["base_on"]
        steps = services.preview_template(template, base_on, today=today)
        if "apply" in request.POST and _try(
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


@require_POST
def confirm_all(request: HttpRequest, pk: int) -> HttpResponse:
    project = _changed(request, pk)
    done, left = services.confirm_milestones(project.milestones.all(), by=signed_in(request), now=timezone.now())
    activities.refresh_light(project, today=timezone.localdate())
    messages.success(request, _("已确认 %(done)d 个节点") % {"done": done})
    if left:
        messages.warning(request, _("%(left)d 个节点的日期已过，请逐个填完成日期、写明不适用或改期") % {"left": left})
    return redirect("projects:plan", pk)


def milestone(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, complete, re-date or waive one milestone; followers are offered their new dates."""
    row = get_object_or_404(Milestone.objects.select_related("project"), pk=pk)
    project, user, now = _changed(request, row.project_id), signed_in(request), timezone.now()
    form = MilestoneForm(row, request.POST or None, today=timezone.localdate(now), initial={"act": _likely(row)})
    shifts: list[services.Shift] = []
    if request.method == "POST" and form.is_valid():
        act = form.cleaned_data["act"]
        if act in {"re_date", "complete"} and form.date.on:
            shifts = services.cascade(row, form.date.on)
        if shifts and "apply" not in request.POST:
            context = {"project": project, "milestone": row, "form": form, "shifts": shifts}
            return render(request, "projects/milestone.html", context)
        accepted = shifts if form.cleaned_data["cascade"] else []
        if _try(form, project, lambda: _act(row, form, accepted, user, now)):
            messages.success(request, _("“%(name)s”已更新") % {"name": row.name})
            return redirect("projects:plan", project.pk)
    return render(request, "projects/milestone.html", {"project": project, "milestone": row, "form": form, "shifts": shifts})


def _act(row: Milestone, form: MilestoneForm, shifts: list[services.Shift], user: User, now: dt.datetime) -> Milestone:
    act, reason = form.cleaned_data["act"], form.cleaned_data["reason"]
    if act == "confirm":
        return services.confirm_milestone(row, by=user, now=now)
    if act == "complete":
        return services.complete_milestone(row, form.date, by=user, now=now, shifts=shifts)
    if act == "waive":
        return services.waive_milestone(row, reason, by=user, now=now)
    if act == "report":
        return services.report_milestone(row, by=user, now=now)
    if form.date.on is None:
        raise ValidationError(_("改期请填新的计划日期"))
    return services.re_date_milestone(row, form.date.on, reason, by=user, now=now, shifts=shifts)


def _likely(row: Milestone) -> str:
    if row.status != Milestone.Status.TO_CONFIRM:
        return "complete"
    return "confirm" if row.due_on >= timezone.localdate() else "complete"


def _past(steps: Any) -> int:
    return sum(step.past for step in steps or [])


def _try(form: Any, project: Project, act: Callable[[], object]) -> bool:
    """Run an act and renew the light; what it refuses is said on the form, and nothing typed is lost."""
    try:
        act()
    except ValidationError as error:
        form.add_error(None, error)  # a service names the fields of its form
        return False
    activities.refresh_light(project, today=timezone.localdate())
    return True


def _seen(request: HttpRequest, pk: int) -> Project:
    return get_object_or_404(Project.objects.visible_to(signed_in(request)), pk=pk)


def _changed(request: HttpRequest, pk: int) -> Project:
    project = _seen(request, pk)
    user = signed_in(request)
    if not user.has_perm("projects.change_project"):
        raise PermissionDenied
    if not can_change(user, project):
        raise PermissionDenied(_("您可以查看此项目，但不能修改：请联系负责人"))
    return project
