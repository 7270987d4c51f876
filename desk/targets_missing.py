"""未下达目标: the indicators and periods for which somebody has no target, with what was done all the same."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.models import User
from accounts.scope import Scope
from desk.cockpit.numbers import Number, Slice, numbers
from reports.indicators import INDICATORS, TARGETS, Indicator
from reports.models import Target

PARTS = {Target.PeriodKind.QUARTER: 4, Target.PeriodKind.MONTH: 12}

type Subject = tuple[int | None, int | None]  # the keys of a department and of a person; both None is the zone


@dataclass(frozen=True)
class NotSet:
    """A period of an indicator without a target."""

    target: Target  # unsaved
    done: Number

    @property
    def indicator(self) -> Indicator:
        return INDICATORS[self.target.indicator]

    @property
    def period(self) -> str:
        return self.target.period_label


def subject_of(target: Target) -> Subject:
    return target.department_id, target.user_id


def cut_of(target: Target, start: dt.date, end: dt.date) -> Slice:
    """The rows that count for whoever a target is of."""
    cases = {"department": target.department_id, "owner": target.user_id}
    return Slice(start, end).where(**{name: key for name, key in cases.items() if key})


def missing(targets: Iterable[Target], user: User, year: int) -> Iterator[Target]:
    """Of the zone any indicator that has no value for the year; of others the year or a part of it of an indicator they have."""
    named: dict[Subject, Target] = {}
    known: dict[Subject, dict[str, set[tuple[str, int | None]]]] = {}
    if Scope.of(user).sees_all:
        named[None, None], known[None, None] = Target(), {code: set() for code in TARGETS}
    for target in targets:
        named.setdefault(subject_of(target), target)
        indicators = known.setdefault(subject_of(target), {})
        indicators.setdefault(target.indicator, set()).add((target.period_kind, target.n))
    for subject, indicators in known.items():
        whose = {"department": named[subject].department, "user": named[subject].user}
        for code in indicators.keys() & INDICATORS.keys():
            for kind, n in _lacking(indicators[code]):
                yield Target(indicator=code, period_kind=kind, n=n, year=year, **whose)


def _lacking(periods: set[tuple[str, int | None]]) -> Iterator[tuple[str, int | None]]:
    """The year; and the quarters and months without a value where others have theirs."""
    if (Target.PeriodKind.YEAR, None) not in periods:
        yield Target.PeriodKind.YEAR, None
    for kind, parts in PARTS.items():
        if any(known == kind for known, _n in periods):
            yield from ((kind, n) for n in range(1, parts + 1) if (kind, n) not in periods)


def with_done(found: Iterable[Target], user: User, today: dt.date) -> list[NotSet]:
    """What was done in each, in one query; nothing is known of what lies ahead."""
    rows = sorted(found, key=lambda row: (list(INDICATORS).index(row.indicator), row.period_kind, row.n or 0))
    asked = {}
    for place, target in enumerate(rows):
        indicator, (start, end) = INDICATORS[target.indicator], target.window
        if start <= today:
            asked[str(place)] = indicator.variants[indicator.usual].numerator, cut_of(target, start, min(end, today))
    done = numbers(user, asked)
    return [NotSet(target, done.get(str(place), Number())) for place, target in enumerate(rows)]
