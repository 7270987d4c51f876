"""The arithmetic of figures: Decimals in, a Decimal or None out; what cannot be divided is unknown, never 0."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

HUNDRED = Decimal(100)
CENT = Decimal("0.01")
MONTHS = 12


def ratio(numerator: Decimal | int | None, denominator: Decimal | int | None) -> Decimal | None:
    """A quotient, unrounded; None when a part is unknown or the denominator is 0."""
    if numerator is None or not denominator:
        return None
    return Decimal(numerator) / Decimal(denominator)


def percent(numerator: Decimal | int | None, denominator: Decimal | int | None) -> Decimal | None:
    """A rate in %, to two decimals."""
    share = ratio(numerator, denominator)
    return None if share is None else rounded(share * HUNDRED)


def growth(now: Decimal | int | None, before: Decimal | int | None) -> Decimal | None:
    """同比 in %: how much more than in the same period of the year before; from nothing it is unknown."""
    if now is None or before is None:
        return None
    return percent(Decimal(now) - Decimal(before), before)


def expected_share(months: int) -> Decimal:
    """序时进度 in %: the months that have passed of twelve."""
    return rounded(Decimal(min(max(months, 0), MONTHS)) * HUNDRED / MONTHS)


def ahead(done: Decimal | int | None, target: Decimal | int | None, months: int) -> Decimal | None:
    """How many points of % the target is ahead of (or, negative, behind) the months that have passed."""
    share = ratio(done, target)
    if share is None:
        return None
    return rounded((share - Decimal(min(max(months, 0), MONTHS)) / MONTHS) * HUNDRED)


def rounded(value: Decimal) -> Decimal:
    """To two decimals, as the published tables are, and never a negative zero."""
    return value.quantize(CENT, ROUND_HALF_UP) + 0


@dataclass(frozen=True)
class Comparison:
    """A figure as somebody reported it beside the one computed from his own numerator and denominator (both in %)."""

    reported: Decimal | None
    computed: Decimal | None

    @property
    def agrees(self) -> bool | None:
        """None when one of them is unknown: then nothing can be said."""
        if self.reported is None or self.computed is None:
            return None
        return rounded(self.reported) == self.computed

    @property
    def words(self) -> str:
        """What a reader has to know about the two."""
        if self.reported is None and self.computed is None:
            return _("没有填报值，也无法计算")
        if self.computed is None:
            return _("填报值 %(reported)s%%；分母为 0 或缺数，无法核算") % {"reported": self.reported}
        if self.reported is None:
            return _("系统算值 %(computed)s%%；没有填报值") % {"computed": self.computed}
        if self.agrees:
            return _("填报值 %(reported)s%% 与系统算值一致") % {"reported": self.reported}
        gap = rounded(self.reported) - self.computed
        return _("填报值 %(reported)s%%，系统算值 %(computed)s%%，相差 %(gap)s 个百分点，请核对") % {
            "reported": self.reported,
            "computed": self.computed,
            "gap": f"{gap:+}",
        }


def compare(reported: Decimal | None, numerator: Decimal | int | None, denominator: Decimal | int | None) -> Comparison:
    """A reported rate beside what its numerator and denominator give."""
    return Comparison(reported, percent(numerator, denominator))
