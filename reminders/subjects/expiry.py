"""What expires: agreements of projects, and what companies were recognised as."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.models import Company, Qualification
from core.working_days import Calendar
from projects.models import Agreement, Project
from reminders.models import Reminder, ReminderRule
from reminders.subjects.base import Due, Source, Span, above, in_one_line, of_project

Relation = Reminder.Relation
FORGOTTEN = dt.timedelta(days=90)  # what expired longer ago is history: nobody is told of it for the first time


def _standing_agreements() -> QuerySet[Agreement]:
    """Papers that stand: neither terminated nor superseded, of projects that were not ended."""
    rows = Agreement.objects.filter(terminated_on=None, superseded_by=None, project__deleted_at=None)
    rows = rows.exclude(project__status=Project.Status.TERMINATED).exclude(project__origin=Project.Origin.PRESS)
    return rows.select_related("project").prefetch_related("project__owner")


def _granted_qualifications() -> QuerySet[Qualification]:
    """What companies were granted."""
    kind = ContentType.objects.get_for_model(Company)
    return Qualification.objects.filter(content_type=kind, status=Qualification.Status.GRANTED)


def _due_agreements(span: Span) -> Iterator[Due]:
    for row in span.narrow(_standing_agreements().filter(valid_until_on__range=(span.today - FORGOTTEN, span.upto))):
        if row.valid_until_on:
            yield of_project(row.project, row, row.valid_until_on)


def _due_qualifications(span: Span) -> Iterator[Due]:
    """Whoever follows the company answers for it."""
    found = _granted_qualifications().filter(valid_until_on__range=(span.today - FORGOTTEN, span.upto))
    rows = list(span.narrow(found))
    companies = Company.objects.exclude(origin=Company.Origin.PRESS, owner=None).prefetch_related("owner")
    holders = companies.in_bulk([row.object_id for row in rows]) if rows else {}
    for row in rows:
        holder = holders.get(row.object_id)
        if holder is not None and row.valid_until_on:
            answerable = ((holder.owner, Relation.FOLLOWER),)
            yield Due(row, row.valid_until_on, row.valid_until_on, answerable, holder.department_id)


def _of_agreement(relation: str, subject: Any) -> str:
    return _("请办理续签、终止或更新有效期") if relation == Relation.FOLLOWER else above(relation)


def _of_qualification(relation: str, subject: Any) -> str:
    return _("请提醒企业重新认定，并更新有效期") if relation == Relation.FOLLOWER else above(relation)


def _when(due_on: dt.date, today: dt.date, days: Calendar) -> str:
    """An expiry is counted in calendar days: the paper does not know of working days."""
    left = (due_on - today).days
    if left < 0:
        return _("%(day)s 已到期") % {"day": due_on}
    return _("有效期至 %(day)s，还有 %(n)d 天") % {"day": due_on, "n": left} if left else _("有效期至今天")


AGREEMENTS = Source(
    ReminderRule.Subject.EXPIRY,
    Agreement,
    _due_agreements,
    title=lambda row: in_one_line(f"{row.project.name} · {row}"),
    address=lambda row: row.project.get_absolute_url(),
    action=_of_agreement,
    when=_when,
    open=_standing_agreements,
    date="valid_until_on",
)
QUALIFICATIONS = Source(
    ReminderRule.Subject.EXPIRY,
    Qualification,
    _due_qualifications,
    title=lambda row: in_one_line(f"{row.holder or '—'} · {row.kind}"),
    address=lambda row: reverse("desk:company", args=[row.object_id]),
    action=_of_qualification,
    when=_when,
    open=_granted_qualifications,
    date="valid_until_on",
)
