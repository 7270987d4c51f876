"""Whether the process lives, and whether the installation works."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from outbox.models import Message
from outbox.services.pulse import pulse
from reminders import lateness as reminders

OK = "ok"
MIGRATED: set[str] = set()  # looked up until all are there: what was applied does not go away


@login_not_required
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is looked at."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 or 503 with one word a part; what is behind a word only for the system administrator."""
    now = timezone.now()
    words, details = {}, {}
    for name, check in CHECKS.items():
        try:
            words[name], details[name] = check(now)
        except Exception as error:
            words[name], details[name] = "failing", str(error)
    healthy = set(words.values()) <= {OK, "starting"}
    body: dict[str, object] = {"status": OK if healthy else "failing", **words}
    if isinstance(request.user, User) and Role.SYSADMIN in Scope.of(request.user).roles:
        body["details"] = details
    return JsonResponse(body, status=200 if healthy else 503)


def _database(now: dt.datetime) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK, connection.vendor


def _migrations(now: dt.datetime) -> tuple[str, str]:
    if connection.alias not in MIGRATED:
        executor = MigrationExecutor(connection)
        if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "missing", f"{len(missing)} missing"
        MIGRATED.add(connection.alias)
    return OK, "all applied"


def _broker(now: dt.datetime) -> tuple[str, str]:
    if not settings.CONFIG.redis_url:
        folder = Path(settings.CONFIG.var_dir) / "broker" / "messages"
        return OK, f"{len(list(folder.iterdir()))} messages in {folder.name}"
    with current_app.connection_for_write() as link:
        link.ensure_connection(max_retries=1, timeout=2)
    return OK, "redis"


def _tick(now: dt.datetime) -> tuple[str, str]:
    beat = pulse(now)
    if beat.loop == "held":
        return "held", f"clock {beat.ahead.days} days ahead of the last round: manage.py tick --confirm-clock USERNAME"
    return ("late" if beat.loop == "stopped" else beat.loop), f"last {beat.ended_at}"


def _outbox(now: dt.datetime) -> tuple[str, str]:
    beat = pulse(now)
    return beat.queue, f"dead {Message.objects.dead().count()}, oldest {beat.due_at}"


def _reminders(now: dt.datetime) -> tuple[str, str]:
    count = reminders.uncomposed(now).count()
    return ("late" if count else OK), f"{count} people without their digest"


CHECKS: dict[str, Callable[[dt.datetime], tuple[str, str]]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "tick": _tick,
    "outbox": _outbox,
    "reminders": _reminders,
}
