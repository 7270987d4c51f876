"""A .csv as rows of text, whatever the encoding; nothing is guessed away or replaced."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator

from ledgers.reading.caps import Caps, Stopped

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
UTF_8 = re.compile(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})[\x80-\xbf]")
HIGH = bytes(range(0x80, 0x100))
PLAIN = frozenset(",;\t\r\n0123456789 ")
DELIMITERS = ",;\t"
SAMPLE = 20  # records by which the delimiter is chosen
GUARD = "'"
FORMULA = re.compile(r"[\s'\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@|]")
BREAK = re.compile(r"[\s']*[\t\r\n]")


def decode(content: bytes) -> tuple[str, str]:
    """The text and its encoding; raises Stopped ("encoding") where a single byte does not fit."""
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Stopped("encoding") from error
    if "\0" in text or "\ufffd" in text:
        raise Stopped("encoding")  # another program has already replaced what it could not read
    return text, encoding


def _encoding(content: bytes) -> str:
    for bom, encoding in BOMS:
        if content.startswith(bom):
            return encoding
    if b"\0" in content:
        return max("utf-16-le", "utf-16-be", key=lambda encoding: _plain(content, encoding))
    return "utf-8" if _is_meant_as_utf_8(content) else "gb18030"


def _plain(content: bytes, encoding: str) -> int:
    """How many figures, commas and ends of line the text has in that encoding."""
    return sum(character in PLAIN for character in content[:65536].decode(encoding, "replace"))


def _is_meant_as_utf_8(content: bytes) -> bool:
    """Damaged UTF-8 often is valid GB18030 and then reads as nonsense: what is mostly UTF-8 has to be all of it."""
    high = len(content) - len(content.translate(None, HIGH))
    return 2 * sum(map(len, UTF_8.findall(content))) >= high


def rows(text: str, caps: Caps) -> Iterator[list[str | None]]:
    """The records of a .csv, empty fields as None, the apostrophe of our own export taken away.

    Raises Stopped above the caps and for quotes that do not pair.
    """
    csv.field_size_limit(caps.text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    cells = 0
    try:
        for number, record in enumerate(reader, 1):
            row = _trimmed([_field(text) for text in record])
            cells += len(row)
            _check(number if row else 0, len(row), cells, caps)
            yield row
    except csv.Error as error:
        if "limit" in str(error):
            raise Stopped("text", limit=caps.text) from error
        raise Stopped("damaged.quotes", line=reader.line_num) from error


def _check(number: int, width: int, cells: int, caps: Caps) -> None:
    if number > caps.rows:
        raise Stopped("rows", found=number, limit=caps.rows)
    if width > caps.columns:
        raise Stopped("columns", found=width, limit=caps.columns)
    if cells > caps.cells:
        raise Stopped("cells", limit=caps.cells)


def _delimiter(text: str) -> str:
    """The one that divides the first records into most fields; a comma where none does."""
    return max(DELIMITERS, key=lambda delimiter: _fields(text, delimiter))


def _fields(text: str, delimiter: str) -> int:
    reader = csv.reader(io.StringIO(text[:65536], newline=""), delimiter=delimiter)
    try:
        return sum(len(record) - 1 for record, _number in zip(reader, range(SAMPLE), strict=False))
    except csv.Error:
        return 0


def _trimmed(row: list[str | None]) -> list[str | None]:
    while row and row[-1] is None:
        row.pop()
    return row


def _field(text: str) -> str | None:
    if text.startswith(GUARD) and _is_formula(text[1:]):
        return text[1:]
    return text or None


def _is_formula(text: str) -> bool:
    """Whether our export puts an apostrophe in front (`ledgers.writing.plain`), apostrophes in front not counting."""
    lines = [*text.splitlines(), *unicodedata.normalize("NFKC", text).splitlines()]
    return bool(BREAK.match(text)) or any(map(FORMULA.match, lines))
