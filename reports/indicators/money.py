"""Rows of money: what arrived, what was invested and planned, and what each investor brings."""

from collections.abc import Callable

from django.db.models import DecimalField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from companies.models import Company
from companies.regions import MAINLAND
from projects.models import AnnualPlan, CapitalArrival, InvestmentProgress, Project, ProjectParty
from reports.indicators.asked import Asked
from reports.indicators.places import inside_province

ABROAD = (CapitalArrival.Origin.HMT, CapitalArrival.Origin.FOREIGN)
OTHER_PROVINCES = (CapitalArrival.Origin.OTHER_PROVINCE,)
OUTSIDE_CITY = (CapitalArrival.Origin.OTHER_CITY, CapitalArrival.Origin.OTHER_PROVINCE)


def _until(asked: Asked) -> Q:
    end = asked.window.end
    return Q(report_month=None, arrived_on__lte=end) | Q(report_month__lte=end)


def arrived(asked: Asked) -> QuerySet[CapitalArrival]:
    """Verified, of the projects of the batch, from the beginning until the last day."""
    return CapitalArrival.objects.verified().filter(_until(asked), project__in=asked.batch())


def arrived_unverified(asked: Asked) -> QuerySet[CapitalArrival]:
    return CapitalArrival.objects.unverified().filter(_until(asked), project__in=asked.batch())


def in_period(asked: Asked) -> QuerySet[CapitalArrival]:
    """What arrived in the days asked for, whenever the project was signed, proven or not."""
    return CapitalArrival.objects.counted_in(*asked.window.days).filter(project__in=asked.projects)


def proven(*origins: str) -> Callable[[], Q]:
    """Verified; from these places, and then only what investors paid."""
    return lambda: Q(status=CapitalArrival.Status.VERIFIED) & _from(origins)


def unproven(*origins: str) -> Callable[[], Q]:
    """Stated and not yet verified, from these places."""
    return lambda: Q(status__in=[CapitalArrival.Status.DRAFT, CapitalArrival.Status.SUBMITTED]) & _from(origins)


def _from(origins: tuple[str, ...]) -> Q:
    return Q(side=CapitalArrival.Side.INVESTOR, origin__in=origins) if origins else Q()


def invested(asked: Asked) -> QuerySet[InvestmentProgress]:
    """Of each project of the batch the last reported month that says a cumulative sum."""
    told = InvestmentProgress.objects.exclude(cumulative=None).exclude(status=InvestmentProgress.Status.DRAFT)
    told = told.filter(report_month__lte=asked.window.end)
    last = told.filter(project=OuterRef("project")).order_by("-report_month", "-id")
    return told.filter(project__in=asked.batch(), pk=Subquery(last.values("pk")[:1]))


def invested_in_period(asked: Asked) -> QuerySet[InvestmentProgress]:
    months = (asked.window.start.replace(day=1), asked.window.end)
    rows = InvestmentProgress.objects.filter(report_month__range=months, project__in=asked.projects)
    return rows.exclude(status=InvestmentProgress.Status.DRAFT)


def planned_for_year(asked: Asked) -> QuerySet[AnnualPlan]:
    return AnnualPlan.objects.filter(year=asked.window.end.year, project__in=asked.projects)


def on_known_land() -> Q:
    """Papers that say their fixed investment, of projects that say their land."""
    return Q(fixed_investment__isnull=False, project__land_mu__gt=0)


def known_land(asked: Asked) -> QuerySet[Project]:
    stated = asked.signings().filter(fixed_investment__isnull=False)
    return asked.projects.filter(land_mu__gt=0, pk__in=stated.order_by().values("project"))


def investors_of_other_provinces(asked: Asked) -> QuerySet[ProjectParty]:
    """Investors from outside the province, of the batch, whose part is known: a share, or the only investor of all."""
    outside = Company.objects.filter(region=MAINLAND).exclude(city="").exclude(inside_province("city"))
    others = ProjectParty.objects.filter(project=OuterRef("project"), role=ProjectParty.Role.INVESTOR).exclude(pk=OuterRef("pk"))
    rows = ProjectParty.objects.filter(role=ProjectParty.Role.INVESTOR, company__in=outside, project__in=asked.batch())
    return rows.filter(Q(share_percent__isnull=False) | ~Exists(others))


def part_of_contract() -> Combinable:
    """What an investor brings (万元): the investment of the contract in force by his share."""
    share = Coalesce(F("share_percent"), Value(100), output_field=DecimalField(max_digits=5, decimal_places=2))
    part = F("project__agreement__amount") * share / Value(100)
    return ExpressionWrapper(part, output_field=DecimalField(max_digits=16, decimal_places=4))
