"""Capital as it arrived."""

import datetime as dt
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any, ClassVar

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
from projects.models.stated import Stated
from projects.months import locked, refuse_locked

ARRIVED = frozenset(
    {"project_id", "arrived_on", "report_month", "amount", "amount_usd", "origin", "side", "status", "corrects_id", "deleted_at"}
)


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


class CapitalArrival(DomainModel, Sourced, Stated):
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

    @classmethod
    def closed_for(cls, rows: Iterable[Any], columns: Collection[str] | None = None) -> list[str]:
        """The locked months in which they are counted, for what the figures say."""
        counts = columns is None or ARRIVED & set(columns)
        return locked(row.counting_on for row in rows) if counts else []

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
