"""The office of the experiment: so many reminders due this morning, and others that are not."""

import datetime as dt
from itertools import cycle

from django.db import transaction
from django.utils import timezone

from accounts import roles
from core.models import DomainModel
from outbox.models import Circuit, DeliveryAttempt, Heartbeat, Message
from projects.models import Milestone, Project
from reminders.models import Reminder, ReminderRule
from tests.factories import DepartmentFactory, MilestoneFactory, ProjectFactory, UserFactory

MORNING = timezone.make_aware(dt.datetime(2026, 11, 27, 9))  # a Friday
DUE_ON = dt.date(2026, 11, 27)
LATER_ON = dt.date(2026, 12, 7)
EACH = (1, 2)  # reminders a person has, by turns: two messages for three reminders


@transaction.atomic
def arrange(due: int, *, later: int = 20) -> None:
    """So many reminders due, of which each person has one or two, and so many that must stay where they are."""
    clear()
    roles.sync_groups()
    if not ReminderRule.objects.filter(code="chaos-due").exists():
        ReminderRule(code="chaos-due", subject="milestone", offset=0, day_kind="calendar", recipient="responsible").save()
    department = DepartmentFactory()
    left, turns = due, cycle(EACH)
    while left > 0:
        mine = min(next(turns), left)
        project = ProjectFactory(owner=UserFactory(department=department, roles=["officer"]), department=department)
        for _n in range(mine):
            MilestoneFactory(project=project, due_on=DUE_ON, confirmed_at=MORNING - dt.timedelta(days=60))
        left -= mine
    for _n in range(later):
        MilestoneFactory(project=project, due_on=LATER_ON, confirmed_at=MORNING - dt.timedelta(days=60))


def clear() -> None:
    """Forget the experiment before."""
    Reminder.objects.all().delete()
    DeliveryAttempt.objects.all().delete()
    Message.objects.all().delete()
    Circuit.objects.all().delete()
    Heartbeat.objects.all().delete()
    for model in (Milestone, Project):
        rows: type[DomainModel] = model
        rows.all_objects.all()._raw_delete("default")  # type: ignore[attr-defined]
