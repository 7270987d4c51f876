"""Figures as somebody stated them, with their words, unit, qualifier and date."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, ReferenceQuerySet
from companies.models import Company
from core.amounts import Qualifier
from core.dates import Precision
from core.models import DomainManager, DomainModel
from documents.models import Sourced
from parks.models import Park


class IndicatorValue(DomainModel, Sourced):
    """One figure about one subject. Values of overlapping subjects are never added."""

    class Status(models.TextChoices):
        ANNOUNCED = "announced", _("公布")
        SYSTEM = "system", _("本系统")

    indicator = models.CharField(_("指标"), max_length=80)
    subject_label = models.CharField(_("主体（原文）"), max_length=100)
    parks = models.ManyToManyField(Park, through="IndicatorPark", related_name="indicator_values", editable=False)
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="indicator_values", verbose_name=_("企业（单位）")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="indicator_values", verbose_name=_("部门")
    )
    as_of_on = models.DateField(_("截至日期"), null=True, blank=True)
    as_of_on_precision = models.CharField(_("截至日期（精度）"), max_length=8, choices=Precision, default=Precision.DAY)
    as_of_on_inferred = models.BooleanField(_("截至日期（推定）"), default=False)
    value = models.DecimalField(_("数值"), max_digits=20, decimal_places=4, null=True, blank=True)
    value_to = models.DecimalField(_("数值（止）"), max_digits=20, decimal_places=4, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=20)
    qualifier = models.CharField(_("限定"), max_length=8, choices=Qualifier, default=Qualifier.EXACT)
    status = models.CharField(_("来由"), max_length=10, choices=Status, default=Status.ANNOUNCED)
    scope_note = models.CharField(_("口径"), max_length=200, blank=True)

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["subject_label", "indicator", "-as_of_on"]
        verbose_name = _("指标数值")
        verbose_name_plural = _("指标数值")
        constraints = [
            models.CheckConstraint(
                condition=Q(value_to=None) | Q(value__isnull=False, value_to__gte=models.F("value")),
                name="reports_indicator_value_range",
                violation_error_message=_("区间的止值不能小于起值"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_label} {self.indicator}"


class IndicatorPark(DomainModel):
    """A park among those a figure is about."""

    value = models.ForeignKey(IndicatorValue, models.CASCADE, related_name="park_links", verbose_name=_("指标数值"))
    park = models.ForeignKey(Park, models.PROTECT, related_name="indicator_links", verbose_name=_("园区"))
    rank = models.PositiveIntegerField(_("次序"), default=1)

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["value", "rank", "id"]
        verbose_name = _("指标所涉园区")
        verbose_name_plural = _("指标所涉园区")
        constraints = [
            models.UniqueConstraint(
                fields=["value", "park"],
                condition=Q(deleted_at=None),
                name="reports_indicator_park_unique",
                violation_error_message=_("该园区已列入"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.park}"
