"""Milestone templates, the plan of a project, and every change of a date."""

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, ReferenceQuerySet, User
from accounts.scope import ChildQuerySet, visible
from core.dates import Precision
from core.models import DomainManager, DomainModel
from documents.models import Sourced
from projects import stages
from projects.models.project import Project


class DayKind(models.TextChoices):
    """What an offset counts."""

    CALENDAR = "calendar", _("日历日")
    WORKING = "working", _("工作日")


class DayOffRule(models.TextChoices):
    """Where a date on a day off goes."""

    NEXT = "next", _("顺延")
    PREVIOUS = "previous", _("提前")
    KEEP = "keep", _("不变")


class MilestoneTemplate(DomainModel):
    """A named set of steps with their distances from the base date."""

    class Basis(models.TextChoices):
        FORMAL_CONTRACT = "formal_contract", _("正式合同签订日")
        AGREEMENT = "agreement", _("协议签订日")
        EVENT_END = "event_end", _("活动结束日")

    class Produces(models.TextChoices):
        MILESTONE = "milestone", _("里程碑")
        FOLLOW_UP = "follow_up", _("待办事项")

    code = models.CharField(_("编码"), max_length=20)
    name = models.CharField(_("名称"), max_length=60)
    track = models.CharField(_("适用路径"), max_length=12, choices=stages.Track, null=True, blank=True)
    basis = models.CharField(_("基准日"), max_length=16, choices=Basis, default=Basis.FORMAL_CONTRACT)
    produces = models.CharField(_("生成"), max_length=10, choices=Produces, default=Produces.MILESTONE)

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["code"]
        verbose_name = _("里程碑模板")
        verbose_name_plural = _("里程碑模板")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(deleted_at=None),
                name="projects_template_unique_code",
                violation_error_message=_("已有同编码的模板"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class MilestoneTemplateItem(DomainModel):
    """One step: so many days after the base date, or after an earlier step."""

    template = models.ForeignKey(MilestoneTemplate, models.CASCADE, related_name="items", verbose_name=_("模板"))
    order = models.PositiveIntegerField(_("次序"), default=1)
    code = models.CharField(_("编码"), max_length=20)
    name = models.CharField(_("名称"), max_length=60)
    anchor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followers",
        verbose_name=_("起算节点"),
        help_text=_("空 = 从基准日起算"),
    )
    offset = models.IntegerField(_("天数"))
    day_kind = models.CharField(_("日历日/工作日"), max_length=8, choices=DayKind, default=DayKind.CALENDAR)
    day_off_rule = models.CharField(_("遇休息日"), max_length=8, choices=DayOffRule, default=DayOffRule.NEXT)
    is_key = models.BooleanField(_("关键节点"), default=False)
    evidence = models.CharField(_("凭据"), max_length=60, blank=True)
    unit = models.CharField(_("责任单位"), max_length=60, blank=True)

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["template", "order", "id"]
        verbose_name = _("模板节点")
        verbose_name_plural = _("模板节点")
        constraints = [
            models.UniqueConstraint(
                fields=["template", "code"],
                condition=Q(deleted_at=None),
                name="projects_template_item_unique_code",
                violation_error_message=_("模板内编码不能重复"),
            ),
            models.CheckConstraint(
                condition=~Q(anchor=models.F("id")),
                name="projects_template_item_not_own_anchor",
                violation_error_message=_("节点不能从自己起算"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def clean(self) -> None:
        if self.anchor is not None and (self.anchor.template_id != self.template_id or self.anchor.order >= self.order):
            raise ValidationError({"anchor": ValidationError(_("起算节点必须是同一模板里更靠前的节点"), code="anchor")})


class Plan(DomainModel):
    """One application of a template to a project, on a base date."""

    scope_through: ClassVar[str] = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="plans", verbose_name=_("项目"))
    template = models.ForeignKey(MilestoneTemplate, models.PROTECT, related_name="plans", verbose_name=_("模板"))
    base_on = models.DateField(_("基准日"))
    applied_on = models.DateField(_("套用日期"))
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("套用人")
    )

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["-applied_on", "-id"]
        verbose_name = _("计划")
        verbose_name_plural = _("计划")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "template"],
                condition=Q(deleted_at=None),
                name="projects_plan_unique_template",
                violation_error_message=_("该项目已套用此模板"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.template}（{self.base_on}）"


class MilestoneQuerySet(ChildQuerySet["Milestone"]):
    """Dated promises."""

    def open(self) -> Self:
        """Milestones somebody still has to reach; unconfirmed history is not among them."""
        return self.filter(status__in=Milestone.Status.open())

    def due_by(self, day: dt.date) -> Self:
        return self.open().filter(due_on__lte=day)

    def of_running_projects(self) -> Self:
        """As an exclusion: joined, SQLite walks through all projects instead of the few dates that are due."""
        ended = Project.all_objects.exclude(status=Project.Status.ACTIVE, deleted_at=None)
        return self.exclude(project__in=ended.values("pk"))


