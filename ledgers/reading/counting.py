"""One streaming pass over an .xlsx before it is parsed: what is too much is found while it is still bytes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from zipfile import ZipInfo

from ledgers.reading.caps import Caps, Stopped
from ledgers.reading.parts import Package
from ledgers.reading.places import Irregular, PlainCells, Seen, TracedCells

BEGIN = re.compile(rb"<(?:[\w.-]+:)?(?:c|row)[\s/>]")  # where to cut, so that no cell is torn
SPECIAL = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
MACROS = re.compile(rb"vbaProject|macroEnabled")
STRINGS = (b"<si>", b"<si ", b"<si/")
PREFIX = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^<>]*>\s*)?<([\w.-]+:)")  # of the outermost element: <x:worksheet
XML_SUFFIXES = (".xml", ".rels", ".vml")
TYPES = "[content_types].xml"
UNREAD = "customxml/"  # Power Query keeps UTF-16 there
WINDOW = 4096  # in which the last beginning of a cell is looked for
UNCUT = 4 * 2**20  # bytes that may lack one
BYTES_PER_CHARACTER = 8  # &#x4e2d;


@dataclass
class PartCount:
    """What one part holds; last_row and last_column count from 1, places from 0."""

    cells: int = 0
    strings: int = 0
    merges: int = 0
    last_row: int = 0
    last_column: int = 0
    uncomputed: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    def add(self, seen: Seen) -> None:
        self.cells += seen.cells
        self.last_row = max(self.last_row, seen.last_row)
        self.last_column = max(self.last_column, seen.last_column)
        self.uncomputed |= seen.uncomputed
        self.errors |= seen.errors


def count(file: BinaryIO, caps: Caps) -> dict[str, PartCount]:
    """What each XML part of an .xlsx holds, by its name in lower case.

    Only cells with content count. Raises Stopped at the first thing above its cap, and for what a workbook never
    holds (DOCTYPE, macros, UTF-16).
    """
    package, found = Package(file, caps), dict[str, PartCount]()
    for entry in package.entries:
        before = package.total
        try:
            part = _count_part(package, entry, PlainCells(), found)
        except Irregular:  # seldom: once more, with an eye on where each cell is
            package.total = before
            part = _count_part(package, entry, TracedCells(), found)
        if part is not None:
            found[entry.filename.lower()] = part
    return found


def _count_part(
    package: Package, entry: ZipInfo, cells: PlainCells | TracedCells, found: dict[str, PartCount]
) -> PartCount | None:
    chunks = package.chunks(entry)
    first = next(chunks, b"")
    if not _is_xml(entry.filename.lower(), first):
        for _chunk in chunks:  # for its size
            pass
        return None
    part, others = PartCount(), list(found.values())
    prefix = PREFIX.match(first)
    if entry.filename.lower() == TYPES and MACROS.search(first):
        raise Stopped("macros")
    for text in _whole_cells(_checked(first, chunks, package.caps)):
        seen = cells.see(_bare(text, prefix[1]) if prefix else text)
        part.add(seen)
        if not seen.cells:
            part.strings += sum(map(text.count, STRINGS))
        part.merges += text.count(b"<mergeCell ")
        _check(part, others, package.caps)
    return part


def _bare(text: bytes, prefix: bytes) -> bytes:
    return text.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")


def _is_xml(name: str, first: bytes) -> bool:
    return not name.startswith(UNREAD) and (name.endswith(XML_SUFFIXES) or first.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<")


def _checked(first: bytes, rest: Iterator[bytes], caps: Caps) -> Iterator[bytes]:
    """The chunks of an XML part without what it must not hold, and without texts too long for any cell."""
    seam, run, chunk = b"", 0, first
    while chunk:
        joined = seam + chunk
        if b"\0" in chunk:
            raise Stopped("damaged")  # UTF-16, which no spreadsheet program writes
        if b"<!" in joined and SPECIAL.search(joined):
            raise Stopped("doctype")
        run = _check_run(chunk, run, caps)
        seam = chunk[-16:]
        yield chunk
        chunk = next(rest, b"")


def _check_run(chunk: bytes, run: int, caps: Caps) -> int:
    """Stop at a text without any tag that is too long; `run` is how long it was when the chunk began."""
    longest = caps.text * BYTES_PER_CHARACTER
    first = chunk.find(b"<")
    if first < 0:
        first = len(chunk)
    gaps = (chunk.find(b"<", start, start + longest) < 0 for start in range(first, len(chunk) - longest, longest))
    if run + first > longest or any(gaps):
        raise Stopped("text", limit=caps.text)
    last = chunk.rfind(b"<")
    return len(chunk) - last if last >= 0 else run + len(chunk)


def _whole_cells(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, cut before a cell or row begins."""
    rest = b""
    for chunk in chunks:
        text = rest + chunk
        begins = [match.start() for match in BEGIN.finditer(text, max(0, len(text) - WINDOW))]
        cut = begins[-1] if begins else 0 if len(text) < UNCUT else len(text) - WINDOW
        if cut:
            yield text[:cut]
        rest = text[cut:]
    if rest:
        yield rest


def _check(part: PartCount, others: list[PartCount], caps: Caps) -> None:
    if part.last_row > caps.rows:
        raise Stopped("rows", found=part.last_row, limit=caps.rows)
    if part.last_column > caps.columns:
        raise Stopped("columns", found=part.last_column, limit=caps.columns)
    cells = part.cells + sum(other.cells for other in others)
    if max(cells, part.last_row * part.last_column) > caps.cells:
        raise Stopped("cells", limit=caps.cells)
    if part.strings + sum(other.strings for other in others) > caps.strings:
        raise Stopped("strings", limit=caps.strings)
    if part.merges + sum(other.merges for other in others) > caps.merges:
        raise Stopped("merges")
