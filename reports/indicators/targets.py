"""How far this year's targets are: done, set, and ahead of or behind the months that have passed."""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from projects.models import Project
from reports.indicators import rates
from reports.indicators.asked import Asked, Window
from reports.indicators.quantities import QUANTITIES
from reports.indicators.quantity import Measured, measure
from reports.indicators.table import INDICATORS, Indicator
from reports.models import Target

YEAR = 12


@dataclass(frozen=True)
class Reached:
    """A target and what was done of it until `as_of_on`; `value` None is unknown."""

    target: Target
    indicator: Indicator
    window: Window
    measured: Measured

    @property
    def quantity(self) -> str:
        return self.indicator.variants[self.indicator.usual].numerator

    @property
    def value(self) -> Decimal | None:
        return self.measured.of(QUANTITIES[self.quantity])

    @property
    def rate(self) -> Decimal | None:
        """目标完成率 in %."""
        return rates.percent(self.value, self.target.value)

    @property
    def expected(self) -> Decimal:
        """序时进度 in %: of the months of the target's own period."""
        first, last = self.target.months
        passed = min(max(self._month - first + 1, 0), last - first + 1)
        return rates.rounded(Decimal(passed) * rates.HUNDRED / (last - first + 1))

    @property
    def ahead(self) -> Decimal | None:
        """Points of % ahead (+) or behind (−)."""
        return None if self.rate is None else self.rate - self.expected

    @property
    def gap(self) -> Decimal | None:
        """What is still missing, in the unit of the indicator; never negative."""
        return None if self.value is None else max(self.target.value - self.value, Decimal(0))

    @property
    def _month(self) -> int:
        """The last month that is over, or the present one in its last days; before the year none, after it all."""
        end = self.window.end
        return end.month if end.day == monthrange(end.year, end.month)[1] else end.month - 1


def targets_reached(targets: Iterable[Target], projects: QuerySet[Project], *, today: dt.date) -> list[Reached]:
    """What was done of each target, in one query; targets of indicators that no longer exist are left out.

    `projects` are those the asker may see; a target of a department or a person counts theirs.
    """
    known = [target for target in targets if target.indicator in INDICATORS]
    asked = {str(target.pk): _asked(target, projects, today) for target in known}
    quantities = {str(target.pk): QUANTITIES[_numerator(target)] for target in known}
    found = measure((key, quantities[key], quantities[key].rows(asked[key])) for key in asked)
    return [_reached(target, asked[str(target.pk)].window, found.get(str(target.pk), Measured())) for target in known]


def _numerator(target: Target) -> str:
    indicator = INDICATORS[target.indicator]
    return indicator.variants[indicator.usual].numerator


def _reached(target: Target, window: Window, measured: Measured) -> Reached:
    return Reached(target, INDICATORS[target.indicator], window, measured)


def _asked(target: Target, projects: QuerySet[Project], today: dt.date) -> Asked:
    start, end = target.window
    if target.department_id:
        projects = projects.filter(department=target.department_id)
    if target.user_id:
        projects = projects.filter(owner=target.user_id)
    return Asked(projects, Window(start, max(min(end, today), start)))
