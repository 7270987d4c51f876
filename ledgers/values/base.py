"""What the readers of cells share: the refusal, what is not stated, and one way to write a number or a text."""

import datetime as dt
import math
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from django.utils.translation import gettext as _

from core import amounts
from ledgers.layouts.base import Column

DIGITS_EXCEL_KEEPS = 15
LONGEST_NOTHING = 10  # no way to say nothing is longer
SAYS_NOTHING = amounts.NOT_STATED | {"空", "空白", "未填", "暂缺", "N/A", "n/a"}
LINES = re.compile(r"[-‐-―─━/\\_.…]+")  # any run of dashes, slashes or dots
SPACED = re.compile(r"[\d.,]\s+[\d.,]")
DIGIT = re.compile(r"\d")


class Unread(Exception):
    """A cell that cannot be read without guessing; `message` says what is wrong and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class NotStated:
    """The type of NOT_STATED."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "NOT_STATED"

    __reduce__ = __repr__  # a copy is the same one


NOT_STATED = NotStated()


class Amount(NamedTuple):
    """Money in 万元 and the word beside it (`core.amounts.Qualifier`)."""

    value: Decimal
    qualifier: str


@dataclass(frozen=True, slots=True)
class CountAmount:
    """“10个/1180亿元”; either may be missing, never both."""

    count: int | None
    amount: Amount | None


class Asked(NamedTuple):
    """What a cell is read for: its column, the unit of bare numbers there, and the day that gives missing years."""

    column: Column
    unit: str
    today: dt.date


def folded(text: str) -> str:
    """Half-width, without invisible signs, one kind of minus; spaces and line breaks stay."""
    if text.isascii():
        return text.strip()
    written = unicodedata.normalize("NFKC", text).replace("−", "-")
    if not written.isprintable():
        written = "".join(sign for sign in written if unicodedata.category(sign) != "Cf")
    return written.strip()


def compact(text: str) -> str:
    """Folded, and without any space."""
    return "".join(folded(text).split())


@lru_cache(maxsize=10_000)
def says_nothing(text: str) -> bool:
    """Whether a text is one of `/ — 无 暂无 待定 空` or blank."""
    if len(text) > LONGEST_NOTHING:
        return not text.strip()
    said = compact(text)
    return said in SAYS_NOTHING or LINES.fullmatch(said) is not None


def number_text(number: float) -> str:
    """A number as Excel shows it: no “.0”, no more digits than Excel keeps, no exponent."""
    if isinstance(number, int) or number.is_integer():
        return str(int(number))
    return f"{Decimal(f'{number:.{DIGITS_EXCEL_KEEPS}g}'):f}"


def plain_signs(cell: object) -> str:
    """The folded text of a cell; raises Unread for ①, ² and ½, of which folding makes digits: ①3亿元 would be 13亿元."""
    if isinstance(cell, int | float):
        return number_text(cell)
    text = str(cell)
    written = folded(text)
    if not text.isascii() and len(DIGIT.findall(text)) != len(DIGIT.findall(written)):
        raise Unread("figures", _("“%(text)s”里有 ①、² 之类的符号，会被误读成数字：请删去或改写成普通数字") % {"text": text})
    return written


def figures(cell: object) -> str:
    """The compact text of a cell that holds one number; a space that may part two is refused too."""
    text = plain_signs(cell)
    if SPACED.search(text):
        raise Unread("figures", _("“%(text)s”里的空格分不清是一个数还是两个数：请去掉空格，一格只写一个数") % {"text": cell})
    return "".join(text.split())


def refuse_lost_digits(number: float) -> None:
    """Raise Unread (code "precision") for a number longer than Excel can hold."""
    if math.fabs(number) >= 10**DIGITS_EXCEL_KEEPS:
        message = _("Excel 把 %(length)d 位代码存成了数字，末几位已丢失：请设为文本后重填")
        raise Unread("precision", message % {"length": len(number_text(abs(number)))})
