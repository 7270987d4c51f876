"""What was signed, when, at which event, and how statistics count it."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.scope import ChildQuerySet
from core.amounts import MoneyField, Qualifier
from core.dates import Precision
from core.models import DomainManager, DomainModel
from documents.models import Sourced
from events.models import Event
from projects.models.project import Project, ProjectParty

STRENGTH = ("formal", "tenancy", "framework", "intent", "mou", "unknown")  # in force: the first of these wins


CONTRACTS = ("formal", "tenancy")


def counted_amount() -> models.Case:
    """What a counted paper adds (万元): all of a first signing, of a later one only its increment."""
    return models.Case(
        models.When(counts_as=Agreement.CountsAs.NEW, then=models.F("amount")),
        default=models.F("increment"),
        output_field=MoneyField(),
    )


def _first(**narrowed: Any) -> models.Subquery:
    """The key of a project's first signed paper among those that may count."""
    rows = Agreement.objects.filter(project=models.OuterRef("project"), **narrowed).exclude(signed_on=None)
    counting = rows.exclude(counts_as=Agreement.CountsAs.NONE)
    return models.Subquery(counting.order_by("signed_on", "id").values("pk")[:1])


class AgreementQuerySet(ChildQuerySet["Agreement"]):
    """Signed papers."""

    def counted(self, start: dt.date, end: dt.date) -> Self:
        """What statistics count as signed from `start` to `end`, both included.

        A project counts once, by its first agreement and for that agreement's event; a later one
        counts only with its increment (rule of Sanming city, 2006: one project, one first signing).
        Sum `counted_amount()`: `amount` over `counts_as=new` and `increment` over the others.
        A paper that is not to be counted (`counts_as=none`) is nobody's first.
        """
        grown = Q(counts_as__in=[Agreement.CountsAs.INCREASE, Agreement.CountsAs.OWNER_CHANGE], increment__gt=0)
        return self.filter(signed_on__range=(start, end)).filter(Q(pk=_first()) | grown)

    def counted_new(self, start: dt.date, end: dt.date) -> Self:
        """Of what is counted, the projects signed for the first time: one paper each, whatever was signed later."""
        return self.filter(signed_on__range=(start, end), counts_as=Agreement.CountsAs.NEW, pk=_first())

    def upgraded(self, start: dt.date, end: dt.date) -> Self:
        """Intents and frameworks that became contracts: counted as such, without their amount."""
        return self.filter(signed_on__range=(start, end), counts_as=Agreement.CountsAs.UPGRADE)

    def first_contracts(self, start: dt.date, end: dt.date) -> Self:
        """The first contract (formal or tenancy) of each project, when it was signed from `start` to `end`.

        By these the projects of a period are followed: an intent of last year that became a contract
        this year belongs to this year's contracts, and was counted as signed last year.
        """
        return self.filter(signed_on__range=(start, end), pk=_first(kind__in=CONTRACTS))

    def in_force(self) -> Self:
        """Candidates for the agreement in force, the strongest first: kind, then latest, then id."""
        strength = models.Case(
            *(models.When(kind=kind, then=place) for place, kind in enumerate(STRENGTH)),
            output_field=models.IntegerField(),
        )
        rows = self.filter(terminated_on=None, superseded_by=None).exclude(kind=Agreement.Kind.SUPPLEMENT)
        return rows.order_by(strength, models.F("signed_on").desc(nulls_last=True), "-id")


