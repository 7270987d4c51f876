"""The weeks and months that are reported, and which of them are closed."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ReferenceQuerySet
from core.models import DomainManager, DomainModel


class PeriodQuerySet(ReferenceQuerySet["Period"]):
    """Weeks and months."""

    def locked_month(self, day: dt.date) -> "PeriodQuerySet":
        """The locked month a day lies in: one row or none."""
        return self.filter(kind=Period.Kind.MONTH, start_on=day.replace(day=1), locked_at__isnull=False)


class Period(DomainModel):
    """A week (its closing Friday and the next) or a month (first and last day). What a locked month counts stays as it is."""

    class Kind(models.TextChoices):
        WEEK = "week", _("周")
        MONTH = "month", _("月")

    kind = models.CharField(_("类别"), max_length=5, choices=Kind)
    start_on = models.DateField(_("起"))
    end_on = models.DateField(_("止"))
    locked_at = models.DateTimeField(_("锁定时间"), null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("锁定人"),
    )
    unlock_reason = models.CharField(_("最近一次解锁原因"), max_length=200, blank=True, editable=False)

    objects = DomainManager.from_queryset(PeriodQuerySet)()

    class Meta:
        ordering = ["-start_on", "kind"]
        verbose_name = _("报告期")
        verbose_name_plural = _("报告期")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "start_on"],
                condition=Q(deleted_at=None),
                name="reports_period_unique_start",
                violation_error_message=_("该报告期已存在"),
            ),
            models.CheckConstraint(
                condition=Q(end_on__gt=models.F("start_on")),
                name="reports_period_order",
                violation_error_message=_("报告期的止日须晚于起日"),
            ),
            models.CheckConstraint(
                condition=Q(locked_at=None, locked_by=None) | Q(locked_at__isnull=False, locked_by__isnull=False, kind="month"),
                name="reports_period_locked_by_somebody",
                violation_error_message=_("只有月份可以锁定，并须有锁定人与时间"),
            ),
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.MONTH:
            return f"{self.start_on:%Y-%m}"
        return f"{self.start_on} — {self.end_on}"

    @property
    def is_locked(self) -> bool:
        return self.locked_at is not None
