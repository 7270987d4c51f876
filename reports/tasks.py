"""What the schedule asks of the reports."""

from celery import shared_task
from django.utils import timezone

from reports.services import snapshots as services


@shared_task(ignore_result=True, time_limit=600)
def snapshots() -> None:
    """Take the snapshot of the week, once, at its closing moment or as soon after it as a worker runs."""
    services.take_due(now=timezone.now())
