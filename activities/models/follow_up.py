"""What was promised: a next step."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.owned import OwnedModel, owned_indexes
from accounts.scope import OwnedQuerySet, Scope
from activities.models.contact import Interaction
from companies.models import Company
from core.models import DomainManager
from events.models import Event
from projects.models import MilestoneTemplateItem, Project


class FollowUpQuerySet(OwnedQuerySet["FollowUp"]):
    """Promised next steps."""

    def visible_to(self, user: User) -> Self:
        """As other owned rows, and what one was asked to do oneself."""
        scope = Scope.of(user)
        if scope.sees_all:
            return self
        mine = Q(assignee=user) if scope.sees_own or scope.sees_shared else Q(pk__in=[])
        return self.filter(scope.owned(self.model) | mine)

    def open(self) -> Self:
        return self.filter(status=FollowUp.Status.OPEN)

    def due_by(self, day: dt.date) -> Self:
        return self.open().filter(due_on__lte=day)


class FollowUp(OwnedModel):
    """A next step somebody promised (待办事项)."""

    class Status(models.TextChoices):
        OPEN = "open", _("待办")
        DONE = "done", _("已办")
        CANCELLED = "cancelled", _("取消")

    class Priority(models.TextChoices):
        NORMAL = "normal", _("一般")
        HIGH = "high", _("重要")

    title = models.CharField(_("事项"), max_length=200)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="follow_ups", verbose_name=_("承办人")
    )
    priority = models.CharField(_("优先级"), max_length=8, choices=Priority, default=Priority.NORMAL)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="follow_ups", verbose_name=_("企业（单位）")
    )
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="follow_ups", verbose_name=_("项目"))
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="follow_ups", verbose_name=_("活动"))
    interaction = models.ForeignKey(
        Interaction, models.PROTECT, null=True, blank=True, related_name="follow_ups", verbose_name=_("对接记录")
    )
    template_item = models.ForeignKey(
        MilestoneTemplateItem, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("模板节点")
    )
    completed_at = models.DateTimeField(_("办结时间"), null=True, blank=True, editable=False)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("办结人"),
    )
    result = models.CharField(_("办理结果"), max_length=200, blank=True)

    objects = DomainManager.from_queryset(FollowUpQuerySet)()

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name = _("待办事项")
        verbose_name_plural = _("待办事项")
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="done") | Q(completed_at__isnull=False),
                name="activities_follow_up_done_has_moment",
                violation_error_message=_("已办的事项必须有办结时间"),
            )
        ]
        indexes = [
            *owned_indexes("activities_follow_up"),
            models.Index(fields=["due_on"], condition=Q(deleted_at=None, status="open"), name="activities_follow_up_open"),
        ]

    def __str__(self) -> str:
        return self.title
