"""Messages, every attempt to deliver one, and the beat of the loop that does it."""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from outbox.policy import policy
from outbox.robot import Robot

MENDERS = frozenset({Role.MANAGER, Role.SYSADMIN})  # who may send every message again
OVERSEERS = MENDERS | {Role.SECURITY, Role.AUDITOR}  # who sees every message


class Channel(models.TextChoices):
    """How a message travels: to a person by mail or under his bell, to a group by its robot."""

    EMAIL = "email", _("邮件")
    IN_SITE = "in_site", _("站内")
    ROBOT = "robot", _("群机器人")


class MessageQuerySet(models.QuerySet["Message"]):
    """The queue. What is due stands here; Redis only rings the bell."""

    def visible_to(self, user: User) -> Self:
        """One's own; those of his people to a head; all to the manager and to whoever keeps or checks the system."""
        return self.all() if Scope.of(user).roles & OVERSEERS else self._near(user)

    def mendable_by(self, user: User) -> Self:
        """Those that a person may send again: his own, those of his people, for manager and administrator all."""
        return self.all() if Scope.of(user).roles & MENDERS else self._near(user)

    def _near(self, user: User) -> Self:
        return self.filter(Q(recipient=user) | Q(recipient__department__in=Scope.of(user).departments))

    def waiting(self) -> Self:
        """Not yet handed over, and not given up."""
        return self.filter(status__in=[Message.Status.PENDING, Message.Status.SENDING])

    def dead(self) -> Self:
        """Given up, and not yet taken care of by anybody."""
        return self.filter(status=Message.Status.DEAD)

    def with_code(self) -> models.QuerySet[Any]:
        """With the code of the last attempt as `code`, empty without one."""
        last = DeliveryAttempt.objects.filter(message=OuterRef("pk")).order_by("-n").values("code")[:1]
        return self.annotate(code=Coalesce(Subquery(last), Value("")))

    def claimable(self, now: dt.datetime) -> Self:
        """Due and free, or held by a lease that ran out (or lies impossibly far ahead: a clock went back)."""
        due = Q(status=Message.Status.PENDING, next_at__lte=now)
        dropped = Q(status=Message.Status.SENDING) & (Q(lease_until__lte=now) | Q(lease_until__gt=now + 2 * policy().lease))
        return self.filter(due | dropped)


class Message(models.Model):
    """One message to one person, or to the group of a robot. `sent` is absorbing: nothing leaves that state."""

    class Status(models.TextChoices):
        PENDING = "pending", _("待发送")
        SENDING = "sending", _("发送中")
        SENT = "sent", _("已发送")
        DEAD = "dead", _("发送失败")
        CANCELLED = "cancelled", _("已取消")

    key = models.CharField(_("键"), max_length=200, unique=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="messages", verbose_name=_("收件人")
    )
    robot = models.ForeignKey(Robot, models.PROTECT, null=True, related_name="messages", verbose_name=_("群机器人"))
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel, default=Channel.EMAIL)
    subject = models.CharField(_("主题"), max_length=200)
    text = models.TextField(_("正文"))
    html = models.TextField(_("网页正文"), blank=True)
    recheck = models.CharField(_("发送前复核"), max_length=100, blank=True)
    headers = models.JSONField(_("附加信头"), default=dict)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PENDING)
    lease_token = models.CharField(_("租约"), max_length=36, blank=True)
    lease_until = models.DateTimeField(_("租约至"), null=True)
    attempts = models.PositiveIntegerField(_("尝试次数"), default=0)
    failures = models.PositiveIntegerField(_("失败次数"), default=0, help_text=_("不含渠道本身的故障"))
    next_at = models.DateTimeField(_("下次发送"))
    message_id = models.CharField(_("Message-ID"), max_length=120)
    created_at = models.DateTimeField(_("生成时间"), auto_now_add=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True)

    objects = models.Manager.from_queryset(MessageQuerySet)()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | (~Q(status="sent") & Q(sent_at=None)),
                name="outbox_message_sent_has_moment",
                violation_error_message=_("已发送的消息必须有发送时间，未发送的不能有"),
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, robot=None) | Q(recipient=None, robot__isnull=False),
                name="outbox_message_one_receiver",
                violation_error_message=_("消息必须有且只有一个收件人或群机器人"),
            ),
            models.CheckConstraint(
                condition=Q(channel="robot", robot__isnull=False) | (~Q(channel="robot") & Q(robot=None)),
                name="outbox_message_robot_has_channel",
                violation_error_message=_("群机器人的消息走群机器人渠道，给人的不走"),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "next_at"], name="outbox_message_status_next"),
            models.Index(fields=["recipient", "-id"], name="outbox_message_recipient"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def receiver(self) -> User | Robot | None:
        """The person, or the robot of a group."""
        return self.recipient or self.robot

    @property
    def circuit(self) -> str:
        """The name of the circuit it goes through: each robot has its own."""
        return f"{self.channel}:{self.robot_id}" if self.robot_id else self.channel


class DeliveryAttempt(models.Model):
    """One try to hand a message over: the answer to “was I told?”."""

    class Outcome(models.TextChoices):
        STARTED = "started", _("进行中")
        SENT = "sent", _("已送出")
        RETRY = "retry", _("稍后重试")
        DEAD = "dead", _("放弃")
        CANCELLED = "cancelled", _("已取消")

    message = models.ForeignKey(Message, models.CASCADE, related_name="attempts_made", verbose_name=_("消息"))
    n = models.PositiveIntegerField(_("次序"))
    worker = models.CharField(_("执行者"), max_length=100)
    started_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"), null=True)
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome, default=Outcome.STARTED)
    code = models.CharField(_("代码"), max_length=20, blank=True)
    text = models.TextField(_("应答"), blank=True)

    class Meta:
        ordering = ["message", "n"]
        verbose_name = _("发送记录")
        verbose_name_plural = _("发送记录")
        constraints = [
            models.UniqueConstraint(
                fields=["message", "n"],
                name="outbox_attempt_unique_n",
                violation_error_message=_("同一消息的发送次序不能重复"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.message_id}#{self.n} {self.get_outcome_display()}"


class Circuit(models.Model):
    """How often a channel failed in a row, and until when it is left alone. One row a channel, `robot:7` for a robot."""

    channel = models.CharField(_("渠道"), max_length=30, unique=True)
    failures = models.PositiveIntegerField(_("连续失败"), default=0)
    open_until = models.DateTimeField(_("暂停至"), null=True)
    reason = models.CharField(_("原因"), max_length=500, blank=True)

    class Meta:
        ordering = ["channel"]
        verbose_name = _("渠道状态")
        verbose_name_plural = _("渠道状态")

    def __str__(self) -> str:
        kind, _colon, number = self.channel.partition(":")
        return f"{dict(Channel.choices).get(kind, kind)} {number}".strip()


class Heartbeat(models.Model):
    """When the loop last planned and last delivered, and how much waits. One row a name."""

    name = models.CharField(_("名称"), max_length=20, unique=True)
    started_at = models.DateTimeField(_("最近开始"), null=True)
    ended_at = models.DateTimeField(_("最近完成"), null=True)
    backlog = models.PositiveIntegerField(_("待发"), default=0)
    oldest_due_at = models.DateTimeField(_("最早应发"), null=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("心跳")
        verbose_name_plural = _("心跳")

    def __str__(self) -> str:
        return self.name
