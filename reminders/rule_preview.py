"""What a change of one rule would send in the next days that is not sent now, and what would no longer be; nothing is saved."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from django.utils import timezone

from accounts.models import User
from reminders.forecast import Sending, Window, forecast
from reminders.models import ReminderRule
from reminders.wanted import Wanted

DAYS = 30
MOST_LINES = 25  # of one person and week: above that nobody reads them


@dataclass
class Change:
    """What one person would get more, or less, by one rule on one day."""

    day: dt.date
    person: User
    rule: str
    draft: bool  # stands in the list for leaders, nothing is sent
    added: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Week:
    """How many lines a person would get in one week, now and with the change."""

    person: User
    monday: dt.date
    before: int
    after: int


@dataclass(frozen=True)
class Preview:
    """The difference that a change of a rule makes."""

    changes: list[Change]
    full_weeks: list[Week]  # with more than MOST_LINES lines, of those who get more by the change
    until: dt.date

    @property
    def added(self) -> int:
        return sum(len(change.added) for change in self.changes)

    @property
    def gone(self) -> int:
        return sum(len(change.gone) for change in self.changes)

    @property
    def people(self) -> int:
        return len({change.person.pk for change in self.changes})


def preview_rule(rule: ReminderRule, *, now: dt.datetime, days: int = DAYS) -> Preview:
    """Compare the present rules with the same ones after the change; `rule` holds the new values and is not saved."""
    today = timezone.localdate(now)
    present = list(ReminderRule.objects.filter(enabled=True))
    window = Window.load(today, days, [*present, rule])
    touched = {rule.subject, *(item.subject for item in present if item.pk == rule.pk)}
    old = [item for item in present if item.subject in touched]
    new = sorted([*(item for item in old if item.pk != rule.pk), rule], key=lambda item: (item.subject, item.offset, item.code))
    before, after = forecast(old, window), forecast(new, window)
    changes = _changes(before, after)
    more = {change.person.pk for change in changes if change.added and not change.draft}
    counted = touched | {ReminderRule.Subject.PROGRESS}  # all reports a person owes are one line: left out of his week
    others = [item for item in present if item.subject not in counted] if more else []
    rest = forecast(others, replace(window, only=more))
    weeks = [week for week in _weeks([*rest, *before], [*rest, *after]) if week.person.pk in more]
    return Preview(changes, weeks, today + dt.timedelta(days=days - 1))


def _changes(before: Iterable[Sending], after: Iterable[Sending]) -> list[Change]:
    old, new = ({_place(item): item for item in items} for items in (before, after))
    found: dict[tuple[dt.date, int, str, bool], Change] = {}
    for items, others, name in ((new, old, "added"), (old, new, "gone")):
        for place, item in items.items():
            if place not in others:
                told = item.wanted
                key = (item.day, told.recipient.pk, told.rule.code, told.draft)
                change = found.setdefault(key, Change(item.day, told.recipient, told.rule.code, told.draft))
                getattr(change, name).append(item.source.title(told.subject))
    return sorted(found.values(), key=lambda change: (change.day, change.person.display, change.rule))


def _place(item: Sending) -> tuple[object, ...]:
    return (item.day, item.key, item.wanted.draft)


def _weeks(before: Iterable[Sending], after: Iterable[Sending]) -> list[Week]:
    """The people and weeks with too many lines once the change is made."""
    old, new = _lines(before), _lines(after)
    people = {item.wanted.recipient.pk: item.wanted.recipient for item in after}
    full = [Week(people[who], monday, old[who, monday], n) for (who, monday), n in new.items() if n > MOST_LINES]
    return sorted(full, key=lambda week: (week.monday, week.person.display))


def _lines(items: Iterable[Sending]) -> Counter[tuple[int, dt.date]]:
    """Lines of digests by person and week; drafts are no lines."""
    lines = {item.line: item for item in items if not item.wanted.draft}
    return Counter((item.wanted.recipient.pk, item.day - dt.timedelta(days=item.day.weekday())) for item in lines.values())


def preview(*, now: dt.datetime, days: int, user: User | None = None) -> Iterator[tuple[dt.date, User, list[Wanted]]]:
    """What would go to whom on each of the next days by the present rules; nothing is sent or saved, drafts are left out."""
    rules = list(ReminderRule.objects.filter(enabled=True))
    window = Window.load(timezone.localdate(now), days, rules)
    found: dict[tuple[dt.date, int], list[Wanted]] = defaultdict(list)
    for item in forecast(rules, window):
        if not item.wanted.draft and (user is None or item.wanted.recipient.pk == user.pk):
            found[item.day, item.wanted.recipient.pk].append(item.wanted)
    for (day, _person), items in found.items():
        yield day, items[0].recipient, items
