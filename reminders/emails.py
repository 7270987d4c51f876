"""The words of a digest: at most ten lines, and whom mail did not reach."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from core.working_days import Calendar
from outbox.services.dead import Undelivered
from reminders.lines import Lines, lines_of
from reminders.models import Reminder
from reminders.subjects.base import in_one_line

log = logging.getLogger(__name__)

MAX_LINES = 10
UNDELIVERED = "X-Undelivered"  # the header that says of how many people's mail a digest tells


@dataclass(frozen=True)
class Content:
    """A rendered message."""

    subject: str = ""  # empty when there is nothing to send
    text: str = ""
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    told: tuple[Reminder, ...] = ()
    unwritten: tuple[tuple[Reminder, str], ...] = ()  # rows that could not be worded, with the reason
    broken: str = ""  # why the HTML part is missing


def digest(person: User, rows: list[Reminder], missed: Sequence[Undelivered] = (), *, today: dt.date) -> Content | None:
    """The message for a person's reminders and for whom mail did not reach, in his language; None when nothing is left."""
    return write(person, lines(person, rows, today=today), missed, today=today)


def lines(person: User, rows: list[Reminder], *, today: dt.date) -> Lines:
    """What a digest would tell, in the person's language, before it is laid out."""
    with translation.override(person.language):
        return lines_of(rows, today=today, days=Calendar.load())


def write(person: User, found: Lines, missed: Sequence[Undelivered] = (), *, today: dt.date) -> Content | None:
    """The lines laid out as a message; None when there is nothing to tell."""
    if not found.lines and not missed:
        return Content(unwritten=tuple(found.unwritten)) if found.unwritten else None
    with translation.override(person.language):
        context = {
            "person": person,
            "today": today,
            "lines": found.lines[:MAX_LINES],
            "more": max(len(found.lines) - MAX_LINES, 0),
            "late": sum(line.late for line in found.lines),
            "count": len(found.lines),
            "url": settings.SITE_URL + reverse("desk:reminders"),
            "missed": missed[:MAX_LINES],
            "missed_more": max(len(missed) - MAX_LINES, 0),
            "missed_count": len(missed),
            "missed_url": f"{settings.SITE_URL}{reverse('desk:messages')}?status=dead",
        }
        return _render(context, found)


def _render(context: dict[str, Any], found: Lines) -> Content:
    subject = in_one_line(render_to_string("reminders/digest_subject.txt", context))
    text = render_to_string("reminders/digest.txt", context)
    html, broken = _html("reminders/digest.html", context)
    headers = {"X-Reminder-Keys": ", ".join(in_one_line(row.key) for row in found.told)} if found.told else {}
    if context["missed_count"]:
        headers[UNDELIVERED] = str(context["missed_count"])
    return Content(subject, text, html, headers, tuple(found.told), tuple(found.unwritten), broken)


def _html(name: str, context: dict[str, Any]) -> tuple[str, str]:
    """The HTML part, or nothing and why: a mistake in it must not hold up the text."""
    try:
        return render_to_string(name, context), ""
    except Exception as error:
        log.exception("template %s is broken: the mail goes out as text", name)
        return "", f"{name}: {type(error).__name__}: {error}"
