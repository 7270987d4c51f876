"""The site's settings with short times, so that a night of failures fits into a minute."""

import datetime as dt
import os

from crm.settings import *  # noqa: F403
from crm.settings import DATABASES, INSTALLED_APPS, LOGGING
from outbox.policy import Policy

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos"]
MIGRATION_MODULES = {app.rpartition(".")[2]: None for app in INSTALLED_APPS}  # tables at once, without their history
DELIVERY = Policy(
    lease=dt.timedelta(seconds=3),
    watchdog=dt.timedelta(seconds=2),
    round=dt.timedelta(seconds=2),
    backoff=tuple(dt.timedelta(seconds=n) for n in (0.1, 0.2, 0.5, 1)),
    later=dt.timedelta(seconds=2),
    give_up=dt.timedelta(minutes=10),
    circuit_for=dt.timedelta(seconds=1),
)
if "CHAOS_BUSY" in os.environ:  # seconds a process waits for SQLite's lock
    DATABASES["default"]["OPTIONS"]["timeout"] = float(os.environ["CHAOS_BUSY"])
for logger in (LOGGING["root"], *LOGGING["loggers"].values()):
    logger["level"] = "CRITICAL"  # failures are wanted here
