"""Rows that were signed, and how far their projects came."""

import datetime as dt
from collections.abc import Callable

from django.db.models import Q, QuerySet

from core.amounts import YI
from projects.models import Agreement, Evidence, Project, StageChange
from projects.models.agreement import CONTRACTS
from reports.indicators import states
from reports.indicators.asked import Asked
from reports.indicators.dimensions import midnight


def signed(asked: Asked) -> QuerySet[Agreement]:
    """First signings: one paper a project, whatever its kind."""
    return asked.only(Agreement.objects.counted_new(*asked.window.days).filter(project__in=asked.projects))


def signed_amount(asked: Asked) -> QuerySet[Agreement]:
    """First signings and what later papers added."""
    return asked.only(Agreement.objects.counted(*asked.window.days).filter(project__in=asked.projects))


def upgraded(asked: Asked) -> QuerySet[Agreement]:
    return asked.only(Agreement.objects.upgraded(*asked.window.days).filter(project__in=asked.projects))


CONTRACT = (*CONTRACTS, Agreement.Kind.SUPPLEMENT)  # a supplement adds its increment to a contract
INTENT = (Agreement.Kind.INTENT, Agreement.Kind.MOU)


def contract() -> Q:
    return Q(kind__in=CONTRACT)


def framework() -> Q:
    return Q(kind=Agreement.Kind.FRAMEWORK)


def intent() -> Q:
    return Q(kind__in=INTENT)


def over_one_yi() -> Q:
    """Contracts of one 亿元 or more."""
    return Q(kind__in=CONTRACTS, amount__gte=YI)


def contracts(asked: Asked) -> QuerySet[Project]:
    return asked.batch()


def contract_amount(asked: Asked) -> QuerySet[Agreement]:
    return asked.signings()


def reached(stages: list[str], *, project: str = "") -> Callable[[], Q]:
    """The project, at the end of a path, stands in one of these stages."""
    return lambda: Q(**{f"{project}stage__in": stages})


def has_ground(*, project: str = "") -> Q:
    """Registered, and with land or premises: a deal, a tenancy, or works that have started."""
    deal = Evidence.objects.filter(status=Evidence.Status.PROVIDED, code__endswith=".land_deal")
    tenancy = Agreement.objects.filter(kind=Agreement.Kind.TENANCY, terminated_on=None).exclude(signed_on=None)
    rows = [deal.order_by().values("project"), tenancy.order_by().values("project")]
    ground = Q(**{f"{project}pk__in": rows[0]}) | Q(**{f"{project}pk__in": rows[1]}) | reached(states.STARTED, project=project)()
    return ground & reached(states.PERFORMED, project=project)()


def followed() -> Q:
    """Something is known after signing: entered by us, or moved by somebody since."""
    moved = StageChange.objects.filter(moved_by__isnull=False)
    return ~Q(origin=Project.Origin.PRESS) | Q(pk__in=moved.order_by().values("project"))


def _came_to(asked: Asked, reached: list[str]) -> QuerySet[Project]:
    """Projects that came to such a stage in the days asked for and still stand there or further."""
    moves = StageChange.objects.filter(to_stage__in=reached, moved_on__range=asked.window.days).exclude(from_stage__in=reached)
    return asked.projects.filter(stage__in=reached, pk__in=moves.order_by().values("project"))


def started_in_period(asked: Asked) -> QuerySet[Project]:
    return _came_to(asked, states.STARTED)


def planned_to_start(asked: Asked) -> QuerySet[Project]:
    return asked.projects.filter(planned_start_on__range=asked.window.days)


def completed_in_period(asked: Asked) -> QuerySet[Project]:
    return _came_to(asked, states.COMPLETED)


def planned_to_complete(asked: Asked) -> QuerySet[Project]:
    return asked.projects.filter(planned_completion_on__range=asked.window.days)


def negotiating(asked: Asked) -> QuerySet[Project]:
    """Under negotiation now: nothing tells how many there were at an earlier time but a snapshot."""
    return asked.projects.running().filter(stage__in=states.NEGOTIATING)  # type: ignore[attr-defined,no-any-return]


def leads(asked: Asked) -> QuerySet[Project]:
    """Projects that came in: by the day of the first contact, else by the day they were entered."""
    start, end = asked.window.days
    entered = Q(first_contact_on=None, created_at__gte=midnight(start), created_at__lt=midnight(end + dt.timedelta(days=1)))
    return asked.projects.filter(Q(first_contact_on__range=(start, end)) | entered)
