"""What keeps somebody from being reminded, kept where a person can mend it, and gone once he has."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from accounts.models import User
from events.models import Event
from reminders.models import Trouble
from reminders.moments import Note
from reminders.subjects import SOURCES

HTML = "wording|html"


def sync(phase: str, notes: Iterable[Note], *, now: dt.datetime) -> None:
    """Keep exactly these troubles of a phase; a round that finds the same ones writes nothing (one query)."""
    found = {note.key: note for note in notes}
    known = dict(Trouble.objects.filter(phase=phase).values_list("key", "text"))
    clear(known.keys() - found.keys())
    add(phase, [note for key, note in found.items() if known.get(key) != note.text], now=now)


def add(phase: str, notes: Iterable[Note], *, now: dt.datetime) -> None:
    """Note troubles; one that is known gets its new words and keeps the moment it was first seen."""
    rows = [_row(phase, note, now) for note in notes]
    if rows:
        Trouble.objects.bulk_create(rows, update_conflicts=True, unique_fields=["key"], update_fields=["text"])


def clear(keys: Iterable[str]) -> None:
    """These were mended."""
    if listed := list(keys):
        Trouble.objects.filter(key__in=listed).delete()


def settle(person: User, notes: Iterable[Note], *, now: dt.datetime) -> None:
    """Keep exactly these troubles of a person's digest, and say whether the HTML part works again."""
    found = {note.key: note for note in notes}
    known = Trouble.objects.filter(Q(key__startswith=of_person(person)) | Q(key=HTML), phase=Trouble.Phase.COMPOSE)
    clear(set(known.values_list("key", flat=True)) - found.keys())
    add(Trouble.Phase.COMPOSE, found.values(), now=now)


def forget_others(people: Iterable[User]) -> None:
    """Drop the troubles of digests that nobody waits for any more (one query)."""
    rows = Trouble.objects.filter(phase=Trouble.Phase.COMPOSE).exclude(key=HTML).values_list("key", flat=True)
    waiting = tuple(of_person(person) for person in people)
    clear(key for key in rows if not key.startswith(waiting))


def of_person(person: User) -> str:
    """How the keys of the troubles of a person's digest begin."""
    return f"person:{person.pk}|"


def _row(phase: str, note: Note, now: dt.datetime) -> Trouble:
    row = Trouble(key=note.key, phase=phase, kind=note.kind, rule=note.rule, text=note.text, seen_at=now)
    if note.subject is not None:
        row.content_type, row.object_id = ContentType.objects.get_for_model(note.subject), note.subject.pk
    return row


def address(row: Trouble) -> str:
    """The path where a trouble can be mended: the page of its subject, or nothing when it is about a rule or a file."""
    subject: Any = row.subject
    for source in SOURCES:
        if isinstance(subject, source.model):
            return source.address(subject)
    return subject.get_absolute_url() if isinstance(subject, Event) else ""


def strange_dates(*, today: dt.date, most: int = 50) -> list[tuple[models.Model, dt.date, str]]:
    """Open subjects with a date nobody can have meant, their date and the path where it is mended; a query a kind."""
    found = []
    for source in SOURCES:
        rows = source.strange(today)
        if rows is not None:
            found += [(row, getattr(row, source.date), source.address(row)) for row in rows[:most]]
    return found
