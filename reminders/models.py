"""Rules, the reminders they make, and what was done about those that belong to leaders."""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ReferenceQuerySet, User
from activities.models import Directive, FollowUp
from companies.models import Qualification
from core.models import DomainManager, DomainModel
from outbox.models import Channel, Message
from projects.models import Agreement, Commitment, DayKind, Evidence, Milestone, Project
from reminders import rule_checks
from reminders.state import Pilot, Trouble

__all__ = ["Pilot", "Reminder", "ReminderQuerySet", "ReminderRule", "ReportUp", "ReportUpQuerySet", "Trouble"]


class ReminderRule(DomainModel):
    """When somebody hears of a subject. `offset` is in days: before due negative, after it positive."""

    class Subject(models.TextChoices):
        MILESTONE = "milestone", _("里程碑")
        FOLLOW_UP = "follow_up", _("待办事项")
        DIRECTIVE = "directive", _("交办事项")
        EVIDENCE = "evidence", _("凭据")
        COMMITMENT = "commitment", _("承诺事项")
        SILENT_PROJECT = "silent_project", _("久未对接")
        PROGRESS = "progress", _("进展报送")
        EXPIRY = "expiry", _("到期")
        REVIEW = "review", _("复核")

    class Recipient(models.TextChoices):
        RESPONSIBLE = "responsible", _("跟办人和承办人")
        HEAD = "head", _("部门负责人")
        MANAGER = "manager", _("招商中心负责人")
        PATRON = "patron", _("包联领导（呈报）")
        LEADER = "leader", _("分管领导（呈报）")

        @classmethod
        def drafts(cls) -> list[str]:
            """Above the centre everything is a draft until the manager chooses."""
            return [cls.PATRON, cls.LEADER]

    code = models.CharField(_("编码"), max_length=40)
    subject = models.CharField(_("对象"), max_length=16, choices=Subject)
    offset = models.IntegerField(_("天数"), help_text=_("到期前为负，当天为 0，逾期为正"))
    day_kind = models.CharField(_("日历日/工作日"), max_length=8, choices=DayKind, default=DayKind.CALENDAR)
    key_only = models.BooleanField(
        _("仅关键节点"), null=True, blank=True, default=None, help_text=_("空 = 全部；否 = 仅一般节点")
    )
    recipient = models.CharField(_("收件人"), max_length=12, choices=Recipient)
    urgent = models.BooleanField(_("紧急"), default=False, help_text=_("紧急的另发一封，不等次日汇总"))
    enabled = models.BooleanField(_("启用"), default=True)

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["subject", "offset", "code"]
        verbose_name = _("提醒规则")
        verbose_name_plural = _("提醒规则")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(deleted_at=None),
                name="reminders_rule_unique_code",
                violation_error_message=_("已有同编码的规则"),
            )
        ]

    def __str__(self) -> str:
        return self.code

    def clean(self) -> None:
        if found := dict(rule_checks.faults(self)):
            raise ValidationError(found)


def subject_rows() -> list[models.QuerySet[Any]]:
    """What a reminder or a trouble can be about, deleted rows too, with what their names need."""
    return [
        Milestone.all_objects.select_related("project", "responsible_unit"),
        Evidence.all_objects.select_related("project"),
        FollowUp.all_objects.select_related("project", "company"),
        Commitment.all_objects.select_related("project"),
        Directive.all_objects.select_related("project", "lead_unit"),
        Agreement.all_objects.select_related("project"),
        Qualification.all_objects.prefetch_related("holder"),
        Project.all_objects.all(),
    ]


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """What is due, to whom."""

    def visible_to(self, user: User) -> Self:
        return self.filter(recipient=user)

    def unsent(self) -> Self:
        """Waiting to be put into a message."""
        return self.filter(status=Reminder.Status.PENDING, message=None, draft=False)

    def with_subjects(self) -> Self:
        """With rule, recipient and what each is about, in one query a kind."""
        return self.select_related("rule", "recipient", "on_behalf_of").prefetch_related(
            GenericPrefetch("subject", subject_rows())
        )

    def current(self) -> Self:
        """What the bell shows: everything but what was cancelled."""
        return self.exclude(status=Reminder.Status.CANCELLED)


