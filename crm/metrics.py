"""Numbers for Prometheus, read from the database when they are asked for: right with any number of processes."""

import datetime as dt
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from outbox.models import Circuit, DeliveryAttempt, Heartbeat, Message
from reminders.models import Reminder

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

type Sample = tuple[dict[str, str], float]


@dataclass(frozen=True)
class Metric:
    """One family of numbers in the text format of Prometheus."""

    name: str
    kind: str
    help: str
    samples: Iterable[Sample] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} {self.kind}"
        for labels, value in self.samples:
            named = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
            yield f"{self.name}{{{named}}} {value:.17g}" if named else f"{self.name} {value:.17g}"


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """All numbers, for whoever sends the token of the installation; without a token set there is no such page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    sent = request.headers.get("Authorization", "")
    if not hmac.compare_digest(sent.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        raise PermissionDenied
    text = "".join(f"{line}\n" for metric in collect(timezone.now()) for line in metric.lines())
    return HttpResponse(text, content_type=CONTENT_TYPE)


def collect(now: dt.datetime) -> Iterator[Metric]:
    """Every family at a moment (five queries)."""
    yield from _queue(now)
    yield from _attempts()
    yield from _circuits(now)
    yield from _beats(now)
    rows = Reminder.objects.order_by().values_list("status").annotate(n=Count("pk"))
    yield Metric("crm_reminders", "gauge", "Reminders by status.", _whole({"status": dict(rows)}, Reminder.Status.values))


def _queue(now: dt.datetime) -> Iterator[Metric]:
    rows = list(Message.objects.order_by().values_list("channel", "status").annotate(n=Count("pk"), oldest=Min("next_at")))
    labelled = [({"channel": channel, "status": status}, n) for channel, status, n, _oldest in rows]
    yield Metric("crm_messages", "gauge", "Messages by channel and status.", labelled)
    open_states = (Message.Status.PENDING, Message.Status.SENDING)
    due = [oldest for _channel, status, _n, oldest in rows if status in open_states and oldest <= now]
    age = (now - min(due)).total_seconds() if due else 0
    yield Metric("crm_oldest_due_seconds", "gauge", "How long the oldest message is past its moment.", [({}, age)])


def _attempts() -> Iterator[Metric]:
    ended = DeliveryAttempt.objects.exclude(outcome=DeliveryAttempt.Outcome.STARTED)
    rows = ended.order_by().values_list("message__channel", "outcome").annotate(n=Count("pk"))
    labelled = [({"channel": channel, "outcome": outcome}, n) for channel, outcome, n in rows]
    yield Metric("crm_delivery_attempts_total", "counter", "Attempts by channel and outcome (sent, retry, dead).", labelled)


def _circuits(now: dt.datetime) -> Iterator[Metric]:
    rows = list(Circuit.objects.order_by("channel"))
    paused = [({"channel": row.channel}, float(bool(row.open_until and row.open_until > now))) for row in rows]
    failures = [({"channel": row.channel}, float(row.failures)) for row in rows]
    yield Metric("crm_circuit_open", "gauge", "1 while a channel is left alone after failures.", paused)
    yield Metric("crm_circuit_failures", "gauge", "Failures of a channel in a row.", failures)


def _beats(now: dt.datetime) -> Iterator[Metric]:
    rows = list(Heartbeat.objects.order_by("name"))
    ages = [({"name": row.name}, (now - row.ended_at).total_seconds()) for row in rows if row.ended_at]
    yield Metric("crm_heartbeat_age_seconds", "gauge", "Time since a loop last ended a round.", ages)


def _whole(found: dict[str, dict[str, int]], values: Iterable[str]) -> list[Sample]:
    """A sample for each value, 0 included, so that a graph has no holes."""
    return [({name: value}, counts.get(value, 0)) for name, counts in found.items() for value in values]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
