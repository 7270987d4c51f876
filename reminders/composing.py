"""One digest a person and working day from all that waits for him, and a last look just before it is sent."""

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import visible
from core.working_days import Calendar
from outbox import services as outbox
from outbox.models import Channel, Message
from outbox.services.dead import Undelivered
from reminders import emails, moments, pilots, troubles
from reminders.emails import Content
from reminders.models import Reminder, Trouble
from reminders.moments import Note
from reminders.subjects import source_of

log = logging.getLogger(__name__)

MAX_KEYS = 50  # a message names no more
RECHECK = "reminders.services.recheck"
Kind, Phase = Trouble.Kind, Trouble.Phase
Relation, Status = Reminder.Relation, Reminder.Status


def compose(now: dt.datetime) -> int:
    """Put each person's waiting reminders into one message a working day; returns how many messages were made.

    During a trial the manager gets all of it as a preview, and nobody else anything.
    """
    local = timezone.localtime(now)
    if local.time() >= settings.DIGEST_UNTIL or not Calendar.load().is_working_day(local.date()):
        return 0
    if pilot := pilots.running(local.date()):
        return pilots.compose_preview(pilot, now=now)
    waiting = Reminder.objects.unsent().values("recipient").order_by().distinct()
    missed = outbox.undelivered_by_head()
    people = list(User.objects.active().filter(Q(pk__in=waiting) | Q(pk__in=missed), digest_at__lte=local.time()))
    troubles.forget_others(people)
    if not people:
        return 0
    told = set(
        Message.objects.filter(key__in=[key for person in people for key in _keys(person, now)]).values_list("key", flat=True)
    )
    left = [person for person in people if told.isdisjoint(_keys(person, now))]  # what comes later waits for the next one
    return sum(_digest(person, now, missed.get(person.pk, [])) for person in left)


def _keys(person: User, now: dt.datetime) -> dict[str, str]:
    """The key of the day's digest by each way it can take, and that way."""
    day = timezone.localdate(now)
    return {f"digest|{person.public_id}|{day}|{way}": way for way in (Channel.EMAIL.value, Channel.IN_SITE.value)}


def _digest(person: User, now: dt.datetime, missed: list[Undelivered]) -> bool:
    """Write one person's digest; a failure is noted and leaves everybody else's alone."""
    try:
        with transaction.atomic():
            content = _write(person, now, missed)
    except IntegrityError:
        return False  # another tick made this digest at the same moment
    except Exception as error:
        log.exception("the digest of user %s could not be written", person.pk)
        said = _("给 %(name)s 的汇总没有写成，其余的人不受影响：%(error)s")
        text = said % {"name": person.display, "error": error}
        troubles.add(Phase.COMPOSE, [Note(Kind.WORDING, f"{troubles.of_person(person)}digest", text[:500])], now=now)
        return False
    if content is not None:
        troubles.settle(person, _notes(person, content), now=now)
    return content is not None and content.subject != ""


def _write(person: User, now: dt.datetime, missed: list[Undelivered]) -> Content | None:
    """The message, and its reminders in it, in one transaction."""
    rows = list(Reminder.objects.unsent().filter(recipient=person).with_subjects().order_by("due_on", "id")[:MAX_KEYS])
    content = emails.digest(person, rows, missed, today=timezone.localdate(now))
    if content is None or not content.subject:
        return content
    way = Channel.EMAIL if person.email else Channel.IN_SITE
    message, new = outbox.enqueue(
        next(key for key, channel in _keys(person, now).items() if channel == way),
        person,
        content.subject,
        content.text,
        html=content.html,
        headers=content.headers,
        recheck=RECHECK,
        now=now,
        channel=way,
    )
    mine = Reminder.objects.unsent().filter(pk__in=[row.pk for row in content.told])
    mine.update(message=message, status=Status.QUEUED, channel=way)
    return content if new else None


def _notes(person: User, content: Content) -> list[Note]:
    """What was wrong with the words of a digest."""
    found = [
        Note(Kind.SUBJECT, f"{troubles.of_person(person)}{row.pk}", text[:500], row.rule, row.subject)
        for row, text in content.unwritten
    ]
    return [*found, Note(Kind.WORDING, troubles.HTML, content.broken[:500])] if content.broken else found


