"""Unified social credit codes (GB 32100-2015): shape is required, the check digit only warns."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.cn import uscc

SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
LENGTH = 18
EXPECTED = {"association": ("5",), "enterprise": ("9",), "branch": ("9",), "government": ("1",)}


def normalize(text: str) -> str:
    """Half-width, upper case, without spaces and hyphens."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()


def check(code: str) -> str | None:
    """A sentence when the check digit fails (real codes exist that do); None when all is well.

    Raises ValidationError (code "credit_code") for a wrong length or character.
    """
    if len(code) != LENGTH:
        raise ValidationError(
            _("统一社会信用代码应为 18 位，现在是 %(length)d 位，请核对") % {"length": len(code)}, code="credit_code"
        )
    if not SHAPE.fullmatch(code):
        raise ValidationError(_("统一社会信用代码含有不该出现的字符（没有字母 I、O、S、V、Z），请核对"), code="credit_code")
    if not uscc.is_valid(code):
        return _("信用代码 %(code)s 的校验位不符，已照录，请对照营业执照核对") % {"code": code}
    return None


def kind_warning(code: str, kind: str) -> str | None:
    """A sentence when the registering authority in the code does not fit the kind of unit."""
    expected = EXPECTED.get(kind)
    if expected and not code.startswith(expected):
        return _("信用代码以 %(start)s 开头，与所选单位类型不符，请核对") % {"start": code[:2]}
    return None
