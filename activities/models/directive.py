"""What was ordered, by whom it is done, and what became of it."""

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from accounts.owned import OwnedModel, owned_indexes
from accounts.roles import Role
from accounts.scope import ChildQuerySet, OwnedQuerySet, Scope
from companies.models import Company
from core.models import DomainManager, DomainModel
from documents.models import Sourced
from events.models import AgendaItem
from parks.models import Park
from projects.models import Project


class DirectiveQuerySet(OwnedQuerySet["Directive"]):
    """Orders."""

    def visible_to(self, user: User) -> Self:
        """As other owned rows, and what one was given to do: as its handler, or for one's unit."""
        scope = Scope.of(user)
        if scope.sees_all:
            return self
        mine = Q(handler=user) if scope.sees_own else Q(pk__in=[])
        if units := units_of(user):
            supported = DirectiveUnit.objects.filter(department__in=units).values("directive")
            mine |= Q(lead_unit__in=units) | Q(pk__in=supported)
        return self.filter(scope.owned(self.model) | mine)

    def unclosed(self) -> Self:
        return self.exclude(status=Directive.Status.CLOSED)

    def open(self) -> Self:
        """Those the handler still has to act on; a reported one waits for whoever gave it."""
        return self.exclude(status__in=[Directive.Status.REPORTED, Directive.Status.CLOSED])

    def due_by(self, day: dt.date) -> Self:
        return self.open().filter(due_on__lte=day)

    def overdue(self, today: dt.date) -> Self:
        return self.open().filter(due_on__lt=today)

    def to_sign(self, user: User) -> Self:
        """What waits for this person or his unit to sign for it."""
        return self.filter(_worked_by(user), status=Directive.Status.PENDING)

    def to_work(self, user: User) -> Self:
        """What this person or his unit has signed for and not yet reported."""
        return self.filter(_worked_by(user), status__in=[Directive.Status.ACCEPTED, Directive.Status.RETURNED])

    def issued_by(self, user: User) -> Self:
        """What this person or his department ordered and has to close."""
        scope = Scope.of(user)
        side = Q(owner=user) | Q(created_by=user) | Q(department__in=scope.departments)
        if Role.MANAGER in scope.roles:
            side |= Q(department=user.department_id)
        return self.filter(side)


def units_of(user: User) -> tuple[int, ...]:
    """The units for which a person signs: a head's with those below it, a liaison's own."""
    scope = Scope.of(user)
    if scope.departments:
        return scope.departments
    signs = scope.roles & {Role.LIAISON, Role.MANAGER}
    return (user.department_id,) if signs and user.department_id else ()


def _worked_by(user: User) -> Q:
    return Q(handler=user) | Q(lead_unit__in=units_of(user))


