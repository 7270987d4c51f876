"""Storing the lights of projects."""

import datetime as dt

from activities import lights
from projects.models import Project


def refresh_lights(*, today: dt.date) -> int:
    """Store the light of every project that is not ended; returns how many changed."""
    rows = Project.objects.exclude(status=Project.Status.TERMINATED)
    return lights.refresh(rows.iterator(chunk_size=lights.BATCH), today=today)


def refresh_light(project: Project, *, today: dt.date) -> int:
    """Store the light of one project after an act on it, so that lists need not wait for tomorrow's round."""
    return lights.refresh(Project.objects.filter(pk=project.pk), today=today)
