"""Which reminders are due now: every open subject, each rule whose moment has come, each recipient.

Based on state, never on "today equals": a missed beat, a weekend off or ten beats at once heal themselves.
What goes wrong with one rule, one subject or one kind of them is noted and leaves all others as they are.
"""

import datetime as dt
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext as _

from core.working_days import Calendar
from reminders import snoozes
from reminders.models import ReminderRule, Trouble
from reminders.subjects import SOURCES, Due, Hearer, People, Source, Span
from reminders.subjects.base import OLDEST
from reminders.wanted import Wanted

log = logging.getLogger(__name__)

Kind = Trouble.Kind
Recipient = ReminderRule.Recipient
type Only = Mapping[type[models.Model], Collection[int]]

QUIET_DAYS = 5  # working days after a bulk confirmation or an import in which only owner and manager hear
BUFFER = dt.timedelta(days=12)  # the longest holiday a before-due moment can be moved across
MOST_NOTES = 50  # of one kind a round


@dataclass(frozen=True)
class Note:
    """Why somebody is not reminded: of one rule, one subject, or of one kind of subjects altogether."""

    kind: str
    key: str
    text: str
    rule: ReminderRule | None = None
    subject: models.Model | None = None


@dataclass
class Survey:
    """What should exist, and what could not be found out: of that nothing is cancelled."""

    wanted: dict[str, Wanted] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)  # kinds, rules and subjects, as they stand in keys

    def note(self, kind: str, name: str, text: str, **about: object) -> None:
        key = f"{kind}|{name}"[:200]
        if key in self.notes or sum(note.kind == kind for note in self.notes.values()) < MOST_NOTES:
            self.notes[key] = Note(kind, key, text[:500], **about)  # type: ignore[arg-type]

    def doubts(self, key: str) -> bool:
        """Whether a reminder may be one of those that could not be found out."""
        prefix, _bar, rest = key.partition("|")
        return not self.doubtful.isdisjoint({prefix, prefix.partition(":")[0], f"|{rest.partition('|')[0].partition('@')[0]}"})


def wanted(today: dt.date, *, days: Calendar, rules: Iterable[ReminderRule] | None = None) -> dict[str, Wanted]:
    """Every reminder that should exist on a day, by key; offsets collapse to the latest moment."""
    return survey(today, days=days, rules=rules).wanted


def survey(today: dt.date, *, days: Calendar, rules: Iterable[ReminderRule] | None = None) -> Survey:
    """What should exist on a day, with the troubles that were met; queries are constant for each kind of subject."""
    found = Survey()
    latest: dict[tuple[str, int, bool], Wanted] = {}
    for item in snoozes.applied(_all(today, days, rules, found), today, snoozes.load()):
        place = (item.prefix, item.recipient.pk, item.draft)
        if place not in latest or latest[place].remind_on <= item.remind_on:
            latest[place] = item
    found.wanted = {item.key: item for item in latest.values()}
    return found


def still_wanted(today: dt.date, *, days: Calendar, rules: Iterable[ReminderRule], only: Only) -> Survey:
    """What holds today of some subjects, whatever later moment has come since."""
    found = Survey()
    items = _all(today, days, rules, found, only)
    found.wanted = {item.key: item for item in snoozes.applied(items, today, snoozes.load())}
    return found


def remind_on(rule: ReminderRule, due_on: dt.date, late_from: dt.date, days: Calendar, *, never_before: bool = False) -> dt.date:
    """When a rule speaks: before the date moved to the previous working day, after it from the day it is late."""
    if rule.offset > 0:
        return days.add(late_from, rule.offset, rule.day_kind, "next")
    moment = days.add(due_on, rule.offset, rule.day_kind, "keep")
    return days.next_working_day(moment) if never_before else days.previous_working_day(moment)


def concerns(rule: ReminderRule, due: Due) -> bool:
    """Whether a rule speaks of such a step at all, and of so old a date to those above."""
    if rule.key_only is not None and due.is_key is not None and rule.key_only != due.is_key:
        return False
    return due.due_on >= OLDEST or rule.recipient == Recipient.RESPONSIBLE


def is_close(due: Due, hearer: Hearer, rule: ReminderRule, people: People) -> bool:
    """Whether a person hears even in the first days after a bulk confirmation or an import: owner and manager do."""
    owner = due.project.owner_id if due.project else None
    close = {owner, *(manager.pk for manager in people.managers)}
    meant = hearer.on_behalf_of or hearer.user
    return meant.pk in close and rule.recipient not in Recipient.drafts()


