"""What a new date of a milestone does to the others: who follows it, and whom it overtakes. Nothing is saved here."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from core.working_days import Calendar
from projects.models import Milestone

UNFINISHED = [*Milestone.Status.open(), Milestone.Status.TO_CONFIRM]


@dataclass(frozen=True)
class Shift:
    """A follower whose date would move with its anchor."""

    milestone: Milestone
    new_due_on: dt.date


def cascade(milestone: Milestone, new_on: dt.date, *, days: Calendar | None = None) -> list[Shift]:
    """The dates that open followers would get when their anchor stands at `new_on`."""
    days = days or Calendar.load()
    shifts, waiting = [], [(milestone, new_on)]
    while waiting:
        anchor, on = waiting.pop(0)
        for follower in anchor.followers.filter(status__in=UNFINISHED, offset__isnull=False).order_by("due_on", "id"):
            due_on = days.add(on, follower.offset or 0, follower.day_kind, follower.day_off_rule)
            waiting.append((follower, due_on))
            if due_on != follower.due_on:
                shifts.append(Shift(follower, due_on))
    return shifts


def overtaken(milestone: Milestone, new_on: dt.date, shifts: Iterable[Shift] = ()) -> list[Milestone]:
    """Unfinished key milestones of the same plan that came after this one and would stand before `new_on`.

    Those that move with it are not among them.
    """
    later = Milestone.objects.filter(project=milestone.project_id, plan=milestone.plan_id, is_key=True, status__in=UNFINISHED)
    between = later.filter(due_on__gt=milestone.due_on, due_on__lt=new_on)
    return list(between.exclude(pk__in=[shift.milestone.pk for shift in shifts]).order_by("due_on", "code"))
