"""填报页 and 更正: the week's progress of one's projects, a row each, a request each."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.scope import can_change
from accounts.views import signed_in
from core.models import StaleRow
from core.periods import Week, week_before, week_of
from core.working_days import Calendar
from desk import progress as reporting
from desk.progress import Line
from projects import services
from projects.models import ProgressReport, Project, Told


def progress(request: HttpRequest) -> HttpResponse:
    """My projects in one table; a head or manager may turn to those of his people."""
    return _page(request, {})


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """One row: a draft, a report, or that nothing changed. What is refused comes back as it was typed."""
    user, now, days = signed_in(request), timezone.now(), Calendar.load()
    week = reporting.chosen_week(request.POST.get("week"), now=now, days=days)
    project = _project(user, pk)
    typed = _typed(request)
    error = ""
    try:
        _act(request, project, week, typed, user)
    except ValidationError as refusal:
        error = "；".join(refusal.messages)
    except StaleRow:
        error = _("您打开之后有人改过这一行，没有保存：您填写的内容还在下面，请与现在的内容核对，再点一次即以您的为准。")
    line = reporting.lines(Project.objects.filter(pk=project.pk), week)[0]
    line = line.refused(typed, error) if error else line.just_saved()
    if getattr(request, "htmx", False):
        return render(request, "desk/_progress_line.html", {"line": line, **_choices()})
    if error:
        return _page(request, {project.pk: line})
    messages.success(request, _("“%(project)s”：%(state)s") % {"project": project, "state": line.state.label})
    return redirect(f"{reverse('desk:progress')}?week={week.start_on}#p{project.pk}")


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """更正: a further revision of a report that was accepted."""
    user = signed_in(request)
    report = get_object_or_404(ProgressReport.objects.visible_to(user).select_related("project"), pk=pk)
    _may_file(user, report.project)
    same = ProgressReport.objects.filter(project=report.project_id, period_start_on=report.period_start_on)
    last = same.filter(period_end_on=report.period_end_on).order_by("-revision").select_related("submitted_by")[0]
    told, version, error = last.told, last.version, ""
    if request.method == "POST":
        told, version = _typed(request), number(request.POST.get("version")) or 0
        try:
            services.correct(report, told, by=user, now=timezone.now(), version=version)
        except ValidationError as refusal:
            error = "；".join(refusal.messages)
        except StaleRow:
            error, version = (
                _("您打开之后这份进展又有了新的更正，没有保存：请与下面的现有内容核对，再点一次即以您的为准。"),
                last.version,
            )
        else:
            messages.success(request, _("更正已报送，审核采用后生效"))
            return redirect(f"{report.project.get_absolute_url()}#progress")
    context = {"report": report, "last": last, "told": told, "version": version, "error": error}
    return render(request, "desk/progress_correct.html", context)


def _page(request: HttpRequest, refused: dict[int, Line]) -> HttpResponse:
    user, now, days = signed_in(request), timezone.now(), Calendar.load()
    this = week_of(now, days=days)
    last = week_before(this, days=days)
    asked = reporting.chosen_week(request.POST.get("week") or request.GET.get("week"), now=now, days=days)
    week = last if asked == last else this
    others = reporting.sees_others(user)
    mine = not (others and request.GET.get("who") == "all")
    found = _lines(request, user, week, mine=mine)
    shown = [refused.get(line.project.pk, line) for line in found[: reporting.MOST]]
    owing = [line for line in shown if line.owes]
    context = {
        "lines": owing if "left" in request.GET else shown,
        "filed": len(shown) - len(owing),
        "total": len(shown),
        "more": len(found) > reporting.MOST,
        "left": "left" in request.GET,
        "week": week,
        "this": this,
        "last": last,
        "time_left": reporting.time_left(week, now),
        "others": others,
        "mine": mine,
        "owner": request.GET.get("owner", ""),
    }
    return render(request, "desk/progress.html", context | _choices())


def _lines(request: HttpRequest, user: User, week: Week, *, mine: bool) -> list[Line]:
    rows = reporting.reported_by(user, week, mine=mine)
    if (owner := number(request.GET.get("owner"))) is not None:
        rows = rows.filter(owner=owner)
    return reporting.lines(rows.order_by("owner__display_name", "name", "pk"), week, most=reporting.MOST + 1)


def _act(request: HttpRequest, project: Project, week: Week, typed: Told, user: User) -> None:
    version, now = number(request.POST.get("version")) or 0, timezone.now()
    reason = request.POST.get("no_change", "")  # of a chip
    act = "no_change" if reason else request.POST.get("act")
    if act == "draft":
        services.save_draft(project, week, typed, by=user, now=now, version=version)
    elif act == "no_change":
        if any(text.strip() for text in typed):
            raise ValidationError(_("您已经填写了内容：请点“报送”；确实没有变化，请先清空再选原因"), code="typed")
        reason = request.POST.get("other_reason", "").strip() or reason
        services.submit_no_change(project, week, reason, by=user, now=now, version=version)
    else:
        services.submit(project, week, typed, by=user, now=now, version=version)


def _project(user: User, pk: int) -> Project:
    project = get_object_or_404(Project.objects.visible_to(user), pk=pk)
    _may_file(user, project)
    return project


def _may_file(user: User, project: Project) -> None:
    if not (user.has_perm("projects.change_project") and can_change(user, project)):
        raise PermissionDenied(_("您可以查看此项目，但不能报送：请联系负责人"))


def _typed(request: HttpRequest) -> Told:
    names = ("progress", "problems", "needs_coordination", "next_plan")
    return Told(*(request.POST.get(name, "") for name in names))


def number(text: Any) -> int | None:
    """A key or version out of an address or form, or None."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def _choices() -> dict[str, Any]:
    return {"reasons": reporting.NO_CHANGE}
