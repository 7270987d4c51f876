"""The site's Celery with the experiment's clock and a tick a second: `celery -A tests.chaos.celery_app …`."""

import datetime as dt
import os

from django.utils import timezone

from crm.celery import app

AHEAD = "CHAOS_AHEAD"  # seconds between the machine's clock and the experiment's
TICK = 1.0

_now = timezone.now


def moved() -> dt.datetime:
    """The experiment's moment."""
    return _now() + dt.timedelta(seconds=float(os.environ[AHEAD]))


if AHEAD in os.environ:
    timezone.now = moved

app.conf.beat_schedule = {"tick": {"task": "reminders.tasks.tick", "schedule": TICK, "options": {"expires": 50}}}

__all__ = ["app"]
