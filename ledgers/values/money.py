"""Reading amounts, and counts with amounts; money comes out in 万元."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from core import amounts
from ledgers.values.base import NOT_STATED, Amount, Asked, CountAmount, NotStated, Unread, figures, number_text, says_nothing
from ledgers.values.numbers import MEASURES, bounded, whole

# A unit wrong by ten thousand is the commonest accident of an import: beyond these the cell must name its unit.
TOO_LARGE = Decimal(10_000_000)  # 万元: 1000亿元
TOO_SMALL = Decimal("0.01")
LIKELY_SMALLER, LIKELY_LARGER = {"亿元": "万元", "亿": "万元"}, {"元": "万元"}
HAS_UNIT = re.compile("[元万亿]")
ZERO = re.compile(r"0+(?:\.0+)?")
# A comma parts count and amount only behind a measure word: 1,180 is one number.
COUNTED = re.compile(rf"(?P<count>\d*)(?:(?P<measure>{MEASURES})(?:项目)?[/,、;]?|[/、;]|$)(?P<amount>.*)")


def amount(cell: object, asked: Asked) -> Amount:
    """Money in 万元 with its word; bare numbers are of the unit asked.

    Raises Unread, with code "unit" when a size without a written unit is hard to believe or no unit is known.
    """
    if isinstance(cell, int | float):
        value = Decimal(number_text(cell)) * _factor(number_text(cell), asked.unit)
        _refuse_negative(value, number_text(cell))
        _refuse_unlikely(value, number_text(cell), asked.unit)
        return Amount(amounts.quantized(value), str(amounts.Qualifier.EXACT))
    return _written_amount(str(cell), asked.unit)


def _written_amount(text: str, unit: str, *, shared_by: int = 1) -> Amount:
    """An amount in words and figures; a bare one that `shared_by` things add up to may be that much larger."""
    written = figures(text)
    names_unit = HAS_UNIT.search(written) is not None
    if not names_unit:
        _factor(written, unit)
    try:
        value, qualifier = amounts.parse(text, unit if unit in amounts.UNITS else "万元")
    except amounts.AmountError as error:
        raise Unread("amount", str(error)) from error
    if value is None or (not value and re.search(r"[1-9]", written)):
        raise Unread("amount", _("“%(text)s”不是到元的金额：请写成 1500、1.5亿 或 约3亿元 的样子") % {"text": text})
    _refuse_negative(value, written)
    if not names_unit:
        _refuse_unlikely(value / shared_by, written, unit)
    return Amount(value, str(qualifier))


def _factor(number: str, unit: str) -> Decimal:
    """万元 in one of the unit; zero needs none."""
    if unit in amounts.UNITS:
        return amounts.UNITS[unit]
    if ZERO.fullmatch(number):
        return Decimal(1)
    if unit:
        message = _("单位“%(unit)s”不能确定是多少人民币：请把单位写进单元格，例如 %(number)s万元")
    else:
        message = _("不知道“%(number)s”的单位：请在表头写明（亿元）或（万元），或写进单元格，例如 %(number)s万元")
    raise Unread("unit", message % {"unit": unit, "number": number})


def _refuse_negative(value: Decimal, text: str) -> None:
    if value < 0:
        raise Unread("negative", _("金额“%(text)s”是负数：请核对后填正数；减资、退款请写在备注里") % {"text": text})


def _refuse_unlikely(value: Decimal, number: str, unit: str) -> None:
    if TOO_SMALL <= value < TOO_LARGE or not value:
        return
    shown = amounts.format_amount(min(value, amounts.LIMIT)) if value >= amounts.QUANTUM else _("不到一元")
    message = _("“%(number)s”按单位“%(unit)s”算是 %(shown)s，多半是单位错了：请核对后把单位写进这一格，例如 %(number)s%(likely)s")
    likely = LIKELY_SMALLER.get(unit, "元") if value >= TOO_LARGE else LIKELY_LARGER.get(unit, "亿元")
    raise Unread("unit", message % {"number": number, "unit": unit, "shown": shown, "likely": likely})


def count_amount(cell: object, asked: Asked) -> CountAmount | NotStated:
    """“10个/1180亿元”, “10/1180” in the unit asked, “10”, “1180亿元”; raises Unread."""
    text = figures(cell)
    match = COUNTED.fullmatch(text)
    if match is None:
        if not HAS_UNIT.search(text):
            return CountAmount(whole(text), None)
        return CountAmount(None, _written_amount(text, asked.unit))
    return _joined(match, text, asked.unit)


def _joined(match: re.Match[str], text: str, unit: str) -> CountAmount | NotStated:
    if not match["count"] and match["measure"]:
        raise Unread("count", _("“%(text)s”缺个数：请写成 10个/1180亿元 的样子") % {"text": text})
    count = bounded(int(match["count"][:20]), text) if match["count"] else None
    written = re.sub(r"^\((.*)\)$", r"\1", match["amount"]).removeprefix("金额").removeprefix(":")
    money = None if says_nothing(written) else _written_amount(written, unit, shared_by=count or 1)
    return NOT_STATED if count is None and money is None else CountAmount(count, money)
