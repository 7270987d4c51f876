"""What the rules would send on each of the next days if nobody did anything: each subject is looked at once, not once a day.

Nothing is sent or saved. A test compares it with the planning of every single day.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from core.periods import week_of
from core.working_days import Calendar
from reminders import moments, snoozes
from reminders.models import Reminder, ReminderRule
from reminders.moments import QUIET_DAYS
from reminders.subjects import SOURCES, Due, People, Source, Span
from reminders.wanted import Wanted

ONE = dt.timedelta(days=1)
Recipient = ReminderRule.Recipient
Status = Reminder.Status
Subject = ReminderRule.Subject


@dataclass(frozen=True)
class Sending:
    """One reminder on the working day on which it would go out (or, a draft, enter the list for leaders)."""

    day: dt.date
    wanted: Wanted
    source: Source
    key: str  # of the reminder

    @property
    def line(self) -> tuple[object, ...]:
        """What shares a line of a digest has the same one."""
        item = self.wanted
        behalf = item.on_behalf_of.pk if item.on_behalf_of else None
        return (self.day, item.recipient.pk, self.source.subject, self.source.model, self.source.line(item.subject), behalf)


@dataclass(frozen=True)
class Stretch:
    """Working days on which the same people are there."""

    days: list[dt.date]
    people: People


@dataclass
class Window:
    """The days looked at, and what is read once for all of them."""

    today: dt.date
    count: int
    days: Calendar
    working: list[dt.date] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    snoozed: dict[snoozes.Place, dt.date] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)  # keys that went out before
    rules: list[ReminderRule] = field(default_factory=list)  # all that will be asked about
    only: Collection[int] | None = None  # these people, or all
    found: dict[Source, dict[int, list[Due]]] = field(default_factory=dict)  # what is due, by its key

    @classmethod
    def load(cls, today: dt.date, count: int, rules: Iterable[ReminderRule]) -> "Window":
        """Seven queries, however many rows there are."""
        found = cls(today, count, Calendar.load(), rules=list(rules))
        every = [today + ONE * n for n in range(count)]
        found.working = [day for day in every if found.days.is_working_day(day)]
        found.stretches = list(_stretches(found.working, today, found.rules))
        found.snoozed = snoozes.load()
        waiting = Q(status=Status.CANCELLED) | Q(status=Status.PENDING, message=None)
        rows = Reminder.objects.filter(rule__subject__in={rule.subject for rule in found.rules}).exclude(waiting).order_by()
        found.gone = set(rows.values_list("key", flat=True))
        return found

    @property
    def last(self) -> dt.date:
        return self.working[-1] if self.working else self.today


def _stretches(working: list[dt.date], today: dt.date, rules: Iterable[ReminderRule]) -> Iterator[Stretch]:
    """The working days by who is away."""
    people = People.load(today, rules)
    away = User.objects.active().filter(Q(away_from_on__isnull=False) | Q(away_until_on__isnull=False)).select_related("deputy")
    listed = list(away)
    before: dict[int, User | None] | None = None
    days: list[dt.date] = []
    for day in working:
        now = {user.pk: user.deputy for user in listed if _is_away(user, day)}
        if before is not None and now != before:
            yield Stretch(days, dataclasses.replace(people, away=before))
            days = []
        before = now
        days.append(day)
    if days:
        yield Stretch(days, dataclasses.replace(people, away=before or {}))


def _is_away(user: User, day: dt.date) -> bool:
    """As `User.objects.away_on` asks it of the database."""
    begun = user.away_from_on <= day if user.away_from_on else user.away_until_on is not None
    return begun and (user.away_until_on is None or user.away_until_on >= day)


def forecast(rules: Iterable[ReminderRule], window: Window) -> list[Sending]:
    """Everything these rules would send in the window, by day."""
    found: list[Sending] = []
    given = list(rules)
    for source in SOURCES:
        mine = [rule for rule in given if rule.enabled and rule.subject == source.subject]
        if mine:
            found += _of_source(source, mine, window)
    return sorted(found, key=lambda item: item.day)


def _of_source(source: Source, rules: list[ReminderRule], window: Window) -> Iterator[Sending]:
    for dues in _dues(source, window).values():
        seen: set[str] = set()
        for stretch in window.stretches:
            for day, item in _told(dues, source, rules, stretch, window):
                key = item.key
                if key not in window.gone and key not in seen:
                    seen.add(key)
                    yield Sending(day, item, source, key)


def _dues(source: Source, window: Window) -> dict[int, list[Due]]:
    """What is due in the window by subject, read once for all rules."""
    if source not in window.found:
        rules = [rule for rule in window.rules if rule.subject == source.subject]
        upto = moments.horizon(source, rules, window.last)
        owed = source.subject == Subject.PROGRESS
        found: dict[int, list[Due]] = defaultdict(list)
        for due in _reports(source, upto, window) if owed else source.find(Span(window.last, upto, window.days)):
            found[due.subject.pk].append(due)
        window.found[source] = found
    return window.found[source]


def _reports(source: Source, upto: dt.date, window: Window) -> Iterator[Due]:
    """The reports of the weeks around today, and of those after them the same ones as of the last of these."""
    dues = list(source.find(Span(window.today, upto, window.days)))
    yield from dues
    if not dues:
        return
    newest = max(due.due_on for due in dues)
    later = [due for due in dues if due.due_on == newest]
    week = week_of(_noon(newest), days=window.days)
    while True:
        week = week_of(week.closes_at, days=window.days)
        due_on = timezone.localdate(week.deadline_at)
        if due_on > upto:
            return
        if due_on > newest:
            yield from (dataclasses.replace(due, due_on=due_on, late_from=due_on) for due in later)


def _noon(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(9)), timezone.get_default_timezone())


def _told(
    dues: list[Due], source: Source, rules: list[ReminderRule], stretch: Stretch, window: Window
) -> Iterator[tuple[dt.date, Wanted]]:
    """What each person would be told of one subject and when: of all moments that have come only the latest."""
    by_person: dict[tuple[int, bool], list[tuple[dt.date, Wanted]]] = defaultdict(list)
    for due in dues:
        for shown_on, item in _items(due, source, rules, stretch, window):
            if window.only is None or item.recipient.pk in window.only:
                by_person[item.recipient.pk, item.draft].append((shown_on, item))
    for items in by_person.values():
        yield from _latest(items, stretch.days)


def _latest(items: list[tuple[dt.date, Wanted]], days: list[dt.date]) -> Iterator[tuple[dt.date, Wanted]]:
    """On each day on which it changes, the one whose moment came last."""
    told: Wanted | None = None
    for day in sorted({_first(days, shown_on) for shown_on, _item in items if shown_on <= days[-1]}):
        there = [item for shown_on, item in items if shown_on <= day]
        best = there[0]
        for item in there[1:]:
            best = item if best.remind_on <= item.remind_on else best
        if best is not told:
            told = best
            yield day, best


def _first(days: list[dt.date], shown_on: dt.date) -> dt.date:
    return next(day for day in days if day >= shown_on)


def _items(
    due: Due, source: Source, rules: list[ReminderRule], stretch: Stretch, window: Window
) -> Iterator[tuple[dt.date, Wanted]]:
    """Each rule's word for each of its hearers, and the day from which it counts."""
    quiet_until = window.days.add_working_days(due.quiet_since_on, QUIET_DAYS + 1) if due.quiet_since_on else None
    for rule in rules:
        if not moments.concerns(rule, due):
            continue
        moment = moments.remind_on(rule, due.due_on, due.late_from, window.days, never_before=source.never_before)
        if moment > stretch.days[-1]:
            continue
        for hearer in stretch.people.hearers(due, rule):
            item = Wanted(due.subject, rule, hearer.user, hearer.relation, due.due_on, moment, hearer.on_behalf_of)
            close = quiet_until is None or moments.is_close(due, hearer, rule, stretch.people)
            yield _put_off(moment if close or quiet_until is None else max(moment, quiet_until), item, window)


def _put_off(shown_on: dt.date, item: Wanted, window: Window) -> tuple[dt.date, Wanted]:
    """As `snoozes.applied` does it day by day."""
    until = _until(item, window) if window.snoozed else None
    if until is None or item.draft or item.rule.urgent:
        return shown_on, item
    if item.remind_on < until:
        item = dataclasses.replace(item, remind_on=until, again_on=until)
    return max(shown_on, until), item


def _until(item: Wanted, window: Window) -> dt.date | None:
    kind = ContentType.objects.get_for_model(item.subject)
    return window.snoozed.get((kind.pk, item.subject.pk, item.recipient.pk, item.due_on))
