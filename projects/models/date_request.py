"""A wish for another date, put to whoever may move the milestone (改期申请)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Share, User
from accounts.roles import Role
from accounts.scope import ChildQuerySet, Scope, visible
from core.models import DomainManager, DomainModel
from projects.models.milestone import Milestone
from projects.models.project import Project


class DateRequestQuerySet(ChildQuerySet["DateRequest"]):
    """Wishes for other dates."""

    def visible_to(self, user: User) -> Self:
        """Those of projects one sees, and one's own."""
        seen = Milestone.objects.filter(project__in=visible(Project, user))
        return self if Scope.of(user).sees_all else self.filter(Q(milestone__in=seen) | Q(asked_by=user))

    def waiting(self) -> Self:
        """Without an answer, about a milestone that is still there."""
        return self.filter(status=DateRequest.Status.ASKED, milestone__deleted_at=None, milestone__project__deleted_at=None)

    def answered_by(self, user: User) -> Self:
        """Those this person may answer: whoever may change the project, and never his own."""
        scope = Scope.of(user)
        rows = self.exclude(asked_by=user)
        if Role.MANAGER in scope.roles:
            return rows
        projects = Project.objects.filter(Q(owner=user) | Q(department__in=scope.departments) | Q(pk__in=_editable(user)))
        return rows.filter(milestone__project__in=projects)


class DateRequest(DomainModel):
    """One person asks for another date of a milestone; who may move it accepts or declines."""

    class Status(models.TextChoices):
        ASKED = "asked", _("待答复")
        ACCEPTED = "accepted", _("已同意")
        DECLINED = "declined", _("未同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    scope_through: ClassVar[str] = "milestone__project"

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="date_requests", verbose_name=_("里程碑"))
    old_due_on = models.DateField(_("原日期"))
    wanted_on = models.DateField(_("申请日期"))
    reason = models.CharField(_("原因"), max_length=200)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField(_("申请时间"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="date_requests", verbose_name=_("申请人"))
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("答复人")
    )
    answer = models.CharField(_("答复"), max_length=200, blank=True)

    objects = DomainManager.from_queryset(DateRequestQuerySet)()

    class Meta:
        ordering = ["asked_at", "id"]
        verbose_name = _("改期申请")
        verbose_name_plural = _("改期申请")
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "asked_by"],
                condition=Q(deleted_at=None, status="asked"),
                name="projects_date_request_one_open",
                violation_error_message=_("您已为此节点申请改期，正在等待答复"),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["asked", "withdrawn"]) | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="projects_date_request_answered_by_somebody",
                violation_error_message=_("已答复的申请必须有答复人与时间"),
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(deleted_at=None, status="asked"), name="projects_date_request_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.milestone}：{self.old_due_on} → {self.wanted_on}"


def _editable(user: User) -> models.QuerySet[Share, Any]:
    """The keys of projects that were opened to this person for changing, as `accounts.scope.can_change` reads them."""
    kind = ContentType.objects.get_for_model(Project)
    until = Q(until_on=None) | Q(until_on__gte=timezone.localdate())
    return Share.objects.filter(until, user=user, content_type=kind, level=Share.Level.EDIT).values("object_id")
