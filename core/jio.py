"""jionlp, for the dates our own rules do not know: feasts by the moon, 母亲节, 双十一."""

import contextlib
import datetime as dt
import functools
import importlib
import io
import re
import threading
from typing import Any

# Days of the moon are read by nobody's diary: 三月十五 may be meant by the sun.
BY_THE_MOON = re.compile(
    r"[农阴]历|[正腊冬]月|闰|除夕|小年|腊八|元宵|初[一二三四五六七八九十]|月[一二三廿十][一二三四五六七八九十]*(?![日号一二三四五六七八九十])"
)
MIDNIGHT, LAST_SECOND = " 00:00:00", " 23:59:59"
_one_at_a_time = threading.Lock()  # the parser keeps what it reads against in itself


@functools.cache
def _library() -> Any:
    """The package, imported when a phrase first needs it: it takes 0.7 s and 37 MB, and prints a banner."""
    with contextlib.redirect_stdout(io.StringIO()):
        return importlib.import_module("jionlp")


def read(phrase: str, today: dt.date) -> dt.date | None:
    """The one day a phrase names, near `today`; None for a range, a day of the moon and what it cannot read."""
    if BY_THE_MOON.search(phrase):
        return None
    base = {"year": today.year, "month": today.month, "day": today.day}
    try:
        with _one_at_a_time:
            # strict: else it drops what it does not know, and 周三或周四 is the Wednesday. Its own preference for the
            # future is not used: it moves 圣诞节, said in November, to the next year.
            found = _library().parse_time(phrase, time_base=base, strict=True)
    except Exception:  # ValueError, TypeError, KeyError and others
        return None
    return _one_day(found) if (found["type"], found["definition"]) == ("time_point", "accurate") else None


@functools.cache
def feast(name: str, year: int) -> dt.date:
    """The day of a feast (春节, 清明, 端午, 中秋) in a year; raises ValueError for a name that is none."""
    found = read(name, dt.date(year, 1, 1))
    if found is None:
        raise ValueError(f"no such feast: {name}")
    return found


def extract(text: str) -> list[tuple[int, int]]:
    """Where in a text phrases of time stand."""
    with _one_at_a_time:
        return [(start, end) for start, end in (hit["offset"] for hit in _library().ner.extract_time(text))]


def _one_day(found: dict[str, Any]) -> dt.date | None:
    start, end = found["time"]
    day = start.removesuffix(MIDNIGHT)
    return dt.date.fromisoformat(day) if (start, end) == (day + MIDNIGHT, day + LAST_SECOND) else None
