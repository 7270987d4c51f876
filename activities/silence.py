"""久未对接: running projects nobody had an effective contact with for longer than their grade allows."""

import datetime as dt

from django.conf import settings
from django.db.models import DateField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

from activities.models import Interaction
from projects.models import Project


def silent(projects: QuerySet[Project], *, today: dt.date) -> QuerySet[Project]:
    """Those of `projects` that fell silent, the longest first, each with `heard_on` (date).

    Only effective contacts count; a project that never had one counts from the day it was entered.
    The days by grade stand in the setting SILENT_AFTER_DAYS, which the reminders read too.
    """
    contacts = Interaction.objects.filter(project=OuterRef("pk"), outcome=Interaction.Outcome.EFFECTIVE)
    last = contacts.filter(happened_on__isnull=False).order_by("-happened_on").values("happened_on")[:1]
    rows = projects.filter(status=Project.Status.ACTIVE).exclude(origin=Project.Origin.PRESS)
    rows = rows.annotate(heard_on=Coalesce(Subquery(last), TruncDate("created_at"), output_field=DateField()))
    too_long = Q()
    for grade, days in settings.SILENT_AFTER_DAYS.items():
        too_long |= Q(grade=grade, heard_on__lt=today - dt.timedelta(days=days))
    return rows.filter(too_long).order_by(F("heard_on").asc(), "pk")
