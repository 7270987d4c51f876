"""Where a project is stuck (卡点): its earliest open milestone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.working_days import Calendar
from projects.models import Milestone, Project

LONG_AGO = 120  # working days; within them a day and month are clear


@dataclass(frozen=True)
class Bottleneck:
    """The earliest open milestone of a project (卡点); `late` is in working days, `behind` how many wait."""

    milestone: Milestone
    late: int
    behind: int

    def __str__(self) -> str:
        name, due_on = self.milestone.name, self.milestone.due_on
        when = lateness(due_on, self.late) if self.late > 0 else _("%(day)s 到期") % {"day": due_on}
        parts = [_("责任：%(unit)s") % {"unit": self.milestone.unit_label}] if self.milestone.unit_label else []
        if self.behind:
            parts.append(_("其后 %(n)d 个节点受影响") % {"n": self.behind})
        return f"{name} {when}" + (f"（{'；'.join(parts)}）" if parts else "")


def lateness(due_on: dt.date, late: int) -> str:
    """When a milestone was due and how late it is (working days), as people say it; the year only when it is long ago."""
    day = f"{due_on:%m-%d}" if late < LONG_AGO else str(due_on)
    return _("应于 %(day)s，逾期 %(n)d 工作日") % {"day": day, "n": late}


def bottleneck(project: Project, *, today: dt.date, days: Calendar) -> Bottleneck | None:
    """The 卡点 of a project, or None when nothing is open."""
    return bottlenecks([project.pk], today=today, days=days).get(project.pk)


def bottlenecks(projects: Collection[int], *, today: dt.date, days: Calendar) -> dict[int, Bottleneck]:
    """The 卡点 of each project (by key) that has an open milestone, in one query for all of them."""
    rows = Milestone.objects.open().filter(project__in=projects).select_related("responsible_unit")
    rows = rows.only("project", "name", "due_on", "confirmed_at", "status", "responsible_unit__name", "responsible_unit_name")
    waiting: dict[int, list[Milestone]] = defaultdict(list)
    for row in rows.order_by("due_on", "code"):
        waiting[row.project_id].append(row)
    found = {key: bottleneck_among(listed, today=today, days=days) for key, listed in waiting.items()}
    return {key: stuck for key, stuck in found.items() if stuck}


def bottleneck_among(milestones: Iterable[Milestone], *, today: dt.date, days: Calendar) -> Bottleneck | None:
    """The 卡点 among the milestones of one project, given in the order of their dates."""
    waiting = [row for row in milestones if row.status in Milestone.Status.open()]
    return _stuck(waiting[0], len(waiting) - 1, today, days) if waiting else None


def _stuck(first: Milestone, behind: int, today: dt.date, days: Calendar) -> Bottleneck:
    late = days.working_days_between(first.overdue_from, today) if first.overdue_from < today else 0
    return Bottleneck(first, late, behind)
