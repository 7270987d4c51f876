"""Days as people say them, alone or inside a sentence: 下周三, 月底前, 12.5, 节后第一个工作日.

Our own rules come first, jionlp after them. What could be meant otherwise is found but not `certain`, and what is
not understood is not found: in both cases the page asks.
"""

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from core import jio, phrase_feasts, phrase_rules
from core.phrase_rules import WEEKDAYS
from core.phrase_words import NUMBER, Moment, Reading, Rule
from core.working_days import Calendar

type Preference = Literal["future", "past"]
type Span = tuple[int, int]  # in the folded text

RULES: list[Rule] = [*phrase_feasts.RULES, *phrase_rules.RULES]
_OUR_SIGNS = re.compile(r"[\d一二三四五六七八九十号日周月年点天前后内](?<!双十一)")  # what our rules left standing is no day
_DOUBT = re.compile(r"(?:大概|大约|差不多|估计|可能)[在于]?$")
_OR = re.compile(r"\s*(?:[到至~～—、/和或与跟-]|或者|还是)?\s*")
_HOUR = (
    rf"(?:的?(?:凌晨|清早|早[上晨]|[上中下]午|傍晚|晚[上间]|一早|[早晚]))?(?:\d\d?:\d\d|{NUMBER}点(?:半|整|一刻|{NUMBER}分?)?)?"
)
_TAIL = re.compile(
    rf"(?P<phrase>{_HOUR}(?:\(?(?:周|星期|礼拜)(?P<weekday>[{WEEKDAYS}天])\)?)?{_HOUR}"
    r"(?:[以之]?前(?![往去来期台景端面后]))?"
    r"(?P<open>左右|上下|前后|[以之]?后(?![天续])|起(?![步草诉飞航])|开始)?)"
    rf"(?P<another>(?<=[{WEEKDAYS}])[、/和或到至~-]?[{WEEKDAYS}](?![起同直般次定期方家个位点本程]))?"
)


@dataclass(frozen=True)
class Spoken:
    """A phrase in a text and the day it names; `on` is only a proposal (or None) when it is not `certain`."""

    on: dt.date | None
    phrase: str
    start: int
    end: int
    certain: bool


def read(text: str, *, today: dt.date, days: Calendar, prefer: Preference = "future") -> Spoken | None:
    """The day that the whole text names, or None when it is not understood.

    `prefer` decides where a day lies that fits twice: 周五, 十五号, 12.5 said without a year.
    """
    moment, folded = Moment(today, days, prefer == "future"), Folded(text.strip(" 　，。,.;；!！"))
    found = list(_own(folded, moment))
    if any(spoken is None for _span, spoken in found):
        return None
    if len(found) == 1 and found[0][0] == (0, len(folded.text)):
        return found[0][1]
    return _by_jionlp(folded, (0, len(folded.text)), moment)


def find(text: str, *, today: dt.date, days: Calendar, prefer: Preference = "future") -> list[Spoken]:
    """Every phrase inside a sentence that names a day or some days, in its order."""
    moment, folded = Moment(today, days, prefer == "future"), Folded(text)
    found = list(_own(folded, moment))
    rest = list(folded.text)
    for (start, end), _spoken in found:
        rest[start:end] = "，" * (end - start)
    hits = [span for span in jio.extract("".join(rest)) if not _OUR_SIGNS.search(folded.text, *span)]
    found += [(span, _by_jionlp(folded, span, moment)) for span in hits]
    known = sorted((spoken for _span, spoken in found if spoken), key=lambda spoken: spoken.start)
    return _doubting_choices(text, known)


class Folded:
    """A text with one kind of digit and without the spaces beside Chinese characters; it knows where each sign stood."""

    def __init__(self, text: str) -> None:
        self.said = text
        signs = [(place, _folded(sign)) for place, sign in enumerate(text)]
        kept = [pair for pair in signs if not pair[1].isspace() or _parts_words(text, pair[0])]
        self.text = "".join(sign for _place, sign in kept)
        self.places = [place for place, _sign in kept]

    def spoken(self, span: Span, on: dt.date | None, certain: bool) -> Spoken:
        """A phrase at its place in the text as it was written."""
        start, end = self.places[span[0]], self.places[span[1] - 1] + 1
        return Spoken(on, self.said[start:end], start, end, certain)


def _folded(sign: str) -> str:
    form = unicodedata.normalize("NFKC", sign)
    return form if len(form) == 1 else sign


def _parts_words(text: str, place: int) -> bool:
    """Whether a space keeps two numbers or Latin words apart."""
    before, after = text[:place].rstrip()[-1:], text[place:].lstrip()[:1]
    return before.isascii() and after.isascii() and bool(before and after)


def _own(folded: Folded, moment: Moment) -> Iterator[tuple[Span, Spoken | None]]:
    """What our rules find, the longest first at each place; None stands for what is no day (2月30日)."""
    matches = [(match, reader) for pattern, reader in RULES for match in pattern.finditer(folded.text)]
    matches.sort(key=lambda pair: (pair[0].start(), -pair[0].end()))
    place = 0
    for match, reader in matches:
        if match.start() < place:
            continue
        try:
            reading = reader(match, moment)
        except ValueError:
            reading = None
        place, reading = _with_tail(folded.text, match, reading)
        yield (match.start(), place), folded.spoken((match.start(), place), *reading) if reading else None


def _with_tail(text: str, match: re.Match[str], reading: Reading | None) -> tuple[int, Reading | None]:
    """Where the phrase ends with the hour, the weekday or the 前 behind it, and whether it is still certain."""
    tail = _TAIL.match(text, match.end())
    if tail is None or reading is None:
        return match.end(), reading
    on, certain = reading
    weekday = tail["weekday"].replace("天", "日") if tail["weekday"] else None
    fits = weekday is None or (on is not None and on.weekday() == WEEKDAYS.index(weekday))
    doubted = tail["open"] or tail["another"] or _DOUBT.search(text, 0, match.start())
    return tail.end("phrase"), (on, certain and fits and not doubted)


def _by_jionlp(folded: Folded, span: Span, moment: Moment) -> Spoken | None:
    """What jionlp reads; a day on the side that is not preferred is only proposed."""
    on = jio.read(folded.text[slice(*span)], moment.today)
    return folded.spoken(span, on, moment.nearest([on]) is not None and moment.is_near(on)) if on else None


def _doubting_choices(text: str, found: list[Spoken]) -> list[Spoken]:
    """周三或周四, 12月5日至12月8日: each of the two is only proposed."""
    doubted = set()
    for first, second in itertools.pairwise(found):
        if first.on != second.on and _OR.fullmatch(text, first.end, second.start):
            doubted |= {first, second}
    return [replace(spoken, certain=spoken.certain and spoken not in doubted) for spoken in found]
