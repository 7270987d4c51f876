"""Applies a ledger in a process of its own and is killed at a named point: `python -m tests.ledgers.dying POINT JOB`."""

import os
import sys

import django

from tests.dying import after, before


def main(point: str, pk: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "crm.settings"
    django.setup()

    from django.utils import timezone

    from ledgers import applying, planning, reading, services
    from ledgers.models import ImportJob
    from projects.services import parties

    points = {
        "reading": lambda: before(reading, "read"),
        "comparing": lambda: after(planning, "plan"),
        "first rows": lambda: before(applying, "_insert", 2),
        "last rows": lambda: after(applying, "_provenance"),
        "pointing": lambda: before(parties, "point_new_projects"),
        "before commit": lambda: after(services.reconciling, "answer_gone"),
        "after commit": lambda: after(applying, "write"),
    }
    points[point]()
    job = ImportJob.objects.get(pk=pk)
    services.apply(job, by=job.created_by, now=timezone.now())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
