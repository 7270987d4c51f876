"""What people are reminded of: one module for each kind of subject, and this list of all of them."""

from typing import Any

from django.contrib.contenttypes.models import ContentType

from reminders.models import Reminder
from reminders.subjects.base import Due, Source, Span
from reminders.subjects.expiry import AGREEMENTS, QUALIFICATIONS
from reminders.subjects.milestones import EVIDENCE, MILESTONES
from reminders.subjects.orders import ORDERS
from reminders.subjects.people import Hearer, People
from reminders.subjects.projects import REPORTS, REVIEWS, SILENT
from reminders.subjects.promises import COMMITMENTS, FOLLOW_UPS

SOURCES = (MILESTONES, EVIDENCE, FOLLOW_UPS, COMMITMENTS, ORDERS, AGREEMENTS, QUALIFICATIONS, SILENT, REPORTS, REVIEWS)


def source_of(row: Reminder) -> Source | None:
    """The source a reminder came from: a project may be due as a silent one, for its report, or for a review."""
    model: Any = ContentType.objects.get_for_id(row.content_type_id).model_class()
    return next((source for source in SOURCES if (source.subject, source.model) == (row.rule.subject, model)), None)


__all__ = ["SOURCES", "Due", "Hearer", "People", "Source", "Span", "source_of"]
