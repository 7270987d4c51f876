"""Companies and other units, their other names, and what each was recognised as."""

from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.owned import OwnedModel, owned_indexes
from accounts.scope import ChildQuerySet, OwnedQuerySet
from companies import names, uscc
from companies.industries import INDUSTRIES
from companies.regions import REGIONS
from core import pinyin
from core.models import DomainManager, DomainModel
from documents.models import Sourced, TargetQuerySet


class NameStatus(models.TextChoices):
    """How far a name can be trusted."""

    REGISTERED = "registered", _("登记全称")
    SHORT = "short", _("简称")
    UNVERIFIED = "unverified", _("名称待核")


def with_derived(options: dict[str, Any], trigger: str, *derived: str) -> dict[str, Any]:
    """`update_fields` completed by the columns that follow from `trigger`."""
    fields = options.get("update_fields")
    if fields is not None and trigger in set(fields):
        options["update_fields"] = {*fields, *derived}
    return options


class CompanyQuerySet(OwnedQuerySet["Company"]):
    """Units we deal with."""

    def named_for(self, user: User) -> Self:
        """Name, city and who follows since when, for all staff: choices, autocompletes, warnings of duplicates."""
        rows = self if user.is_active else self.none()
        return rows.only("name", "short_name", "city", "region", "owner", "created_at", "version", "deleted_at")


