"""What has to follow an event (M-E): next steps from the template, made once, on the day after it ended."""

import datetime as dt
import logging

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from activities.models import FollowUp
from audit import services as audit
from core.dates import Precision
from core.working_days import Calendar
from events.models import Event
from projects.models import MilestoneTemplate

log = logging.getLogger(__name__)

RECENT = dt.timedelta(days=30)  # an event that ended longer ago is history when it is entered
FOLLOWED_UP = [
    Event.Kind.PROMOTION,
    Event.Kind.SIGNING,
    Event.Kind.MATCHMAKING,
    Event.Kind.TRIP,
    Event.Kind.RECEPTION,
    Event.Kind.EXHIBITION,
]


def ended_events(template: MilestoneTemplate, *, today: dt.date) -> QuerySet[Event]:
    """Events with guests that ended lately and never got the template's steps; deleted steps are not made again.

    Parts of an event are followed up with the whole of it. What the press told or a ledger brought is history.
    """
    made = FollowUp.all_objects.filter(event=OuterRef("pk"), template_item__template=template)
    rows = Event.objects.filter(kind__in=FOLLOWED_UP, parent=None, origin=Event.Origin.ENTERED)
    exact = Q(ends_on__isnull=False) | Q(starts_on_precision=Precision.DAY)
    dated = rows.filter(exact).exclude(status=Event.Status.CANCELLED).annotate(last_on=Coalesce(F("ends_on"), F("starts_on")))
    return dated.filter(last_on__lt=today, last_on__gte=today - RECENT).exclude(Exists(made)).select_related("owner")


def follow_up_events(*, today: dt.date) -> list[tuple[Event, str]]:
    """Make the next steps of every event that ended; returns those for which it failed, and why.

    Called in every round: a missed day is made up for, and ten rounds at once make them once. Two queries when
    nothing ended.
    """
    failed = []
    for template in MilestoneTemplate.objects.filter(
        basis=MilestoneTemplate.Basis.EVENT_END, produces=MilestoneTemplate.Produces.FOLLOW_UP
    ):
        for event in ended_events(template, today=today):
            try:
                apply_event_template(event, template, base_on=event.last_on, by=event.owner)  # type: ignore[attr-defined]
            except ValidationError as error:
                if getattr(error, "code", "") != "duplicate":  # another round was first
                    failed.append((event, "；".join(error.messages)))
            except Exception as error:
                log.exception("the steps after event %s could not be made", event.pk)
                failed.append((event, f"{type(error).__name__}: {error}"))
    return failed


@transaction.atomic
def apply_event_template(event: Event, template: MilestoneTemplate, *, base_on: dt.date, by: User | None) -> list[FollowUp]:
    """The follow-ups after an event (M-E): one a template item, counted from the day the event ended.

    Raises ValidationError: code "produces", "duplicate" when the event ever had them.
    """
    if template.produces != MilestoneTemplate.Produces.FOLLOW_UP:
        raise ValidationError(_("模板“%(name)s”生成里程碑，请在项目页套用") % {"name": template}, code="produces")
    event = Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if FollowUp.all_objects.filter(event=event, template_item__template=template).exists():
        raise ValidationError(_("该活动已套用此模板"), code="duplicate")
    days = Calendar.load()
    due: dict[int, dt.date] = {}
    made = []
    for item in template.items.order_by("order", "id"):
        due[item.pk] = days.add(due.get(item.anchor_id or 0, base_on), item.offset, item.day_kind, item.day_off_rule)
        row = FollowUp(
            title=f"{event.name} · {item.name}"[:200], due_on=due[item.pk], assignee=event.owner or by, owner=event.owner or by
        )
        row.event, row.template_item, row.department_id = event, item, event.department_id
        row.save(by=by)
        made.append(row)
    audit.record("event.template_applied", event, by=by, rows=len(made))
    return made
