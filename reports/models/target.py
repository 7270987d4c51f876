"""What was set to be reached."""

import datetime as dt
from calendar import monthrange

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, ReferenceQuerySet
from core.models import DomainManager, DomainModel


def _or_none(name: str) -> Coalesce:
    return Coalesce(name, 0, output_field=models.BigIntegerField())


class Target(DomainModel):
    """A value of an indicator for the zone, a department or a person, in a year, a quarter or a month; unit by the indicator."""

    class PeriodKind(models.TextChoices):
        YEAR = "year", _("年")
        QUARTER = "quarter", _("季")
        MONTH = "month", _("月")

    indicator = models.CharField(_("指标"), max_length=40)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name=_("部门")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="targets", verbose_name=_("个人")
    )
    period_kind = models.CharField(_("周期"), max_length=7, choices=PeriodKind, default=PeriodKind.YEAR)
    year = models.PositiveIntegerField(_("年度"))
    n = models.PositiveSmallIntegerField(_("第几季/几月"), null=True, blank=True, help_text=_("年度目标留空"))
    value = models.DecimalField(_("目标值"), max_digits=16, decimal_places=4)

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["-year", "period_kind", "n", "indicator", "department", "user"]
        verbose_name = _("目标")
        verbose_name_plural = _("目标")
        constraints = [
            models.UniqueConstraint(
                "indicator",
                "period_kind",
                "year",
                _or_none("n"),
                _or_none("department"),
                _or_none("user"),
                condition=Q(deleted_at=None),
                name="reports_target_unique_subject",
                violation_error_message=_("该对象本期的这一指标已有目标"),
            ),
            models.CheckConstraint(
                condition=Q(department=None) | Q(user=None),
                name="reports_target_one_subject",
                violation_error_message=_("目标属于全区、一个部门或一个人，不能同时选部门和个人"),
            ),
            models.CheckConstraint(
                condition=Q(period_kind="year", n=None)
                | Q(period_kind="quarter", n__isnull=False, n__gte=1, n__lte=4)
                | Q(period_kind="month", n__isnull=False, n__gte=1, n__lte=12),
                name="reports_target_part_of_year",
                violation_error_message=_("季度填 1–4，月份填 1–12，年度目标留空"),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="reports_target_year_range",
                violation_error_message=_("年度应在 2000 到 2100 之间"),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="reports_target_not_negative",
                violation_error_message=_("目标值不能为负"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period_label}"

    @property
    def period_label(self) -> str:
        """The period in words: 2026年, 2026年第3季度, 2026年5月."""
        if self.period_kind == self.PeriodKind.QUARTER:
            return _now("%(year)d年第%(n)d季度") % {"year": self.year, "n": self.n or 0}
        if self.period_kind == self.PeriodKind.MONTH:
            return _now("%(year)d年%(n)d月") % {"year": self.year, "n": self.n or 0}
        return _now("%(year)d年") % {"year": self.year}

    @property
    def months(self) -> tuple[int, int]:
        """The first and the last month of the period."""
        if self.period_kind == self.PeriodKind.YEAR or self.n is None:
            return 1, 12
        return (self.n * 3 - 2, self.n * 3) if self.period_kind == self.PeriodKind.QUARTER else (self.n, self.n)

    @property
    def window(self) -> tuple[dt.date, dt.date]:
        """The first and the last day of the period."""
        first, last = self.months
        return dt.date(self.year, first, 1), dt.date(self.year, last, monthrange(self.year, last)[1])