def recheck(message: Message, now: dt.datetime) -> str:
    """Just before sending: drop what no longer holds and write the message anew; a reason when nothing is left."""
    person = message.recipient
    if person is None or not person.is_active:
        Reminder.objects.filter(message=message).update(status=Status.CANCELLED, message=None)  # whoever comes back hears again
        return _("收件人已停用")
    today = timezone.localdate(now)
    if pilots.running(today):
        Reminder.objects.filter(message=message).update(status=Status.PENDING, message=None)
        return _("提醒正在试运行")
    rows = list(Reminder.objects.current().filter(message=message).with_subjects().order_by("due_on", "id"))
    holding = _holding(rows, person, today)
    missed = _missed(message)
    found = emails.lines(person, holding, today=today)
    _release(rows, holding, {row.pk for row, _text in found.unwritten})
    if not found.lines and not missed:
        return _("所提醒的事项都已办结、改期或取消")
    if message.channel == Channel.EMAIL and not person.email:
        _leave_in_site(message)
    if (
        len(found.told) != len(rows)
        or len(missed) != int(message.headers.get(emails.UNDELIVERED, 0))
        or _is_of_another_day(message, today)
    ):
        _rewrite(message, emails.write(person, found, missed, today=today))
    return ""


def _is_of_another_day(message: Message, today: dt.date) -> bool:
    """Written on another day, it would say “today” of that day."""
    return f"|{today}|" not in message.key


def _rewrite(message: Message, content: Content | None) -> None:
    if content is not None:
        message.subject, message.text, message.html = content.subject, content.text, content.html
        message.headers = content.headers
        message.save(update_fields=["subject", "text", "html", "headers"])


def _release(rows: Iterable[Reminder], holding: list[Reminder], left_out: set[int]) -> None:
    """What no longer holds is cancelled; what could not be worded waits for the next digest."""
    kept = {row.pk for row in holding}
    if gone := [row.pk for row in rows if row.pk not in kept]:
        Reminder.objects.filter(pk__in=gone).update(status=Status.CANCELLED, message=None)
    if left_out:
        Reminder.objects.filter(pk__in=left_out).update(status=Status.PENDING, message=None)


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


def _holding(rows: list[Reminder], person: User, today: dt.date) -> list[Reminder]:
    """The rows whose facts still stand: the rule, the date, the reader, and that he may read of it.

    What cannot be found out because of a mistake is not said to be over. Whoever has to act himself, or stands
    in for him, is told whatever else he may read.
    """
    only: dict[Any, set[int]] = {}
    for row in rows:
        if (source := source_of(row)) is not None:
            only.setdefault(source.model, set()).add(row.object_id)
    rules = {row.rule_id: row.rule for row in rows}.values()
    found = moments.still_wanted(today, days=Calendar.load(), rules=rules, only=only)
    readable = {(model, key) for model, keys in only.items() for key in _readable(model, keys, person)}
    return [row for row in rows if _stands(row, found) and (_must_act(row) or _place(row) in readable)]


def _stands(row: Reminder, found: moments.Survey) -> bool:
    return row.subject is not None and (row.key in found.wanted or found.doubts(row.key))


def _must_act(row: Reminder) -> bool:
    return row.relation in (Relation.HANDLER, Relation.FOLLOWER)


def _place(row: Reminder) -> tuple[Any, int]:
    source = source_of(row)
    return (source.model if source else None, row.object_id)


def _readable(model: Any, keys: set[int], person: User) -> set[int]:
    """Those a person may read (one query a kind)."""
    return set(visible(model, person).filter(pk__in=keys).values_list("pk", flat=True))


def settle() -> int:
    """Mark the reminders of sent messages as sent; those of dead messages stay queued, and readable under the bell."""
    sent_at = Message.objects.filter(pk=OuterRef("message")).values("sent_at")
    queued = Reminder.objects.filter(status=Status.QUEUED, message__status=Message.Status.SENT)
    return queued.update(status=Status.SENT, sent_at=Subquery(sent_at))
