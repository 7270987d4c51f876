"""Where the cells with content stand, found in the bytes of a sheet without parsing it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

CONTENT = rb"\s*<(?:[vf][\s/>]|is[\s>])"
PLAIN_BEGIN = b'<c r="'
PLAIN = re.compile(rb'<c r="([A-Z]+)[0-9]+"[^<>]*(?<!/)>' + CONTENT)
PLAIN_ROW = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^<>]*(?<!/)>' + CONTENT)
NAMED_BEGINS = tuple(b"<c" + end for end in (b" ", b">", b"/", b"\t", b"\r", b"\n"))
ANY = re.compile(rb"<(?:(row)|c)(?=[\s/>])([^<>]*)>(" + CONTENT + rb")?")
PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,3})([0-9]{1,7})[\"']")
FORMULA = rb"<f(?:\s[^<>]*)?(?:/>|(?<!/)>[^<]*</f\s*>)\s*"
# The value is missing or empty.
UNCOMPUTED = re.compile(rb"<c(?=[\s>])(?P<said>[^<>]*)(?<!/)>\s*" + FORMULA + rb"(?:</c\s*>|<v(?:\s[^<>]*)?(?:/>|>\s*</))")
TEXT_RESULT = re.compile(rb"\st\s*=\s*[\"']str[\"']")  # of these, an empty one is a value
ERROR = re.compile(
    rb"<c(?=\s)(?P<said>[^<>]*\st\s*=\s*[\"']e[\"'][^<>]*)>\s*"
    rb"(?:" + FORMULA + rb")?<v(?:\s[^<>]*)?>(?P<error>[^<]{1,20})<"
)
type Place = tuple[int, int]
type PlaceOf = Callable[[re.Match[bytes]], Place | None]


class Irregular(Exception):
    """A sheet is written in a form that PlainCells does not know."""


@dataclass
class Seen:
    """Cells with content in a piece of a sheet; last_row and last_column count from 1, places from 0."""

    cells: int = 0
    last_row: int = 0
    last_column: int = 0
    uncomputed: set[Place] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)


class PlainCells:
    """Reads sheets as nearly all programs write them: each cell begins `<c r="A1"`, rows ascend. No loop over cells.

    What is written otherwise on purpose is found after parsing, within the limits of the process.
    """

    def see(self, text: bytes) -> Seen:
        """The cells of a piece; raises Irregular where one is written otherwise."""
        if not _is_plain(text):
            raise Irregular
        columns = PLAIN.findall(text)
        seen = Seen(len(columns))
        if columns:
            seen.last_row, seen.last_column = _last_row(text), max(map(_column, set(columns)))
            _add_specials(text, seen, lambda match: _place(match["said"]))
        return seen


def _is_plain(text: bytes) -> bool:
    plain = text.count(PLAIN_BEGIN)
    return text.count(b"<c") == plain or sum(map(text.count, NAMED_BEGINS)) == plain  # the first is quick


def _last_row(text: bytes) -> int:
    at = text.rfind(PLAIN_BEGIN)
    while at >= 0:
        if match := PLAIN_ROW.match(text, at):
            return int(match[2])
        at = text.rfind(PLAIN_BEGIN, 0, at)
    return 0


class TracedCells:
    """Reads sheets whose cells do not all say where they are, by keeping count of rows and cells."""

    def __init__(self) -> None:
        self.row, self.column, self.next_row = 0, 0, 0

    def see(self, text: bytes) -> Seen:
        """The cells of a piece."""
        seen, begins = Seen(), dict[int, Place]()
        for match in ANY.finditer(text):
            is_row, said, content = match.groups()
            place = _place(said)
            if is_row:
                self.row, self.column = place[0] if place else self.next_row, 0
                self.next_row = self.row + 1
                continue
            row, column = place or (self.row, self.column)
            self.column = column + 1
            if content and not said.endswith(b"/"):
                begins[match.start()] = row, column
                seen.cells += 1
                seen.last_row, seen.last_column = max(seen.last_row, row + 1), max(seen.last_column, column + 1)
        _add_specials(text, seen, lambda match: begins.get(match.start()))
        return seen


def _add_specials(text: bytes, seen: Seen, place_of: PlaceOf) -> None:
    if b"<f" in text:
        for match in UNCOMPUTED.finditer(text):
            if not TEXT_RESULT.search(match["said"]) and (place := place_of(match)):
                seen.uncomputed.add(place)
    if b'"e"' in text or b"'e'" in text:
        for match in ERROR.finditer(text):
            if place := place_of(match):
                seen.errors[place] = match["error"].decode("utf-8", "replace")


def _place(said: bytes) -> Place | None:
    """(row, column) from 0 of the attribute r; of a row, only the first counts."""
    match = PLACE.search(said)
    return (int(match[2]) - 1, _column(match[1].upper()) - 1) if match else None


def _column(letters: bytes) -> int:
    """A is 1, XFD is 16384."""
    number = 0
    for letter in letters[:4]:
        number = 26 * number + letter - 64
    return number
