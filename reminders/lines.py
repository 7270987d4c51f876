"""The lines of a digest: one a project or subject, worded by the reader's relation to it.

A row that cannot be worded is left out and named; the other lines stand.
"""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from core.working_days import Calendar
from reminders.acts import offered
from reminders.models import Reminder
from reminders.subjects import Source, source_of
from reminders.subjects.base import OLDEST

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Line:
    """One line of a digest: what, until when, what to do, and where."""

    title: str
    when: str
    action: str
    url: str
    late: bool
    reminder: Reminder  # the most pressing of those that share the line

    @property
    def acts_url(self) -> str:
        """Where its reader acts on it; nothing for one that is only shown beforehand."""
        return settings.SITE_URL + reverse("desk:reminder_acts", args=[self.reminder.pk]) if self.reminder.pk else ""

    @property
    def acts(self) -> list[tuple[str, str]]:
        """What its reader can do, each with the address of that act."""
        return [(str(act.label), f"{self.acts_url}?act={act}") for act in offered(self.reminder)] if self.acts_url else []


@dataclass
class Lines:
    """The lines, the rows that stand in them, and those that could not be worded, each with the reason."""

    lines: list[Line] = field(default_factory=list)
    told: list[Reminder] = field(default_factory=list)
    unwritten: list[tuple[Reminder, str]] = field(default_factory=list)


def lines_of(rows: Iterable[Reminder], *, today: dt.date, days: Calendar) -> Lines:
    """One line a project (its most pressing row first), one a follow-up, one for all reports a person owes."""
    grouped: dict[object, list[Reminder]] = {}
    found = Lines()
    for row in rows:
        source = source_of(row)
        if source is not None and row.subject is not None:
            place = (source.subject, source.model, source.line(row.subject), row.on_behalf_of_id)
            grouped.setdefault(place, []).append(row)
    for group in grouped.values():
        try:
            found.lines.append(_line(group, today=today, days=days))
            found.told += group
        except Exception as error:
            log.warning("reminder %s could not be worded", group[0].key, exc_info=error)
            found.unwritten += [(row, f"{type(error).__name__}: {error}") for row in group]
    found.lines.sort(key=lambda line: not line.late)
    return found


def _line(rows: list[Reminder], *, today: dt.date, days: Calendar) -> Line:
    row = min(rows, key=lambda item: item.due_on)
    source = source_of(row)
    if source is None or row.subject is None:
        raise ValueError(row.key)
    title = source.title(row.subject) + (source.more(len(rows)) if len(rows) > 1 else "")
    late = not source.never_before and days.working_days_between(max(row.due_on, OLDEST), today) > 0
    when = source.when(row.due_on, today, days) + after_its_day(row, today)
    return Line(title, when, what_to_do(row, source), settings.SITE_URL + source.address(row.subject), late, row)


def after_its_day(row: Reminder, today: dt.date) -> str:
    """That a reminder comes later than its rule meant, and when it was meant; nothing when it is in time."""
    return _("（补发：原定 %(day)s 提醒）") % {"day": row.remind_on} if row.remind_on < today else ""


def what_to_do(row: Reminder, source: Source) -> str:
    """The words for the reader; who stands in for somebody reads for whom."""
    words = source.action(row.relation, row.subject)
    if row.on_behalf_of is None:
        return words
    return _("代 %(name)s（离岗）：%(words)s") % {"name": row.on_behalf_of.display, "words": words}
