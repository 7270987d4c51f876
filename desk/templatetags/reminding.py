"""What a reminder is about, in words: a project alone does not say why one is reminded of it."""

from django import template

from reminders.models import Reminder
from reminders.subjects import source_of

register = template.Library()


@register.filter
def told_of(row: Reminder) -> str:
    """The title of a reminder as the digest words it; a dash when its subject is gone."""
    source = source_of(row)
    return source.title(row.subject) if source is not None and row.subject is not None else "—"
