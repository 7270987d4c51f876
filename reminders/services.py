"""Plan what is due, compose one digest a person and working day, and have it delivered.

The database is the queue; any number of ticks may run at once.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import visible
from activities import services as activities
from activities.models import FollowUp
from audit import services as audit
from core.working_days import Calendar
from outbox import services as outbox
from outbox.models import Channel, Heartbeat, Message
from outbox.services.dead import Undelivered
from projects.models import Milestone
from reminders import emails, moments
from reminders.models import Reminder, ReportUp
from reminders.moments import Wanted

log = logging.getLogger(__name__)

MAX_KEYS = 50  # a message names no more
BATCH = 500
RECHECK = "reminders.services.recheck"
Status = Reminder.Status


@dataclass(frozen=True)
class Round:
    """What one tick did."""

    planned: int
    composed: int
    sent: int


def run_due(now: dt.datetime) -> Round:
    """One round: plan, compose, deliver; then, once a day, the lights. Safe to run ten times at once."""
    if ahead := outbox.leap(now):
        log.error("clock is %s days ahead of the last round: nothing is sent until a person confirms the date", ahead.days)
        return Round(0, 0, 0)
    outbox.beat("tick", started_at=now)
    planned = plan(now)
    composed = compose(now)
    sent = outbox.deliver(now)
    settle()
    outbox.beat("tick", ended_at=now)
    _lights_of_the_day(now)
    return Round(planned, composed, sent)


def plan(now: dt.datetime) -> int:
    """Make what should exist exist, revive what was cancelled, cancel what no longer holds; returns how many are new."""
    days = Calendar.load()
    wanted = moments.wanted(timezone.localdate(now), days=days)
    known = _known(list(wanted))
    new = [item.row(now) for key, item in wanted.items() if key not in known]
    if new:
        _insert(new)
    revived = [key for key, status in known.items() if status == Status.CANCELLED]
    for start in range(0, len(revived), BATCH):
        again = Reminder.objects.filter(key__in=revived[start : start + BATCH], status=Status.CANCELLED)
        again.update(status=Status.PENDING, message=None)
    _cancel_others(wanted)
    return len(new) + len(revived)


@transaction.atomic
def _insert(rows: list[Reminder]) -> None:
    Reminder.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    drafts = [row.key for row in rows if row.draft]
    made = Reminder.objects.filter(key__in=drafts, report_up=None)
    ReportUp.objects.bulk_create([ReportUp(reminder=row) for row in made], ignore_conflicts=True)


def _known(keys: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(keys), BATCH):
        found |= dict(Reminder.objects.filter(key__in=keys[start : start + BATCH]).values_list("key", "status"))
    return found


def _cancel_others(wanted: dict[str, Wanted]) -> int:
    """Waiting reminders whose subject ended, moved or went to somebody else."""
    waiting = Reminder.objects.filter(status=Status.PENDING, message=None).values_list("pk", "key")
    gone = [pk for pk, key in waiting if key not in wanted]
    for start in range(0, len(gone), BATCH):
        Reminder.objects.filter(pk__in=gone[start : start + BATCH], status=Status.PENDING, message=None).update(
            status=Status.CANCELLED
        )
    return len(gone)


def compose(now: dt.datetime) -> int:
    """Put each person's waiting reminders into one message a working day; returns how many messages were made."""
    local = timezone.localtime(now)
    if local.time() >= settings.DIGEST_UNTIL or not Calendar.load().is_working_day(local.date()):
        return 0
    waiting = Reminder.objects.unsent().values("recipient").order_by().distinct()
    missed = outbox.undelivered_by_head()
    people = User.objects.active().filter(Q(pk__in=waiting) | Q(pk__in=missed), digest_at__lte=local.time())
    return sum(_digest(person, now, missed.get(person.pk, [])) for person in people)


def _digest(person: User, now: dt.datetime, missed: list[Undelivered]) -> bool:
    channel = Channel.EMAIL if person.email else Channel.IN_SITE
    keys = {way: f"digest|{person.public_id}|{timezone.localdate(now)}|{way}" for way in (Channel.EMAIL, Channel.IN_SITE)}
    if Message.objects.filter(key__in=keys.values()).exists():
        return False  # what comes after the day's digest waits for the next one
    try:
        with transaction.atomic():
            rows = list(Reminder.objects.unsent().filter(recipient=person).with_subjects().order_by("due_on", "id")[:MAX_KEYS])
            content = emails.digest(person, rows, missed, today=timezone.localdate(now))
            if content is None:
                return False
            message, new = outbox.enqueue(
                keys[channel],
                person,
                content.subject,
                content.text,
                html=content.html,
                headers=content.headers,
                recheck=RECHECK,
                now=now,
                channel=channel,
            )
            mine = Reminder.objects.unsent().filter(pk__in=[row.pk for row in rows])
            mine.update(message=message, status=Status.QUEUED, channel=channel)
            return new
    except IntegrityError:
        return False  # another tick made this digest at the same moment


