"""Workers of the experiment: forked, so that a killed one is replaced at once, and planted to die where they are told."""

import datetime as dt
import multiprocessing
import os
import random
import signal
import smtplib
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess

from django.db import connections, transaction

from outbox import channels
from outbox import services as outbox
from outbox.models import Message
from outbox.services import delivery, turns
from projects.models import Milestone
from reminders import services as reminders
from reminders.models import Reminder
from tests.chaos.scene import DUE_ON, MORNING
from tests.dying import after, before, die

IDLE = 0.05  # seconds between two looks at the queue
PLAN_EVERY = 1.0  # seconds between two rounds of a worker, for every 100 reminders there are
STEP = dt.timedelta(minutes=5)  # between two rounds whose moments are passed
COMPOSES = 0.3  # how often, of all turns between, it puts messages together

fork = multiprocessing.get_context("fork")


def moment(began: float) -> dt.datetime:
    """The experiment's own clock: a Friday morning, and as many seconds more as have passed."""
    return MORNING + dt.timedelta(seconds=time.monotonic() - began)


def start(began: float, *, point: str = "", control: bool = False, plans: bool = True, size: int = 0) -> BaseProcess:
    """A worker that plans (at once, or later), composes and delivers until it is killed, at the latest at `point`."""
    connections.close_all()  # a fork must not share them
    worker = fork.Process(target=_work, args=(began, point, control, plans, size), daemon=True)
    worker.start()
    return worker


def kill(worker: BaseProcess) -> None:
    if worker.pid and worker.is_alive():
        os.kill(worker.pid, signal.SIGKILL)
    worker.join()


def _work(began: float, point: str, control: bool, plans: bool, size: int) -> None:
    if control:
        delivery.deliver_one = marked_before_sent
    if point:
        POINTS[point]()
    turns = random.Random(os.getpid())
    every = PLAN_EVERY * max(1, size / 100)
    plan_at = time.monotonic() + (0 if plans else every * turns.random())
    while True:
        if time.monotonic() >= plan_at:
            reminders.run_due(moment(began))
            plan_at = time.monotonic() + every
        elif turns.random() < COMPOSES:
            reminders.compose(moment(began))
        else:
            outbox.deliver(moment(began))
            reminders.settle()
        time.sleep(IDLE)


def marked_before_sent(message: Message, *, now: dt.datetime, line: channels.Line | None = None) -> bool:
    """The wrong order, as the negative control has it: the record first, the mail after. Nothing else differs."""
    if delivery.claim(message, now=now) is None:
        return False
    message.refresh_from_db()
    attempt = turns.begin(message, delivery.worker_name(), now=now)
    if attempt is None:
        return False
    marked = delivery.mark_sent(message, attempt, now=now)
    try:
        channels.hand_over(message, line or channels.Line())
    except Exception as error:
        delivery.fail(message, attempt, error, now=now)
        return False
    return marked


def _inside_the_claim() -> None:
    claim = delivery.claim

    def uncommitted(message: Message, *, now: dt.datetime) -> object:
        with transaction.atomic():
            claim(message, now=now)
            die()

    delivery.claim = uncommitted  # type: ignore[assignment]


def _after_the_data() -> None:
    def unanswered(self: smtplib.SMTP, content: bytes) -> None:
        self.putcmd("data")
        self.getreply()
        self.send(smtplib._quote_periods(content) + b"\r\n.\r\n")  # type: ignore[attr-defined]
        die()

    smtplib.SMTP.data = unanswered  # type: ignore[method-assign, assignment]


POINTS: dict[str, Callable[[], None]] = {
    "before the claim is committed": _inside_the_claim,
    "after the claim": lambda: after(delivery, "claim"),
    "connected": lambda: after(channels.Line, "_open"),
    "after RCPT": lambda: after(smtplib.SMTP, "rcpt"),
    "after DATA": _after_the_data,
    "after the 250": lambda: after(channels.Line, "send"),
    "inside the mark": lambda: before(delivery, "_close"),
    "after the mark": lambda: after(delivery, "mark_sent"),
}
DOUBTFUL = {"after DATA", "after the 250", "inside the mark"}  # the server has it and we do not know it
BETWEEN_MARK_AND_SEND = "after the mark"


def settle_up(began: float, *, rounds: int = 8) -> None:
    """What a worker does after the crash, in this process, with a lease's time passed; and once more, for nothing."""
    for second in range(rounds):
        done = not waiting()
        reminders.run_due(moment(began) + dt.timedelta(seconds=4 + second))
        if done:
            return


def waiting(until: dt.date = DUE_ON) -> int:
    """How many of the reminders due are not marked as sent; those that are not yet planned wait too."""
    due = Milestone.objects.filter(due_on__lte=until).count()
    return due - Reminder.objects.filter(due_on__lte=until, status=Reminder.Status.SENT).count()
