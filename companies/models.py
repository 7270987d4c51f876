"""Companies and other units, the people in them, and what each was recognised as."""

from typing import Any, ClassVar, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.owned import OwnedModel, owned_indexes
from accounts.scope import ChildQuerySet, OwnedQuerySet, Scope, visible
from companies import names, phones, uscc
from companies.industries import INDUSTRIES
from companies.regions import REGIONS
from core import pinyin
from core.dates import Precision
from core.models import DomainManager, DomainModel, DomainQuerySet
from documents.models import Sourced, TargetQuerySet


class NameStatus(models.TextChoices):
    """How far a name can be trusted."""

    REGISTERED = "registered", _("登记全称")
    SHORT = "short", _("简称")
    UNVERIFIED = "unverified", _("名称待核")


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
        super().save(*args, **_with(options, "name", "name_key", "search_text"))

    def fill_derived(self) -> None:
        """The columns that follow from the name; bulk paths call this themselves."""
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
        super().save(*args, **_with(options, "name", "name_key"))


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


class PersonQuerySet(DomainQuerySet["Person"]):
    """People outside our own staff."""

    def visible_to(self, user: User) -> Self:
        """Seen with one of their companies or with a row that names them; one without any, by all staff."""
        if Scope.of(user).sees_all:
            return self
        mine = Position.objects.filter(company__in=visible(Company, user)).values("person")
        condition = Q(pk__in=mine) | ~Q(pk__in=Position.objects.values("person"))
        for rows in person_links(user):
            condition |= Q(pk__in=rows)
        return self.filter(condition)


class Person(DomainModel, Sourced):
    """Somebody we deal with. Telephone and mail stay out of history and audit."""

    history_excluded: ClassVar[tuple[str, ...]] = ("mobile", "phone", "phone_tail", "email", "search_text")

    name = models.CharField(_("姓名"), max_length=50)
    mobile = models.CharField(_("手机"), max_length=30, blank=True)
    phone = models.CharField(_("座机"), max_length=30, blank=True)
    phone_tail = models.CharField(_("尾号"), max_length=4, blank=True, editable=False)
    email = models.EmailField(_("邮箱"), blank=True)
    source = models.CharField(_("信息来源"), max_length=100, blank=True, help_text=_("例如 名片、微信、报道"))
    note = models.TextField(_("备注"), blank=True)
    search_text = models.TextField(editable=False, blank=True)

    objects = DomainManager.from_queryset(PersonQuerySet)()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        indexes = [
            models.Index(fields=["name"], name="companies_person_name"),
            models.Index(fields=["-created_at"], condition=Q(deleted_at=None), name="companies_person_created"),
            models.Index(fields=["phone_tail"], condition=Q(deleted_at=None), name="companies_person_tail"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = names.normal_person_name(self.name)

    def save(self, *args: Any, **options: Any) -> None:
        self.fill_derived()
        super().save(*args, **_with(options, "name", "search_text"))

    def fill_derived(self) -> None:
        """The columns that follow from name and number; bulk paths call this themselves."""
        self.phone_tail = phones.tail(self.mobile or self.phone)
        self.search_text = pinyin.search_text(self.name, kind="person")


class Position(DomainModel, Sourced):
    """An office somebody held in a unit, over a time; names of 2020 are not names of today."""

    scope_through: ClassVar[str] = "company"

    person = models.ForeignKey(Person, models.CASCADE, related_name="positions", verbose_name=_("人员"))
    company = models.ForeignKey(Company, models.CASCADE, related_name="positions", verbose_name=_("企业（单位）"))
    title = models.CharField(_("职务"), max_length=60, blank=True)
    since_on = models.DateField(_("任职起"), null=True, blank=True)
    until_on = models.DateField(_("任职止"), null=True, blank=True)
    as_of_on = models.DateField(_("截至日期"), null=True, blank=True, help_text=_("这一职务在哪一天仍属实"))
    as_of_on_precision = models.CharField(_("截至日期（精度）"), max_length=8, choices=Precision, default=Precision.DAY)
    as_of_on_inferred = models.BooleanField(_("截至日期（推定）"), default=False)
    is_primary = models.BooleanField(_("主要联系人"), default=False)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["-is_primary", "id"]
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "company", "title"],
                condition=Q(deleted_at=None),
                name="companies_position_unique",
                violation_error_message=_("该人员在此单位已有同一职务"),
            ),
            models.CheckConstraint(
                condition=Q(since_on=None) | Q(until_on=None) | Q(until_on__gte=models.F("since_on")),
                name="companies_position_order",
                violation_error_message=_("任职结束日期不能早于开始日期"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.title} {self.person}".replace("  ", " ")


def person_links(user: User) -> list[models.QuerySet[Any]]:
    """Keys of people named by a visible row of a higher app: found by their relation, not by import."""
    links = []
    for relation in Person._meta.related_objects:
        model = relation.related_model
        if hasattr(model, "scope_through") and model is not Position and hasattr(model._default_manager.all(), "visible_to"):
            links.append(visible(model, user).exclude(person=None).values("person"))
    return links


def _with(options: dict[str, Any], trigger: str, *derived: str) -> dict[str, Any]:
    """`update_fields` completed by the columns that follow from `trigger`."""
    fields = options.get("update_fields")
    if fields is not None and trigger in set(fields):
        options["update_fields"] = {*fields, *derived}
    return options
