"""What happened (Interaction), what was promised (FollowUp), what was ordered (Directive)."""

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, ReferenceQuerySet, User
from accounts.owned import OwnedModel, owned_indexes
from accounts.scope import ChildQuerySet, OwnedQuerySet, Scope
from companies.models import Company, Person
from core.dates import Precision
from core.models import DomainManager, DomainModel
from documents.models import Sourced
from events.models import AgendaItem, Event, Side
from parks.models import Park
from projects.models import MilestoneTemplateItem, Project


class Interaction(OwnedModel, Sourced):
    """A contact that took place (对接记录)."""

    class Kind(models.TextChoices):
        CALL = "call", _("电话")
        ONLINE = "online", _("微信/视频")
        VISIT = "visit", _("外出拜访")
        RECEPTION = "reception", _("来访接待")
        SITE_VISIT = "site_visit", _("考察选址")
        TALKS = "talks", _("会见会谈")
        FORUM = "forum", _("座谈/对接会")
        RESEARCH = "research", _("领导调研")
        OTHER = "other", _("其他")

    class Outcome(models.TextChoices):
        EFFECTIVE = "effective", _("有效沟通")
        NO_ANSWER = "no_answer", _("未接通")
        GREETING = "greeting", _("问候")

    kind = models.CharField(_("方式"), max_length=10, choices=Kind, default=Kind.CALL)
    happened_on = models.DateField(_("日期"), null=True, blank=True)
    happened_on_precision = models.CharField(_("日期（精度）"), max_length=8, choices=Precision, default=Precision.DAY)
    happened_on_inferred = models.BooleanField(_("日期（推定）"), default=False)
    happened_time = models.TimeField(_("时间"), null=True, blank=True)
    place = models.CharField(_("地点"), max_length=100, blank=True)
    companies = models.ManyToManyField(Company, through="InteractionCompany", related_name="interactions", editable=False)
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="interactions", verbose_name=_("项目")
    )
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="interactions", verbose_name=_("活动"))
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome, blank=True, default=Outcome.EFFECTIVE)
    summary = models.TextField(_("内容"), help_text=_("谈了什么、对方怎么说；不要写涉密内容"))

    objects = DomainManager.from_queryset(OwnedQuerySet)()

    class Meta:
        ordering = ["-happened_on", "-id"]
        verbose_name = _("对接记录")
        verbose_name_plural = _("对接记录")
        indexes = [
            *owned_indexes("activities_interaction"),
            models.Index(fields=["-happened_on", "-id"], condition=Q(deleted_at=None), name="activities_interaction_day"),
            models.Index(fields=["project", "-happened_on"], name="activities_interaction_project"),
        ]

    def __str__(self) -> str:
        return f"{self.happened_on or '—'} {self.get_kind_display()}：{self.summary[:30]}"

    def get_absolute_url(self) -> str:
        return reverse("desk:contact", args=[self.pk])


class InteractionCompany(DomainModel):
    """A company in a contact; the first is the one it was about."""

    scope_through: ClassVar[str] = "interaction"

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="company_links", verbose_name=_("对接记录"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="interaction_links", verbose_name=_("企业（单位）"))
    rank = models.PositiveIntegerField(_("次序"), default=1)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["interaction", "rank", "id"]
        verbose_name = _("对接企业")
        verbose_name_plural = _("对接企业")
        constraints = [
            models.UniqueConstraint(
                fields=["interaction", "company"],
                condition=Q(deleted_at=None),
                name="activities_interaction_company_unique",
                violation_error_message=_("该企业已在此对接记录中"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.company}"


class Attendance(DomainModel, Sourced):
    """Who was in a contact, in the order given."""

    scope_through: ClassVar[str] = "interaction"

    interaction = models.ForeignKey(Interaction, models.CASCADE, related_name="attendances", verbose_name=_("对接记录"))
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="attendances", verbose_name=_("人员"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="attendances", verbose_name=_("本单位人员")
    )
    name = models.CharField(_("姓名（未建档）"), max_length=60, blank=True)
    title_then = models.CharField(_("时任职务"), max_length=80, blank=True)
    side = models.CharField(_("一方"), max_length=6, choices=Side, default=Side.THEIRS)
    rank = models.PositiveIntegerField(_("次序"), default=1)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["interaction", "side", "rank", "id"]
        verbose_name = _("参加人")
        verbose_name_plural = _("参加人")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, user=None, name="")
                | Q(person=None, user__isnull=False, name="")
                | (Q(person=None, user=None) & ~Q(name="")),
                name="activities_attendance_one_subject",
                violation_error_message=_("请填人员、本单位人员或姓名其中一项"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person or self.user or self.name}"


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


class DirectiveQuerySet(OwnedQuerySet["Directive"]):
    """Orders."""

    def open(self) -> Self:
        """Those the handler still has to act on; a reported one waits for whoever gave it."""
        return self.exclude(status__in=[Directive.Status.REPORTED, Directive.Status.CLOSED])

    def due_by(self, day: dt.date) -> Self:
        return self.open().filter(due_on__lte=day)


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


class LightRule(DomainModel):
    """One condition under which a project shows a colour; the thresholds are the office's to set."""

    class Colour(models.TextChoices):
        GREY = "grey", _("灰")
        GREEN = "green", _("绿")
        YELLOW = "yellow", _("黄")
        RED = "red", _("红")
        BLUE = "blue", _("蓝")

    code = models.CharField(_("编码"), max_length=40)
    colour = models.CharField(_("灯"), max_length=6, choices=Colour)
    condition = models.CharField(_("条件"), max_length=120)
    threshold = models.IntegerField(_("阈值"), default=0, help_text=_("天数或次数，见条件"))
    enabled = models.BooleanField(_("启用"), default=True)

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["code"]
        verbose_name = _("亮灯规则")
        verbose_name_plural = _("亮灯规则")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(deleted_at=None),
                name="activities_light_rule_unique_code",
                violation_error_message=_("已有同编码的规则"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_colour_display()}：{self.condition}"
