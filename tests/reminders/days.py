"""Moments in Shanghai, and what a round made of them."""

import datetime as dt

from django.utils import timezone

from reminders import services
from reminders.models import Reminder


def at(text: str) -> dt.datetime:
    return timezone.make_aware(dt.datetime.fromisoformat(text))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def planned(text: str) -> set:
    """Who is to be told of what after planning at nine on a day: rule, person, planned date."""
    services.plan(at(f"{text}T09:00"))
    rows = Reminder.objects.exclude(status="cancelled")
    return set(rows.values_list("rule__code", "recipient", "due_on"))


def days_of(code: str, text: str, until: str) -> list[str]:
    """The days on which a rule spoke for the first time, planned every day from one to another."""
    start, end = day(text), day(until)
    for n in range((end - start).days + 1):
        services.plan(at(f"{start + dt.timedelta(days=n)}T09:00"))
    rows = Reminder.objects.filter(rule__code=code).order_by("created_at", "pk")
    return [str(timezone.localdate(row.created_at)) for row in rows]
