"""R12: the facts change between the claim of a message and its sending: what is stale is not told, all else is."""

import datetime as dt
import random
import re
from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts import services as accounts
from accounts.models import User
from core.dates import FuzzyDate
from outbox.policy import Policy
from outbox.services import delivery
from projects import services as projects
from projects.models import Milestone
from reminders import services
from reminders.models import Reminder
from tests.factories import (
    DepartmentFactory,
    MilestoneFactory,
    ProjectFactory,
    ReminderRuleFactory,
    UserFactory,
)
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db

RACES = 50
FRIDAY = timezone.make_aware(dt.datetime(2026, 11, 27, 9))
MONDAY = FRIDAY + dt.timedelta(days=3)
LONG_AGO = FRIDAY - dt.timedelta(days=60)

type Told = set[tuple[str, str, str]]  # address, milestone, its date


class Office:
    """Fifty people with two milestones due on Friday each; something happens to each while his mail is under way."""

    def __init__(self) -> None:
        department = DepartmentFactory()
        ReminderRuleFactory(code="test-due", subject="milestone", offset=0, day_kind="calendar", recipient="responsible")
        self.head = UserFactory(roles=["head"], department=department)
        self.manager = UserFactory(roles=["manager"])
        self.races: dict[int, str] = {}
        self.milestones: dict[int, list[Milestone]] = {}
        self.heirs: dict[int, User] = {}
        kinds = [kind for kind, _n in zip([*RACING] * RACES, range(RACES), strict=False)]
        random.Random(12).shuffle(kinds)
        for kind in kinds:
            person = UserFactory(roles=["officer"], department=department)
            project = ProjectFactory(owner=person, department=department)
            self.races[person.pk] = kind
            self.milestones[person.pk] = MilestoneFactory.create_batch(
                2, project=project, due_on=FRIDAY.date(), confirmed_at=LONG_AGO
            )

    def race(self, person: User) -> None:
        """What happens to the first of his milestones, or to him."""
        RACING[self.races[person.pk]](self, self.milestones[person.pk][0], person)

    def expected(self) -> tuple[Told, Told]:
        """Who must have been told of what on Friday, and what in addition by Monday: from the facts alone."""
        friday, monday = set(), set()
        for key, (raced, other) in self.milestones.items():
            person, kind = User.objects.get(pk=key), self.races[key]
            if kind == "disabled":
                monday |= {(self.head.email, str(row.public_id), "2026-11-27") for row in (raced, other)}
                continue
            friday.add((person.email, str(other.public_id), "2026-11-27"))
            if kind == "nothing":
                friday.add((person.email, str(raced.public_id), "2026-11-27"))
            elif kind == "moved":
                monday.add((person.email, str(raced.public_id), "2026-11-30"))
            elif kind == "reassigned":
                monday.add((self.heirs[raced.pk].email, str(raced.public_id), "2026-11-27"))
        return friday, monday


def _moved(office: Office, row: Milestone, person: User) -> None:
    projects.re_date_milestone(row, MONDAY.date(), "测试改期", by=person, now=FRIDAY)


def _moved_far(office: Office, row: Milestone, person: User) -> None:
    projects.re_date_milestone(row, dt.date(2027, 6, 1), "测试改期", by=person, now=FRIDAY)


def _done(office: Office, row: Milestone, person: User) -> None:
    projects.complete_milestone(row, FuzzyDate(FRIDAY.date()), by=person, now=FRIDAY, sure=True)


def _waived(office: Office, row: Milestone, person: User) -> None:
    projects.waive_milestone(row, "测试不适用", by=office.manager, now=FRIDAY)


def _deleted(office: Office, row: Milestone, person: User) -> None:
    accounts.delete_row(row, by=office.manager)


def _reassigned(office: Office, row: Milestone, person: User) -> None:
    heir = UserFactory(roles=["officer"], department=person.department)
    office.heirs[row.pk] = heir
    Milestone.objects.filter(pk=row.pk).update(follower=heir)


def _disabled(office: Office, row: Milestone, person: User) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


RACING: dict[str, Callable[[Office, Milestone, User], None]] = {
    "nothing": lambda office, row, person: None,
    "moved": _moved,
    "moved far": _moved_far,
    "done": _done,
    "waived": _waived,
    "deleted": _deleted,
    "reassigned": _reassigned,
    "disabled": _disabled,
}


def told(smtp: SmtpSink) -> Told:
    """What the mail server took: address, milestone and date of each key, each exactly once."""
    found = [
        (address, *re.fullmatch(r"milestone:([^|]+)\|test-due\|([^|]+)\|.*", key).groups())
        for mail in smtp.messages
        for address in mail.recipients
        for key in mail.email["X-Reminder-Keys"].replace("\r\n", "").split(", ")
    ]
    assert len(found) == len(set(found)), "something was told twice"
    return set(found)


def test_what_changed_between_claim_and_sending_is_not_told_and_everything_else_is(smtp: SmtpSink, monkeypatch, settings):
    settings.DELIVERY = Policy(round=dt.timedelta(minutes=4))  # all fifty in one round, on however slow a machine
    office, claim, raced = Office(), delivery.claim, []

    def claimed_then_changed(message, *, now):
        lease = claim(message, now=now)
        if lease and message.recipient_id in office.races and now < MONDAY:
            raced.append(message.recipient_id)
            office.race(message.recipient)
        return lease

    monkeypatch.setattr(delivery, "claim", claimed_then_changed)
    services.run_due(FRIDAY)
    on_friday = told(smtp)
    services.run_due(MONDAY)

    friday, monday = office.expected()
    assert sorted(raced) == sorted(office.races), "each mail was raced once"
    assert on_friday == friday
    assert told(smtp) == friday | monday
    assert Reminder.objects.filter(status="sent").count() == len(friday | monday)
    assert not Reminder.objects.exclude(status__in=["sent", "cancelled"]).exists()


def test_a_person_who_was_switched_off_and_comes_back_hears_what_he_missed(smtp: SmtpSink):
    ReminderRuleFactory(code="test-due", subject="milestone", offset=0, day_kind="calendar", recipient="responsible")
    person = UserFactory(roles=["officer"])
    MilestoneFactory(project__owner=person, due_on=FRIDAY.date(), confirmed_at=LONG_AGO)
    services.plan(FRIDAY)
    services.compose(FRIDAY)
    User.objects.filter(pk=person.pk).update(is_active=False)
    services.run_due(FRIDAY)
    assert smtp.recipients == []

    User.objects.filter(pk=person.pk).update(is_active=True)
    services.run_due(MONDAY)

    assert smtp.recipients == [person.email]
