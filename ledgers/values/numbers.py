"""Reading counts and numbers with their units."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from ledgers.values.base import Asked, Unread, compact, figures

LARGEST_COUNT = 2**31 - 1
LARGEST_NUMBER = Decimal(10) ** 12
MEASURES = "人次|批次|个|家|人|名|位|户|项|场|次|批|天|件|宗|条"
COUNT = re.compile(r"\d+|\d{1,3}(?:,\d{3})+")
MU: dict[str, Decimal] = {  # 亩 in one of the unit; exact, as fifteen 亩 are one hectare
    "亩": Decimal(1),
    "公顷": Decimal(15),
    **dict.fromkeys(("㎡", "m2", "平方米", "平米"), Decimal("0.0015")),
    **dict.fromkeys(("万㎡", "万m2", "万平方米", "万平米"), Decimal(15)),
}
NUMBER = re.compile(rf"(?P<number>-?(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?)(?P<unit>{MEASURES}|%|{'|'.join(MU)}|)")


def whole(cell: object) -> int:
    """A count: “3”, “3个”, “1,200人”; raises Unread for 约20人, 3.5 and negative numbers."""
    text = figures(cell)
    digits = re.sub(rf"(?:{MEASURES})$", "", text)
    if not COUNT.fullmatch(digits):
        raise Unread("count", _("看不懂个数“%(text)s”：请填整数，例如 3 或 3个；约数、区间请核实后再填") % {"text": text})
    return bounded(int(digits.replace(",", "")[:20]), text)


def bounded(count: int, text: str) -> int:
    """The count, if it can be one; raises Unread for a telephone number in the wrong column."""
    if count > LARGEST_COUNT:
        raise Unread("count", _("个数“%(text)s”太大：请核对这一格是不是填错了列") % {"text": text})
    return count


def number(cell: object, asked: Asked) -> Decimal:
    """A number in the unit of the column: areas are converted, any other unit must be that one; raises Unread."""
    text = figures(re.sub("㎡|m²", "平方米", cell) if isinstance(cell, str) else cell)
    match = NUMBER.fullmatch(_without(text, asked.unit, asked.column.unit))
    if match is None:
        raise Unread("number", _("看不懂数“%(text)s”：请只填一个数，例如 3.5；约数、区间请核实后再填") % {"text": text})
    value = Decimal(match["number"].replace(",", ""))
    if abs(value) >= LARGEST_NUMBER:
        raise Unread("number", _("“%(text)s”太大：请核对这一格是不是填错了列") % {"text": text})
    wanted = compact(asked.column.unit)
    if wanted == "%" and not text.endswith("%") and 0 < value <= 1:
        raise Unread("unit", _("“%(text)s”分不清是百分数还是小数：请把百分号写进单元格，例如 35%%") % {"text": text})
    return _converted(value, match["unit"] or compact(asked.unit) or wanted, wanted)


def _without(text: str, *units: str) -> str:
    """The text without a unit that is only known from head or column, such as 吨."""
    strange = [compact(unit) for unit in units if compact(unit) not in {*MU, *MEASURES.split("|"), "%", ""}]
    return next((text.removesuffix(unit) for unit in strange if text.endswith(unit)), text)


def _converted(value: Decimal, given: str, wanted: str) -> Decimal:
    if given == wanted or not wanted:
        return value
    if given in MU and wanted in MU:
        return value * MU[given] / MU[wanted]
    message = _("单位“%(given)s”与这一列的“%(wanted)s”不同：请换算成%(wanted)s后再填")
    raise Unread("unit", message % {"given": given, "wanted": wanted})