def recheck(message: Message, now: dt.datetime) -> str:
    """Just before sending: drop what no longer holds and write the message anew; a reason when nothing is left."""
    person = message.recipient
    if person is None or not person.is_active:
        Reminder.objects.filter(message=message).update(status=Status.CANCELLED, message=None)  # whoever comes back hears again
        return _("收件人已停用")
    rows = list(Reminder.objects.current().filter(message=message).with_subjects().order_by("due_on", "id"))
    readable = _readable(rows, person)
    holding = [row for row in rows if _holds(row) and (_must_act(row) or row.subject in readable)]
    gone = [row.pk for row in rows if row not in holding]
    if gone:
        Reminder.objects.filter(pk__in=gone).update(status=Status.CANCELLED, message=None)
    missed = _missed(message)
    content = emails.digest(person, holding, missed, today=timezone.localdate(now))
    if content is None:
        return _("所提醒的事项都已办结、改期或取消")
    if message.channel == Channel.EMAIL and not person.email:
        _leave_in_site(message)
    if gone or len(missed) != int(message.headers.get(emails.UNDELIVERED, 0)):
        message.subject, message.text, message.html = content.subject, content.text, content.html
        message.headers = content.headers
        message.save(update_fields=["subject", "text", "html", "headers"])
    return ""


def _leave_in_site(message: Message) -> None:
    """A person who has no address any more reads his digest under the bell."""
    message.channel = Channel.IN_SITE
    message.save(update_fields=["channel"])
    Reminder.objects.filter(message=message).update(channel=Channel.IN_SITE)


def _missed(message: Message) -> list[Undelivered]:
    """Whose mail did not arrive and who is the recipient's to look after; asked only when the message tells of any."""
    if emails.UNDELIVERED not in message.headers or message.recipient_id is None:
        return []
    return outbox.undelivered_by_head().get(message.recipient_id, [])


def _holds(row: Reminder) -> bool:
    """Whether the subject is still open with the same date, in a project that runs."""
    subject = row.subject
    if subject is None or subject.deleted_at is not None or subject.due_on != row.due_on:
        return False
    running = subject.project is None or not subject.project.ended
    open_states = Milestone.Status.open() if isinstance(subject, Milestone) else [FollowUp.Status.OPEN]
    return running and subject.status in open_states


def _must_act(row: Reminder) -> bool:
    """Whoever must act himself is told, whatever else he may read."""
    names = ("responsible_id", "follower_id", "assignee_id", "owner_id")
    return row.recipient_id in {getattr(row.subject, name, None) for name in names}


def _readable(rows: list[Reminder], person: User) -> set[Any]:
    """The subjects a person may read, with one query a kind."""
    found: set[Any] = set()
    for model in (Milestone, FollowUp):
        keys = [row.object_id for row in rows if isinstance(row.subject, model)]
        if keys:
            found |= set(visible(model, person).filter(pk__in=keys))
    return found


def settle() -> int:
    """Mark the reminders of sent messages as sent; those of dead messages stay queued, and readable under the bell."""
    sent_at = Message.objects.filter(pk=OuterRef("message")).values("sent_at")
    queued = Reminder.objects.filter(status=Status.QUEUED, message__status=Message.Status.SENT)
    return queued.update(status=Status.SENT, sent_at=Subquery(sent_at))


def preview(*, now: dt.datetime, days: int, user: User | None = None) -> Iterator[tuple[dt.date, User, list[Wanted]]]:
    """What would go to whom on each of the next days, if nobody does anything; nothing is sent or saved."""
    calendar = Calendar.load()
    seen = set(Reminder.objects.exclude(status=Status.CANCELLED).values_list("key", flat=True))
    for n in range(days):
        day = timezone.localdate(now) + dt.timedelta(days=n)
        if not calendar.is_working_day(day):
            continue
        fresh = [item for key, item in moments.wanted(day, days=calendar).items() if key not in seen and not item.draft]
        seen |= {item.key for item in fresh}
        by_person: dict[int, list[Wanted]] = {}
        for item in fresh:
            if user is None or item.recipient.pk == user.pk:
                by_person.setdefault(item.recipient.pk, []).append(item)
        for items in by_person.values():
            yield day, items[0].recipient, items


@transaction.atomic
def decide_report_up(row: ReportUp, choice: str, *, by: User, now: dt.datetime, note: str = "") -> ReportUp:
    """The manager reports a draft to the leader (it joins his next digest), defers it, or has told it already."""
    row = ReportUp.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if choice not in set(ReportUp.Choice) - {ReportUp.Choice.PENDING}:
        raise ValidationError(_("请选择 呈报、暂缓 或 已口头汇报"), code="choice")
    row.choice, row.by, row.at, row.note = choice, by, now, note
    row.save(update_fields=["choice", "by", "at", "note"])
    if choice == ReportUp.Choice.REPORTED:
        Reminder.objects.filter(pk=row.reminder_id, draft=True).update(draft=False)
    audit.record("report_up.decided", row, by=by, changes={"choice": choice})
    return row


def mark_read(user: User, *, now: dt.datetime, only: Reminder | None = None) -> int:
    """A person read one of his reminders, or says that he read all; returns how many were new."""
    rows = Reminder.objects.current().filter(recipient=user, read_at=None)
    return (rows.filter(pk=only.pk) if only else rows).update(read_at=now)


def _lights_of_the_day(now: dt.datetime) -> None:
    today = timezone.localdate(now)
    last = Heartbeat.objects.filter(name="lights").values_list("ended_at", flat=True).first()
    if last is None or timezone.localdate(last) != today:
        activities.refresh_lights(today=today)
        outbox.beat("lights", started_at=now, ended_at=now)
