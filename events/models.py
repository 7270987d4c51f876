"""Promotion events, their agenda, who took part, and the opportunities shown there."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.owned import OwnedModel, owned_indexes
from accounts.scope import ChildQuerySet, OwnedQuerySet
from companies.industries import INDUSTRIES
from companies.models import Company, Person
from core import pinyin
from core.amounts import MoneyField, Qualifier
from core.dates import Precision
from core.models import DomainManager, DomainModel
from documents.models import Sourced
from parks.models import Park


class Side(models.TextChoices):
    """On whose side somebody sat."""

    OURS = "ours", _("我方")
    THEIRS = "theirs", _("客商")
    OTHER = "other", _("其他")


class Event(OwnedModel, Sourced):
    """A promotion, signing, trip, reception or meeting."""

    class Kind(models.TextChoices):
        PROMOTION = "promotion", _("推介会")
        SIGNING = "signing", _("签约会")
        MATCHMAKING = "matchmaking", _("对接会")
        TRIP = "trip", _("外出招商")
        RECEPTION = "reception", _("接待考察")
        MEETING = "meeting", _("会议")
        RESEARCH = "research", _("调研")
        EXHIBITION = "exhibition", _("展会")
        OPENING = "opening", _("开园开业")
        OTHER = "other", _("其他")

    class Status(models.TextChoices):
        PLANNED = "planned", _("筹备")
        HELD = "held", _("已举办")
        CANCELLED = "cancelled", _("取消")

    history_excluded: ClassVar[tuple[str, ...]] = ("search_text",)

    name = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("类型"), max_length=12, choices=Kind, default=Kind.PROMOTION)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("所属活动"))
    starts_on = models.DateField(_("开始日期"), null=True, blank=True)
    starts_on_precision = models.CharField(_("开始日期（精度）"), max_length=8, choices=Precision, default=Precision.DAY)
    starts_on_inferred = models.BooleanField(_("开始日期（推定）"), default=False)
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    venue = models.CharField(_("地点"), max_length=100, blank=True)
    city = models.CharField(_("城市"), max_length=60, blank=True)
    theme = models.CharField(_("主题"), max_length=100, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.PLANNED)
    announced_signed_count = models.PositiveIntegerField(_("公布签约个数"), null=True, blank=True)
    announced_signed_investment = MoneyField(_("公布签约总投资"))
    announced_promoted_count = models.PositiveIntegerField(_("公布推介个数"), null=True, blank=True)
    announced_promoted_investment = MoneyField(_("公布推介总投资"))
    summary = models.TextField(_("概况"), blank=True)
    promoted: models.ManyToManyField["PromotedProject", "EventPromotion"] = models.ManyToManyField(
        "PromotedProject", through="EventPromotion", related_name="events", editable=False
    )
    search_text = models.TextField(editable=False, blank=True)

    objects = DomainManager.from_queryset(OwnedQuerySet)()

    class Meta:
        ordering = ["-starts_on", "-id"]
        verbose_name = _("招商活动")
        verbose_name_plural = _("招商活动")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="events_event_order",
                violation_error_message=_("结束日期不能早于开始日期"),
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")),
                name="events_event_not_own_parent",
                violation_error_message=_("活动不能属于自己"),
            ),
        ]
        indexes = [
            *owned_indexes("events_event"),
            models.Index(fields=["-starts_on", "-id"], condition=Q(deleted_at=None), name="events_event_starts"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("desk:event", args=[self.pk])

    def save(self, *args: Any, **options: Any) -> None:
        self.fill_derived()
        fields = options.get("update_fields")
        if fields is not None and "name" in set(fields):
            options["update_fields"] = {*fields, "search_text"}
        super().save(*args, **options)

    def fill_derived(self) -> None:
        """The column that follows from the name; bulk paths call this themselves."""
        self.search_text = pinyin.search_text(self.name)


class AgendaItem(DomainModel, Sourced):
    """One item of an agenda, in its printed order, and what was decided."""

    scope_through: ClassVar[str] = "event"

    event = models.ForeignKey(Event, models.CASCADE, related_name="agenda", verbose_name=_("活动"))
    rank = models.PositiveIntegerField(_("次序"), default=1)
    title = models.CharField(_("议题"), max_length=200)
    decision = models.TextField(_("议定事项"), blank=True)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["event", "rank", "id"]
        verbose_name = _("议程")
        verbose_name_plural = _("议程")

    def __str__(self) -> str:
        return self.title


ONE_PARTICIPANT = (
    Q(person__isnull=False, user=None, name="", group_label="")
    | Q(company__isnull=False, person=None, user=None, name="", group_label="")
    | Q(company=None, person=None, user__isnull=False, name="", group_label="")
    | (Q(company=None, person=None, user=None, group_label="") & ~Q(name=""))
    | (Q(company=None, person=None, user=None, name="") & ~Q(group_label=""))
)


class Participation(DomainModel, Sourced):
    """Who was at an event, in the order given, and in what capacity."""

    class Role(models.TextChoices):
        CHAIR = "chair", _("主持")
        LEAD = "lead", _("牵头")
        HOST = "host", _("主办")
        ORGANISER = "organiser", _("承办")
        CO_ORGANISER = "co_organiser", _("协办")
        INVITER = "inviter", _("邀商")
        VIP = "vip", _("嘉宾（领导）")
        WITNESS = "witness", _("见证")
        SIGNATORY = "signatory", _("签约")
        INVESTOR = "investor", _("客商")
        EXPERT = "expert", _("专家")
        MEDIA = "media", _("媒体")
        STAFF = "staff", _("工作人员")

    class Status(models.TextChoices):
        INVITED = "invited", _("已邀请")
        CONFIRMED = "confirmed", _("已确认")
        DECLINED = "declined", _("谢绝")
        SUBSTITUTED = "substituted", _("委派他人")
        ATTENDED = "attended", _("已到场")
        ABSENT = "absent", _("缺席")

    scope_through: ClassVar[str] = "event"

    event = models.ForeignKey(Event, models.CASCADE, related_name="participations", verbose_name=_("活动"))
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="participations", verbose_name=_("单位")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="participations", verbose_name=_("人员")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
        verbose_name=_("本单位人员"),
    )
    name = models.CharField(_("姓名（未建档）"), max_length=60, blank=True)
    group_label = models.CharField(_("群体"), max_length=60, blank=True, help_text=_("例如 教育装备专家和企业代表"))
    title_then = models.CharField(_("时任职务"), max_length=80, blank=True)
    side = models.CharField(_("一方"), max_length=6, choices=Side, default=Side.THEIRS)
    rank = models.PositiveIntegerField(_("次序"), default=1, help_text=_("按原文或礼宾次序，不按拼音重排"))
    headcount = models.PositiveIntegerField(_("人数（家数）"), null=True, blank=True)
    headcount_qualifier = models.CharField(_("人数限定"), max_length=8, choices=Qualifier, default=Qualifier.EXACT)
    role = models.CharField(_("身份"), max_length=12, choices=Role, default=Role.INVESTOR)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.ATTENDED)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["event", "side", "rank", "id"]
        verbose_name = _("参加人员")
        verbose_name_plural = _("参加人员")
        constraints = [
            models.CheckConstraint(
                condition=ONE_PARTICIPANT,
                name="events_participation_one_subject",
                violation_error_message=_("请只填一项：单位（可带人员）、本单位人员、姓名或群体"),
            )
        ]

    def __str__(self) -> str:
        subject = self.person or self.company or self.user or self.name or self.group_label
        return f"{subject}（{self.get_role_display()}）"


class PromotedProject(OwnedModel, Sourced):
    """An opportunity offered to investors (推介项目): not a signed project."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        PUBLISHED = "published", _("已发布")
        WITHDRAWN = "withdrawn", _("已撤回")

    name = models.CharField(_("名称"), max_length=120)
    park = models.ForeignKey(
        Park, models.PROTECT, null=True, blank=True, related_name="promoted_projects", verbose_name=_("园区")
    )
    investment = MoneyField(_("拟投资额"))
    industry = models.CharField(_("行业"), max_length=4, choices=INDUSTRIES, blank=True)
    summary = models.TextField(_("简介"), blank=True)
    land = models.CharField(_("用地"), max_length=100, blank=True)
    contact_unit = models.CharField(_("联系单位"), max_length=100, blank=True)
    valid_until_on = models.DateField(_("有效期至"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)

    objects = DomainManager.from_queryset(OwnedQuerySet)()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("推介项目")
        verbose_name_plural = _("推介项目")
        indexes = owned_indexes("events_promoted")

    def __str__(self) -> str:
        return self.name


class EventPromotion(DomainModel, Sourced):
    """A promoted project at an event, in its place on the list."""

    scope_through: ClassVar[str] = "event"

    event = models.ForeignKey(Event, models.CASCADE, related_name="promotions", verbose_name=_("活动"))
    project = models.ForeignKey(PromotedProject, models.PROTECT, related_name="promotions", verbose_name=_("推介项目"))
    rank = models.PositiveIntegerField(_("次序"), default=1)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["event", "rank", "id"]
        verbose_name = _("推介")
        verbose_name_plural = _("推介")
        constraints = [
            models.UniqueConstraint(
                fields=["event", "project"],
                condition=Q(deleted_at=None),
                name="events_promotion_unique",
                violation_error_message=_("该项目已在此活动推介"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.project}"
