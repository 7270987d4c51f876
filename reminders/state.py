"""The state of reminding itself: whether it runs on trial, and what keeps a reminder from somebody."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import Scope
from core.models import DomainManager, DomainModel, DomainQuerySet
from outbox.models import MENDERS


class PilotQuerySet(DomainQuerySet["Pilot"]):
    """The trials there were."""

    def visible_to(self, user: User) -> Self:
        return self if Scope.of(user).roles & MENDERS else self.none()

    def running_on(self, day: dt.date) -> Self:
        return self.filter(since_on__lte=day, until_on__gte=day, stopped_at=None)


class Pilot(DomainModel):
    """试运行: while it lasts everything goes to the manager who began it, as a preview, and nobody else gets mail."""

    since_on = models.DateField(_("自"))
    until_on = models.DateField(_("至（含当日）"))
    stopped_at = models.DateTimeField(_("提前结束时间"), null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("提前结束人")
    )

    objects = DomainManager.from_queryset(PilotQuerySet)()

    class Meta:
        ordering = ["-since_on", "-id"]
        verbose_name = _("提醒试运行")
        verbose_name_plural = _("提醒试运行")
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gte=F("since_on")),
                name="reminders_pilot_order",
                violation_error_message=_("结束日期不能早于开始日期"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.since_on} — {self.until_on}"


class TroubleQuerySet(models.QuerySet["Trouble"]):
    """What has to be mended."""

    def visible_to(self, user: User) -> Self:
        return self if Scope.of(user).roles & MENDERS else self.none()


class Trouble(models.Model):
    """Why somebody is not reminded of something; gone by itself in the round after it was mended."""

    class Phase(models.TextChoices):
        PLAN = "plan", _("计划")
        COMPOSE = "compose", _("写信")

    class Kind(models.TextChoices):
        NOBODY = "nobody", _("没有收件人")
        RULE = "rule", _("规则有误")
        SUBJECT = "subject", _("事项有误")
        SOURCE = "source", _("读取出错")
        WORDING = "wording", _("文字模板出错")

    key = models.CharField(_("键"), max_length=200, unique=True)
    phase = models.CharField(_("环节"), max_length=8, choices=Phase)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    rule = models.ForeignKey("reminders.ReminderRule", models.CASCADE, null=True, related_name="troubles", verbose_name=_("规则"))
    content_type = models.ForeignKey(ContentType, models.CASCADE, null=True, related_name="+", verbose_name=_("对象类型"))
    object_id = models.BigIntegerField(_("对象编号"), null=True)
    subject = GenericForeignKey()
    text = models.CharField(_("说明"), max_length=500)
    seen_at = models.DateTimeField(_("发现时间"))

    objects = models.Manager.from_queryset(TroubleQuerySet)()

    class Meta:
        ordering = ["kind", "key"]
        verbose_name = _("提醒故障")
        verbose_name_plural = _("提醒故障")

    def __str__(self) -> str:
        return self.text