class Directive(OwnedModel, Sourced):
    """An order from a meeting, a leader, supervision or an appeal (交办事项)."""

    class Source(models.TextChoices):
        MEETING = "meeting", _("会议")
        NOTE = "note", _("批示")
        SUPERVISION = "supervision", _("督查")
        APPEAL = "appeal", _("企业诉求")
        PROBLEM = "problem", _("项目问题")
        INSPECTION = "inspection", _("巡察检查")

    class Status(models.TextChoices):
        PENDING = "pending", _("待签收")
        ACCEPTED = "accepted", _("办理中")
        REPORTED = "reported", _("已报结")
        CLOSED = "closed", _("已销号")
        RETURNED = "returned", _("退回重办")

    class Level(models.TextChoices):
        NONE = "none", _("未升级")
        BLUE = "blue", _("蓝色提醒")
        YELLOW = "yellow", _("黄色警告")
        RED = "red", _("红色限期")

    source = models.CharField(_("来源"), max_length=12, choices=Source)
    agenda_item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="directives", verbose_name=_("会议议题")
    )
    text = models.TextField(_("事项"))
    from_name = models.CharField(_("交办人（单位）"), max_length=60, blank=True)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="directives", verbose_name=_("项目"))
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="directives", verbose_name=_("企业"))
    park = models.ForeignKey(Park, models.PROTECT, null=True, blank=True, related_name="directives", verbose_name=_("园区"))
    lead_unit = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="led_directives", verbose_name=_("牵头单位")
    )
    support_units = models.ManyToManyField(
        Department, through="DirectiveUnit", related_name="supported_directives", editable=False
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="directives", verbose_name=_("经办人")
    )
    due_on = models.DateField(_("办结时限"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PENDING)
    level = models.CharField(_("督办级别"), max_length=6, choices=Level, default=Level.NONE)

    objects = DomainManager.from_queryset(DirectiveQuerySet)()

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name = _("交办事项")
        verbose_name_plural = _("交办事项")
        constraints = [
            models.CheckConstraint(
                condition=Q(project=None, company=None) | Q(project=None, park=None) | Q(company=None, park=None),
                name="activities_directive_one_subject",
                violation_error_message=_("项目、企业、园区最多填一项"),
            ),
            models.CheckConstraint(
                condition=~Q(source="problem") | Q(project__isnull=False),
                name="activities_directive_problem_has_project",
                violation_error_message=_("项目问题必须指明项目"),
            ),
        ]
        indexes = owned_indexes("activities_directive")

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        return reverse("desk:directive", args=[self.pk])

    @property
    def number(self) -> str:
        """编号: the year it was ordered and its running number; it stays the same for good."""
        return f"JB{timezone.localtime(self.created_at):%Y}-{self.pk:04d}"

    @property
    def is_open(self) -> bool:
        """Whether the lead unit still has to act on it."""
        return self.status not in (Directive.Status.REPORTED, Directive.Status.CLOSED)

    @property
    def subject(self) -> Project | Company | Park | None:
        return self.project or self.company or self.park

    @property
    def project_ended(self) -> bool:
        """Whether it is about a project that was terminated or deleted."""
        project = self.project
        return project is not None and (project.deleted_at is not None or project.status == Project.Status.TERMINATED)


class DirectiveUnit(DomainModel):
    """A unit that supports the leading one."""

    scope_through: ClassVar[str] = "directive"

    directive = models.ForeignKey(Directive, models.CASCADE, related_name="unit_links", verbose_name=_("交办事项"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="directive_links", verbose_name=_("配合单位"))
    rank = models.PositiveIntegerField(_("次序"), default=1)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["directive", "rank", "id"]
        verbose_name = _("配合单位")
        verbose_name_plural = _("配合单位")
        constraints = [
            models.UniqueConstraint(
                fields=["directive", "department"],
                condition=Q(deleted_at=None),
                name="activities_directive_unit_unique",
                violation_error_message=_("该单位已列为配合单位"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.department}"


class DirectiveNote(DomainModel):
    """One act on an order with its moment, person and words; the order's timeline. Written by services only."""

    class Kind(models.TextChoices):
        ISSUED = "issued", _("交办")
        SIGNED = "signed", _("签收")
        WORKED = "worked", _("办理情况")
        REPORTED = "reported", _("报结")
        RETURNED = "returned", _("退回")
        CLOSED = "closed", _("销号")
        REOPENED = "reopened", _("重新办理")
        DUE_MOVED = "due_moved", _("改时限")
        HANDLER = "handler", _("改经办人")
        ESCALATED = "escalated", _("督办级别")

    scope_through: ClassVar[str] = "directive"

    directive = models.ForeignKey(Directive, models.CASCADE, related_name="notes", verbose_name=_("交办事项"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    text = models.TextField(_("内容"), blank=True)
    noted_at = models.DateTimeField(_("时间"))
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("记录人"))
    old_due_on = models.DateField(_("原时限"), null=True, blank=True)
    new_due_on = models.DateField(_("新时限"), null=True, blank=True)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["directive", "noted_at", "id"]
        verbose_name = _("办理记录")
        verbose_name_plural = _("办理记录")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="due_moved") | (Q(new_due_on__isnull=False) & ~Q(text="")),
                name="activities_directive_note_due_has_reason",
                violation_error_message=_("改时限必须写明新时限和原因"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text[:40]}".strip()