class Milestone(DomainModel, Sourced):
    """A dated promise inside a project."""

    class Status(models.TextChoices):
        TO_CONFIRM = "to_confirm", _("待核实")
        PLANNED = "planned", _("未开始")
        DOING = "doing", _("进行中")
        CONDITIONAL = "conditional", _("容缺")
        REPORTED = "reported", _("已报完成")
        DONE = "done", _("已完成")
        WAIVED = "waived", _("不适用")

        @classmethod
        def open(cls) -> list[str]:
            """The states in which somebody still has to act."""
            return [cls.PLANNED, cls.DOING, cls.CONDITIONAL]

    scope_through: ClassVar[str] = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones", verbose_name=_("项目"))
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="milestones", verbose_name=_("计划"))
    anchor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followers", verbose_name=_("起算节点")
    )
    code = models.CharField(_("编码"), max_length=20)
    name = models.CharField(_("名称"), max_length=60)
    offset = models.IntegerField(_("天数"), null=True, blank=True)
    day_kind = models.CharField(_("日历日/工作日"), max_length=8, choices=DayKind, default=DayKind.CALENDAR)
    day_off_rule = models.CharField(_("遇休息日"), max_length=8, choices=DayOffRule, default=DayOffRule.NEXT)
    is_key = models.BooleanField(_("关键节点"), default=False)
    evidence = models.CharField(_("凭据"), max_length=60, blank=True)
    original_due_on = models.DateField(_("原计划日期"), editable=False)
    due_on = models.DateField(_("计划完成日期"))
    completed_on = models.DateField(_("完成日期"), null=True, blank=True)
    completed_on_precision = models.CharField(_("完成日期（精度）"), max_length=8, choices=Precision, default=Precision.DAY)
    completed_on_inferred = models.BooleanField(_("完成日期（推定）"), default=False)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.PLANNED)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("确认人")
    )
    bulk_confirmed = models.BooleanField(_("批量确认"), default=False, editable=False)
    reported_at = models.DateTimeField(_("报完成时间"), null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("报完成人")
    )
    verified_at = models.DateTimeField(_("核实时间"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("核实人")
    )
    responsible_unit = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位")
    )
    responsible_unit_name = models.CharField(_("责任单位（未建档）"), max_length=60, blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("承办人")
    )
    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("跟办人")
    )
    waived_reason = models.CharField(_("不适用原因"), max_length=200, blank=True)

    objects = DomainManager.from_queryset(MilestoneQuerySet)()

    class Meta:
        ordering = ["due_on", "code"]
        verbose_name = _("里程碑")
        verbose_name_plural = _("里程碑")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "code"],
                condition=Q(deleted_at=None),
                name="projects_milestone_unique_code",
                violation_error_message=_("同一项目内里程碑编码不能重复"),
            ),
            models.CheckConstraint(
                condition=~Q(status="waived", waived_reason=""),
                name="projects_milestone_waived_has_reason",
                violation_error_message=_("不适用须写明原因"),
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(completed_on__isnull=False) | Q(completed_on_precision="unknown"),
                name="projects_milestone_done_has_date",
                violation_error_message=_("已完成须填完成日期；确实不知道时精度选“不详”"),
            ),
            models.CheckConstraint(
                condition=Q(status="to_confirm") | Q(confirmed_at__isnull=False),
                name="projects_milestone_open_is_confirmed",
                violation_error_message=_("未经确认的里程碑只能是“待核实”"),
            ),
            models.CheckConstraint(
                condition=~Q(anchor=models.F("id")),
                name="projects_milestone_not_own_anchor",
                violation_error_message=_("里程碑不能从自己起算"),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "due_on"], condition=Q(deleted_at=None), name="projects_milestone_status_due"),
            models.Index(fields=["project", "due_on"], name="projects_milestone_project"),
            models.Index(fields=["due_on", "code"], condition=Q(deleted_at=None), name="projects_milestone_by_date"),
            models.Index(fields=["status", "completed_on"], condition=Q(deleted_at=None), name="projects_milestone_done"),
        ]

    def __str__(self) -> str:
        return f"{self.project}·{self.name}"

    @property
    def unit_label(self) -> str:
        """The unit that has to act, or an empty text."""
        return str(self.responsible_unit or self.responsible_unit_name or "")

    @property
    def overdue_from(self) -> dt.date:
        """The day from which lateness counts: its date, or the day on which it was confirmed later."""
        confirmed = timezone.localdate(self.confirmed_at) if self.confirmed_at else self.due_on
        return max(self.due_on, confirmed)


class MilestoneRevisionQuerySet(models.QuerySet["MilestoneRevision"]):
    """Changes of planned dates, and decisions about what was reached."""

    def visible_to(self, user: User) -> Self:
        return self.filter(milestone__project__in=visible(Project, user))

    def re_dated(self) -> Self:
        """Decisions of people; what followed from an anchor does not count."""
        return self.filter(caused_by=None).exclude(old_due_on=models.F("new_due_on"))


class MilestoneRevision(models.Model):
    """One planned date replaced by another, and why. A cascade is one act."""

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="revisions", verbose_name=_("里程碑"))
    old_due_on = models.DateField(_("原日期"))
    new_due_on = models.DateField(_("新日期"))
    reason = models.CharField(_("原因"), max_length=200)
    caused_by = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="consequences", verbose_name=_("起因")
    )
    revised_on = models.DateField(_("改期日期"))
    revised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("改期人")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("批准人")
    )

    objects = models.Manager.from_queryset(MilestoneRevisionQuerySet)()

    class Meta:
        ordering = ["-revised_on", "-id"]
        verbose_name = _("改期记录")
        verbose_name_plural = _("改期记录")

    def __str__(self) -> str:
        return f"{self.milestone}：{self.old_due_on} → {self.new_due_on}"

    @property
    def said(self) -> str:
        """What was decided, why, by whom and when; a decision that moved no date is only its reason."""
        signed = f"（{self.revised_by or '—'}，{self.revised_on}）"
        if self.old_due_on == self.new_due_on:
            return f"{self.reason}{signed}"
        words = _("顺移至 %(day)s：%(reason)s") if self.caused_by_id else _("改期至 %(day)s：%(reason)s")
        return str(words) % {"day": self.new_due_on, "reason": self.reason} + signed
