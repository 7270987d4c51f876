"""The light of a project: one colour, its reason in words, and since when.

Looks at milestones, progress, contacts and problems; thresholds are rows of LightRule.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.models import Directive, Interaction, LightRule
from core.working_days import Calendar
from projects.models import Evidence, Milestone, MilestoneRevision, ProgressReport, Project

Light = Project.Light


@dataclass(frozen=True)
class Verdict:
    """A colour and why."""

    light: str
    reason: str


def thresholds() -> dict[str, int]:
    """The enabled rules: code to threshold (days or times)."""
    return dict(LightRule.objects.filter(enabled=True).values_list("code", "threshold"))


def judge(project: Project, *, today: dt.date, days: Calendar, rules: dict[str, int]) -> Verdict:
    """The light a project should show today."""
    if project.status == Project.Status.ON_HOLD and "blue_on_hold" in rules:
        return Verdict(Light.BLUE, _("暂缓，%(day)s 复核") % {"day": project.review_on})
    rows = list(project.milestones.open().order_by("due_on", "code"))
    late = [(row, days.working_days_between(row.overdue_from, today)) for row in rows if row.overdue_from < today]
    for verdict in (_red(late, rules), _yellow(project, rows, late, today, rules), _grey(project, rows, today, rules)):
        if verdict:
            return verdict
    return Verdict(Light.GREEN, _("按计划推进"))


def _red(late: list[tuple[Milestone, int]], rules: dict[str, int]) -> Verdict | None:
    for row, n in late:
        code = "red_key_overdue" if row.is_key else "red_overdue"
        if code in rules and n >= rules[code]:
            return Verdict(Light.RED, _("%(name)s 逾期 %(n)d 工作日") % {"name": row.name, "n": n})
    return None


def _yellow(
    project: Project, rows: list[Milestone], late: list[tuple[Milestone, int]], today: dt.date, rules: dict[str, int]
) -> Verdict | None:
    for row, n in late:
        if "yellow_overdue" in rules and n >= rules["yellow_overdue"]:
            return Verdict(Light.YELLOW, _("%(name)s 逾期 %(n)d 工作日") % {"name": row.name, "n": n})
    soon = today + dt.timedelta(days=rules.get("yellow_key_soon", -1))
    missing = Evidence.objects.filter(project=project, status=Evidence.Status.MISSING)
    for row in rows:
        if row.is_key and today <= row.due_on <= soon and (missing.exists() or _without_evidence(row)):
            return Verdict(Light.YELLOW, _("%(name)s %(day)s 到期，凭据未齐") % {"name": row.name, "day": row.due_on})
    return _yellow_by_people(project, rows, today, rules)


def _without_evidence(milestone: Milestone) -> bool:
    return bool(milestone.evidence) and not milestone.attachments.filter(deleted_at=None).exists()


def _yellow_by_people(project: Project, rows: list[Milestone], today: dt.date, rules: dict[str, int]) -> Verdict | None:
    problems = Directive.objects.filter(project=project, source=Directive.Source.PROBLEM, due_on__lt=today)
    if "yellow_problem_overdue" in rules and problems.exclude(status=Directive.Status.CLOSED).exists():
        return Verdict(Light.YELLOW, _("有问题超过约定时限未解决"))
    if "yellow_redated" in rules:
        moved = MilestoneRevision.objects.filter(milestone__in=rows).re_dated().values_list("milestone", flat=True)
        for row in rows:
            if list(moved).count(row.pk) >= rules["yellow_redated"]:
                return Verdict(Light.YELLOW, _("%(name)s 已改期 %(n)d 次") % {"name": row.name, "n": list(moved).count(row.pk)})
    return None


def _grey(project: Project, rows: list[Milestone], today: dt.date, rules: dict[str, int]) -> Verdict | None:
    if "grey_no_open_milestone" in rules and not rows:
        return Verdict(Light.GREY, _("没有已确认的未完成节点"))
    limit = rules.get("grey_no_progress")
    if limit is not None:
        last = _last_news(project)
        if last is None or (today - last).days > limit:
            return Verdict(Light.GREY, _("超过 %(n)d 天没有进展") % {"n": limit})
    return None


def _last_news(project: Project) -> dt.date | None:
    """The last accepted report; while there never was one, the last effective contact or milestone change."""
    reports = ProgressReport.objects.filter(project=project, status=ProgressReport.Status.ACCEPTED)
    reported = reports.order_by("-period_end_on").values_list("period_end_on", flat=True).first()
    if reported:
        return reported
    contacts = Interaction.objects.filter(project=project, outcome=Interaction.Outcome.EFFECTIVE)
    contact = contacts.exclude(happened_on=None).order_by("-happened_on").values_list("happened_on", flat=True).first()
    changed = Milestone.objects.filter(project=project).order_by("-updated_at").values_list("updated_at", flat=True).first()
    found = [day for day in (contact, timezone.localdate(changed) if changed else None) if day]
    return max(found, default=None)


@transaction.atomic
def refresh(projects: Iterable[Project], *, today: dt.date) -> int:
    """Store the light of each project; returns how many changed. History leaves these columns out."""
    days, rules = Calendar.load(), thresholds()
    changed = 0
    for project in projects:
        verdict = judge(project, today=today, days=days, rules=rules)
        if (project.light, project.light_reason) != (verdict.light, verdict.reason):
            since = project.light_since_on if project.light == verdict.light and project.light_since_on else today
            Project.objects.filter(pk=project.pk).update(light=verdict.light, light_reason=verdict.reason, light_since_on=since)
            changed += 1
    return changed