class Company(OwnedModel, Sourced):
    """An enterprise, association, university or public body."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", _("企业")
        BRANCH = "branch", _("分公司（区域公司）")
        ASSOCIATION = "association", _("社会团体")
        UNIVERSITY = "university", _("高校")
        INSTITUTE = "institute", _("科研院所")
        GOVERNMENT = "government", _("政府部门")
        PUBLIC_INSTITUTION = "public_institution", _("事业单位")
        OTHER = "other", _("其他")

    class CapitalSource(models.TextChoices):
        DOMESTIC = "domestic", _("内资")
        HMT = "hmt", _("港澳台")
        FOREIGN = "foreign", _("外资（不含港澳台）")
        UNKNOWN = "unknown", _("未说明")

    history_excluded: ClassVar[tuple[str, ...]] = ("search_text",)

    name = models.CharField(_("名称"), max_length=120, help_text=_("营业执照上的全称；不知道全称时照原文填写，状态选“名称待核”"))
    short_name = models.CharField(_("简称"), max_length=60, blank=True)
    name_status = models.CharField(_("名称状态"), max_length=10, choices=NameStatus, default=NameStatus.UNVERIFIED)
    name_key = models.CharField(_("名称（归一）"), max_length=120, editable=False)
    kind = models.CharField(_("类型"), max_length=20, choices=Kind, default=Kind.ENTERPRISE)
    capital_source = models.CharField(_("资本来源"), max_length=10, choices=CapitalSource, default=CapitalSource.UNKNOWN)
    ownership = models.CharField(_("组织性质"), max_length=30, blank=True, help_text=_("央企、省属国企、民营、混合所有制等"))
    region = models.CharField(_("国家/地区"), max_length=4, choices=REGIONS, default="cn")
    city = models.CharField(_("所在地"), max_length=60, blank=True, help_text=_("省市，例如 广东深圳"))
    credit_code = models.CharField(
        _("统一社会信用代码"), max_length=18, null=True, blank=True, help_text=_("18 位；没有或不知道请留空")
    )
    industry = models.CharField(_("行业"), max_length=4, choices=INDUSTRIES, blank=True, help_text="GB/T 4754-2017")
    focus = models.CharField(_("本区产业方向"), max_length=60, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="branches", verbose_name=_("上级单位"))
    note = models.TextField(_("备注"), blank=True)
    search_text = models.TextField(editable=False, blank=True)

    objects = DomainManager.from_queryset(CompanyQuerySet)()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("企业（单位）")
        verbose_name_plural = _("企业（单位）")
        constraints = [
            models.UniqueConstraint(
                fields=["name_key"],
                condition=Q(deleted_at=None),
                name="companies_company_unique_name",
                violation_error_message=_("已有同名企业（忽略空格与括号写法）"),
            ),
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=Q(deleted_at=None),
                name="companies_company_unique_credit_code",
                violation_error_message=_("该统一社会信用代码已属于另一家企业"),
            ),
            models.CheckConstraint(
                condition=Q(credit_code=None) | ~Q(credit_code=""),
                name="companies_company_code_not_blank",
                violation_error_message=_("没有信用代码时应留空"),
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")),
                name="companies_company_not_own_parent",
                violation_error_message=_("企业不能是自己的上级单位"),
            ),
        ]
        indexes = owned_indexes("companies_company")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("desk:company", args=[self.pk])

    def clean_fields(self, exclude: Any = None) -> None:
        if self.credit_code:
            self.credit_code = uscc.normalize(self.credit_code)  # before its length is looked at
        super().clean_fields(exclude=exclude)

    def clean(self) -> None:
        self.name = names.tidy(self.name)
        if self.credit_code:
            uscc.check(self.credit_code)
        else:
            self.credit_code = None
        self.name_key = names.normal_form(self.name)

    def warnings(self) -> list[str]:
        """What looks wrong but may be right, as sentences: kept, and shown."""
        if not self.credit_code:
            return []
        found = [uscc.check(self.credit_code), uscc.kind_warning(self.credit_code, self.kind)]
        return [sentence for sentence in found if sentence]

    def save(self, *args: Any, **options: Any) -> None:
        self.fill_derived()
        super().save(*args, **with_derived(with_derived(options, "name", "name_key", "search_text"), "short_name", "search_text"))

    def fill_derived(self) -> None:
        """The columns that follow from the names; bulk paths call this themselves."""
        self.name_key = names.normal_form(self.name)
        parts = [pinyin.search_text(self.name, kind="company", core=names.core_name(self.name)), self.short_name.lower()]
        self.search_text = "|".join(part for part in parts if part)


class CompanyAlias(DomainModel):
    """Another way in which a unit is named."""

    scope_through: ClassVar[str] = "company"

    company = models.ForeignKey(Company, models.CASCADE, related_name="aliases", verbose_name=_("企业"))
    name = models.CharField(_("别名"), max_length=120)
    name_key = models.CharField(_("别名（归一）"), max_length=120, editable=False)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["name"]
        verbose_name = _("企业别名")
        verbose_name_plural = _("企业别名")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name_key"],
                condition=Q(deleted_at=None),
                name="companies_alias_unique",
                violation_error_message=_("该企业已有这个别名"),
            )
        ]
        indexes = [models.Index(fields=["name_key"], name="companies_alias_key")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = names.tidy(self.name)
        self.name_key = names.normal_form(self.name)

    def save(self, *args: Any, **options: Any) -> None:
        self.name_key = names.normal_form(self.name)
        super().save(*args, **with_derived(options, "name", "name_key"))


class Qualification(DomainModel, Sourced):
    """What a company, park or person was recognised as, or works to be."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("谋划")
        APPLIED = "applied", _("申报")
        CULTIVATED = "cultivated", _("培育")
        GRANTED = "granted", _("已认定")
        LAPSED = "lapsed", _("失效")

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+", verbose_name=_("对象类型"))
    object_id = models.BigIntegerField(_("对象编号"))
    holder = GenericForeignKey()
    kind = models.CharField(_("资质"), max_length=60, help_text=_("例如 高新技术企业、省级大学科技园"))
    level = models.CharField(_("级别"), max_length=20, blank=True, help_text=_("国家级、省级、市级"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.GRANTED)
    year = models.PositiveIntegerField(_("年度"), null=True, blank=True)
    certificate_no = models.CharField(_("证书号"), max_length=60, blank=True)
    valid_until_on = models.DateField(_("有效期至"), null=True, blank=True)

    objects = DomainManager.from_queryset(TargetQuerySet)()

    class Meta:
        ordering = ["-year", "kind"]
        verbose_name = _("资质荣誉")
        verbose_name_plural = _("资质荣誉")
        indexes = [models.Index(fields=["content_type", "object_id"], name="companies_qualification_holder")]

    def __str__(self) -> str:
        return f"{self.kind}（{self.get_status_display()}）"
