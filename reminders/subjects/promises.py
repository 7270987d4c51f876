"""What was promised: the next steps of people, and what both sides promised in writing."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from activities.models import FollowUp
from projects.models import Commitment
from reminders.models import Reminder, ReminderRule
from reminders.subjects.base import Due, Source, Span, above, in_one_line, of_project

Relation = Reminder.Relation


def _open_follow_ups() -> QuerySet[FollowUp]:
    """Open follow-ups, those of a project only while it runs."""
    rows = FollowUp.objects.open().filter(Q(project=None) | Q(project__status="active", project__deleted_at=None))
    return rows.select_related("project").prefetch_related("assignee", "owner")


def _open_commitments() -> QuerySet[Commitment]:
    """Open promises of both sides with a date, promised papers (容缺补件) among them."""
    rows = Commitment.objects.filter(status=Commitment.Status.OPEN, project__status="active", project__deleted_at=None)
    return rows.select_related("project").prefetch_related("project__owner")


def _due_follow_ups(span: Span) -> Iterator[Due]:
    """The assignee answers for a follow-up, else the owner."""
    for row in span.narrow(_open_follow_ups().filter(due_on__lte=span.upto)):
        if row.due_on:
            user = row.assignee if row.assignee and row.assignee.is_active else row.owner
            answerable = ((user, Relation.HANDLER),)
            yield Due(row, row.due_on, row.due_on, answerable, row.department_id, project=row.project)


def _due_commitments(span: Span) -> Iterator[Due]:
    for row in span.narrow(_open_commitments().filter(due_on__lte=span.upto)):
        if row.due_on:
            yield of_project(row.project, row, row.due_on)


def _of_commitment(relation: str, subject: Any) -> str:
    if relation not in (Relation.FOLLOWER, Relation.HANDLER):
        return above(relation)
    if subject.is_pending:
        return _("请先办公平竞争审查")
    return _("请兑现并登记结果") if subject.side == Commitment.Side.OURS else _("请催促企业兑现并登记结果")


FOLLOW_UPS = Source(
    ReminderRule.Subject.FOLLOW_UP,
    FollowUp,
    _due_follow_ups,
    title=in_one_line,
    address=lambda row: reverse("admin:activities_followup_change", args=[row.pk]),
    open=_open_follow_ups,
)
COMMITMENTS = Source(
    ReminderRule.Subject.COMMITMENT,
    Commitment,
    _due_commitments,
    title=lambda row: in_one_line(f"{row.project.name} · {row}"),
    address=lambda row: row.project.get_absolute_url(),
    action=_of_commitment,
    open=_open_commitments,
)
