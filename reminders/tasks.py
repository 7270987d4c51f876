"""The tick: one round of plan, compose, deliver."""

from celery import shared_task
from django.utils import timezone

from reminders import services


@shared_task(ignore_result=True, time_limit=90)
def tick() -> None:
    services.run_due(now=timezone.now())
