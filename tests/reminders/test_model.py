"""R14: whatever order plan, compose, claim, send, mark, fail and crash come in, no reminder is lost or told twice over.

The services are the real ones; only the line to the mail server is a fake that keeps what it took, and time is passed in.
"""

import contextlib
import datetime as dt
import smtplib
from collections import Counter
from dataclasses import dataclass
from types import TracebackType

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.models import User
from core.dates import FuzzyDate
from core.working_days import Calendar
from outbox import channels
from outbox import services as outbox
from outbox.channels.errors import LineDownError
from outbox.models import DeliveryAttempt, Message
from outbox.services import delivery
from projects import services as projects
from projects.models import Milestone, Project
from reminders import services
from reminders.models import Reminder
from tests.factories import MilestoneFactory, ProjectFactory, ReminderRuleFactory, UserFactory

pytestmark = pytest.mark.django_db

THURSDAY = timezone.make_aware(dt.datetime(2026, 11, 26, 9))
LONG_AGO = THURSDAY - dt.timedelta(days=60)
EXAMPLES, STEPS = 200, 5
DAY = dt.timedelta(days=1)


class PowerCut(BaseException):
    """The process ends here; what was committed before is all that is left of it."""


@dataclass(frozen=True)
class Taken:
    """What the mail server took: of whom, what, when."""

    at: dt.datetime
    message_id: str
    keys: tuple[str, ...]


