"""Milestones and the papers that stages ask for."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import Evidence, Milestone
from reminders.models import Reminder, ReminderRule
from reminders.subjects.base import Due, Source, Span, above, in_one_line, of_its_project, of_project

Relation = Reminder.Relation


def _open_milestones() -> QuerySet[Milestone]:
    """Open, confirmed milestones of projects that run."""
    rows = Milestone.objects.open().of_running_projects()
    return rows.select_related("responsible", "follower", "responsible_unit").prefetch_related("project__owner")


def _open_evidence() -> QuerySet[Evidence]:
    """Missing papers of projects that run."""
    rows = Evidence.objects.filter(status=Evidence.Status.MISSING, project__status="active", project__deleted_at=None)
    return rows.select_related("project").prefetch_related("project__owner")


def _due_milestones(span: Span) -> Iterator[Due]:
    """Handler and follower answer for a milestone."""
    for row in span.narrow(_open_milestones().filter(due_on__lte=span.upto)):
        confirmed = timezone.localdate(row.confirmed_at) if row.bulk_confirmed and row.confirmed_at else None
        yield Due(
            row,
            row.due_on,
            row.overdue_from,
            answerable=((row.responsible, Relation.HANDLER), (row.follower or row.project.owner, Relation.FOLLOWER)),
            department_id=row.project.department_id,
            project=row.project,
            is_key=row.is_key,
            quiet_since_on=confirmed,
        )


def _due_evidence(span: Span) -> Iterator[Due]:
    for row in span.narrow(_open_evidence().filter(due_on__lte=span.upto)):
        if row.due_on:
            yield of_project(row.project, row, row.due_on)


def _of_evidence(relation: str, subject: Any) -> str:
    return _("请补齐凭据，或注明不适用") if relation in (Relation.FOLLOWER, Relation.HANDLER) else above(relation)


MILESTONES = Source(
    ReminderRule.Subject.MILESTONE,
    Milestone,
    _due_milestones,
    title=lambda row: in_one_line(f"{row.project.name} · {row.name}"),
    address=lambda row: row.project.get_absolute_url(),
    line=of_its_project,
    open=_open_milestones,
    more=lambda n: _(" 等 %(n)d 个节点") % {"n": n},
)
EVIDENCE = Source(
    ReminderRule.Subject.EVIDENCE,
    Evidence,
    _due_evidence,
    title=lambda row: in_one_line(_("%(project)s · 缺凭据：%(label)s") % {"project": row.project.name, "label": row.label}),
    address=lambda row: row.project.get_absolute_url(),
    action=_of_evidence,
    line=of_its_project,
    open=_open_evidence,
)
