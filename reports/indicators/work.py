"""Rows of the day's work: what is stuck, what moved, what should have happened, what was decided and not done."""

import datetime as dt
from calendar import monthrange
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.scope import visible
from activities.models import Directive, Interaction
from events.models import AgendaItem, EventPromotion
from projects.models import Agreement, Milestone, Project, ProjectMember, StageChange
from reports.indicators import states
from reports.indicators.asked import Asked

REGISTER_MONTHS, START_MONTHS = 3, 6
# By date. Said plainly, SQLite walks through every step there ever was in this order to find the few late ones.
LATE_FIRST = (Coalesce("due_on", "original_due_on"), "code", "id")


def running(asked: Asked) -> QuerySet[Project]:
    return asked.projects.filter(status=Project.Status.ACTIVE)


def stuck(asked: Asked) -> QuerySet[Milestone]:
    """The earliest open step of each running project, where it is late on the last day asked for."""
    midnight = timezone.make_aware(dt.datetime.combine(asked.window.end, dt.time()))
    late = Milestone.objects.open().filter(due_on__lt=asked.window.end, confirmed_at__lt=midnight)
    same_day = Q(due_on=OuterRef("due_on"), code__lt=OuterRef("code"))
    before = Milestone.objects.open().filter(Q(due_on__lt=OuterRef("due_on")) | same_day, project=OuterRef("project"))
    active = running(asked).filter(pk=OuterRef("project"))  # a list of all projects would be walked through instead of the late
    rows = late.filter(~Exists(before.order_by()), Exists(active.order_by()))
    return asked.only(rows)


def _touched(asked: Asked) -> Q:
    """Moved to another stage in the days asked for, or reached a step in them."""
    moves = StageChange.objects.filter(moved_on__range=asked.window.days).exclude(from_stage=F("to_stage"))
    done = Milestone.objects.filter(status=Milestone.Status.DONE, completed_on__range=asked.window.days)
    return Q(pk__in=moves.order_by().values("project")) | Q(pk__in=done.order_by().values("project"))


def moved(asked: Asked) -> QuerySet[Project]:
    return asked.projects.filter(_touched(asked))


def still(asked: Asked) -> QuerySet[Project]:
    return running(asked).exclude(_touched(asked))


def _unsigned(asked: Asked) -> QuerySet[Project]:
    return running(asked).exclude(stage__in=states.SIGNED)


def expected(asked: Asked) -> QuerySet[Project]:
    return _unsigned(asked).filter(expected_sign_on__range=asked.window.days)


def expected_amount(asked: Asked) -> QuerySet[Agreement]:
    """The papers in force of the projects that are to be signed."""
    return Agreement.objects.filter(pk__in=expected(asked).order_by().values("agreement")).exclude(amount=None)


def expected_late(asked: Asked) -> QuerySet[Project]:
    return _unsigned(asked).filter(expected_sign_on__lt=asked.window.end)


def months_before(day: dt.date, count: int) -> dt.date:
    """The same day so many months earlier, or the last one of that month."""
    months = day.year * 12 + day.month - 1 - count
    year, month = divmod(months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _signed_for(asked: Asked, months: int, standing: list[str]) -> QuerySet[Project]:
    """Running projects that stand in these stages though their first paper is so many months old."""
    day = months_before(asked.window.end, months)
    old = Agreement.objects.filter(signed_on__lte=day, terminated_on=None).exclude(kind=Agreement.Kind.SUPPLEMENT)
    return running(asked).filter(stage__in=standing, pk__in=old.order_by().values("project"))


def unregistered(asked: Asked) -> QuerySet[Project]:
    return _signed_for(asked, REGISTER_MONTHS, states.NOT_REGISTERED)


def unstarted(asked: Asked) -> QuerySet[Project]:
    return _signed_for(asked, START_MONTHS, states.NOT_STARTED)


def led(asked: Asked) -> QuerySet[Project]:
    leaders = ProjectMember.objects.leading(asked.window.end)
    rows = asked.projects.exclude(status=Project.Status.TERMINATED)
    return rows.filter(pk__in=leaders.order_by().values("project"))


def _seen(model: type[Any], asked: Asked) -> QuerySet[Any]:
    """The rows the asker may see; where nobody is named, all: the caller answers for that."""
    return visible(model, asked.user) if asked.user else model._default_manager.all()


def contacts(asked: Asked) -> QuerySet[Interaction]:
    rows = _seen(Interaction, asked).filter(outcome=Interaction.Outcome.EFFECTIVE, happened_on__range=asked.window.days)
    return asked.only(rows)


def decided(asked: Asked) -> QuerySet[Directive]:
    return asked.only(_seen(Directive, asked).filter(agenda_item__isnull=False))


def decided_open(asked: Asked) -> QuerySet[Directive]:
    return decided(asked).exclude(status=Directive.Status.CLOSED)


def decided_late(asked: Asked) -> QuerySet[Directive]:
    return decided_open(asked).filter(due_on__lt=asked.window.end)


def undecided(asked: Asked) -> QuerySet[AgendaItem]:
    """Decisions of which nobody was told to do anything."""
    ordered = Directive.objects.filter(agenda_item__isnull=False).order_by().values("agenda_item")
    return asked.only(_seen(AgendaItem, asked).exclude(decision="").exclude(pk__in=ordered))


def recorded(asked: Asked) -> QuerySet[Project]:
    return asked.batch()


def allocated(asked: Asked) -> QuerySet[Agreement]:
    return asked.signings().exclude(amount=None)


def promoted(asked: Asked) -> QuerySet[EventPromotion]:
    rows = _seen(EventPromotion, asked).filter(project__deleted_at=None)
    return rows.filter(event=asked.event) if asked.event is not None else rows
