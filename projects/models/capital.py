"""Investment month by month, plans by the year, capital as it arrived."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import ChildQuerySet
from companies.models import Company
from core.amounts import MoneyField, Total, format_amount
from core.models import DomainManager, DomainModel
from documents.models import Attachment, Sourced
from projects.models.project import Project
from projects.months import refuse_locked


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

    def clean(self) -> None:
        """A month is its first day; one that is locked takes nothing in and gives nothing away."""
        if self.report_month is not None:
            self.report_month = self.report_month.replace(day=1)
        known = InvestmentProgress.all_objects.filter(pk=self.pk).values_list("report_month", flat=True)
        refuse_locked(self.report_month, *(known if self.pk else ()))

    def warnings(self) -> Iterator[str]:
        """What is possible and yet unlikely."""
        if self.cumulative is None:
            return
        if self.completed is not None and self.cumulative < self.completed:
            yield _("累计完成投资 %(total)s 小于本月完成 %(month)s，请核对") % {
                "total": format_amount(self.cumulative),
                "month": format_amount(self.completed),
            }
        earlier = InvestmentProgress.objects.filter(project=self.project_id, report_month__lt=self.report_month)
        last = earlier.exclude(cumulative=None).order_by("-report_month").first()
        if last and last.cumulative is not None and last.cumulative > self.cumulative:
            yield _("累计完成投资小于 %(month)s 的 %(total)s，请核对") % {
                "total": format_amount(last.cumulative),
                "month": f"{last.report_month:%Y-%m}",
            }


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

    def warnings(self) -> Iterator[str]:
        """What is possible and yet unlikely."""
        paper = self.project.agreement
        if paper and paper.amount is not None and self.planned_investment is not None and self.planned_investment > paper.amount:
            yield _("年度计划投资 %(plan)s 大于协议总投资 %(amount)s，请核对") % {
                "plan": format_amount(self.planned_investment),
                "amount": format_amount(paper.amount),
            }


class CapitalArrivalQuerySet(ChildQuerySet["CapitalArrival"]):
    """Money that arrived; a correction counts with its sign."""

    def verified(self) -> "CapitalArrivalQuerySet":
        return self.filter(status=CapitalArrival.Status.VERIFIED)

    def unverified(self) -> "CapitalArrivalQuerySet":
        """Stated and not yet proven; what was returned is neither."""
        return self.filter(status__in=[CapitalArrival.Status.DRAFT, CapitalArrival.Status.SUBMITTED])

    def counted_in(self, start: dt.date, end: dt.date) -> "CapitalArrivalQuerySet":
        """Counted in a period, both days included: by the month it is reported for, else by the day it arrived."""
        dated = Q(report_month=None, arrived_on__range=(start, end))
        return self.filter(dated | Q(report_month__range=(start.replace(day=1), end)))


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
    note = models.CharField(_("说明"), max_length=200, blank=True)
    submitted_at = models.DateTimeField(_("报送时间"), null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("报送人"),
    )
    return_reason = models.CharField(_("退回原因"), max_length=200, blank=True, editable=False)
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

    objects = DomainManager.from_queryset(CapitalArrivalQuerySet)()

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

    @property
    def counting_on(self) -> dt.date:
        """The day by which it is counted: that of the month it is reported for, else of its arrival."""
        return self.report_month or self.arrived_on

    def clean(self) -> None:
        """Nothing changes that was verified or lies in a locked month, and a correction takes back no more than there is.

        Raises ValidationError: code "verified", "month_locked", "corrects".
        """
        if self.report_month:
            self.report_month = self.report_month.replace(day=1)
        known = CapitalArrival.all_objects.filter(pk=self.pk).first() if self.pk else None
        if known and known.status == self.Status.VERIFIED:
            message = _("已核实的到位资金不能修改：记错了请另记一笔负数，并选择更正哪一笔")
            raise ValidationError(message, code="verified")
        refuse_locked(self.counting_on, known.counting_on if known else None)
        if self.corrects is not None:
            self._refuse_correction(self.corrects)

    def _refuse_correction(self, wrong: "CapitalArrival") -> None:
        if wrong.project_id != self.project_id or wrong.corrects_id or wrong.status != self.Status.VERIFIED:
            raise ValidationError(
                {"corrects": ValidationError(_("只能更正同一项目中已核实的一笔，更正本身不能再更正"), code="corrects")}
            )
        others = CapitalArrival.objects.filter(corrects=wrong).exclude(pk=self.pk).exclude(status=self.Status.RETURNED)
        taken = others.order_by().aggregate(amount=Total("amount"), amount_usd=Total("amount_usd"))
        for name in ("amount", "amount_usd"):
            there, mine = getattr(wrong, name), getattr(self, name)
            left = (there or Decimal(0)) + (taken[name] or Decimal(0))
            if mine is not None and (mine >= 0 or left + mine < 0):
                said = _("更正须为负数，且不能超过被更正的一笔尚余的 %(left)s") % {"left": format_amount(left, unit="万元")}
                raise ValidationError({name: ValidationError(said, code="corrects")})
