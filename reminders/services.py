"""Plan what is due, compose one digest a person and working day, and have it delivered.

The database is the queue; any number of ticks may run at once.
"""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from activities import services as activities
from outbox import services as outbox
from outbox.models import Heartbeat
from reminders.composing import RECHECK, compose, recheck, settle
from reminders.groups import compose_posts
from reminders.models import Reminder
from reminders.planning import plan
from reminders.report_ups import decide_report_up, decide_report_ups, take_back
from reminders.rule_preview import preview, preview_rule

__all__ = [
    "RECHECK",
    "Round",
    "compose",
    "compose_posts",
    "decide_report_up",
    "decide_report_ups",
    "mark_read",
    "plan",
    "preview",
    "preview_rule",
    "recheck",
    "run_due",
    "settle",
    "take_back",
]

log = logging.getLogger(__name__)

Status = Reminder.Status


@dataclass(frozen=True)
class Round:
    """What one tick did."""

    planned: int
    composed: int
    sent: int


def run_due(now: dt.datetime) -> Round:
    """One round: plan, compose, deliver; then, once a day, the lights. Safe to run ten times at once."""
    if ahead := outbox.leap(now):
        log.error("clock is %s days ahead of the last round: nothing is sent until a person confirms the date", ahead.days)
        return Round(0, 0, 0)
    outbox.beat("tick", started_at=now)
    planned, composed, posted, sent = _each(now, plan, compose, compose_posts, outbox.deliver)
    settle()
    outbox.beat("tick", ended_at=now)
    _lights_of_the_day(now)
    return Round(planned, composed + posted, sent)


def _each(now: dt.datetime, *steps: Callable[[dt.datetime], int]) -> list[int]:
    """What each step did. One that fails holds up none after it; its error is raised when all had their turn."""
    done, errors = [], []
    for step in steps:
        try:
            done.append(step(now))
        except Exception as error:
            errors.append(error)
    if errors:
        settle()
        raise errors[0]
    return done


def mark_read(user: User, *, now: dt.datetime, only: Reminder | None = None) -> int:
    """A person read one of his reminders, or says that he read all; returns how many were new."""
    rows = Reminder.objects.current().filter(recipient=user, read_at=None)
    return (rows.filter(pk=only.pk) if only else rows).update(read_at=now)


def _lights_of_the_day(now: dt.datetime) -> None:
    today = timezone.localdate(now)
    last = Heartbeat.objects.filter(name="lights").values_list("ended_at", flat=True).first()
    if last is None or timezone.localdate(last) != today:
        activities.refresh_lights(today=today)
        outbox.beat("lights", started_at=now, ended_at=now)
