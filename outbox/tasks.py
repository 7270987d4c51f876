"""What a worker does when the doorbell rings."""

from celery import shared_task
from django.utils import timezone

from outbox import services


@shared_task(ignore_result=True, time_limit=90)
def deliver() -> None:
    services.deliver(now=timezone.now())
