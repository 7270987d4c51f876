"""Telephone numbers: one spelling, the last four digits, and the masked form."""

import re
import unicodedata
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SEPARATORS = re.compile(r"[/、;,|\n\r\t]+")
SHORTEST = 7  # digits of a local number


def _mobile(match: re.Match[str]) -> str:
    return match[1]


def _landline(match: re.Match[str]) -> str:
    return "-".join(part for part in (f"0{match['area']}", match["local"], match["extension"]) if part)


def _service(match: re.Match[str]) -> str:
    return f"{match[1]}-{match[2]}-{match[3]}"


def _abroad(match: re.Match[str]) -> str:
    return f"+{match[1]}-{match[2]}"


_CHINA = r"(?:\+?86)?"
_AREA = r"(?P<area>10|2\d|[3-9]\d{2})"  # three digits with the 0 for the largest cities, else four
SHAPES: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
    (re.compile(rf"{_CHINA}(1[3-9]\d{{9}})"), _mobile),
    (re.compile(rf"{_CHINA}0{_AREA}(?P<local>[2-8]\d{{6,7}})(?:x(?P<extension>\d{{1,6}}))?"), _landline),
    (re.compile(rf"\+86{_AREA}(?P<local>[2-8]\d{{6,7}})(?:x(?P<extension>\d{{1,6}}))?"), _landline),
    (re.compile(rf"{_CHINA}([48]00)(\d{{3}})(\d{{4}})"), _service),
    (re.compile(r"\+(852|853)(\d{8})"), _abroad),
    (re.compile(r"\+(886)0?(\d{8,9})"), _abroad),
    (re.compile(r"(\+(?!86|85[23])[1-9]\d{6,14})"), lambda match: match[1]),
]


def normalize(text: str) -> str:
    """One spelling: 13812341234, 0391-3561650-801, 400-123-4567, +852-21234567.

    Raises ValidationError (code "phone") for what is no number, a landline without its area code among them.
    """
    compact = _digits(text)
    for shape, spell in SHAPES:
        if match := shape.fullmatch(compact):
            return spell(match)
    message = _("看不懂电话“%(text)s”：手机填 11 位，座机加区号，例如 0391-3561650；境外号码以 + 和国家（地区）号开头")
    raise ValidationError(message % {"text": text}, code="phone")


def _digits(text: str) -> str:
    """Digits, a leading + and an `x` before the extension."""
    folded = unicodedata.normalize("NFKC", text).strip().lower()
    folded = re.sub(r"\s*(?:转|分机|ext\.?|#|(?<=\d{7})-(?=\d{1,6}$))\s*", "x", folded)
    folded = re.sub(r"[\s().·‐-―-]", "", folded)  # with every dash
    return re.sub(r"^00(?=[1-9])", "+", folded)


def split(cell: str) -> list[str]:
    """The numbers of one cell in their order, each in its one spelling; raises ValidationError (code "phone")."""
    found: list[str] = []
    for part in SEPARATORS.split(unicodedata.normalize("NFKC", cell)):
        found += _split_at_spaces(part.strip()) if part.strip() else []
    return list(dict.fromkeys(found))


def _split_at_spaces(part: str) -> list[str]:
    """A space may stand inside a number (138 1234 1234) or between two: the whole is tried first."""
    try:
        return [normalize(part)]
    except ValidationError:
        if len(pieces := part.split()) == 1:
            raise
    return [normalize(piece) for piece in pieces]


def tail(phone: str) -> str:
    """The last four digits, by which a person is found: of the number, not of its extension."""
    digits = re.sub(r"\D", "", _main(phone))
    return digits[-4:] if len(digits) >= SHORTEST else ""


def mask(phone: str) -> str:
    """138****1234 for a mobile, 0391-****650 for a landline; whatever cannot be read is hidden but for three signs."""
    main = _main(phone)
    if re.fullmatch(r"1[3-9]\d{9}", main):
        return f"{main[:3]}****{main[-4:]}"
    area, dash, local = main.rpartition("-")
    if len(local) >= SHORTEST:
        return f"{area}{dash}****{local[-3:]}"
    return "****" if main else ""


def _main(phone: str) -> str:
    """The number in its one spelling without its extension, or the text as it is."""
    try:
        number = normalize(phone)
    except ValidationError:
        return phone
    return "-".join(number.split("-")[:2]) if number.startswith("0") else number
