"""What a person does about one of his own reminders: knows it, is told again later, and what else his part allows."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from activities.models import FollowUp
from audit import services as audit
from core.working_days import Calendar
from projects.models import Milestone
from reminders.models import Reminder, ReminderRule
from reminders.subjects import Span, source_of

AFTER_DUE = 3  # working days for which what is due or late can be put off
CHOICES = 10  # nearest working days that are offered, beside the last possible one
Relation = Reminder.Relation
Status = Reminder.Status


class Act(models.TextChoices):
    """What a line of a mail leads to."""

    ACKNOWLEDGE = "acknowledge", gettext_lazy("知道了")
    SNOOZE = "snooze", gettext_lazy("稍后提醒")
    NEW_DATE = "new_date", gettext_lazy("申请新日期")
    DONE = "done", gettext_lazy("标记完成")


def offered(row: Reminder) -> list[Act]:
    """The acts of a line, by what it is about and by the reader's part; who only oversees does not report it done."""
    acts = [Act.ACKNOWLEDGE]
    if row.rule.recipient not in ReminderRule.Recipient.drafts():
        acts.append(Act.SNOOZE)
    if row.relation in oversight():
        return acts
    if isinstance(row.subject, Milestone):
        return [*acts, Act.NEW_DATE, Act.DONE]
    return [*acts, Act.DONE] if isinstance(row.subject, FollowUp) else acts


def oversight() -> set[str]:
    """Relations of those who are told because others have to act."""
    return {Relation.HEAD, Relation.MANAGER, Relation.PATRON, Relation.LEADER}


def ended(row: Reminder, *, today: dt.date) -> str:
    """Why nothing is to be done about a reminder any more, as a sentence; empty while something is."""
    subject: Any = row.subject
    if subject is None or subject.deleted_at is not None:
        return _("所提醒的事项已删除，这条提醒随之取消。")
    return _settled(subject) or _overtaken(row, today) or _cancelled(row, today)


def _overtaken(row: Reminder, today: dt.date) -> str:
    """That the project ended, the date moved, or it is not due any more."""
    subject: Any = row.subject
    project = getattr(subject, "project", None)
    if project is not None and (project.ended or project.deleted_at is not None):
        return _("项目已终止或搁置，这条提醒随之取消。")
    if isinstance(subject, Milestone | FollowUp) and subject.due_on != row.due_on:
        said = _("计划日期已由 %(old)s 改为 %(new)s，这条提醒随之取消；到时会按新日期提醒。")
        return said % {"old": row.due_on, "new": subject.due_on or "—"}
    if not isinstance(subject, Milestone | FollowUp) and not _is_due(row, today):
        return _("所提醒的事项已办结、改期或不再需要提醒。")
    return ""


def _cancelled(row: Reminder, today: dt.date) -> str:
    """That it went to somebody else, or the planning took it back; one that was put off waits for its day."""
    if others := _handed_over(row):
        return _("事项已转给%(who)s，您不用再处理。") % {"who": "、".join(others)}
    put_off = row.snoozed_until_on is not None and row.snoozed_until_on > today
    return _("这条提醒已取消：事项已转给他人，或规则已调整。") if row.status == Status.CANCELLED and not put_off else ""


def _handed_over(row: Reminder) -> list[str]:
    """Who answers for it now, when that no longer is the person who was told (or whom he stood in for)."""
    subject: Any = row.subject
    if isinstance(subject, Milestone):
        keys = {subject.responsible_id, subject.follower_id or subject.project.owner_id}
    elif isinstance(subject, FollowUp):
        keys = {subject.assignee_id or subject.owner_id}
    else:
        return []
    if row.relation in oversight() or (row.on_behalf_of_id or row.recipient_id) in keys:
        return []
    return [user.display for user in User.objects.active().filter(pk__in=keys - {None}).order_by("pk")]


