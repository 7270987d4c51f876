"""Rows as they stood at a moment. Nothing here is ever computed again."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import Scope
from projects.models import Project
from reports.models.period import Period


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    """Snapshots; that one was taken is no secret, its rows are."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()


class Snapshot(models.Model):
    """All rows of one moment. `sha256` is over their canonical JSON, so that a later change of any is found."""

    class Kind(models.TextChoices):
        WEEKLY = "weekly", _("周快照")
        MONTHLY = "monthly", _("月快照")
        MANUAL = "manual", _("手工快照")

    public_id = models.UUIDField(_("公开编号"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("类别"), max_length=7, choices=Kind)
    period = models.ForeignKey(Period, models.PROTECT, null=True, related_name="snapshots", verbose_name=_("报告期"))
    edition = models.PositiveIntegerField(_("版次"), default=1, help_text=_("解锁后再次锁定的月份有第二版"))
    as_of_on = models.DateField(_("截至日期"))
    taken_at = models.DateTimeField(_("生成时间"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("生成人"), help_text=_("空 = 定时")
    )
    sha256 = models.CharField("SHA-256", max_length=64)
    counts = models.JSONField(_("各表行数"), default=dict)
    tallies: Any = models.JSONField(_("对接与目标"), default=dict)  # as `services.tallies` writes it; empty in old ones

    objects = models.Manager.from_queryset(SnapshotQuerySet)()

    class Meta:
        ordering = ["-taken_at", "-id"]
        verbose_name = _("快照")
        verbose_name_plural = _("快照")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "period", "edition"],
                name="reports_snapshot_unique_edition",
                violation_error_message=_("该报告期的这一版快照已存在"),
            )
        ]
        indexes = [models.Index(fields=["-as_of_on", "-taken_at"], name="reports_snapshot_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.as_of_on}"

    @property
    def short_hash(self) -> str:
        """Enough of the hash to compare by eye."""
        return self.sha256[:12]


class SnapshotRowQuerySet(models.QuerySet["SnapshotRow"]):
    """Frozen rows."""

    def visible_to(self, user: User) -> Self:
        """The rows of projects a person may see now, whatever he could see then."""
        if Scope.of(user).sees_all:
            return self
        return self.filter(project_id__in=Project.objects.visible_to(user).values("pk"))

    def of(self, table: str) -> Self:
        return self.filter(table=table)


class SnapshotRow(models.Model):
    """One row as it stood: plain values, no keys that could lead to what it became since."""

    class Table(models.TextChoices):
        PROJECT = "project", _("项目")
        AGREEMENT = "agreement", _("协议")
        MILESTONE = "milestone", _("里程碑")
        CAPITAL = "capital", _("到位资金")
        PROGRESS = "progress", _("进展报送")

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="rows", verbose_name=_("快照"), db_index=False)
    table = models.CharField(_("表"), max_length=9, choices=Table)
    object_id = models.BigIntegerField(_("对象编号"))
    project_id = models.BigIntegerField(_("项目编号（内部）"))
    department_id = models.BigIntegerField(_("部门编号（内部）"), null=True)
    owner_id = models.BigIntegerField(_("负责人编号（内部）"), null=True)
    label = models.CharField(_("名称"), max_length=300)
    values: Any = models.JSONField(_("内容"), default=dict)
    digest = models.CharField(_("行校验"), max_length=16)

    objects = models.Manager.from_queryset(SnapshotRowQuerySet)()

    class Meta:
        ordering = ["snapshot", "table", "object_id"]
        verbose_name = _("快照行")
        verbose_name_plural = _("快照行")
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "table", "object_id"],
                name="reports_snapshot_row_unique",
                violation_error_message=_("该快照中已有这一行"),
            )
        ]
        indexes = [models.Index(fields=["snapshot", "table", "project_id"], name="reports_snapshot_row_project")]

    def __str__(self) -> str:
        return self.label
