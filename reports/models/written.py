"""Reports that were written from a snapshot: a draft whose text people change, then the version that went up."""

from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from accounts.scope import Scope
from core.models import DomainManager, DomainModel, DomainQuerySet
from documents.models import Document, Sourced
from reports.models.snapshot import Snapshot

ISSUED = _("“%(report)s”已印发，不能再改：请另起一版")


class WrittenReportQuerySet(DomainQuerySet["WrittenReport"]):
    """Written reports."""

    def visible_to(self, user: User) -> Self:
        """A report says what its author saw: it is for who sees everything, for him, and for the head of his department."""
        scope = Scope.of(user)
        if scope.sees_all:
            return self
        return self.filter(Q(created_by=user) | Q(department__in=scope.departments))


class WrittenReport(DomainModel, Sourced):
    """A report of one snapshot; `department` is empty when it is about the whole zone. Changed by `services.writing` only."""

    class Kind(models.TextChoices):
        WEEKLY = "weekly", _("周报")

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        ISSUED = "issued", _("已印发")

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="written", verbose_name=_("快照"))
    before = models.ForeignKey(
        Snapshot, models.PROTECT, null=True, blank=True, related_name="compared_in", verbose_name=_("上一期快照")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="written_reports", verbose_name=_("部门")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.WEEKLY)
    title = models.CharField(_("标题"), max_length=100)
    body: Any = models.JSONField(_("内容"), default=dict)
    status = models.CharField(_("状态"), max_length=6, choices=Status, default=Status.DRAFT)
    issued_at = models.DateTimeField(_("印发时间"), null=True, blank=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("印发人"),
    )
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, editable=False, related_name="written", verbose_name=_("存档文件")
    )
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="successors", verbose_name=_("取代")
    )

    objects = DomainManager.from_queryset(WrittenReportQuerySet)()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("书面报告")
        verbose_name_plural = _("书面报告")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft", issued_at=None, issued_by=None, document=None)
                | Q(status="issued", issued_at__isnull=False, issued_by__isnull=False, document__isnull=False),
                name="reports_written_issued_is_kept",
                violation_error_message=_("已印发的报告须有印发人、时间与存档文件；草稿没有"),
            ),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=Q(deleted_at=None),
                name="reports_written_one_successor",
                violation_error_message=_("这一版已有下一版"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("desk:weekly_report", args=[self.pk])

    @property
    def is_issued(self) -> bool:
        return self.status == self.Status.ISSUED

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Refuses to change what was issued (code "issued"), whichever way it comes."""
        if not self._state.adding and type(self).all_objects.filter(pk=self.pk, status=self.Status.ISSUED).exists():
            raise ValidationError(ISSUED % {"report": self}, code="issued")
        super().save(*args, update_fields=update_fields, **options)
