"""Imports as jobs, what was learned about heads, and where each imported value came from."""

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ReferenceQuerySet, User
from accounts.scope import Scope
from audit.models import ChangeSet
from core.models import DomainManager, DomainModel, DomainQuerySet
from documents.models import Document

STUCK_AFTER = dt.timedelta(minutes=30)


class ImportJobQuerySet(DomainQuerySet["ImportJob"]):
    """Ledgers somebody brought."""

    def visible_to(self, user: User) -> Self:
        """One's own; all of them for those who see all rows."""
        return self if Scope.of(user).sees_all else self.filter(created_by=user)

    def applied(self) -> Self:
        return self.filter(status=ImportJob.Status.APPLIED)


class ImportJob(DomainModel):
    """One ledger from its upload to its undoing. Applying it is one act, recorded as a ChangeSet."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("已上传")
        CHECKING = "checking", _("检查中")
        CHECKED = "checked", _("已检查")
        APPLYING = "applying", _("导入中")
        APPLIED = "applied", _("已导入")
        UNDOING = "undoing", _("撤销中")
        UNDONE = "undone", _("已撤销")
        FAILED = "failed", _("未完成")

    history_excluded: ClassVar[tuple[str, ...]] = ("report", "done")

    file_name = models.CharField(_("文件名"), max_length=200)
    document = models.ForeignKey(Document, models.PROTECT, related_name="import_jobs", verbose_name=_("原件"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    layout = models.CharField(_("台账种类"), max_length=20, blank=True)
    unit = models.CharField(_("填报单位"), max_length=100, blank=True)
    answers = models.JSONField(_("选择"), default=dict, blank=True)  # question key → answer
    blank_clears = models.BooleanField(_("空白即清空"), default=False)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.UPLOADED)
    rows = models.PositiveIntegerField(_("数据行"), null=True, blank=True)
    report = models.JSONField(_("检查结果"), default=dict, blank=True)  # as `ledgers.report.of` writes it
    done = models.PositiveIntegerField(_("已处理行"), default=0)
    changeset = models.ForeignKey(
        ChangeSet, models.PROTECT, null=True, blank=True, related_name="import_jobs", verbose_name=_("变更集")
    )
    applied_at = models.DateTimeField(_("导入时间"), null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("导入人")
    )
    failure = models.CharField(_("未完成的原因"), max_length=300, blank=True)

    objects = DomainManager.from_queryset(ImportJobQuerySet)()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("台账导入")
        verbose_name_plural = _("台账导入")
        permissions = [
            ("import_ledger", _("导入台账")),
            ("export_ledger", _("导出台账")),
            ("export_telephones", _("导出完整电话")),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("ledgers:job", args=[self.pk])

    @property
    def running(self) -> bool:
        """Whether the worker has it."""
        return self.status in (self.Status.CHECKING, self.Status.APPLYING, self.Status.UNDOING)

    @property
    def stuck(self) -> bool:
        """Whether the worker has had it too long: it was ended, nothing was written, and the act may be begun again."""
        return self.running and timezone.now() - self.updated_at > STUCK_AFTER


class HeadAlias(DomainModel):
    """Another way in which people head a column."""

    layout = models.CharField(_("台账种类"), max_length=20)
    column = models.CharField(_("列"), max_length=40)
    head = models.CharField(_("表头写法"), max_length=100)

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["layout", "column", "head"]
        verbose_name = _("表头写法")
        verbose_name_plural = _("表头写法")
        constraints = [
            models.UniqueConstraint(
                fields=["layout", "head"],
                condition=Q(deleted_at=None),
                name="ledgers_alias_unique_head",
                violation_error_message=_("这种台账里已有同样的表头写法"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.layout} {self.head}"


class HeaderMapping(DomainModel):
    """How a person said that the heads of a sheet are meant; used again for every sheet with the same heads."""

    layout = models.CharField(_("台账种类"), max_length=20)
    signature = models.CharField(_("表头特征"), max_length=64)
    mapping = models.JSONField(_("列对应"), default=dict)  # head path → column key, "" = leave out

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["layout", "signature"]
        verbose_name = _("列对应")
        verbose_name_plural = _("列对应")
        constraints = [
            models.UniqueConstraint(
                fields=["layout", "signature"],
                condition=Q(deleted_at=None),
                name="ledgers_mapping_unique_signature",
                violation_error_message=_("这组表头已有列对应"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.layout} {self.signature}"


class ProvenanceQuerySet(models.QuerySet["Provenance"]):
    """Where imported values came from."""

    def of(self, row: models.Model) -> Self:
        """What imports said of one row, the latest first."""
        return self.filter(content_type=ContentType.objects.get_for_model(row), object_id=row.pk).order_by("-id")


class Provenance(models.Model):
    """What one import wrote into one row: for each field the cell and the text that was written."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="provenance", verbose_name=_("台账导入"))
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+", verbose_name=_("对象类型"))
    object_id = models.BigIntegerField(_("对象编号"))
    target = GenericForeignKey()
    sheet = models.CharField(_("表"), max_length=100)
    cells = models.JSONField(_("单元格"), default=dict)  # field → [F7, what was written]

    objects = models.Manager.from_queryset(ProvenanceQuerySet)()

    class Meta:
        ordering = ["id"]
        verbose_name = _("导入来源")
        verbose_name_plural = _("导入来源")
        indexes = [models.Index(fields=["content_type", "object_id", "-id"], name="ledgers_provenance_target")]

    def __str__(self) -> str:
        return f"{self.job} {self.sheet}"
