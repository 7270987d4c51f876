"""Large ledgers are checked and imported by the worker; the truth is the job's row."""

from celery import shared_task
from django.utils import timezone

from ledgers import services
from ledgers.models import ImportJob


@shared_task(ignore_result=True)
def check(pk: int) -> None:
    services.run(ImportJob.objects.get(pk=pk), "check", now=timezone.now())


@shared_task(ignore_result=True)
def apply(pk: int, only_good: bool) -> None:
    services.run(ImportJob.objects.get(pk=pk), "apply", now=timezone.now(), only_good=only_good)


@shared_task(ignore_result=True)
def undo(pk: int) -> None:
    services.run(ImportJob.objects.get(pk=pk), "undo", now=timezone.now())
