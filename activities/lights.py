"""The light of a project: one colour, its reason in words, and since when.

Looks at milestones, progress, contacts and problems; thresholds are rows of LightRule.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from activities.models import Directive, Interaction, LightRule
from core.working_days import Calendar
from documents.models import Attachment
from projects.models import Evidence, Milestone, MilestoneRevision, ProgressReport, Project
from projects.services import lateness

Light = Project.Light
BATCH = 500  # projects judged from one reading of the facts


@dataclass(frozen=True)
class Verdict:
    """A colour and why."""

    light: str
    reason: str


@dataclass
class Facts:
    """What the lights look at, read for many projects with the same few queries."""

    open: dict[int, list[Milestone]] = field(default_factory=lambda: defaultdict(list))  # project → by date
    lacking: set[int] = field(default_factory=set)  # projects with a missing paper
    attached: set[int] = field(default_factory=set)  # milestones with a file
    problems: set[int] = field(default_factory=set)  # projects with a problem past its own date
    moved: Counter[int] = field(default_factory=Counter)  # milestone → times re-dated
    news: dict[int, dt.date] = field(default_factory=dict)  # project → last progress

    @classmethod
    def of(cls, projects: Iterable[Project], *, today: dt.date) -> "Facts":
        keys = [project.pk for project in projects]
        facts = cls()
        for row in Milestone.objects.open().filter(project__in=keys).order_by("due_on", "code"):
            facts.open[row.project_id].append(row)
        missing = Evidence.objects.filter(project__in=keys, status=Evidence.Status.MISSING)
        facts.lacking = set(missing.values_list("project", flat=True))
        milestones = [row.pk for rows in facts.open.values() for row in rows]
        kind = ContentType.objects.get_for_model(Milestone)
        files = Attachment.objects.filter(content_type=kind, object_id__in=milestones)
        facts.attached = set(files.values_list("object_id", flat=True))
        late = Directive.objects.filter(project__in=keys, source=Directive.Source.PROBLEM, due_on__lt=today)
        facts.problems = set(late.exclude(status=Directive.Status.CLOSED).values_list("project", flat=True))
        moves = MilestoneRevision.objects.filter(milestone__in=milestones).re_dated()
        facts.moved = Counter(dict(moves.order_by().values_list("milestone").annotate(n=Count("pk"))))
        facts.news = _news(keys)
        return facts


def _news(keys: list[int]) -> dict[int, dt.date]:
    """The last accepted report; while there never was one, the last effective contact or milestone change."""
    contacts = Interaction.objects.filter(project__in=keys, outcome=Interaction.Outcome.EFFECTIVE)
    reports = ProgressReport.objects.filter(project__in=keys, status=ProgressReport.Status.ACCEPTED)
    found = _latest(contacts, "happened_on")
    for key, moment in _latest(Milestone.objects.filter(project__in=keys), "updated_at").items():
        day = timezone.localdate(moment)
        found[key] = max(found.get(key, day), day)
    return found | _latest(reports, "period_end_on")


def _latest(rows: Any, name: str) -> dict[int, Any]:
    newest = rows.order_by().values_list("project").annotate(last=Max(name))
    return {key: last for key, last in newest if last is not None}


def thresholds() -> dict[str, int]:
    """The enabled rules: code to threshold (days or times)."""
    return dict(LightRule.objects.filter(enabled=True).values_list("code", "threshold"))


def judge(project: Project, facts: Facts, *, today: dt.date, days: Calendar, rules: dict[str, int]) -> Verdict:
    """The light a project should show today."""
    if project.status == Project.Status.ON_HOLD and "blue_on_hold" in rules:
        return Verdict(Light.BLUE, _("暂缓，%(day)s 复核") % {"day": project.review_on})
    rows = facts.open[project.pk]
    late = [(row, days.working_days_between(row.overdue_from, today)) for row in rows if row.overdue_from < today]
    return (
        _red(late, rules)
        or _yellow_by_date(project, facts, late, today, rules)
        or _yellow_by_people(project, facts, rules)
        or _grey(project, facts, today, rules)
        or Verdict(Light.GREEN, _("按计划推进"))
    )


def _red(late: list[tuple[Milestone, int]], rules: dict[str, int]) -> Verdict | None:
    for row, n in late:
        code = "red_key_overdue" if row.is_key else "red_overdue"
        if code in rules and n >= rules[code]:
            return Verdict(Light.RED, f"{row.name} {lateness(row.due_on, n)}")
    return None


def _yellow_by_date(
    project: Project, facts: Facts, late: list[tuple[Milestone, int]], today: dt.date, rules: dict[str, int]
) -> Verdict | None:
    for row, n in late:
        if "yellow_overdue" in rules and n >= rules["yellow_overdue"]:
            return Verdict(Light.YELLOW, f"{row.name} {lateness(row.due_on, n)}")
    soon = today + dt.timedelta(days=rules.get("yellow_key_soon", -1))
    for row in facts.open[project.pk]:
        unproven = project.pk in facts.lacking or (row.evidence and row.pk not in facts.attached)
        if row.is_key and today <= row.due_on <= soon and unproven:
            return Verdict(Light.YELLOW, _("%(name)s %(day)s 到期，凭据未齐") % {"name": row.name, "day": row.due_on})
    return None


def _yellow_by_people(project: Project, facts: Facts, rules: dict[str, int]) -> Verdict | None:
    if "yellow_problem_overdue" in rules and project.pk in facts.problems:
        return Verdict(Light.YELLOW, _("有问题超过约定时限未解决"))
    for row in facts.open[project.pk]:
        if "yellow_redated" in rules and facts.moved[row.pk] >= rules["yellow_redated"]:
            return Verdict(Light.YELLOW, _("%(name)s 已改期 %(n)d 次") % {"name": row.name, "n": facts.moved[row.pk]})
    return None


def _grey(project: Project, facts: Facts, today: dt.date, rules: dict[str, int]) -> Verdict | None:
    if "grey_no_open_milestone" in rules and not facts.open[project.pk]:
        return Verdict(Light.GREY, _("没有已确认的未完成节点"))
    limit, last = rules.get("grey_no_progress"), facts.news.get(project.pk)
    if limit is not None and (last is None or (today - last).days > limit):
        return Verdict(Light.GREY, _("超过 %(n)d 天没有进展") % {"n": limit})
    return None


def refresh(projects: Iterable[Project], *, today: dt.date) -> int:
    """Store the light of each project; returns how many changed. History leaves these columns out."""
    days, rules = Calendar.load(), thresholds()
    changed = 0
    with translation.override(settings.LANGUAGE_CODE):  # the reason is stored for everybody
        for batch in batched(projects, BATCH):
            facts = Facts.of(batch, today=today)
            verdicts = [(project, judge(project, facts, today=today, days=days, rules=rules)) for project in batch]
            changed += _store(verdicts, today)
    return changed


def _store(verdicts: Iterable[tuple[Project, Verdict]], today: dt.date) -> int:
    """One update for all projects that turn to the same light for the same reason since the same day."""
    alike: dict[tuple[Verdict, dt.date], list[int]] = defaultdict(list)
    for project, verdict in verdicts:
        if (project.light, project.light_reason) != (verdict.light, verdict.reason):
            since = project.light_since_on if project.light == verdict.light and project.light_since_on else today
            alike[verdict, since].append(project.pk)
    changed = 0
    for (verdict, since), keys in alike.items():
        columns = {"light": verdict.light, "light_reason": verdict.reason, "light_since_on": since}
        changed += Project.objects.filter(pk__in=keys).update(**columns)
    return changed
