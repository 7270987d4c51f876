"""The office of the experiment: so many reminders due this morning, and others that are not."""

import datetime as dt
from itertools import count, cycle

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts import roles
from accounts.models import Department, User
from core.models import DomainModel
from outbox.models import Circuit, DeliveryAttempt, Heartbeat, Message
from projects import stages
from projects.models import Milestone, Project
from reminders.models import Reminder, ReminderRule

MORNING = timezone.make_aware(dt.datetime(2026, 11, 27, 9))  # a Friday
DUE_ON = dt.date(2026, 11, 27)
LATER_ON = dt.date(2026, 12, 31)
RULE = "chaos-due"
EACH = (1, 2)  # reminders a person has, by turns: two messages for three reminders
BATCH = 500

_numbers = count(1)


@transaction.atomic
def arrange(due: int, *, later: int = 20) -> None:
    """Nothing but so many reminders due, of which each person has one or two, and so many that must stay where they are."""
    clear()
    add(due)
    add(later, due_on=LATER_ON)


@transaction.atomic
def add(due: int, *, due_on: dt.date = DUE_ON) -> None:
    """So many more milestones due on a day, for people of their own."""
    roles.sync_groups()
    if not ReminderRule.objects.filter(code=RULE).exists():
        ReminderRule(code=RULE, subject="milestone", offset=0, day_kind="calendar", recipient="responsible").save()
    shares = _shares(due)
    owners = _people(len(shares))
    projects = [_project(owner) for owner in owners]
    Project.all_objects.bulk_create(projects, BATCH)
    wanted = [project for project, share in zip(projects, shares, strict=True) for _n in range(share)]
    Milestone.all_objects.bulk_create([_milestone(project, due_on) for project in wanted], BATCH)


def _shares(due: int) -> list[int]:
    """How many of the reminders each person gets."""
    shares: list[int] = []
    turns = cycle(EACH)
    while due > 0:
        shares.append(min(next(turns), due))
        due -= shares[-1]
    return shares


def _people(wanted: int) -> list[User]:
    department = Department(name=f"测试部门{next(_numbers):06d}", kind=Department.Kind.CENTRE)
    department.save()
    numbers = [next(_numbers) for _n in range(wanted)]
    people = [
        User(
            username=f"chaos{n:06d}",
            display_name=f"测试员{n:06d}",
            email=f"chaos{n:06d}@example.invalid",
            password=make_password(None),
            department=department,
            is_staff=True,
        )
        for n in numbers
    ]
    User.objects.bulk_create(people, BATCH)
    officers = User.groups.through
    group = roles.group(roles.Role.OFFICER)
    officers.objects.bulk_create([officers(user=person, group=group) for person in people], BATCH)
    return people


def _project(owner: User) -> Project:
    n = next(_numbers)
    row = Project(name=f"测试项目{n:06d}", track=stages.Track.LAND, stage="land.signed", owner=owner, department=owner.department)
    row.fill_derived()
    return row


def _milestone(project: Project, due_on: dt.date) -> Milestone:
    return Milestone(
        project=project,
        code=f"N{next(_numbers)}",
        name="测试节点",
        due_on=due_on,
        original_due_on=due_on,
        status=Milestone.Status.PLANNED,
        confirmed_at=MORNING - dt.timedelta(days=60),
    )


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