class Server:
    """A mail server and the line to it, of which each new mail meets the weather of the moment."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.weather = "fine"
        self.now = THURSDAY

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def send(self, message: Message) -> None:
        match self.weather:
            case "down":
                raise LineDownError("refused")
            case "later":
                raise smtplib.SMTPDataError(451, b"later")
            case "unknown":
                raise smtplib.SMTPRecipientsRefused({"somebody": (550, b"no such person")})
            case "cut before the data":
                raise PowerCut
        keys = tuple(message.headers["X-Reminder-Keys"].split(", "))
        self.taken.append(Taken(self.now, message.message_id, keys))
        match self.weather:
            case "lost answer":
                raise smtplib.SMTPServerDisconnected("dropped")
            case "cut after the data":
                raise PowerCut


FAULTS = ["down", "later", "unknown", "lost answer", "cut before the data", "cut after the data", "cut inside the mark"]


class Delivery(RuleBasedStateMachine):
    """Two people whose milestones fall due, are moved and done, while mail is made and sent in any weather."""

    projects: list[Project]
    patch: pytest.MonkeyPatch

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = THURSDAY
        self.server = Server()
        self.sent: dict[int, dt.datetime] = {}
        self.told: set[str] = set()  # keys recorded as sent
        self.days = Calendar()
        self.patch.setattr(channels, "Line", lambda: self.server)

    # What people and time do

    @rule(whose=st.integers(0, 1), days=st.integers(-3, 4))
    def promise(self, whose: int, days: int) -> None:
        MilestoneFactory(project=self.projects[whose], due_on=(self.now + days * DAY).date(), confirmed_at=LONG_AGO)

    @precondition(lambda self: Milestone.objects.open().exists())
    @rule(data=st.data(), days=st.integers(1, 5))
    def move(self, data: st.DataObject, days: int) -> None:
        row = self._one(data)
        later = max(row.due_on, self.now.date()) + days * DAY  # never back to a date it had: that is the same key again
        projects.re_date_milestone(row, later, "测试改期", by=self.projects[0].owner, now=self.now)

    @precondition(lambda self: Milestone.objects.open().exists())
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        row, today = self._one(data), FuzzyDate(self.now.date())
        projects.complete_milestone(row, today, by=self.projects[0].owner, now=self.now, sure=True)

    @rule(hours=st.sampled_from([1 / 60, 0.1, 1, 5, 15, 24, 72]))
    def wait(self, hours: float) -> None:
        self.now += dt.timedelta(hours=hours)

    @precondition(lambda self: Message.objects.dead().exists())
    @rule()
    def retry(self) -> None:
        for message in Message.objects.dead():
            outbox.retry(message, by=self.projects[0].owner, now=self.now)

    # What the product does, step by step, in any order

    @rule()
    def plan(self) -> None:
        services.plan(self.now)

    @rule()
    def compose(self) -> None:
        services.compose(self.now)

    @rule()
    def settle(self) -> None:
        services.settle()

    @rule(weather=st.sampled_from(["fine", *FAULTS]))
    def deliver(self, weather: str) -> None:
        self._deliver(weather)

    @rule(weather=st.sampled_from(FAULTS))
    def morning(self, weather: str) -> None:
        """A whole round on the next morning: the way from a promise to a fault in one step."""
        self._to_morning()
        services.plan(self.now)
        services.compose(self.now)
        self._deliver(weather)

    # What must always hold

    @invariant()
    def what_was_sent_stays_sent(self) -> None:
        found = dict(Message.objects.filter(status="sent").values_list("pk", "sent_at"))
        assert self.sent.items() <= found.items()
        self.sent = found
        keys = set(Reminder.objects.filter(status="sent").values_list("key", flat=True))
        assert self.told <= keys
        self.told = keys

    @invariant()
    def a_key_has_one_message_id(self) -> None:
        pairs = {(key, taken.message_id) for taken in self.server.taken for key in taken.keys}
        assert max(Counter(key for key, _id in pairs).values(), default=1) == 1

    @invariant()
    def nothing_is_recorded_twice(self) -> None:
        marks = DeliveryAttempt.objects.filter(outcome="sent").values_list("message", flat=True)
        assert max(Counter(marks).values(), default=1) == 1

    @invariant()
    def nothing_is_told_before_its_day(self) -> None:
        for taken in self.server.taken:
            for key in taken.keys:
                due_on = dt.date.fromisoformat(key.split("|")[2])
                assert timezone.localdate(taken.at) >= self.days.previous_working_day(due_on)

    def teardown(self) -> None:
        try:
            self._all_is_told_in_the_end()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def _all_is_told_in_the_end(self) -> None:
        """With a server that works and somebody who sends dead letters again, every open milestone that is due was told."""
        for _day in range(3):  # a dead letter, and what came after a digest, take one more day each
            self._to_morning()
            if Message.objects.dead().exists():
                self.retry()
            services.plan(self.now)
            services.compose(self.now)
            self._deliver("fine")
            self.now += dt.timedelta(hours=7)  # past every pause and every wait
            self._deliver("fine")
            services.settle()
            if self._nothing_waits():
                break
        self.what_was_sent_stays_sent()
        self.a_key_has_one_message_id()
        self.nothing_is_recorded_twice()
        self.nothing_is_told_before_its_day()
        heard = {key for taken in self.server.taken for key in taken.keys}
        recorded = set(Reminder.objects.filter(status="sent").values_list("key", flat=True))
        due = {f"milestone:{row.public_id}|test-due|{row.due_on}|{row.project.owner.public_id}|email" for row in self._due()}
        assert due <= heard, "lost"
        assert due <= recorded, "not recorded"
        assert recorded <= heard, "recorded and never sent"
        assert self._nothing_waits(), "waits for ever"

    def _nothing_waits(self) -> bool:
        return not Reminder.objects.filter(status__in=["pending", "queued"]).exists()

    def _due(self) -> list[Milestone]:
        return [
            row
            for row in Milestone.objects.open().select_related("project__owner")
            if self.days.previous_working_day(row.due_on) <= timezone.localdate(self.now)
        ]

    def _one(self, data: st.DataObject) -> Milestone:
        return data.draw(st.sampled_from(list(Milestone.objects.open().order_by("pk"))))

    def _to_morning(self) -> None:
        """Nine o'clock of the next working day."""
        day = self.days.next_working_day(timezone.localdate(self.now) + DAY)
        self.now = timezone.make_aware(dt.datetime.combine(day, dt.time(9)))

    def _deliver(self, weather: str) -> None:
        self.server.weather, self.server.now = weather, self.now
        with pytest.MonkeyPatch.context() as patch:
            if weather == "cut inside the mark":
                patch.setattr(delivery, "_close", _cut)
            with contextlib.suppress(PowerCut):
                outbox.deliver(self.now)


def _cut(*_args: object, **_options: object) -> None:
    raise PowerCut


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> type[Delivery]:
    ReminderRuleFactory(code="test-due", subject="milestone", offset=0, day_kind="calendar", recipient="responsible")
    people: list[User] = [UserFactory(roles=["officer"]) for _n in range(2)]
    Delivery.projects = [ProjectFactory(owner=person, department=person.department) for person in people]
    Delivery.patch = monkeypatch
    return Delivery


def test_no_order_of_events_loses_a_reminder_or_tells_it_under_two_names(office):
    limits = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )

    run_state_machine_as_test(office, settings=limits)
