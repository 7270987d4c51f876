"""Who reported a company first, and for how long nobody else may."""

import datetime as dt
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import ChildQuerySet
from companies.models.company import Company
from core.models import DomainManager, DomainModel


class FirstReportQuerySet(ChildQuerySet["FirstReport"]):
    """Claims of a company."""

    def protecting(self, day: dt.date) -> Self:
        """Those that keep others away on a day, the earliest first: it is the one that counts."""
        return self.filter(protected_until_on__gte=day).exclude(decision=FirstReport.Decision.REVOKED).order_by("at", "id")

    def disputed(self) -> Self:
        """Those on which the manager still has to decide."""
        return self.filter(decision=FirstReport.Decision.PENDING)


class FirstReport(DomainModel):
    """首报: who reported a company first and follows it undisturbed until a day; services write it."""

    class Decision(models.TextChoices):
        NONE = "none", _("无异议")
        PENDING = "pending", _("有异议，待裁定")
        UPHELD = "upheld", _("维持首报")
        REVOKED = "revoked", _("撤销首报")

    scope_through: ClassVar[str] = "company"

    company = models.ForeignKey(Company, models.CASCADE, related_name="first_reports", verbose_name=_("企业（单位）"))
    project_code = models.CharField(_("项目编号"), max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("首报人"))
    at = models.DateTimeField(_("首报时间"), editable=False)
    protected_until_on = models.DateField(_("保护期至"), editable=False)
    disputed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("异议人")
    )
    dispute_reason = models.CharField(_("异议理由"), max_length=200, blank=True, editable=False)
    decision = models.CharField(_("裁定"), max_length=8, choices=Decision, default=Decision.NONE, editable=False)
    decision_reason = models.CharField(_("裁定理由"), max_length=200, blank=True, editable=False)

    objects = DomainManager.from_queryset(FirstReportQuerySet)()

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("首报")
        verbose_name_plural = _("首报")
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="none", disputed_by=None) | (~Q(decision="none") & Q(disputed_by__isnull=False)),
                name="companies_first_report_decision_needs_dispute",
                violation_error_message=_("有异议才能裁定，有异议的须写明异议人"),
            ),
            models.CheckConstraint(
                condition=Q(disputed_by=None) | ~Q(disputed_by=models.F("by")),
                name="companies_first_report_not_own_dispute",
                violation_error_message=_("不能对自己的首报提出异议"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.by} {self.at:%Y-%m-%d}"
