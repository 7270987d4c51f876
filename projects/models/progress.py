"""Progress told period by period; the highest accepted revision counts."""

from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from accounts.scope import ChildQuerySet, Scope
from core.models import DomainManager, DomainModel
from core.periods import Week
from documents.models import Sourced
from projects.models.project import Project

LOCKED = _("“%(report)s”的进展已采用，不能再改：请用“更正”另报一版")


class Told(NamedTuple):
    """What a person says of a period."""

    progress: str = ""
    problems: str = ""
    needs_coordination: str = ""
    next_plan: str = ""
    no_change_reason: str = ""


WORDS = frozenset({*Told._fields, "project", "period_start_on", "period_end_on", "revision", "supersedes", "status"})


class ProgressReportQuerySet(ChildQuerySet["ProgressReport"]):
    """Reports of progress."""

    def of(self, week: Week) -> Self:
        """Those of one week."""
        return self.filter(period_start_on=week.start_on, period_end_on=week.end_on)

    def filed(self) -> Self:
        """Those that were handed in, whether or not somebody looked at them."""
        return self.filter(status__in=[ProgressReport.Status.SUBMITTED, ProgressReport.Status.ACCEPTED])

    def newest(self) -> Self:
        """Without those that a later one of the same set replaces."""
        same = {name: OuterRef(name) for name in ("project", "period_start_on", "period_end_on")}
        return self.exclude(Exists(self.order_by().filter(**same, revision__gt=OuterRef("revision"))))

    def counted(self) -> Self:
        """What stands: of each project and period the highest accepted revision."""
        return self.filter(status=ProgressReport.Status.ACCEPTED).newest()

    def reviewed_by(self, user: User) -> Self:
        """Those this person may accept or return: a manager all, a head those of his departments."""
        scope = Scope.of(user)
        return self if Role.MANAGER in scope.roles else self.filter(project__department__in=scope.departments)


class ProgressReport(DomainModel, Sourced):
    """What happened in a period. Changed by `projects.services` only."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("已报送")
        RETURNED = "returned", _("已退回")
        ACCEPTED = "accepted", _("已采用")

    scope_through: ClassVar[str] = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="progress_reports", verbose_name=_("项目"))
    period_start_on = models.DateField(_("期初"))
    period_end_on = models.DateField(_("期末"))
    revision = models.PositiveIntegerField(_("修订"), default=1)
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="revised_by_rows", verbose_name=_("取代")
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)
    no_change_reason = models.CharField(_("无变化原因"), max_length=200, blank=True)
    progress = models.TextField(_("本期进展"), blank=True)
    problems = models.TextField(_("存在问题"), blank=True)
    needs_coordination = models.TextField(_("需协调事项"), blank=True)
    next_plan = models.TextField(_("下步计划"), blank=True)
    submitted_at = models.DateTimeField(_("报送时间"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("报送人")
    )
    accepted_at = models.DateTimeField(_("采用时间"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("采用人")
    )
    return_reason = models.CharField(_("退回原因"), max_length=200, blank=True)

    likeness = models.PositiveSmallIntegerField(_("与上期相似度（%）"), null=True, blank=True, editable=False)

    objects = DomainManager.from_queryset(ProgressReportQuerySet)()

    class Meta:
        ordering = ["-period_start_on", "-revision"]
        verbose_name = _("进展报送")
        verbose_name_plural = _("进展报送")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "period_start_on", "period_end_on", "revision"],
                condition=Q(deleted_at=None),
                name="projects_progress_unique_revision",
                violation_error_message=_("该项目本期的这一修订已存在"),
            ),
            models.CheckConstraint(
                condition=Q(period_end_on__gte=models.F("period_start_on")),
                name="projects_progress_period_order",
                violation_error_message=_("期末不能早于期初"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.period_end_on}"

    @property
    def told(self) -> Told:
        """What was typed."""
        return Told(*(getattr(self, name) for name in Told._fields))

    @property
    def alike(self) -> bool:
        """与上期雷同: the progress is that of the period before, but for dates and figures."""
        return self.likeness is not None and self.likeness >= settings.PROGRESS_ALIKE

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Refuses to change what an accepted report says (code "locked"), whichever way it comes."""
        touched = WORDS if update_fields is None else WORDS & set(update_fields)
        if touched and not self._state.adding:
            self._refuse_locked()
        super().save(*args, update_fields=update_fields, **options)

    def _refuse_locked(self) -> None:
        if type(self).all_objects.filter(pk=self.pk, status=self.Status.ACCEPTED).exists():
            raise ValidationError(LOCKED % {"report": self}, code="locked")
