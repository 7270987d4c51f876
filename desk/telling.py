"""“有没有提醒过我？” of one milestone: who was told, when, by which channel, and whether it arrived."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from outbox.models import DeliveryAttempt, Message
from outbox.words import cause_of
from projects.models import Milestone
from reminders.models import Reminder

Status = Reminder.Status
FAILED = (DeliveryAttempt.Outcome.RETRY, DeliveryAttempt.Outcome.DEAD)


@dataclass(frozen=True)
class Told:
    """One reminder of one person, and what became of it."""

    reminder: Reminder
    outcome: str
    arrived: bool
    tries: list[str]
    opens: bool  # whether the page of the message opens for the viewer


def visible_reminders(milestone: Milestone, user: User, *, sees: bool) -> QuerySet[Reminder]:
    """All of a milestone whose project he sees (`sees`), else his own; drafts for leaders are the manager's."""
    kind = ContentType.objects.get_for_model(Milestone)
    rows = Reminder.objects.filter(content_type=kind, object_id=milestone.pk)
    if Role.MANAGER not in Scope.of(user).roles:
        rows = rows.filter(draft=False)
    return rows if sees else rows.filter(recipient=user)


def told(rows: QuerySet[Reminder], user: User, *, count: int) -> list[Told]:
    """The newest first, in as many queries for one as for a hundred."""
    tries = Prefetch("message__attempts_made", DeliveryAttempt.objects.order_by("n"))
    found = list(rows.select_related("rule", "recipient", "on_behalf_of", "message").prefetch_related(tries)[:count])
    keys = {row.message_id for row in found if row.message_id}
    opens = set(Message.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    return [_told(row, row.message_id in opens) for row in found]


def to_me(items: Iterable[Told], user: User) -> str:
    """The answer to the question itself."""
    mine = [item for item in items if item.reminder.recipient_id == user.pk]
    arrived = [item for item in mine if item.arrived]
    if arrived:
        last = arrived[0].reminder
        return _("提醒过您 %(n)d 次，最近一次 %(at)s（%(channel)s，计划日期 %(due)s）。") % {
            "n": len(arrived),
            "at": _clock(last.sent_at),
            "channel": last.get_channel_display(),
            "due": last.due_on,
        }
    if mine:
        return _("有给您的提醒，但还没有送到您手上：%(outcome)s。") % {"outcome": mine[0].outcome}
    return _("没有给您发过这个节点的提醒。")


def _told(row: Reminder, opens: bool) -> Told:
    tries = [_try(item) for item in row.message.attempts_made.all()] if row.message else []
    return Told(row, _outcome(row), row.status == Status.SENT, tries, opens)


def _outcome(row: Reminder) -> str:
    """What became of it, in words."""
    if row.status == Status.SENT:
        return _("%(at)s 已送出") % {"at": _clock(row.sent_at)}
    if row.draft:
        return _("在呈报清单里，等招商中心负责人决定")
    if row.status == Status.CANCELLED:
        return _("已取消：发出之前事项已办结、改期、推迟或转给他人")
    return _("等待下一次工作日汇总") if row.message is None else _on_its_way(row.message)


def _on_its_way(message: Message) -> str:
    if message.status == Message.Status.DEAD:
        return _("没有送达，系统不再自动发送")
    if message.status == Message.Status.CANCELLED:
        return _("邮件已取消发送")
    return _("正在发送，下一次 %(at)s") % {"at": _clock(message.next_at)}


def _try(row: DeliveryAttempt) -> str:
    """One attempt, without what the server answered: that may name addresses and stands on the page of the message."""
    said = f"{_clock(row.started_at)} {row.get_outcome_display()}"
    return f"{said}：{cause_of(row.code).title}" if row.outcome in FAILED else said


def _clock(at: dt.datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "—"
