"""What an official paper says (GB/T 9704-2012), before it becomes Word or PDF."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

TITLE_SIGNS = 20  # of 2号 in one line
HEADING_SIGNS = 40  # longer lines that begin like a heading are sentences
LEVELS = (re.compile(r"[一二三四五六七八九十]+、"), re.compile(r"（[一二三四五六七八九十]+）"))
GOOD_BREAK = frozenset("日月年的和与及，、")
ASCII = 128


class Level(StrEnum):
    """How a line of the body is set."""

    FIRST = "first"  # 一、黑体
    SECOND = "second"  # （一）楷体
    BODY = "body"  # 仿宋


@dataclass(frozen=True)
class Table:
    """A list that stands on a page of its own behind the paper; `widths` in mm."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Official:
    """A paper: title, sections (heading, text), attachments, who signs it and when."""

    title: str
    sections: tuple[tuple[str, str], ...]
    unit: str
    dated_on: dt.date
    attachments: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def title_lines(self) -> list[str]:
        return shaped(self.title)

    @property
    def attachment_lines(self) -> list[str]:
        """“附件：1.…”, the further ones under the first."""
        if not self.attachments:
            return []
        if len(self.attachments) == 1:
            return [f"附件：{self.attachments[0]}"]
        return [f"{'' if at > 1 else '附件：'}{at}.{name}" for at, name in enumerate(self.attachments, 1)]

    @property
    def date_line(self) -> str:
        """Arabic figures, year, month and day, no zero in front."""
        return written_day(self.dated_on)

    def lines(self) -> Iterator[tuple[Level, str]]:
        """The body line by line."""
        for heading, text in self.sections:
            yield Level.FIRST, heading
            for line in text.splitlines():
                if line.strip():
                    yield level_of(line.strip()), line.strip()


def written_day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def level_of(line: str) -> Level:
    """Headings are told by their number: 一、 and （一）; a sentence is none."""
    if len(line) > HEADING_SIGNS or "。" in line:
        return Level.BODY
    levels = (Level.FIRST, Level.SECOND)
    return next((level for level, shape in zip(levels, LEVELS, strict=True) if shape.match(line)), Level.BODY)


def signs(text: str) -> float:
    """The width of a text in Chinese signs: figures and letters are half as wide."""
    return sum(0.5 if ord(sign) < ASCII else 1 for sign in text)


def shaped(title: str) -> list[str]:
    """A title in one line, or in two of about the same length, broken where a word is likely to end."""
    if signs(title) <= TITLE_SIGNS:
        return [title]

    def badness(at: int) -> float:
        left, right = title[:at], title[at:]
        torn = ord(left[-1]) < ASCII or ord(right[0]) < ASCII or not right[0].isalnum()
        return abs(signs(left) - signs(right)) + (20 if torn else 0) - (4 if left[-1] in GOOD_BREAK else 0)

    best = min(range(1, len(title)), key=badness)
    return [title[:best], title[best:]]
