"""What happened: a contact, with whom."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.owned import OwnedModel, owned_indexes
from accounts.scope import ChildQuerySet, OwnedQuerySet
from companies.models import Company, Person
from core.dates import Precision
from core.models import DomainManager, DomainModel
from documents.models import Sourced
from events.models import Event, Side
from projects.models import Project


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
