"""Investment month by month, and plans by the year."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import ChildQuerySet
from core.amounts import MoneyField, format_amount
from core.models import DomainManager, DomainModel
from documents.models import Sourced
from projects.models.project import Project
from projects.models.stated import Stated
from projects.months import locked, refuse_locked

INVESTED = frozenset({"project_id", "report_month", "completed", "cumulative", "stat_value", "status", "deleted_at"})


class InvestmentProgress(DomainModel, Sourced, Stated):
    """Investment completed by month: ours, and the statistics office's; stated by one person, verified by another."""

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
            ),
            models.CheckConstraint(
                condition=~Q(status="verified") | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="projects_investment_verified_by_somebody",
                violation_error_message=_("已核实须有核实人与时间"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.report_month:%Y-%m}"

    @classmethod
    def closed_for(cls, rows: Iterable[Any], columns: Collection[str] | None = None) -> list[str]:
        """A month that is locked, for what its figures say."""
        counts = columns is None or INVESTED & set(columns)
        return locked(row.report_month for row in rows) if counts else []

    def clean(self) -> None:
        """A month is its first day; one that is locked takes nothing in and gives nothing away; what is verified stays.

        Raises ValidationError: code "month_locked", "verified".
        """
        if self.report_month is not None:
            self.report_month = self.report_month.replace(day=1)
        known = InvestmentProgress.all_objects.filter(pk=self.pk).first() if self.pk else None
        if known and known.status == self.Status.VERIFIED:
            raise ValidationError(_("已核实的完成投资不能修改：请先由核实人写明原因退回"), code="verified")
        refuse_locked(self.report_month, known.report_month if known else None)

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
