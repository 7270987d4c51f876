"""Reminders that were put off: silent until their day, then told once more under a key of their own."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator

from django.contrib.contenttypes.models import ContentType

from reminders.models import Reminder
from reminders.wanted import Wanted

type Place = tuple[int, int, int, dt.date]  # kind and key of the subject, person, planned date


def load() -> dict[Place, dt.date]:
    """Until when each person put off what (one query); of several the latest."""
    rows = Reminder.objects.exclude(snoozed_until_on=None).order_by("snoozed_until_on")
    columns = ("content_type", "object_id", "recipient", "due_on", "snoozed_until_on")
    return {(kind, key, person, due_on): until for kind, key, person, due_on, until in rows.values_list(*columns) if until}


def applied(items: Iterable[Wanted], today: dt.date, snoozed: dict[Place, dt.date]) -> Iterator[Wanted]:
    """What still is to be told: nothing of a subject put off, and on its day that subject once more.

    A rule whose moment comes on that day or later speaks for itself; urgent rules and drafts for leaders are not put off.
    """
    for item in items:
        until = snoozed.get(_place(item)) if snoozed else None
        if until is None or item.draft or item.rule.urgent:
            yield item
        elif until <= today:
            yield item if item.remind_on >= until else dataclasses.replace(item, remind_on=until, again_on=until)


def _place(item: Wanted) -> Place:
    kind = ContentType.objects.get_for_model(item.subject)
    return kind.pk, item.subject.pk, item.recipient.pk, item.due_on
