"""The smallest .xls: an OLE file with one BIFF8 stream (MS-XLS, MS-CFB), as nothing installed here writes one."""

import struct

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512
LEAST = 4096  # a shorter stream would be stored otherwise
BOOK, SHEET, LINES, MERGED, NUMBER, LABEL = 0x0005, 0x0010, 0x0809, 0x00E5, 0x0203, 0x0204
GENERAL, DATE = 0, 1  # cell formats
type Value = tuple[int, int, float | str, int]


def xls(*cells: Value, merged: tuple[int, int, int, int] = (0, 0, 0, 0), from_1904: bool = False, locked: bool = False) -> bytes:
    """One sheet 台账 of (row, column, value, format), and a merged range (top, bottom, left, right)."""
    return compound(stream(cells, merged, from_1904=from_1904, locked=locked))


def stream(cells: tuple[Value, ...], merged: tuple[int, int, int, int], *, from_1904: bool, locked: bool) -> bytes:
    formats = b"".join(record(0x00E0, struct.pack("<3H14x", 0, number, 0)) for number in (0, 14))
    password = record(0x002F, struct.pack("<3H", 1, 1, 1)) if locked else b""
    head = begin(BOOK) + password + record(0x0022, struct.pack("<H", from_1904)) + formats
    name = "台账".encode("utf-16-le")
    offset = len(head) + 4 + 8 + len(name) + 4
    listed = record(0x0085, struct.pack("<L4B", offset, 0, 0, len(name) // 2, 1) + name)
    content = b"".join(map(cell, cells)) + record(MERGED, struct.pack("<5H", 1, *merged))
    return head + listed + record(0x000A) + begin(SHEET) + content + record(0x000A)


def record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<2H", kind, len(content)) + content


def begin(kind: int) -> bytes:
    return record(LINES, struct.pack("<4H2L", 0x0600, kind, 0, 1997, 0, 6))


def cell(value: Value) -> bytes:
    row, column, content, form = value
    place = struct.pack("<3H", row, column, form)
    if isinstance(content, str):
        return record(LABEL, place + struct.pack("<HB", len(content), 1) + content.encode("utf-16-le"))
    return record(NUMBER, place + struct.pack("<d", content))


def compound(content: bytes) -> bytes:
    content = content.ljust(LEAST, b"\0")
    content += bytes(-len(content) % SECTOR)
    sectors = len(content) // SECTOR
    table = [FAT, END, *range(3, sectors + 2), END]
    table += [FREE] * (SECTOR // 4 - len(table))
    folder = entry("Root Entry", 5, 1, END, 0) + entry("Workbook", 2, FREE, 2, len(content)) + bytes(256)
    said = (0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, LEAST, END, 0, END, 0)
    head = struct.pack("<8s16x5H6x9L109L", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", *said, 0, *[FREE] * 108)
    return head + struct.pack(f"<{len(table)}L", *table) + folder + content


def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    return written.ljust(64, b"\0") + struct.pack("<HBB3L36xLQ", len(written) + 2, kind, 1, FREE, FREE, child, start, size)
