"""Amounts of money: 万元 in the database, as people write them everywhere else."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

QUANTUM = Decimal("0.0001")
YI = Decimal(10_000)  # 万元 in one 亿元
LIMIT = Decimal(10) ** 12
NOT_STATED = frozenset({"", "/", "-", "--", "—", "——", "无", "暂无", "待定", "未定", "不详", "待核"})


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


UNITS: dict[str, Decimal] = {
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万": Decimal(1),
    "万元": Decimal(1),
    "百万": Decimal(100),
    "百万元": Decimal(100),
    "千万": Decimal(1000),
    "千万元": Decimal(1000),
    "亿": YI,
    "亿元": YI,
}
BEFORE = {"约": "about", "大约": "about", "近": "near", "超": "over", "超过": "over", "逾": "over", "不低于": "at_least"}
BEFORE |= {"不少于": "at_least", "至少": "at_least", "不超过": "at_most", "最多": "at_most", "≥": "at_least", "≤": "at_most"}
AFTER = {"左右": "about", "上下": "about", "以上": "at_least", "以内": "at_most", "以下": "at_most"}
FOREIGN = re.compile(r"美元|欧元|港元|港币|日元|英镑|USD|EUR|HKD|\$|€|£", re.IGNORECASE)
SHAPE = re.compile(
    rf"(?P<before>{'|'.join(sorted(BEFORE, key=len, reverse=True))})?"
    r"(?:人民币|RMB|¥)?"
    r"(?P<number>\(?-?\d[\d,]*(?:\.\d+)?\)?)?"
    r"(?P<more>余|多)?"
    rf"(?P<unit>{'|'.join(sorted(UNITS, key=len, reverse=True))})?"
    rf"(?P<after>{'|'.join(AFTER)})?"
)


def parse(text: str, default_unit: str = "万元") -> tuple[Decimal | None, str]:
    """An amount as people write it, as (万元, qualifier); `/`, `—`, 待定 and the like are not stated.

    Raises AmountError for foreign money, ranges and anything else that would have to be guessed.
    """
    if default_unit not in UNITS:
        raise AmountError(_("单位“%(unit)s”不认识，请用元、万元或亿元") % {"unit": default_unit})
    written = unicodedata.normalize("NFKC", text).replace("，", ",")
    compact = re.sub(r"\s+", "", written)
    if compact in NOT_STATED:
        return None, Qualifier.EXACT
    if FOREIGN.search(compact):
        raise AmountError(_("“%(text)s”是外币：请填入外资（万美元）一栏") % {"text": text})
    match = SHAPE.fullmatch(compact)
    if match is None or not (match["number"] or (match["before"] and match["unit"])):
        raise AmountError(_("看不懂金额“%(text)s”：请写成 1500、1.5亿 或 约3亿元 的样子，一格一个数") % {"text": text})
    return _value(match, default_unit, text), _qualifier(match)


def _value(match: re.Match[str], default_unit: str, text: str) -> Decimal:
    number = (match["number"] or "1").replace(",", "")
    if number.startswith("(") != number.endswith(")"):
        raise AmountError(_("金额“%(text)s”的括号不成对") % {"text": text})
    number = f"-{number[1:-1]}" if number.startswith("(") else number
    value = (Decimal(number) * UNITS[match["unit"] or default_unit]).quantize(QUANTUM, ROUND_HALF_UP)
    if abs(value) >= LIMIT:
        raise AmountError(_("金额“%(text)s”太大，请检查单位") % {"text": text})
    return value


def _qualifier(match: re.Match[str]) -> str:
    if match["before"]:
        return BEFORE[match["before"]]
    if match["more"]:
        return Qualifier.OVER
    return AFTER[match["after"]] if match["after"] else Qualifier.EXACT


def format_amount(amount: Decimal | None, qualifier: str = "exact", unit: str | None = None) -> str:
    """An amount (万元) for people: 亿元 from one 亿 on, at most four decimals; not stated is “—”."""
    if amount is None:
        return "—"
    chosen = unit or ("亿元" if abs(amount) >= YI else "万元")
    number = f"{(amount / UNITS[chosen]).quantize(QUANTUM, ROUND_HALF_UP):,f}"
    number = number.rstrip("0").rstrip(".") if "." in number else number
    before = {"about": "约", "near": "近", "over": "超"}.get(qualifier, "")
    after = {"at_least": "以上", "at_most": "以内"}.get(qualifier, "")
    return f"{before}{number}{chosen}{after}"


def plain(amount: Decimal) -> str:
    """The number in 万元 as it stands in a form: no separators, no trailing zeros."""
    text = f"{amount.quantize(QUANTUM):f}"
    return text.rstrip("0").rstrip(".")


class MoneyFormField(forms.CharField):
    """Takes what people type (`1.5亿`, `约3亿元`) and gives 万元; `qualifier` keeps the word of the last text."""

    qualifier: str | None = None

    def __init__(self, **options: Any) -> None:
        for name in ("max_digits", "decimal_places", "min_value", "max_value"):
            options.pop(name, None)
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Any:
        try:
            amount, qualifier = parse(str(value or ""))
        except AmountError as error:
            raise ValidationError(str(error), code="amount") from error
        self.qualifier = qualifier if amount is not None else None
        return amount

    def validate(self, value: Any) -> None:
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """Nothing: the parser has checked the text."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """Decimal(16, 4) in 万元, to the yuan; null means not stated. SQLite's floats are quantized on reading."""

    def __init__(self, verbose_name: Any = None, name: str | None = None, **options: Any) -> None:
        options.setdefault("help_text", _("单位：万元，可写 1.5亿；未说明请留空"))
        options |= {"max_digits": 16, "decimal_places": 4, "null": True, "blank": True}
        super().__init__(verbose_name, name, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        for fixed in ("max_digits", "decimal_places", "null", "blank", "help_text"):
            options.pop(fixed, None)
        return name, path, args, options

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return quantized(value)

    def to_python(self, value: Any) -> Any:
        try:
            return quantized(value)
        except InvalidOperation as error:
            raise ValidationError(_("金额格式不对"), code="invalid") from error

    def formfield(self, **options: Any) -> Any:  # type: ignore[override]
        return super().formfield(**{"form_class": MoneyFormField, **options})


def quantized(value: Any) -> Decimal | None:
    """A number from a database as 万元 with four decimals."""
    return None if value is None else Decimal(str(value)).quantize(QUANTUM, ROUND_HALF_UP)


class _TotalField(models.DecimalField):  # type: ignore[type-arg]
    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return quantized(value)


def Total(field: str, *, filter: Q | None = None) -> Round:  # noqa: N802, A002 - reads as an aggregate beside Sum
    """The sum of an amount (万元), the same to the yuan on SQLite and PostgreSQL; None when nothing is stated."""
    output = _TotalField(max_digits=20, decimal_places=4)
    return cast(Round, Round(Sum(field, filter=filter, output_field=output), precision=4, output_field=output))
