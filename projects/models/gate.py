"""Moves between stages, the evidence they ask for, and what each side promised."""

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import ChildQuerySet, visible
from core.models import DomainManager, DomainModel
from documents.models import Attachment, Sourced
from projects import stages
from projects.models.project import Project


class StageChangeQuerySet(models.QuerySet["StageChange"]):
    """The moves of projects."""

    def visible_to(self, user: User) -> "StageChangeQuerySet":
        return self.filter(project__in=visible(Project, user))


class StageChange(models.Model):
    """One move of a project, with its own date and reason. Written by services only."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="stage_changes", verbose_name=_("项目"))
    from_stage = models.CharField(_("原阶段"), max_length=30, choices=stages.CHOICES)
    to_stage = models.CharField(_("新阶段"), max_length=30, choices=stages.CHOICES)
    from_status = models.CharField(_("原状态"), max_length=10, choices=Project.Status)
    to_status = models.CharField(_("新状态"), max_length=10, choices=Project.Status)
    moved_on = models.DateField(_("日期"))
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("操作人"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("记录时间"), auto_now_add=True)

    objects = models.Manager.from_queryset(StageChangeQuerySet)()

    class Meta:
        ordering = ["-moved_on", "-id"]
        verbose_name = _("阶段变动")
        verbose_name_plural = _("阶段变动")
        indexes = [models.Index(fields=["moved_on"], name="projects_stagechange_moved")]

    def __str__(self) -> str:
        return f"{self.project}：{self.get_from_stage_display()} → {self.get_to_stage_display()}"


class Evidence(DomainModel):
    """A paper that a stage asks for: missing, provided or waived. It never refuses a move."""

    class Status(models.TextChoices):
        MISSING = "missing", _("待补")
        PROVIDED = "provided", _("已提供")
        WAIVED = "waived", _("不适用")

    scope_through: ClassVar[str] = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="evidence", verbose_name=_("项目"))
    stage_change = models.ForeignKey(
        StageChange, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("阶段变动")
    )
    code = models.CharField(_("编码"), max_length=60)
    label = models.CharField(_("凭据"), max_length=60)
    due_on = models.DateField(_("补齐期限"), null=True, blank=True)
    attachment = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="evidence", verbose_name=_("附件")
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.MISSING)
    waived_reason = models.CharField(_("不适用原因"), max_length=200, blank=True)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name = _("凭据")
        verbose_name_plural = _("凭据")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "code"],
                condition=Q(deleted_at=None),
                name="projects_evidence_unique_code",
                violation_error_message=_("该项目已有同一凭据"),
            ),
            models.CheckConstraint(
                condition=~Q(status="waived", waived_reason=""),
                name="projects_evidence_waived_has_reason",
                violation_error_message=_("不适用须写明原因"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}（{self.get_status_display()}）"


NOT_AGREED = _("待公平竞争审查，不得作为已商定事项")


class CommitmentQuerySet(ChildQuerySet["Commitment"]):
    """What both sides promised."""

    def agreed(self) -> Self:
        """What may be named as agreed (已商定): reviewed, or in no need of it, and not withdrawn."""
        return self.exclude(fair_review=Commitment.FairReview.PENDING).exclude(status=Commitment.Status.WITHDRAWN)

    def awaiting_review(self) -> Self:
        return self.filter(fair_review=Commitment.FairReview.PENDING).exclude(status=Commitment.Status.WITHDRAWN)

    def overdue(self, today: dt.date) -> Self:
        return self.filter(status=Commitment.Status.OPEN, due_on__lt=today)


class Commitment(DomainModel, Sourced):
    """What one side promised in writing. There is no field for refunds of taxes or fees."""

    class Side(models.TextChoices):
        OURS = "ours", _("我方")
        THEIRS = "theirs", _("企业")

    class Status(models.TextChoices):
        OPEN = "open", _("待兑现")
        KEPT = "kept", _("已兑现")
        BROKEN = "broken", _("未兑现")
        WITHDRAWN = "withdrawn", _("已撤回")

    class FairReview(models.TextChoices):
        NOT_NEEDED = "not_needed", _("不涉及")
        PASSED = "passed", _("已通过公平竞争审查")
        PENDING = "pending", _("待公平竞争审查")

    scope_through: ClassVar[str] = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="commitments", verbose_name=_("项目"))
    side = models.CharField(_("承诺方"), max_length=6, choices=Side)
    text = models.TextField(_("承诺内容"))
    due_on = models.DateField(_("兑现期限"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    fair_review = models.CharField(_("公平竞争审查"), max_length=10, choices=FairReview, default=FairReview.PENDING)
    attachment = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("附件")
    )

    objects = DomainManager.from_queryset(CommitmentQuerySet)()

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name = _("承诺事项")
        verbose_name_plural = _("承诺事项")

    def __str__(self) -> str:
        said = f"{self.get_side_display()}：{self.text[:40]}"
        return f"{said}（{NOT_AGREED}）" if self.is_pending else said

    @property
    def is_pending(self) -> bool:
        """Whether it waits for the fair-competition review: then it is no agreed thing."""
        return self.fair_review == Commitment.FairReview.PENDING