class Agreement(DomainModel, Sourced):
    """A signed paper of a project. The announced amount stays with the event, not here."""

    class Kind(models.TextChoices):
        MOU = "mou", _("备忘录")
        INTENT = "intent", _("意向书")
        FRAMEWORK = "framework", _("框架/战略合作协议")
        FORMAL = "formal", _("投资协议（正式合同）")
        TENANCY = "tenancy", _("入驻（租赁）协议")
        SUPPLEMENT = "supplement", _("补充协议")
        UNKNOWN = "unknown", _("类型待核")

    class CountsAs(models.TextChoices):
        NEW = "new", _("新签")
        UPGRADE = "upgrade", _("升格")
        INCREASE = "increase", _("增资")
        OWNER_CHANGE = "owner_change", _("换业主")
        RESIGN = "resign", _("重签")
        NONE = "none", _("不计")

    scope_through: ClassVar[str] = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="agreements", verbose_name=_("项目"))
    kind = models.CharField(_("协议类型"), max_length=10, choices=Kind, default=Kind.UNKNOWN)
    title = models.CharField(_("协议名称"), max_length=120, blank=True)
    signed_on = models.DateField(_("签订日期"), null=True, blank=True)
    signed_on_precision = models.CharField(_("签订日期（精度）"), max_length=8, choices=Precision, default=Precision.DAY)
    signed_on_inferred = models.BooleanField(_("签订日期（推定）"), default=False)
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name=_("签约活动"))
    our_unit = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name=_("我方签约部门")
    )
    our_unit_name = models.CharField(_("我方签约单位"), max_length=100, blank=True)
    counterparties = models.ManyToManyField(ProjectParty, through="AgreementParty", related_name="agreements", editable=False)
    amount = MoneyField(_("协议（合同）总投资"))
    amount_qualifier = models.CharField(_("总投资限定"), max_length=8, choices=Qualifier, default=Qualifier.EXACT)
    amount_usd = models.DecimalField(_("总投资（万美元）"), max_digits=16, decimal_places=4, null=True, blank=True)
    fx_rate = models.DecimalField(_("汇率"), max_digits=10, decimal_places=6, null=True, blank=True)
    fx_on = models.DateField(_("汇率日期"), null=True, blank=True)
    fixed_investment = MoneyField(_("其中固定资产投资"))
    fixed_investment_qualifier = models.CharField(_("固定资产投资限定"), max_length=8, choices=Qualifier, default=Qualifier.EXACT)
    counts_as = models.CharField(_("计入方式"), max_length=12, choices=CountsAs, default=CountsAs.NEW)
    increment = MoneyField(_("增量"), help_text=_("单位：万元；增资、换业主只计增量"))
    valid_until_on = models.DateField(_("有效期至"), null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes", verbose_name=_("被取代于")
    )
    terminated_on = models.DateField(_("终止日期"), null=True, blank=True)

    objects = DomainManager.from_queryset(AgreementQuerySet)()

    class Meta:
        ordering = ["-signed_on", "-id"]
        verbose_name = _("协议")
        verbose_name_plural = _("协议")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0),
                name="projects_agreement_amount_positive",
                violation_error_message=_("总投资不能为负"),
            ),
            models.CheckConstraint(
                condition=~Q(superseded_by=models.F("id")),
                name="projects_agreement_not_own_successor",
                violation_error_message=_("协议不能取代自己"),
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | Q(fixed_investment=None) | Q(fixed_investment__lte=models.F("amount")),
                name="projects_agreement_fixed_within_total",
                violation_error_message=_("固定资产投资不能大于总投资"),
            ),
        ]
        indexes = [models.Index(fields=["signed_on"], condition=Q(deleted_at=None), name="projects_agreement_signed")]

    def __str__(self) -> str:
        return self.title or f"{self.get_kind_display()}（{self.signed_on or '—'}）"


class AgreementParty(DomainModel):
    """A party of the project that signed this paper."""

    scope_through: ClassVar[str] = "agreement__project"

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="parties", verbose_name=_("协议"))
    party = models.ForeignKey(ProjectParty, models.PROTECT, related_name="signed", verbose_name=_("签约方"))
    rank = models.PositiveIntegerField(_("次序"), default=1)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["agreement", "rank", "id"]
        verbose_name = _("协议签约方")
        verbose_name_plural = _("协议签约方")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "party"],
                condition=Q(deleted_at=None),
                name="projects_agreement_party_unique",
                violation_error_message=_("该签约方已列入"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.party}"
