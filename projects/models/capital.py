"""Investment month by month, plans by the year, capital as it arrived."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import ChildQuerySet
from companies.models import Company
from core.amounts import MoneyField
from core.models import DomainManager, DomainModel
from documents.models import Attachment, Sourced
from projects.models.project import Project


class InvestmentProgress(DomainModel, Sourced):
    """Investment completed by month: ours, and the statistics office's."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("已报送")
        VERIFIED = "verified", _("已核实")

    scope_through: ClassVar[str] = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="investment_progress", verbose_name=_("项目"))
    report_month = models.DateField(_("月份"), help_text=_("填当月 1 日"))
    completed = MoneyField(_("本月完成投资"))
    cumulative = MoneyField(_("累计完成投资"))
    stat_value = MoneyField(_("统计部门数"))
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["-report_month", "project"]
        verbose_name = _("投资完成")
        verbose_name_plural = _("投资完成")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "report_month"],
                condition=Q(deleted_at=None),
                name="projects_investment_unique_month",
                violation_error_message=_("该项目本月已有记录"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.report_month:%Y-%m}"


class AnnualPlan(DomainModel):
    """How much a project plans to invest in a year."""

    scope_through: ClassVar[str] = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="annual_plans", verbose_name=_("项目"))
    year = models.PositiveIntegerField(_("年度"))
    planned_investment = MoneyField(_("年度计划投资"))

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["-year", "project"]
        verbose_name = _("年度计划")
        verbose_name_plural = _("年度计划")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "year"],
                condition=Q(deleted_at=None),
                name="projects_annual_plan_unique_year",
                violation_error_message=_("该项目本年度已有计划"),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="projects_annual_plan_year_range",
                violation_error_message=_("年度应在 2000 到 2100 之间"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.year}"


class CapitalArrival(DomainModel, Sourced):
    """Money that arrived, as a voucher proves; a mistake is a negative row that names it."""

    class Origin(models.TextChoices):
        OUR_CITY = "our_city", _("本市")
        OTHER_CITY = "other_city", _("省内市外")
        OTHER_PROVINCE = "other_province", _("省外境内")
        HMT = "hmt", _("港澳台")
        FOREIGN = "foreign", _("国外")

    class Side(models.TextChoices):
        INVESTOR = "investor", _("投资方")
        LOCAL = "local", _("我方")

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("已报送")
        VERIFIED = "verified", _("已核实")
        RETURNED = "returned", _("已退回")

    scope_through: ClassVar[str] = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="capital_arrivals", verbose_name=_("项目"))
    payer = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="payments", verbose_name=_("出资方"))
    arrived_on = models.DateField(_("到账日期"))
    report_month = models.DateField(_("计入月份"), null=True, blank=True, help_text=_("填当月 1 日"))
    amount = MoneyField(_("到位资金"))
    amount_usd = models.DecimalField(_("到位外资（万美元）"), max_digits=16, decimal_places=4, null=True, blank=True)
    fx_rate = models.DecimalField(_("汇率"), max_digits=10, decimal_places=6, null=True, blank=True)
    fx_on = models.DateField(_("汇率日期"), null=True, blank=True)
    origin = models.CharField(_("资金来源地"), max_length=14, choices=Origin)
    side = models.CharField(_("出资一方"), max_length=8, choices=Side, default=Side.INVESTOR)
    use = models.CharField(_("用途"), max_length=100, blank=True)
    voucher = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="capital_arrivals", verbose_name=_("凭证")
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)
    verified_at = models.DateTimeField(_("核实时间"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("核实人"),
    )
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("更正哪一笔")
    )

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["-arrived_on", "-id"]
        verbose_name = _("到位资金")
        verbose_name_plural = _("到位资金")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=False) | Q(amount_usd__isnull=False),
                name="projects_capital_has_amount",
                violation_error_message=_("请填到位资金（万元）或到位外资（万美元）"),
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=False)
                | ((Q(amount=None) | Q(amount__gt=0)) & (Q(amount_usd=None) | Q(amount_usd__gt=0))),
                name="projects_capital_negative_corrects",
                violation_error_message=_("负数只能用于更正，请选择更正哪一笔"),
            ),
            models.CheckConstraint(
                condition=~Q(status="verified") | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="projects_capital_verified_by_somebody",
                violation_error_message=_("已核实须有核实人与时间"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.arrived_on}"
