"""试运行: for two weeks the manager reads what would have been sent, and nobody else gets mail; it ends by itself.

The reminders stay as they are and wait: what still holds on the day after is sent then, in one digest a person.
"""

import datetime as dt
from itertools import groupby

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from audit import services as audit
from core.working_days import Calendar
from outbox import services as outbox
from outbox.models import Channel, Message
from reminders.emails import Content
from reminders.lines import lines_of
from reminders.models import Pilot, Reminder
from reminders.subjects.base import in_one_line

DAYS = 14
MAX_KEYS = 500  # reminders one preview looks at; the rest stands in that of the next day
MAX_PEOPLE = 60
MAX_LINES = 10  # a person
RECHECK = "reminders.pilots.recheck"


def running(day: dt.date) -> Pilot | None:
    """The trial that lasts on a day, or None: a fresh installation has none."""
    return Pilot.objects.running_on(day).select_related("created_by").first()


@transaction.atomic
def start(*, by: User, now: dt.datetime) -> Pilot:
    """Begin a trial of two weeks, today included; raises ValidationError (code "running") while one lasts."""
    _manager_only(by)
    today = timezone.localdate(now)
    if running(today):
        raise ValidationError(_("试运行正在进行"), code="running")
    pilot = Pilot(since_on=today, until_on=today + dt.timedelta(days=DAYS - 1))
    pilot.save(by=by)
    audit.record("pilot.started", pilot, by=by, changes={"until_on": str(pilot.until_on)})
    return pilot


@transaction.atomic
def stop(pilot: Pilot, *, by: User, now: dt.datetime) -> Pilot:
    """End a trial before its time: what waits is sent with the next digests."""
    _manager_only(by)
    pilot = Pilot.objects.select_for_update(of=("self",)).get(pk=pilot.pk)
    if pilot.stopped_at is not None or pilot.until_on < timezone.localdate(now):
        raise ValidationError(_("试运行已经结束"), code="ended")
    pilot.stopped_at, pilot.stopped_by = now, by
    pilot.save(by=by, update_fields=["stopped_at", "stopped_by"])
    audit.record("pilot.stopped", pilot, by=by)
    return pilot


def _manager_only(user: User) -> None:
    if Role.MANAGER not in Scope.of(user).roles:
        raise PermissionDenied(_("试运行由招商中心负责人开启和结束"))


def readers(pilot: Pilot) -> list[User]:
    """Who reads the previews: the manager who began the trial; when he left, all managers."""
    begun_by = pilot.created_by_id
    managers = list(User.objects.with_role(Role.MANAGER).order_by("pk"))
    return [user for user in managers if user.pk == begun_by] or managers


def compose_preview(pilot: Pilot, *, now: dt.datetime) -> int:
    """One preview a working day for each reader, once his digest is due; returns how many were made."""
    at = timezone.localtime(now).time()
    return sum(_preview(user, now) for user in readers(pilot) if user.digest_at <= at)


def _preview(reader: User, now: dt.datetime) -> bool:
    way = Channel.EMAIL if reader.email else Channel.IN_SITE
    today = timezone.localdate(now)
    keys = {channel: f"pilot|{reader.public_id}|{today}|{channel.value}" for channel in (Channel.EMAIL, Channel.IN_SITE)}
    if Message.objects.filter(key__in=keys.values()).exists():
        return False
    try:
        with transaction.atomic():
            shown = Reminder.objects.unsent().filter(previewed_on=None) | Reminder.objects.unsent().filter(previewed_on=today)
            rows = list(shown.with_subjects().order_by("recipient__username", "due_on", "id")[:MAX_KEYS])
            if not rows:
                return False
            content = _content(reader, rows, today)
            _message, new = outbox.enqueue(
                keys[way], reader, content.subject, content.text, html=content.html, recheck=RECHECK, now=now, channel=way
            )
            Reminder.objects.unsent().filter(pk__in=[row.pk for row in rows]).update(previewed_on=today)
            return new
    except IntegrityError:
        return False  # another tick made it at the same moment


def _content(reader: User, rows: list[Reminder], today: dt.date) -> Content:
    """All that would have been sent, person by person, in the reader's language."""
    with translation.override(reader.language):
        days = Calendar.load()
        people = []
        for person, mine in groupby(rows, key=lambda row: row.recipient):
            lines = lines_of(mine, today=today, days=days).lines
            more = max(len(lines) - MAX_LINES, 0)
            people.append({"person": person, "lines": lines[:MAX_LINES], "count": len(lines), "more": more})
        context = {
            "reader": reader,
            "today": today,
            "people": people[:MAX_PEOPLE],
            "more": max(len(people) - MAX_PEOPLE, 0),
            "count": len(people),
            "url": settings.SITE_URL + reverse("desk:reminding"),
        }
        return Content(
            in_one_line(render_to_string("reminders/pilot_subject.txt", context)),
            render_to_string("reminders/pilot.txt", context),
            render_to_string("reminders/pilot.html", context),
        )


def recheck(message: Message, now: dt.datetime) -> str:
    """A preview goes only to somebody who still looks after the reminding, while the trial lasts."""
    pilot = running(timezone.localdate(now))
    if pilot is None:
        return _("试运行已经结束")
    return "" if message.recipient in readers(pilot) else _("收件人已不再负责提醒")
