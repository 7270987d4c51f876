"""Rows that were signed, and how far their projects came."""

from typing import Any

from django.db.models import Q, QuerySet

from core.amounts import YI
from projects.models import Agreement, Evidence, Project, StageChange
from projects.models.agreement import CONTRACTS
from reports.indicators import states
from reports.indicators.asked import Asked


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


def signed_contracts(asked: Asked) -> QuerySet[Agreement]:
    return signed(asked).filter(kind__in=CONTRACT)


def signed_contracts_amount(asked: Asked) -> QuerySet[Agreement]:
    return signed_amount(asked).filter(kind__in=CONTRACT)


def signed_frameworks(asked: Asked) -> QuerySet[Agreement]:
    return signed(asked).filter(kind=Agreement.Kind.FRAMEWORK)


def signed_frameworks_amount(asked: Asked) -> QuerySet[Agreement]:
    return signed_amount(asked).filter(kind=Agreement.Kind.FRAMEWORK)


def signed_intents(asked: Asked) -> QuerySet[Agreement]:
    return signed(asked).filter(kind__in=INTENT)


def signed_intents_amount(asked: Asked) -> QuerySet[Agreement]:
    return signed_amount(asked).filter(kind__in=INTENT)


def over_one_yi(asked: Asked) -> QuerySet[Agreement]:
    """First signed contracts of one 亿元 or more."""
    return signed(asked).filter(kind__in=CONTRACTS, amount__gte=YI)


def contracts(asked: Asked) -> QuerySet[Project]:
    return asked.batch()


def contract_amount(asked: Asked) -> QuerySet[Agreement]:
    return asked.signings()


def _of(asked: Asked, **reached: Any) -> QuerySet[Agreement]:
    """The papers of the projects that reached something."""
    return asked.signings().filter(project__in=asked.projects.filter(**reached))


def performed(asked: Asked) -> QuerySet[Project]:
    return asked.batch(stage__in=states.PERFORMED)


def performed_amount(asked: Asked) -> QuerySet[Agreement]:
    return _of(asked, stage__in=states.PERFORMED)


def _has_ground(rows: QuerySet[Project]) -> QuerySet[Project]:
    """Registered, and with land or premises: a deal, a tenancy, or works that have started."""
    deal = Evidence.objects.filter(status=Evidence.Status.PROVIDED, code__endswith=".land_deal")
    tenancy = Agreement.objects.filter(kind=Agreement.Kind.TENANCY, terminated_on=None).exclude(signed_on=None)
    ground = Q(pk__in=deal.values("project")) | Q(pk__in=tenancy.order_by().values("project")) | Q(stage__in=states.STARTED)
    return rows.filter(ground, stage__in=states.PERFORMED)


def landed(asked: Asked) -> QuerySet[Project]:
    return _has_ground(asked.batch())


def landed_amount(asked: Asked) -> QuerySet[Agreement]:
    return asked.signings().filter(project__in=_has_ground(asked.projects).values("pk"))


def started(asked: Asked) -> QuerySet[Project]:
    return asked.batch(stage__in=states.STARTED)


def started_amount(asked: Asked) -> QuerySet[Agreement]:
    return _of(asked, stage__in=states.STARTED)


def completed(asked: Asked) -> QuerySet[Project]:
    return asked.batch(stage__in=states.COMPLETED)


def completed_amount(asked: Asked) -> QuerySet[Agreement]:
    return _of(asked, stage__in=states.COMPLETED)


def producing(asked: Asked) -> QuerySet[Project]:
    return asked.batch(stage__in=states.PRODUCING)


def producing_amount(asked: Asked) -> QuerySet[Agreement]:
    return _of(asked, stage__in=states.PRODUCING)


def effective(asked: Asked) -> QuerySet[Project]:
    return asked.batch(stage__in=states.EFFECTIVE)


def effective_amount(asked: Asked) -> QuerySet[Agreement]:
    return _of(asked, stage__in=states.EFFECTIVE)


def followed(asked: Asked) -> QuerySet[Project]:
    """Those of a batch of which anything is known after signing: entered by us, or moved by somebody since."""
    moved = StageChange.objects.filter(moved_by__isnull=False)
    known = ~Q(origin=Project.Origin.PRESS) | Q(pk__in=moved.order_by().values("project"))
    return asked.batch().filter(known)


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
    entered = Q(first_contact_on=None, created_at__date__range=(start, end))
    return asked.projects.filter(Q(first_contact_on__range=(start, end)) | entered)


def leads_landed(asked: Asked) -> QuerySet[Project]:
    return _has_ground(leads(asked))
