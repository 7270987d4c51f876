"""Make what should be told exist as rows, revive what was cancelled, cancel what no longer holds."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from activities import services as activities
from core.working_days import Calendar
from reminders import moments, troubles
from reminders.models import Reminder, ReportUp, Trouble
from reminders.moments import Survey
from reminders.wanted import Wanted

BATCH = 500
Status = Reminder.Status


def plan(now: dt.datetime) -> int:
    """One round over every kind of subject; returns how many reminders are new. What could not be found out stays."""
    today = timezone.localdate(now)
    failed = activities.follow_up_events(today=today)
    found = moments.survey(today, days=Calendar.load())
    for event, text in failed:
        found.note(Trouble.Kind.SUBJECT, f"event:{event.public_id}", text, subject=event)
    known = _known(list(found.wanted))
    new = [item.row(now) for key, item in found.wanted.items() if key not in known]
    if new:
        _insert(new)
    revived = [key for key, (status, _person) in known.items() if status == Status.CANCELLED]
    for start in range(0, len(revived), BATCH):
        again = Reminder.objects.filter(key__in=revived[start : start + BATCH], status=Status.CANCELLED)
        again.update(status=Status.PENDING, message=None)
    _keep_stand_ins(found.wanted, known)
    _cancel_others(found)
    troubles.sync(Trouble.Phase.PLAN, found.notes.values(), now=now)
    return len(new) + len(revived)


@transaction.atomic
def _insert(rows: list[Reminder]) -> None:
    Reminder.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    drafts = [row.key for row in rows if row.draft]
    made = Reminder.objects.filter(key__in=drafts, report_up=None)
    ReportUp.objects.bulk_create([ReportUp(reminder=row) for row in made], ignore_conflicts=True)


def _known(keys: list[str]) -> dict[str, tuple[str, int | None]]:
    """State of each reminder that exists, and for whom its reader stands in."""
    found: dict[str, tuple[str, int | None]] = {}
    for start in range(0, len(keys), BATCH):
        rows = Reminder.objects.filter(key__in=keys[start : start + BATCH])
        found |= {key: (status, person) for key, status, person in rows.values_list("key", "status", "on_behalf_of")}
    return found


def _keep_stand_ins(wanted: dict[str, Wanted], known: dict[str, tuple[str, int | None]]) -> None:
    """A reader whom another's absence brought in may have become the one it is about, or the other way round."""
    changed: dict[int | None, list[str]] = {}
    for key, (status, person) in known.items():
        meant = wanted[key].on_behalf_of.pk if wanted[key].on_behalf_of else None  # type: ignore[union-attr]
        if status in (Status.PENDING, Status.CANCELLED) and meant != person:
            changed.setdefault(meant, []).append(key)
    for meant, keys in changed.items():
        for start in range(0, len(keys), BATCH):
            waiting = Reminder.objects.filter(key__in=keys[start : start + BATCH], status=Status.PENDING, message=None)
            waiting.update(on_behalf_of=meant)


def _cancel_others(found: Survey) -> int:
    """Waiting reminders whose subject ended, moved or went to somebody else."""
    waiting = Reminder.objects.filter(status=Status.PENDING, message=None).values_list("pk", "key")
    gone = [pk for pk, key in waiting if key not in found.wanted and not found.doubts(key)]
    for start in range(0, len(gone), BATCH):
        Reminder.objects.filter(pk__in=gone[start : start + BATCH], status=Status.PENDING, message=None).update(
            status=Status.CANCELLED
        )
    return len(gone)
