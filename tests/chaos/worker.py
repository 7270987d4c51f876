"""Workers of the experiment: forked, so that a killed one is replaced at once, and planted to die where they are told."""

import datetime as dt
import multiprocessing
import os
import signal
import smtplib
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess

from django.db import connections, transaction

from outbox import channels
from outbox import services as outbox
from outbox.models import DeliveryAttempt, Message
from outbox.services import delivery
from reminders import services as reminders
from reminders.models import Reminder
from tests.chaos.scene import MORNING
from tests.dying import after, before, die

IDLE = 0.05  # seconds between two looks at the queue
PLAN_EVERY = 1.0

_fork = multiprocessing.get_context("fork")


def moment(began: float) -> dt.datetime:
    """The experiment's own clock: a Friday morning, and as many seconds more as have passed."""
    return MORNING + dt.timedelta(seconds=time.monotonic() - began)


def start(began: float, *, point: str = "", control: bool = False) -> BaseProcess:
    """A worker that plans, composes and delivers until it is killed, at the latest at `point`."""
    worker = _fork.Process(target=_work, args=(began, point, control), daemon=True)
    worker.start()
    return worker


def kill(worker: BaseProcess) -> None:
    if worker.pid and worker.is_alive():
        os.kill(worker.pid, signal.SIGKILL)
    worker.join()


def _work(began: float, point: str, control: bool) -> None:
    connections.close_all()
    if control:
        delivery.deliver_one = marked_before_sent
    if point:
        POINTS[point]()
    planned = 0.0
    while True:
        if time.monotonic() - planned > PLAN_EVERY:
            planned = time.monotonic()
            reminders.run_due(moment(began))
        else:
            outbox.deliver(moment(began))
            reminders.settle()
        time.sleep(IDLE)


def marked_before_sent(message: Message, *, now: dt.datetime, line: channels.Line | None = None) -> bool:
    """The wrong order, as the negative control has it: the record first, the mail after. Nothing else differs."""
    if delivery.claim(message, now=now) is None:
        return False
    message.refresh_from_db()
    attempt = DeliveryAttempt(message=message, n=message.attempts, worker=delivery.worker_name(), started_at=now)
    attempt.save()
    marked = delivery.mark_sent(message, attempt, now=now)
    try:
        (line or channels.Line()).send(message)
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


def settle_up(began: float, *, seconds: float = 8) -> None:
    """What a worker does after the crash, in this process, with a lease's time passed."""
    for second in range(int(seconds)):
        reminders.run_due(moment(began) + dt.timedelta(seconds=4 + second))


def all_sent() -> bool:
    open_states = [Message.Status.PENDING, Message.Status.SENDING]
    waiting = Reminder.objects.filter(status=Reminder.Status.PENDING) | Reminder.objects.filter(message__status__in=open_states)
    return Message.objects.exists() and not waiting.exists()
