"""Figures: an indicator or a quantity, of some projects, for some days, with what it was made of."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from projects.models import Project
from reports.indicators import rates
from reports.indicators.asked import Asked, Window
from reports.indicators.quantities import QUANTITIES
from reports.indicators.quantity import PERCENT, Measured, Word, measure
from reports.indicators.table import INDICATORS, Indicator, Variant


@dataclass(frozen=True)
class Figure:
    """A number with its parts. `value` is None when it cannot be known; `note` then says why."""

    indicator: Indicator
    variant: str
    value: Decimal | None
    numerator: Measured
    denominator: Measured | None
    as_of_on: dt.date
    note: str = ""

    @property
    def parts(self) -> Variant:
        return self.indicator.variants[self.variant]

    @property
    def unit(self) -> Word:
        return self.indicator.unit

    @property
    def qualified(self) -> bool:
        """Whether a part of it was only about: the figure is 约 then."""
        return self.numerator.qualified or (self.denominator is not None and self.denominator.qualified)


def compute(code: str, projects: QuerySet[Project], *, window: Window, variant: str = "", event: int | None = None) -> Figure:
    """An indicator of projects that the asker may see. Raises KeyError for a code or variant there is none of."""
    return compute_many([(code, variant)], Asked(projects, window, event=event))[0]


def compute_many(wanted: Iterable[tuple[str, str]], asked: Asked) -> list[Figure]:
    """Several figures, measured together: pairs of code and variant, "" for the usual one."""
    return figures(chosen := list(wanted), measure_codes(parts_of(chosen, asked), asked), asked)


def parts_of(wanted: Iterable[tuple[str, str]], asked: Asked) -> set[str]:
    """The codes of the quantities that figures are made of."""
    codes = {part for indicator, variant in _chosen(wanted) for part in indicator.variants[variant][1:] if part}
    return codes | ({"followed"} if asked.event is not None else set())


def figures(wanted: Iterable[tuple[str, str]], found: dict[str, Measured], asked: Asked) -> list[Figure]:
    """Figures from quantities that were measured already."""
    return [_figure(indicator, variant, found, asked) for indicator, variant in _chosen(wanted)]


def _chosen(wanted: Iterable[tuple[str, str]]) -> list[tuple[Indicator, str]]:
    return [(INDICATORS[code], variant or INDICATORS[code].usual) for code, variant in wanted]


def measure_codes(codes: Iterable[str], asked: Asked) -> dict[str, Measured]:
    """Quantities by their codes, measured together."""
    return measure((code, QUANTITIES[code], asked) for code in sorted(set(codes)))


def _figure(indicator: Indicator, variant: str, found: dict[str, Measured], asked: Asked) -> Figure:
    parts = indicator.variants[variant]
    numerator = found[parts.numerator]
    if parts.denominator is None:
        value = numerator.of(QUANTITIES[parts.numerator])
        return Figure(indicator, variant, value, numerator, None, asked.window.end, _lacking(numerator, parts.numerator))
    denominator = found[parts.denominator]
    silent = asked.event is not None and not found["followed"].count
    value = None if silent else _quotient(indicator, parts, numerator, denominator)
    note = _("签约后没有任何记录，不能计算") if silent else _why(value, numerator, denominator, parts)
    return Figure(indicator, variant, value, numerator, denominator, asked.window.end, note)


def _quotient(indicator: Indicator, parts: Variant, numerator: Measured, denominator: Measured) -> Decimal | None:
    top, bottom = numerator.of(QUANTITIES[parts.numerator]), denominator.of(QUANTITIES[parts.denominator or ""])
    if indicator.unit == PERCENT:
        return rates.percent(top, bottom)
    share = rates.ratio(top, bottom)
    return None if share is None else rates.rounded(share)


def _why(value: Decimal | None, numerator: Measured, denominator: Measured, parts: Variant) -> str:
    if value is None and not numerator.count and QUANTITIES[parts.numerator].amount and denominator.count:
        return _("没有登记过%(what)s，不能计算") % {"what": QUANTITIES[parts.numerator].name}
    if value is None:
        return _("分母为 0 或缺数，不能计算")
    return _lacking(denominator, parts.denominator or "")


def _lacking(measured: Measured, code: str) -> str:
    missing = measured.count - measured.stated if QUANTITIES[code].amount else 0
    return _("%(n)d 条没有填写数额") % {"n": missing} if missing else ""


def year_on_year(code: str, projects: QuerySet[Project], *, window: Window) -> tuple[Decimal | None, Figure, Figure]:
    """同比 in % with this year's figure and last year's."""
    now = compute(code, projects, window=window)
    before = compute(code, projects, window=window.year_before())
    return rates.growth(now.value, before.value), now, before
