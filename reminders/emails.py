"""The words of a digest: at most ten lines, one a project, worded by the reader's relation to it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from core.working_days import Calendar
from outbox.services.dead import Undelivered
from projects.models import Milestone
from reminders.models import Reminder

MAX_LINES = 10
UNDELIVERED = "X-Undelivered"  # the header that says of how many people's mail a digest tells
Relation = Reminder.Relation


@dataclass(frozen=True)
class Content:
    """A rendered message."""

    subject: str
    text: str
    html: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Line:
    """One line of a digest: what, until when, what to do, and where."""

    title: str
    when: str
    action: str
    url: str
    late: bool


def digest(person: User, rows: list[Reminder], missed: Sequence[Undelivered] = (), *, today: dt.date) -> Content | None:
    """The message for a person's reminders and for whom mail did not reach, in his language; None when nothing is left."""
    with translation.override(person.language):
        days = Calendar.load()
        lines = _lines(rows, today=today, days=days)
        if not lines and not missed:
            return None
        context = {
            "person": person,
            "today": today,
            "lines": lines[:MAX_LINES],
            "more": max(len(lines) - MAX_LINES, 0),
            "late": sum(line.late for line in lines),
            "count": len(lines),
            "url": settings.SITE_URL + reverse("desk:reminders"),
            "missed": missed[:MAX_LINES],
            "missed_more": max(len(missed) - MAX_LINES, 0),
            "missed_count": len(missed),
            "missed_url": f"{settings.SITE_URL}{reverse('desk:messages')}?status=dead",
        }
        return _render(context, rows)


def _render(context: dict[str, Any], rows: list[Reminder]) -> Content:
    subject = render_to_string("reminders/digest_subject.txt", context).strip()
    text = render_to_string("reminders/digest.txt", context)
    html = render_to_string("reminders/digest.html", context)
    headers = {"X-Reminder-Keys": ", ".join(row.key for row in rows)} if rows else {}
    if context["missed_count"]:
        headers[UNDELIVERED] = str(context["missed_count"])
    return Content(subject, text, html, headers)


def _lines(rows: list[Reminder], *, today: dt.date, days: Calendar) -> list[Line]:
    """One line a project (its most pressing row first), one a follow-up."""
    grouped: dict[object, list[Reminder]] = {}
    for row in rows:
        subject = row.subject
        if subject is not None:
            place = ("project", subject.project_id) if isinstance(subject, Milestone) else ("follow_up", subject.pk)
            grouped.setdefault(place, []).append(row)
    lines = [_line(group, today=today, days=days) for group in grouped.values()]
    return sorted(lines, key=lambda line: not line.late)


def _line(rows: list[Reminder], *, today: dt.date, days: Calendar) -> Line:
    row = min(rows, key=lambda item: item.due_on)
    subject: Any = row.subject
    late = days.working_days_between(row.due_on, today) if row.due_on < today else 0
    title = f"{subject.project.name} · {subject.name}" if isinstance(subject, Milestone) else str(subject)
    if len(rows) > 1:
        title += _(" 等 %(n)d 个节点") % {"n": len(rows)}
    return Line(title, when(row.due_on, today, days, late), action(row.relation, subject), url_of(subject), late > 0)


def when(due_on: dt.date, today: dt.date, days: Calendar, late: int) -> str:
    """How a date stands to today, in working days."""
    if late > 0:
        return _("%(day)s 到期，已逾期 %(n)d 个工作日") % {"day": due_on, "n": late}
    if due_on == today:
        return _("今天到期")
    left = days.working_days_between(today, due_on)
    return _("%(day)s 到期，还有 %(n)d 个工作日") % {"day": due_on, "n": left}


def action(relation: str, subject: Any) -> str:
    """What the reader should do, by his relation to the subject."""
    unit = getattr(subject, "unit_label", "")
    if relation == Relation.HANDLER:
        return _("请办理")
    if relation == Relation.FOLLOWER:
        return _("请催办%(unit)s") % {"unit": unit} if unit else _("请跟办")
    if relation == Relation.HEAD:
        return _("请督促本部门承办人")
    if relation == Relation.MANAGER:
        return _("请协调推进")
    return _("呈阅")


def url_of(subject: Any) -> str:
    """The full address of the page where one acts on a subject: the project's own, or the follow-up's."""
    if isinstance(subject, Milestone):
        return settings.SITE_URL + subject.project.get_absolute_url()
    return settings.SITE_URL + reverse("admin:activities_followup_change", args=[subject.pk])
