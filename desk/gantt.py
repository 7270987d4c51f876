"""The plan of a project as a picture: dates become the coordinates of an SVG; no page, no query, no script.

On paper a sheet is A4 landscape: its 1040 units are printed 277 mm wide, so that a font of 9 units is 6.8 points
(小六号), and its height stays within what the paper has left under a heading. On a screen rows may be as high as
they need.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Self

WIDTH, HEIGHT = 1040, 650  # at most
HEAD, FOOT = 36, 6
LEFT, RIGHT = 330, 1024  # the plot lies between them, the labels stand left of it
NARROW = 150  # LEFT on a phone
ROWS = 60  # to a sheet
TALLEST_ROW, LARGEST_FONT = 26.0, 13.0
AXIS_FONT = 11
MOST_TICKS = 12
STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 1200, 12_000)  # months between two marks of the axis
AIR = 15  # days before the first and after the last date


@dataclass(frozen=True)
class Row:
    """One milestone: its original and its present date, the day it was reached, and its state (a class of project.css)."""

    label: str
    original_on: dt.date
    due_on: dt.date
    completed_on: dt.date | None = None
    state: str = "open"
    title: str = ""

    @property
    def dates(self) -> list[dt.date]:
        return [day for day in (self.original_on, self.due_on, self.completed_on) if day]


@dataclass(frozen=True)
class Scale:
    """Days on a line from `left`, behind the labels, to RIGHT."""

    start: dt.date
    end: dt.date
    left: int = LEFT

    @classmethod
    def over(cls, days: Iterable[dt.date], left: int = LEFT) -> Self:
        listed = sorted(days)
        air = dt.timedelta(days=max(AIR, (listed[-1] - listed[0]).days // 40))
        return cls(max(listed[0], dt.date.min + air) - air, min(listed[-1], dt.date.max - air) + air, left)

    def x(self, day: dt.date) -> float:
        share = (day - self.start).days / (self.end - self.start).days
        return round(self.left + share * (RIGHT - self.left), 1)

    def ticks(self) -> list[tuple[float, str]]:
        """The first days of months, as many as can be read, each with its place and its name."""
        first, last = (day.year * 12 + day.month - 1 for day in (self.start, self.end))
        step = next((step for step in STEPS if (last - first) / step <= MOST_TICKS), STEPS[-1])
        months = range(-(-(first + 1) // step) * step, last + 1, step)
        marks = [
            (self.x(dt.date(n // 12, n % 12 + 1, 1)), f"{n // 12}" if step >= 12 else f"{n // 12}-{n % 12 + 1:02d}")
            for n in months
        ]
        return [(x, name) for x, name in marks if self.left + AXIS_FONT <= x <= RIGHT - AXIS_FONT]


@dataclass(frozen=True)
class Line:
    """One row of the picture; `original` is None where the plan was never moved."""

    row: Row
    label: str
    top: float
    middle: float
    base: float  # of the text
    original: float | None
    due: float
    actual: float | None
    size: float  # half a mark

    @property
    def original_shape(self) -> str:
        return diamond(self.original or self.due, self.middle, self.size)

    @property
    def due_shape(self) -> str:
        return diamond(self.due, self.middle, self.size)

    @property
    def dot(self) -> float:
        """The radius of the mark of what really happened: it fits into the diamond of a plan that was kept."""
        return round(self.size * 0.6, 1)


@dataclass(frozen=True)
class Sheet:
    """What the template draws: sizes, the axis, today's line, and the rows."""

    height: float
    row_height: float
    font: float
    ticks: list[tuple[float, str]]
    today: float
    today_anchor: str
    lines: list[Line]
    width: int = WIDTH
    head: int = HEAD
    left: int = LEFT


def sheets(rows: Sequence[Row], *, today: dt.date) -> list[Sheet]:
    """The rows on as many sheets of paper as they need, all to the same scale; none without rows."""
    return [_sheet(part, _scale(rows, today), today) for part in batched(rows, ROWS)]


def screen(rows: Sequence[Row], *, today: dt.date) -> Sheet | None:
    """All rows in one picture of comfortable rows; None without rows."""
    return _sheet(rows, _scale(rows, today), today, height=TALLEST_ROW) if rows else None


def phone(rows: Sequence[Row], *, today: dt.date) -> Sheet | None:
    """The same with short labels, so that more than labels fits on a phone."""
    return _sheet(rows, _scale(rows, today, NARROW), today, height=TALLEST_ROW) if rows else None


def _scale(rows: Sequence[Row], today: dt.date, left: int = LEFT) -> Scale:
    return Scale.over([today, *(day for row in rows for day in row.dates)], left)


def _sheet(rows: Sequence[Row], scale: Scale, today: dt.date, *, height: float = 0) -> Sheet:
    height = height or min(TALLEST_ROW, (HEIGHT - HEAD - FOOT) / len(rows))
    font = round(min(LARGEST_FONT, height * 0.9), 1)
    here = scale.x(today)
    anchor = "start" if here < scale.left + 40 else "end" if here > RIGHT - 40 else "middle"
    lines = [_line(row, HEAD + place * height, height, font, scale) for place, row in enumerate(rows)]
    return Sheet(
        height=round(HEAD + len(rows) * height + FOOT, 1),
        row_height=round(height, 1),
        font=font,
        ticks=scale.ticks(),
        today=here,
        today_anchor=anchor,
        lines=lines,
        left=scale.left,
    )


def _line(row: Row, top: float, height: float, font: float, scale: Scale) -> Line:
    middle = top + height / 2
    return Line(
        row=row,
        label=fitted(row.label, scale.left - 2 * font, font),
        top=round(top, 1),
        middle=round(middle, 1),
        base=round(middle + font * 0.36, 1),
        original=scale.x(row.original_on) if row.original_on != row.due_on else None,
        due=scale.x(row.due_on),
        actual=scale.x(row.completed_on) if row.completed_on else None,
        size=round(min(6.0, height * 0.4), 1),
    )


def diamond(x: float, y: float, size: float) -> str:
    """The path of a diamond around a point."""
    return f"M{x - size:.1f} {y:.1f}L{x:.1f} {y - size:.1f}L{x + size:.1f} {y:.1f}L{x:.1f} {y + size:.1f}Z"


def fitted(text: str, room: float, font: float) -> str:
    """A text cut to the room it has, with an ellipsis where something is left out."""
    if text_width(text, font) <= room:
        return text
    while text and text_width(text, font) > room - font:
        text = text[:-1]
    return f"{text}…"


def text_width(text: str, font: float) -> float:
    """How wide a text is at most: a Chinese character is as wide as the font is high."""
    return sum(font if unicodedata.east_asian_width(sign) in "WFA" else font * 0.62 for sign in text)
