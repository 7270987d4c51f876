"""Unified social credit codes (GB 32100-2015): the shape is required, the check digit only warns."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

LENGTH = 18
SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
SPACES_AND_HYPHENS = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pd"})

# Who registered a unit, by the first signs of its code, and the kinds of unit found there.
REGISTERED = {
    "11": _("机关"),
    "12": _("事业单位"),
    "13": _("群团组织"),
    "51": _("社会团体"),
    "52": _("民办非企业单位"),
    "53": _("基金会"),
    "91": _("企业"),
    "92": _("个体工商户"),
    "93": _("农民专业合作社"),
}
EXPECTED = {
    "enterprise": ("91", "92", "93", "N"),
    "branch": ("91", "92", "93"),
    "association": ("51", "13", "53"),
    "university": ("12", "52"),
    "institute": ("12", "52", "91"),
    "government": ("11", "13", "19"),
    "public_institution": ("12", "A1"),
}


def normalize(text: str) -> str:
    """Half-width, upper case, without spaces and hyphens; O and I stay, so that a person corrects them."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in folded if unicodedata.category(sign) not in SPACES_AND_HYPHENS)


def check(code: str) -> str | None:
    """A sentence when the check digit of a normalized code fails (real codes exist that do), else None.

    Raises ValidationError (code "credit_code") for a wrong length or character.
    """
    if len(code) != LENGTH:
        message = _("统一社会信用代码应为 18 位，现在是 %(length)d 位，请对照营业执照核对") % {"length": len(code)}
        raise ValidationError(message, code="credit_code")
    if not SHAPE.fullmatch(code):
        text = _("“%(code)s”不像统一社会信用代码：只用数字和除 I、O、S、V、Z 外的大写字母，第 3–8 位是数字，请核对")
        raise ValidationError(text % {"code": code}, code="credit_code")
    # Not uscc.is_valid, which refuses codes that begin with a letter (A1, N2, …).
    if (expected := uscc.calc_check_digit(code[:-1])) != code[-1]:
        return _("信用代码 %(code)s 的校验码应为 %(digit)s，请对照营业执照核对；核对无误可照存") % {
            "code": code,
            "digit": expected,
        }
    return None


def kind_warning(code: str, kind: str) -> str | None:
    """A sentence when a code was registered for another kind of unit (`Company.Kind`), else None."""
    expected = EXPECTED.get(kind)
    if not expected or code.startswith(expected):
        return None
    start = code[:2]
    return _("信用代码以 %(start)s（%(registered)s）开头，与单位类型不符：这类单位通常是 %(expected)s 开头，请核对") % {
        "start": start,
        "registered": REGISTERED.get(start, _("其他")),
        "expected": "、".join(expected[:1]),
    }
