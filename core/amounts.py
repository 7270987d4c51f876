"""Amounts of money: 万元 in the database, as people write them everywhere else."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

QUANTUM = Decimal("0.0001")  # one yuan
YI = Decimal(10_000)  # 万元 in one 亿元
# Fifteen digits: SQLite keeps floats, which hold no more to the yuan, and a row near 10**12 could not be read again.
LIMIT = Decimal("99999999999.9999")
NOT_STATED = frozenset({"", "/", "//", "-", "--", "—", "——", "–", "无", "暂无", "待定", "未定", "不详", "未说明", "待核"})


class AmountError(ValueError):
    """The text is no amount; the message is a sentence that says what to do."""


class Qualifier(models.TextChoices):
    """The word beside a figure: newspapers rarely say exactly."""

    EXACT = "exact", _("精确")
    ABOUT = "about", _("约")
    NEAR = "near", _("近")
    OVER = "over", _("超")
    AT_LEAST = "at_least", _("以上")
    AT_MOST = "at_most", _("以内")


_MULTIPLES: dict[str, int] = {
    "万": 1,
    "十万": 10,
    "百万": 100,
    "千万": 1000,
    "亿": 10**4,
    "十亿": 10**5,
    "百亿": 10**6,
    "千亿": 10**7,
}
# 千 alone is not here: in a column of 万元 it may mean 千元 or 千万元.
UNITS: dict[str, Decimal] = {"元": QUANTUM, "千元": Decimal("0.1"), "万亿": YI * YI, "万亿元": YI * YI}
UNITS |= {f"{word}{yuan}": Decimal(value) for word, value in _MULTIPLES.items() for yuan in ("", "元")}

_BEFORE = {
    Qualifier.ABOUT: "约 大约 约为 大概",
    Qualifier.NEAR: "近 接近 将近",
    Qualifier.OVER: "超 超过 逾 突破 过 上 高于 大于 >",
    Qualifier.AT_LEAST: "不低于 不少于 至少 ≥ >=",
    Qualifier.AT_MOST: "不超过 不高于 不多于 至多 最多 ≤ <=",
}
_AFTER = {Qualifier.ABOUT: "左右 上下", Qualifier.AT_LEAST: "以上 及以上 起", Qualifier.AT_MOST: "以内 以下 及以下 内"}
BEFORE = {word: qualifier for qualifier, words in _BEFORE.items() for word in words.split()}
AFTER = {word: qualifier for qualifier, words in _AFTER.items() for word in words.split()}


def _one_of(words: dict[str, Any]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


FOREIGN = re.compile(
    r"[美欧港日澳加韩]元|美金|美刀|[港台]币|英镑|法郎|卢布|外币|USD|EUR|HKD|JPY|GBP|TWD|MOP|AUD|CAD|KRW|SGD|[$€£]", re.IGNORECASE
)
RENMINBI = re.compile(r"\(?(?:人民币|RMB|CNY|¥)\)?", re.IGNORECASE)
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
SHAPE = re.compile(
    rf"(?P<before>{_one_of(BEFORE)})?"
    r"(?P<number>-?(?:\d{1,3}(?:,\d{3})+|\d{1,4}(?:,\d{4})+|\d+)(?:\.\d+)?)?"
    r"(?P<more>[余多])?"
    rf"(?P<unit>{_one_of(UNITS)})?"
    r"(?P<more_after>(?<=[万亿元])[余多](?:元)?)?整?"
    rf"(?P<after>{_one_of(AFTER)})?"
)


def parse(text: str, default_unit: str = "万元") -> tuple[Decimal | None, str]:
    """An amount as people write it, as (万元, qualifier); `/`, `—`, 待定 and the like are not stated.

    `default_unit` is the one of the column head. Raises AmountError for foreign money, for two numbers
    and for anything else that would have to be guessed.
    """
    if default_unit not in UNITS:
        raise AmountError(_("单位“%(unit)s”不认识，请用元、万元或亿元") % {"unit": default_unit})
    written = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    compact = "".join(written.split())
    if compact in NOT_STATED:
        return None, Qualifier.EXACT
    _refuse_what_is_no_single_amount(text, written, compact)
    match = SHAPE.fullmatch(re.sub(r"\(([\d.,]+)\)", r"-\1", RENMINBI.sub("", compact)))
    if match is None or not _says_a_value(match):
        raise AmountError(_("看不懂金额“%(text)s”：请写成 1500、1.5亿 或 约3亿元 的样子") % {"text": text})
    return _value(match, default_unit, text), _qualifier(match, text)


def _refuse_what_is_no_single_amount(text: str, written: str, compact: str) -> None:
    if FOREIGN.search(compact):
        raise AmountError(_("“%(text)s”是外币：请填入外资（万美元）一栏并注明汇率，本栏只填人民币") % {"text": text})
    # A space inside a figure may part two figures of one cell, so it is never just taken away.
    if len(FIGURE.findall(compact)) > 1 or re.search(r"[\d.,]\s+[\d.,]", written):
        raise AmountError(_("“%(text)s”里不止一个数：请一格只写一个金额，例如 1.5亿元；是区间的请核实后再填") % {"text": text})


def _says_a_value(match: re.Match[str]) -> bool:
    """A number, or a big unit that a word makes a number: 超亿元, 千万元以上."""
    if match["number"]:
        return True
    return bool(match["unit"] and UNITS[match["unit"]] > 1 and (match["before"] or match["after"]) and not match["more"])


def _value(match: re.Match[str], default_unit: str, text: str) -> Decimal:
    value = Decimal((match["number"] or "1").replace(",", "")) * UNITS[match["unit"] or default_unit]
    if abs(value) > LIMIT:
        raise AmountError(_("金额“%(text)s”太大，请检查单位") % {"text": text})
    return value.quantize(QUANTUM, ROUND_HALF_UP) + 0  # no negative zero


def _qualifier(match: re.Match[str], text: str) -> Qualifier:
    words = {BEFORE[match["before"]]} if match["before"] else set()
    words |= {AFTER[match["after"]]} if match["after"] else set()
    words |= {Qualifier.OVER} if match["more"] or match["more_after"] else set()
    if len(words) > 1:
        raise AmountError(_("“%(text)s”的限定词互相矛盾：请只留一个，例如 约3亿元 或 3亿元以上") % {"text": text})
    return words.pop() if words else Qualifier.EXACT


def format_amount(amount: Decimal | None, qualifier: str = "exact", unit: str | None = None) -> str:
    """An amount (万元) for people: 亿元 from one 亿 on, at most four decimals; not stated is “—”.

    Written as the ledgers write it in every language, so that `parse` reads it back.
    """
    if amount is None:
        return "—"
    chosen = unit or ("亿元" if abs(amount) >= YI else "万元")
    if chosen not in UNITS:
        raise AmountError(_("单位“%(unit)s”不认识，请用元、万元或亿元") % {"unit": chosen})
    number = _trimmed(f"{quantized(amount / UNITS[chosen]):,f}")
    word = Qualifier(qualifier)
    before = {Qualifier.ABOUT: "约", Qualifier.NEAR: "近", Qualifier.OVER: "超"}.get(word, "")
    after = {Qualifier.AT_LEAST: "以上", Qualifier.AT_MOST: "以内"}.get(word, "")
    return f"{before}{number}{chosen}{after}"


def plain(amount: Decimal) -> str:
    """The number in 万元 as it stands in a form: no separators, no trailing zeros."""
    return _trimmed(f"{quantized(amount):f}")


def quantized(value: Decimal | float) -> Decimal:
    """A number of 万元 to the yuan."""
    return Decimal(str(value)).quantize(QUANTUM, ROUND_HALF_UP) + 0


def _trimmed(number: str) -> str:
    return number.rstrip("0").rstrip(".")


class MoneyFormField(forms.Field):
    """Takes what people type (`1.5亿`, `约3亿元`) and gives 万元.

    `qualifier` is the word of the last text; a form copies it into the sibling `<name>_qualifier` unless it
    is “exact”, which only says that no word was typed.
    """

    qualifier: str = Qualifier.EXACT

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, Decimal):  # the initial value of a disabled field
            return quantized(value)
        try:
            amount, self.qualifier = parse("" if value is None else str(value))
        except AmountError as error:
            raise ValidationError(str(error), code="amount") from error
        return amount

    def has_changed(self, initial: Any, data: Any) -> bool:
        """1.5亿 is no change of 15000, but a word such as 约 is one: the form does not show it."""
        if self.disabled:
            return False
        try:
            amount = self.to_python(data)
            before = None if initial is None else quantized(initial)
        except (ValidationError, ArithmeticError):
            return True
        return amount != before or self.qualifier != Qualifier.EXACT


class MoneyField(models.DecimalField[str | float | Decimal | Combinable | None, Decimal | None]):
    """Decimal(16, 4) in 万元, to the yuan; null means not stated. SQLite's floats are quantized on reading."""

    def __init__(self, verbose_name: Any = None, name: str | None = None, **options: Any) -> None:
        usual = {"null": True, "blank": True, "help_text": _("单位：万元，可写 1.5亿；未说明请留空")}
        super().__init__(verbose_name, name, **{**usual, **options, "max_digits": 16, "decimal_places": 4})

    def deconstruct(self) -> Any:
        """Without what is always so, and without the help text, which is nothing to a table."""
        name, path, args, options = super().deconstruct()
        for fixed in ("max_digits", "decimal_places", "null", "blank", "help_text"):
            options.pop(fixed, None)
        options |= {option: False for option in ("null", "blank") if not getattr(self, option)}
        return name, path, args, options

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else quantized(value)

    def to_python(self, value: Any) -> Decimal | None:
        number = super().to_python(value)
        return None if number is None else quantized(number)

    def formfield(self, **options: Any) -> Any:
        # Past DecimalField, which would hand on max_digits and decimal_places.
        return models.Field.formfield(self, **{"form_class": MoneyFormField, **options})


class Total(Round):
    """The sum of an amount (万元), the same to the yuan on SQLite and PostgreSQL; None when nothing is stated."""

    def __init__(self, field: str | Combinable, *, filter: Q | None = None) -> None:  # noqa: A002 - as in Sum
        super().__init__(Sum(field, filter=filter), precision=4, output_field=MoneyField())