class Reminder(models.Model):
    """One moment of one rule for one subject and one person. Its key makes it unique for ever."""

    class Relation(models.TextChoices):
        HANDLER = "handler", _("承办人")
        FOLLOWER = "follower", _("跟办人")
        HEAD = "head", _("部门负责人")
        MANAGER = "manager", _("招商中心负责人")
        PATRON = "patron", _("包联领导")
        LEADER = "leader", _("分管领导")

    class Status(models.TextChoices):
        PENDING = "pending", _("待发")
        QUEUED = "queued", _("已入信")
        SENT = "sent", _("已发")
        CANCELLED = "cancelled", _("已取消")

    key = models.CharField(_("键"), max_length=200, unique=True)
    rule = models.ForeignKey(ReminderRule, models.PROTECT, related_name="reminders", verbose_name=_("规则"))
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+", verbose_name=_("对象类型"))
    object_id = models.BigIntegerField(_("对象编号"))
    subject = GenericForeignKey()
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="reminders", verbose_name=_("收件人"))
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("代何人")
    )
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel, default=Channel.EMAIL)
    due_on = models.DateField(_("计划日期"))
    remind_on = models.DateField(_("提醒日期"))
    relation = models.CharField(_("关系"), max_length=12, choices=Relation)
    draft = models.BooleanField(_("呈报"), default=False)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PENDING)
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="reminders", verbose_name=_("消息"))
    previewed_on = models.DateField(_("试运行预览日"), null=True)
    created_at = models.DateTimeField(_("生成时间"))
    sent_at = models.DateTimeField(_("发送时间"), null=True)
    read_at = models.DateTimeField(_("已读时间"), null=True)
    acknowledged_at = models.DateTimeField(_("知悉时间"), null=True)
    snoozed_until_on = models.DateField(_("稍后提醒日"), null=True)

    objects = models.Manager.from_queryset(ReminderQuerySet)()

    class Meta:
        ordering = ["-remind_on", "-id"]
        verbose_name = _("提醒")
        verbose_name_plural = _("提醒")
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="sent") | Q(sent_at__isnull=False),
                name="reminders_reminder_sent_has_moment",
                violation_error_message=_("已发的提醒必须有发送时间"),
            )
        ]
        indexes = [
            models.Index(
                fields=["recipient"],
                condition=Q(status="pending", message=None, draft=False),
                name="reminders_reminder_unsent",
            ),
            models.Index(fields=["content_type", "object_id"], name="reminders_reminder_subject"),
            models.Index(fields=["recipient", "-id"], condition=~Q(status="cancelled"), name="reminders_reminder_bell"),
            models.Index(fields=["status", "content_type"], name="reminders_reminder_status"),
            models.Index(
                fields=["snoozed_until_on"], condition=Q(snoozed_until_on__isnull=False), name="reminders_reminder_snoozed"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class ReportUpQuerySet(models.QuerySet["ReportUp"]):
    """The list of what should go up to leaders."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def pending(self) -> Self:
        return self.filter(choice=ReportUp.Choice.PENDING)

    def waiting(self, today: dt.date) -> Self:
        """For the manager to decide: new ones, and those put off until today or before, about what still is due."""
        back = Q(choice=ReportUp.Choice.DEFERRED) & (Q(back_on=None) | Q(back_on__lte=today))
        rows = self.filter(Q(choice=ReportUp.Choice.PENDING) | back, reminder__draft=True)
        return rows.exclude(reminder__status=Reminder.Status.CANCELLED)


class ReportUp(models.Model):
    """A draft for a leader (呈报): the manager reports it, defers it, or has told it already."""

    class Choice(models.TextChoices):
        PENDING = "pending", _("待定")
        REPORTED = "reported", _("呈报")
        DEFERRED = "deferred", _("暂缓")
        TOLD_ORALLY = "told_orally", _("已口头汇报")

    reminder = models.OneToOneField(Reminder, models.PROTECT, related_name="report_up", verbose_name=_("提醒"))
    choice = models.CharField(_("处理"), max_length=12, choices=Choice, default=Choice.PENDING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("处理人"))
    at = models.DateTimeField(_("处理时间"), null=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    back_on = models.DateField(_("再列日期"), null=True)

    objects = models.Manager.from_queryset(ReportUpQuerySet)()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("呈报")
        verbose_name_plural = _("呈报清单")
        constraints = [
            models.CheckConstraint(
                condition=Q(choice="pending") | Q(by__isnull=False, at__isnull=False),
                name="reminders_report_up_decided_by_somebody",
                violation_error_message=_("已处理的呈报必须有处理人与时间"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.reminder.subject} {self.get_choice_display()}"

    def is_waiting(self, today: dt.date) -> bool:
        """Whether nobody decided, or what was put off is back."""
        back = self.choice == self.Choice.DEFERRED and (self.back_on is None or self.back_on <= today)
        return back or self.choice == self.Choice.PENDING
