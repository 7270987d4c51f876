"""Whether a report says the same as the one before it, but for its dates and figures (domain.md 0.13)."""

import re
import unicodedata

from rapidfuzz import fuzz

_NUMBER = r"(?:\d+(?:[.,:]\d+)*|[零〇一二三四五六七八九十百千两]+)"
_DATES = re.compile(
    rf"(?:{_NUMBER}|[本上下去今明当])\s*(?:年度?|个?月份?|季度|[日号周天])(?:[初中底末]|[上中下]旬)?"
    r"|(?:周|星期|礼拜)[一二三四五六日天]|[上中下]旬|[年月][初中底末]|[今昨明]天"
)
_FIGURES = re.compile(r"\d+(?:[.,:]\d+)*\s*%?")


def bare(text: str) -> str:
    """The letters of a text without dates, figures, spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", text)
    left = _FIGURES.sub("", _DATES.sub("", folded))
    return "".join(letter for letter in left if unicodedata.category(letter)[0] == "L").casefold()


def likeness(new: str, old: str) -> int:
    """How alike two texts are, 0 to 100; what is nothing but dates and figures is only like itself."""
    left, right = bare(new), bare(old)
    if not left or not right:
        return 100 if new.strip() and new.strip() == old.strip() else 0
    return int(fuzz.ratio(left, right))
