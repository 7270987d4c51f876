"""Breaking Chinese text into lines: no mark begins a line that must not, and no figure is torn in two."""

import re
from collections.abc import Callable

NO_START = frozenset("，。、；：？！）》」』】〕”’…—%％,.;:?!)]}")
NO_END = frozenset("（《「『【〔“‘([{")
PIECES = re.compile(r"[0-9A-Za-z./,:%+\-]+|.", re.DOTALL)
MOST_CARRIED = 4  # pieces taken down with a mark, so that a row of marks cannot empty a line


def broken(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """The text in lines no wider than `width`, by what `measure` says a piece is wide."""
    lines: list[str] = []
    line: list[str] = []
    used = 0.0
    for piece in _pieces(text, width, measure):
        wide = measure(piece)
        if line and used + wide > width:
            carried = _carried(line, piece)
            lines.append("".join(line))
            line, used = carried, sum(map(measure, carried))
        line.append(piece)
        used += wide
    return [*lines, "".join(line)]


def _pieces(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Signs, and figures and words whole, unless one is wider than a line."""
    pieces: list[str] = []
    for piece in PIECES.findall(text):
        pieces.extend([piece] if measure(piece) <= width else piece)
    return pieces


def _carried(line: list[str], following: str) -> list[str]:
    """Take from the end of the line what has to stand with the next piece."""
    carried: list[str] = []
    while len(line) > 1 and len(carried) < MOST_CARRIED and (following[0] in NO_START or line[-1] in NO_END):
        following = line.pop()
        carried.insert(0, following)
    return carried
