"""A .csv as rows of text, whatever the encoding; nothing is guessed away or replaced."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator

from ledgers.reading.caps import Caps, Stopped

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
HANZI_IN_UTF_8 = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
UTF_8_SHARE = 0.5
HIGH = bytes(range(0x80, 0x100))
LIKELY = re.compile(r"[\t\r\n -~\u3000-\u303f\u3400-\u9fff\uff00-\uffef\U00020000-\U000323af]")
LIKELY_SHARE = 0.8  # of the characters of a text in Chinese; about 0.4 of one that is read in a wrong encoding
DELIMITERS = ",;\t"
SAMPLE = 20  # records by which the delimiter is chosen
GUARD = "'"
FORMULA = re.compile(r"[\s'\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@|]")
BREAK = re.compile(r"[\s']*[\t\r\n]")


def decode(content: bytes) -> tuple[str, str]:
    """The text and its encoding; raises Stopped ("encoding") where a byte does not fit or two encodings do."""
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
    if content.isascii() and b"\0" not in content:
        return "utf-8"
    if b"\0" in content:
        return _utf_16(content)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        # Damaged UTF-8 often is valid GB18030, and then reads as nonsense.
        if error.reason == "unexpected end of data" or _utf_8_share(content) >= UTF_8_SHARE:
            raise Stopped("encoding") from error
        return "gb18030"
    if not HANZI_IN_UTF_8.search(content):
        raise Stopped("encoding")  # a few Chinese characters in GB18030, or a few accented letters in UTF-8
    return "utf-8"


def _utf_8_share(content: bytes) -> float:
    """How much of what is not ASCII looks like Chinese in UTF-8."""
    high = len(content) - len(content.translate(None, HIGH))
    return sum(map(len, HANZI_IN_UTF_8.findall(content))) / high


def _utf_16(content: bytes) -> str:
    """Which of the two without BOM it is, told by what the text would look like."""
    shares = {encoding: _likely(content[:65536], encoding) for encoding in ("utf-16-le", "utf-16-be")}
    best = max(shares, key=shares.__getitem__)
    if shares[best] < LIKELY_SHARE:
        raise Stopped("encoding")
    return best


def _likely(sample: bytes, encoding: str) -> float:
    text = sample.decode(encoding, "replace")
    return len(LIKELY.findall(text)) / len(text)


def rows(text: str, caps: Caps) -> Iterator[list[str | None]]:
    """The records of a .csv, empty fields as None, the apostrophe of our own export taken away.

    Raises Stopped above the caps and for quotes that do not pair.
    """
    csv.field_size_limit(caps.text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    cells = 0
    try:
        for number, record in enumerate(reader, 1):
            row = _trimmed([unguarded(field) or None for field in record])
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


def unguarded(text: str) -> str:
    """A text without the one apostrophe that our export put in front of what looks like a formula."""
    return text[1:] if text.startswith(GUARD) and is_risky(text[1:]) else text


def is_risky(text: str) -> bool:
    """Whether a spreadsheet would take a text, or a line of it, for a formula.

    Apostrophes in front do not make it safe, so that the one our export puts there (`ledgers.writing.plain`) can
    always be taken away.
    """
    if text[:1].isalnum() and text.isprintable():  # one line that begins with a letter or figure
        return False
    lines = [*text.splitlines(), *unicodedata.normalize("NFKC", text).splitlines()]
    return bool(BREAK.match(text)) or any(map(FORMULA.match, lines))