def _settled(subject: Any) -> str:
    """What became of a subject that is not open any more."""
    if isinstance(subject, Milestone) and subject.status not in Milestone.Status.open():
        return _("该节点%(status)s，无需再处理。") % {"status": subject.get_status_display()}
    if isinstance(subject, FollowUp) and subject.status != FollowUp.Status.OPEN:
        return _("该待办%(status)s，无需再处理。") % {"status": subject.get_status_display()}
    return ""


def _is_due(row: Reminder, today: dt.date) -> bool:
    """Whether its kind of subject still counts it as due on the same day (as the planning would ask)."""
    source = source_of(row)
    if source is None:
        return False
    span = Span(today, max(today, row.due_on), Calendar.load(), {row.object_id})
    return any(due.due_on == row.due_on for due in source.find(span))


def latest_snooze(due_on: dt.date, *, today: dt.date, days: Calendar) -> dt.date:
    """The last day to which a reminder can be put off: its planned date, or three working days once that is here.

    A planned date on a day off counts as the working day before it. Who is told as head or manager is not put off by it.
    """
    last = days.previous_working_day(due_on)
    return last if last > today else days.add_working_days(today, AFTER_DUE)


def snooze_days(due_on: dt.date, *, today: dt.date, days: Calendar) -> list[dt.date]:
    """The working days a person may choose from."""
    last = latest_snooze(due_on, today=today, days=days)
    found: list[dt.date] = []
    day = today
    while len(found) < CHOICES and (day := days.add_working_days(day, 1)) <= last:
        found.append(day)
    return found if last in found else [*found, last]


@transaction.atomic
def acknowledge(row: Reminder, *, by: User, now: dt.datetime) -> Reminder:
    """Note that the person knows; later steps of the rules come all the same."""
    row = _own(row, by)
    if row.acknowledged_at is None:
        row.acknowledged_at, row.read_at = now, row.read_at or now
        row.save(update_fields=["acknowledged_at", "read_at"])
        audit.record("reminder.acknowledged", row, by=by)
    return row


@transaction.atomic
def snooze(row: Reminder, until_on: dt.date, *, by: User, now: dt.datetime) -> Reminder:
    """Tell the person of this subject again on a working day, once, and not before; others are told as ever.

    Raises ValidationError: code "ended" when there is nothing left to be told, "draft" for a leader's,
    "working_day", "past" or "far" for a day that cannot be.
    """
    row, today, days = _own(row, by), timezone.localdate(now), Calendar.load()
    if said := ended(row, today=today):
        raise ValidationError(said, code="ended")
    if Act.SNOOZE not in offered(row):
        raise ValidationError(_("呈报给领导的事项不能稍后提醒"), code="draft")
    _refuse_day(until_on, latest_snooze(row.due_on, today=today, days=days), today=today, days=days)
    row.snoozed_until_on, row.read_at = until_on, row.read_at or now
    if row.status == Status.PENDING and row.message_id is None:
        row.status = Status.CANCELLED  # it comes back on its day under a key of its own
    row.save(update_fields=["snoozed_until_on", "read_at", "status"])
    audit.record("reminder.snoozed", row, by=by, changes={"until_on": str(until_on)})
    return row


def _refuse_day(until_on: dt.date, last: dt.date, *, today: dt.date, days: Calendar) -> None:
    if until_on <= today:
        raise ValidationError({"until_on": ValidationError(_("请选择今天以后的日子"), code="past")})
    if until_on > last:
        said = _("最晚只能推到 %(day)s：到期前不晚于计划日期，到期后不超过 %(n)d 个工作日") % {"day": last, "n": AFTER_DUE}
        raise ValidationError({"until_on": ValidationError(said, code="far")})
    if not days.is_working_day(until_on):
        raise ValidationError({"until_on": ValidationError(_("%(day)s 不是工作日") % {"day": until_on}, code="working_day")})


def _own(row: Reminder, by: User) -> Reminder:
    """The locked row; raises ValidationError (code "not_yours") for another person's."""
    found = Reminder.objects.select_for_update(of=("self",)).select_related("rule").get(pk=row.pk)
    if found.recipient_id != by.pk:
        raise ValidationError(_("只能处理发给自己的提醒"), code="not_yours")
    return found