def _all(
    today: dt.date, days: Calendar, rules: Iterable[ReminderRule] | None, found: Survey, only: Only | None = None
) -> Iterator[Wanted]:
    given = list(ReminderRule.objects.filter(enabled=True) if rules is None else rules)
    sound = [rule for rule in given if _is_sound(rule, today, days, found)]
    people = People.load(today, sound) if sound else People()
    for source in SOURCES:
        mine = [rule for rule in sound if rule.subject == source.subject]
        if mine and (only is None or only.get(source.model)):
            yield from _Round(source, mine, people, Span(today, horizon(source, mine, today), days), found).run(only)


def horizon(source: Source, rules: Iterable[ReminderRule], today: dt.date) -> dt.date:
    """The last day whose subjects can have a moment that has come."""
    ahead = dt.timedelta(days=max(0, *(-rule.offset for rule in rules), 0))
    working = any(rule.offset < 0 and rule.day_kind != "calendar" for rule in rules)
    moved = not source.never_before and (ahead or not source.on_working_days)  # to a working day before
    return today + ahead * (2 if working else 1) + (BUFFER if moved else dt.timedelta())


def _is_sound(rule: ReminderRule, today: dt.date, days: Calendar, found: Survey) -> bool:
    """Whether a rule can be reckoned with at all; one that cannot is noted on its own page."""
    try:
        remind_on(rule, today, today, days)
    except Exception as error:
        _blame(found, Kind.RULE, rule.code, error, rule=rule)
        found.doubtful.add(f"|{rule.code}")
        return False
    return True


def _blame(found: Survey, kind: str, name: str, error: Exception, **about: object) -> None:
    log.warning("reminders: %s %s could not be planned", kind, name, exc_info=error)
    found.note(kind, name, f"{type(error).__name__}: {error}", **about)


@dataclass(frozen=True)
class _Round:
    """One kind of subject in one round."""

    source: Source
    rules: list[ReminderRule]
    people: People
    span: Span
    found: Survey

    def run(self, only: Only | None) -> Iterator[Wanted]:
        span = Span(self.span.today, self.span.upto, self.span.days, only.get(self.source.model) if only else None)
        try:
            dues = list(self.source.find(span))
        except Exception as error:
            self.found.doubtful.add(self.source.subject)
            _blame(self.found, Kind.SOURCE, f"{self.source.subject}:{self.source.model._meta.label}", error)
            return
        for due in dues:
            try:
                yield from list(self._of(due))
            except Exception as error:
                name = f"{self.source.subject}:{due.subject.public_id}"
                self.found.doubtful.add(name)
                _blame(self.found, Kind.SUBJECT, name, error, subject=due.subject)

    def _of(self, due: Due) -> Iterator[Wanted]:
        for rule in self.rules:
            if not concerns(rule, due):
                continue
            moment = remind_on(rule, due.due_on, due.late_from, self.span.days, never_before=self.source.never_before)
            if moment > self.span.today:
                continue
            hearers = self.people.hearers(due, rule)
            if not hearers:
                self._nobody(rule, due)
            for hearer in hearers:
                if self._may_hear(due, hearer, rule):
                    yield Wanted(due.subject, rule, hearer.user, hearer.relation, due.due_on, moment, hearer.on_behalf_of)

    def _may_hear(self, due: Due, hearer: Hearer, rule: ReminderRule) -> bool:
        """In the first days after a bulk confirmation or an import only the owner and the manager get anything."""
        if due.quiet_since_on is None:
            return True
        if self.span.days.working_days_between(due.quiet_since_on, self.span.today) > QUIET_DAYS:
            return True
        return is_close(due, hearer, rule, self.people)

    def _nobody(self, rule: ReminderRule, due: Due) -> None:
        """A rule that finds no reader for what is due: the first such subject stands for all of them."""
        words = _("“%(subject)s”等事项已到提醒时间，但按收件人“%(who)s”找不到任何人：请补上该部门的负责人，或改收件人")
        said = words % {"subject": self.source.title(due.subject), "who": rule.get_recipient_display()}
        key = f"{Kind.NOBODY}|{rule.code}"
        if key not in self.found.notes:
            self.found.note(Kind.NOBODY, rule.code, said, rule=rule, subject=due.subject)
