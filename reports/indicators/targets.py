"""How far this year's targets are: done, set, and ahead of or behind the months that have passed."""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from projects.models import Project
from reports.indicators import rates
from reports.indicators.asked import Asked, Window
from reports.indicators.quantities import QUANTITIES
from reports.indicators.quantity import Measured, Quantity, measure
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
    """What was done of each target, in a few queries; targets of indicators that no longer exist are left out.

    `projects` are those the asker may see; a target of a department or a person counts theirs.
    """
    known = [target for target in targets if target.indicator in INDICATORS]
    windows = {target.pk: _window(target, today) for target in known}
    asked = {window: Asked(projects, window) for window in windows.values()}
    wanted = ((str(target.pk), _of_subject(target, asked[windows[target.pk]]), asked[windows[target.pk]]) for target in known)
    found = measure(wanted, wholes=2)
    return [Reached(target, INDICATORS[target.indicator], windows[target.pk], found[str(target.pk)]) for target in known]


def _of_subject(target: Target, asked: Asked) -> Quantity:
    """What is counted for the zone, or of it what belongs to a department or a person."""
    quantity = QUANTITIES[_numerator(target)]
    cases = {name: key for name, key in (("department", target.department_id), ("owner", target.user_id)) if key}
    path = "" if quantity.rows(asked).model is Project else "project__"
    holds = Q(**{f"{path}{name}": key for name, key in cases.items()})
    return quantity.part(quantity.code, quantity.name, lambda: holds) if cases else quantity


def _numerator(target: Target) -> str:
    indicator = INDICATORS[target.indicator]
    return indicator.variants[indicator.usual].numerator


def _window(target: Target, today: dt.date) -> Window:
    start, end = target.window
    return Window(start, max(min(end, today), start))
