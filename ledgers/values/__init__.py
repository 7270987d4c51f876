"""Reading one cell as people write it: the value, NOT_STATED, or a refusal that says what to do."""

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from companies import uscc
from core.amounts import format_amount
from ledgers.layouts.base import Column, Kind
from ledgers.sheets import Cell
from ledgers.values.base import (
    NOT_STATED,
    Amount,
    Asked,
    CountAmount,
    NotStated,
    Unread,
    compact,
    folded,
    number_text,
    refuse_lost_digits,
    says_nothing,
)
from ledgers.values.choice import choice, chosen, yes_no
from ledgers.values.contact import contacts, names, phones
from ledgers.values.dates import date, day, period
from ledgers.values.money import amount, count_amount
from ledgers.values.numbers import number, whole

__all__ = ["NOT_STATED", "Amount", "CountAmount", "NotStated", "Unread", "read"]

ERRORS = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|BUSY!|GETTING_DATA|#{2,})", re.IGNORECASE)
NOT_PRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
WITH_DATES = {Kind.TEXT, Kind.DATE, Kind.DAY, Kind.PERIOD}
SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)


def read(cell: Cell, column: Column, *, unit: str, today: dt.date) -> Any:
    """The value of a cell by the kind of its column (see `Kind`), or NOT_STATED.

    `unit` is that of bare numbers, already resolved from head, sheet and layout; one written in the cell wins.
    `today` gives the year that a date leaves out. Raises Unread and nothing else.
    """
    if cell is None:
        return NOT_STATED
    if isinstance(cell, str):
        cell = cell if cell.isprintable() else _printed(cell)
        if says_nothing(cell) and not _is_choice(cell, column):
            return NOT_STATED
        if "#" in cell and ERRORS.fullmatch(cell.strip()):
            raise Unread("formula_error", _("公式出错 %(text)s：请在 Excel 中改正公式，或直接填值") % {"text": cell.strip()})
    else:
        _refuse_what_is_no_number(cell, column.kind)
    return READERS[column.kind](cell, Asked(column, unit, today))


def _printed(text: str) -> str:
    """The text with one kind of line break and without signs that no table keeps."""
    return NOT_PRINTED.sub("", text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n"))


def _is_choice(text: str, column: Column) -> bool:
    """A choice may well be called 待定 or 无."""
    return column.kind is Kind.CHOICE and bool(text.strip()) and chosen(text, column) is not None


def _refuse_what_is_no_number(cell: object, kind: Kind) -> None:
    """Truth values, dates and times in columns that hold something else, and what no column holds."""
    if isinstance(cell, bool) and kind is not Kind.YES_NO:
        raise Unread("boolean", _("“%(text)s”是逻辑值：请改写成这一列要的文字或数字") % {"text": str(cell).upper()})
    if isinstance(cell, float) and not math.isfinite(cell):
        raise Unread("number", _("这不是一个数：请重填这一格"))
    if isinstance(cell, dt.date) and kind not in WITH_DATES:
        message = _("Excel 把这一格存成了日期 %(text)s：请把单元格设为文本后重填")
        raise Unread("date_cell", message % {"text": _moment(cell)})
    if isinstance(cell, dt.time) and kind is not Kind.TEXT:
        raise Unread("time_cell", _("Excel 把这一格存成了时刻 %(text)s：请把单元格设为文本后重填") % {"text": cell})
    if isinstance(cell, dt.timedelta):
        raise Unread("duration", _("“%(text)s”是时长，不能导入：请改写成文字或数字") % {"text": cell})


def _moment(cell: dt.date | dt.time) -> str:
    if isinstance(cell, dt.time):
        return cell.isoformat("minutes")
    if isinstance(cell, dt.datetime) and cell.time() != dt.time():
        return cell.isoformat(" ", "minutes")
    return (cell.date() if isinstance(cell, dt.datetime) else cell).isoformat()


def _text(cell: Any, asked: Asked) -> str:
    if isinstance(cell, dt.date | dt.time):
        return _moment(cell)
    if isinstance(cell, int | float):
        refuse_lost_digits(cell)
        return number_text(cell)
    return str(cell).strip()


def _code(cell: Any, asked: Asked) -> str | NotStated:
    text = _code_text(cell)
    if not text:
        return NOT_STATED  # only invisible signs
    if not asked.column.key.endswith("credit_code"):
        return text
    try:
        uscc.check(normal := uscc.normalize(text))
    except ValidationError as error:
        raise Unread("credit_code", " ".join(error.messages)) from error
    return normal


def _code_text(cell: Any) -> str:
    if isinstance(cell, int | float):
        refuse_lost_digits(cell)
        if cell < 0 or cell != int(cell):
            message = _("代码“%(text)s”存成了数字，可能少了 0 或被算过：请设为文本后重填")
            raise Unread("code", message % {"text": number_text(cell)})
        return number_text(cell)
    if SCIENTIFIC.fullmatch(compact(cell)):
        raise Unread("precision", _("“%(text)s”是科学记数，末几位已丢失：请设为文本后重填完整代码") % {"text": cell.strip()})
    if len(re.split(r"[\n、;]+", folded(cell))) > 1:
        raise Unread("code", _("“%(text)s”里不止一个代码或被断了行：请一格填一个，中间不要换行") % {"text": cell.strip()})
    return compact(cell)


READERS: dict[Kind, Callable[[Any, Asked], Any]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.NAMES: lambda cell, asked: names(cell),
    Kind.PHONES: lambda cell, asked: phones(cell),
    Kind.CONTACT: lambda cell, asked: contacts(cell),
    Kind.AMOUNT: amount,
    Kind.NUMBER: number,
    Kind.COUNT: lambda cell, asked: whole(cell),
    Kind.COUNT_AMOUNT: count_amount,
    Kind.DATE: date,
    Kind.DAY: day,
    Kind.PERIOD: period,
    Kind.CHOICE: choice,
    Kind.YES_NO: lambda cell, asked: yes_no(cell),
}


def shown(value: Any) -> str:
    """A value that was read, in words."""
    if isinstance(value, Amount):
        return format_amount(value.value, value.qualifier)
    if isinstance(value, list | tuple):
        return "、".join(shown(one) for one in value if one)
    return str(value)
