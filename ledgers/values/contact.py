"""Reading names, telephone numbers, and contacts who have both."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from companies import names as spelling
from companies import phones as numbers
from ledgers.values.base import Unread, folded, number_text, plain_signs, says_nothing

# A comma before Ltd. belongs to the name, and so does whatever stands in brackets.
PIECE = re.compile(r"(?:\([^()\n]*\)|,(?=\s*(?:ltd|inc|llc|co)\b)|[^、,;/|\n\t])+", re.IGNORECASE)
CHINESE = re.compile(f"[{spelling.CJK}]")
LONGEST_JUSTIFIED = 3  # 李　小　龙: more single characters are several names
LABEL = re.compile(r"(?:联系人|姓名|联系电话|联系方式|电话|手机号码|手机号|手机|座机|tel)\s*:", re.IGNORECASE)
PHONE_WORD = re.compile(r"(?:联系)?(?:电话|手机|座机)(?:号码|号)?\s*$")
EDGES = re.compile(r"^[\s:,;、/)\-—]+|[\s:,;、/(\-—]+$")
EXTENSION = r"(?:\s*(?:转|分机|ext\.?|x|#|-)\s*\d{1,6})?"
PHONE = re.compile(
    r"(?<![\d+])(?:"
    r"(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"
    rf"|\(?(?:\+?86[- ]?)?0(?:10|2\d|[3-9]\d\d)\)?[- ]?[2-8]\d{{2,3}}[- ]?\d{{4}}{EXTENSION}"
    r"|[48]00[- ]?\d{3}[- ]?\d{4}"
    r"|\+(?!86)\d[\d -]{6,16}\d"
    r")(?!\d)",
    re.IGNORECASE,
)
LIKE_A_PHONE = re.compile(r"\d(?:[- ]?\d){6,}")


def names(cell: object) -> list[str]:
    """The names in one cell, “高　鸿” as 高鸿; raises Unread for a number and for spaces that may part names or not."""
    found = _names_in(folded(str(cell)))
    if isinstance(cell, int | float) or not found or any(name.isdigit() for name in found):
        raise Unread("name", _("“%(text)s”不像名称：请填姓名或单位名称，多个用顿号分开") % {"text": cell})
    return found


def _names_in(text: str) -> list[str]:
    found: list[str] = []
    for piece in PIECE.findall(text):
        found += _parted_at_spaces(piece.strip())
    spelled = (spelling.tidy(name) for name in found)
    return list(dict.fromkeys(name for name in spelled if not says_nothing(name)))


def _parted_at_spaces(piece: str) -> list[str]:
    """A space parts two Chinese names, but also stands inside a short one in justified print, and in Latin names."""
    words = piece.split()
    if all(len(word) > 1 and CHINESE.search(word) for word in words):
        return words
    if not all(CHINESE.fullmatch(sign) for word in words for sign in word):
        return re.split(r"\s{2,}", piece)
    if len("".join(words)) <= LONGEST_JUSTIFIED:
        return ["".join(words)]
    raise Unread("name", _("“%(text)s”里的空格不知是不是分隔：请用顿号把几个名字分开，例如 测试员甲、测试员乙") % {"text": piece})


def phones(cell: object) -> list[str]:
    """The numbers in one cell, each in its one spelling; raises Unread (code "phone")."""
    plain_signs(cell)
    text = number_text(cell) if isinstance(cell, int | float) else str(cell)
    if isinstance(cell, int | float) and cell < 0:
        raise Unread("phone", _("“%(text)s”是 Excel 算出的负数，不是电话：请设为文本后重填") % {"text": text})
    try:
        found = numbers.split(text)
    except ValidationError as error:
        raise Unread("phone", " ".join(error.messages)) from error
    if not found:
        raise Unread("phone", _("“%(text)s”里没有电话号码：请填 11 位手机或带区号的座机") % {"text": text})
    return found


def _spelled(phone: str) -> str:
    try:
        return numbers.normalize(phone)
    except ValidationError as error:
        raise Unread("phone", " ".join(error.messages)) from error


MASKED = re.compile(r"[+\d-]*\*{4}\d*")  # a number hidden when it was exported says nothing


def contacts(cell: object) -> list[tuple[str, str]]:
    """(name, telephone or "") of each contact in a cell; one with two numbers comes twice, a masked number is none.

    Raises Unread for a number without a name and for digits that are no number.
    """
    text = LABEL.sub(" ", folded(number_text(cell) if isinstance(cell, int | float) else str(cell)))
    text = MASKED.sub(" ", text)
    words = _words(text)
    if words and words[0][1]:  # 13800001234（联系人甲）: the number stands in front of its name
        return _paired(words[::-1], text)[::-1]
    return _paired(words, text)


def _words(text: str) -> list[tuple[str, bool]]:
    """Names and telephone numbers in their order; True marks a number."""
    words: list[tuple[str, bool]] = []
    end = 0
    for match in PHONE.finditer(text):
        words += [(name, False) for name in _contact_names(text[end : match.start()])]
        words.append((_spelled(match[0]), True))
        end = match.end()
    return words + [(name, False) for name in _contact_names(text[end:])]


def _contact_names(text: str) -> list[str]:
    """The names between two telephone numbers; the numbers may stand in brackets."""
    if number := LIKE_A_PHONE.search(text):
        _spelled(number[0])
        raise Unread("phone", _("“%(text)s”里的数字分不清：请写成 联系人 电话，多人之间用分号") % {"text": text.strip()})
    bare = EDGES.sub("", PHONE_WORD.sub("", EDGES.sub("", text)))
    return _names_in(re.sub(r"^\((.*)\)$", r"\1", bare))


def _paired(words: list[tuple[str, bool]], text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for word, is_phone in words:
        if not is_phone:
            found.append((word, ""))
        elif not found:
            break
        elif found[-1][1]:
            found.append((found[-1][0], word))
        else:
            found[-1] = (found[-1][0], word)
    if not found:
        raise Unread("contact", _("“%(text)s”里没有姓名：请写成 姓名 电话，例如 测试员甲 13800001234") % {"text": text})
    return found
