"""Applies a ledger in a process of its own and is killed at a named point: `python -m tests.ledgers.dying POINT JOB`."""

import os
import signal
import sys

import django


def die(*_args: object, **_options: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(holder: object, name: str, times: int = 1) -> None:
    """Die when the function is called for the `times`-th time."""
    original, calls = getattr(holder, name), []

    def counted(*args: object, **options: object) -> object:
        calls.append(1)
        if len(calls) == times:
            die()
        return original(*args, **options)

    setattr(holder, name, counted)


def after(holder: object, name: str) -> None:
    """Die when the function has done its work."""
    original = getattr(holder, name)

    def done(*args: object, **options: object) -> object:
        original(*args, **options)
        return die()

    setattr(holder, name, done)


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
