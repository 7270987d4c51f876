"""Builders of workbooks, honest and hostile, byte by byte where a library would refuse to."""

import io
import random
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

TYPES, ROOT = "[Content_Types].xml", "_rels/.rels"
WORKBOOK, LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MIB = 2**20
type Parts = dict[str, bytes]


def cells(content: str) -> bytes:
    """A sheet with the given content of <sheetData>."""
    return worksheet(f"<sheetData>{content}</sheetData>")


def worksheet(content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}">{content}</worksheet>'.encode()


def number(place: str, value: float = 1) -> str:
    return f'<row><c r="{place}"><v>{value}</v></c></row>'


def links(*targets: tuple[str, str]) -> bytes:
    """(kind, part) as relationships rId1, rId2, …"""
    listed = (f'<Relationship Id="rId{i}" Type="{LINK}/{kind}" Target="{part}"/>' for i, (kind, part) in enumerate(targets, 1))
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{"".join(listed)}</Relationships>'.encode()


def parts(sheet: bytes | None = None, *, sheets: Iterable[str] = ("台账",), strings: bytes = b"") -> Parts:
    """The parts of the smallest workbook; all `sheets` show the same one."""
    listed = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="rId1"/>' for i, name in enumerate(sheets, 1))
    found = {
        ROOT: links(("officeDocument", "xl/workbook.xml")),
        TYPES: b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        WORKBOOK: f'<workbook xmlns="{MAIN}" xmlns:r="{LINK}"><sheets>{listed}</sheets></workbook>'.encode(),
        LINKS: links(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")),
        SHEET: sheet or cells(number("A1")),
    }
    return {**found, STRINGS: strings} if strings else found


def packed(content: Parts | Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of the parts; pairs may repeat a name."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(buffer, "w", method) as package:
        for name, part in content.items() if isinstance(content, dict) else content:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            package.writestr(info, part, compresslevel=1)
    return buffer.getvalue()


def book(sheet: bytes | None = None, *, method: int = zipfile.ZIP_DEFLATED, **others: bytes) -> bytes:
    return packed(parts(sheet, **others), method)  # type: ignore[arg-type]


def with_part(name: str, part: bytes) -> bytes:
    return packed({**parts(), name: part})


def rows_without_end() -> bytes:
    lines = (f'<row r="{i}"><c r="A{i}"><v>{i * 7919 % 100003}</v></c></row>' for i in range(1, 2**20 + 1))
    return book(cells("".join(lines)))


def strings_without_end() -> bytes:
    """3,000,000 shared strings, as random as needed to stay under the ratio."""
    texts = "".join(f"<si><t>{random.Random(i).getrandbits(8)}</t></si>" for i in range(3000))
    return book(strings=f'<sst xmlns="{MAIN}">{texts * 1000}</sst>'.encode())


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    head = f'<!DOCTYPE worksheet [<!ENTITY l0 "ha">{entities}]>'
    return book(head.encode() + cells('<row><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>'))


def lying(declared: int, *, checksum_too: bool = False) -> bytes:
    """A sheet of 600 KB whose directory and local header say it has `declared` bytes."""
    content = cells("".join(number(f"A{i}", i * 7919 % 100_003) for i in range(1, 15_001)))
    honest = book(content)
    size = struct.pack("<L", len(content))
    forged = honest.replace(size, struct.pack("<L", declared))
    if checksum_too:
        forged = forged.replace(struct.pack("<L", zlib.crc32(content)), struct.pack("<L", zlib.crc32(content[:declared])))
    return forged


def overlapping() -> bytes:
    """250 parts that are all the same 1 MiB of the file: each entry of the directory points at the first."""
    names = [f"xl/media/image{i:03d}.xml" for i in range(250)]
    whole = packed([*parts().items(), (names[0], random.Random(5).randbytes(500_000) + b"\x01" * 600_000)])
    directory = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    last = whole.rindex(b"PK\x01\x02", directory, end)
    entry = whole[last:end]
    copies = b"".join(entry.replace(names[0].encode(), name.encode()) for name in names[1:])
    listing = whole[directory:end] + copies
    count = whole.count(b"PK\x01\x02") + len(names) - 1
    return whole[:directory] + listing + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listing), directory, 0)


def long_directory() -> bytes:
    """A directory of 300,000 entries, of which its end admits 4."""
    whole = packed({**parts(), "a": b""})
    directory, last, end = whole.index(b"PK\x01\x02"), whole.rindex(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    listing = whole[directory:last] + whole[last:end] * 300_000
    return whole[:directory] + listing + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 4, 4, len(listing), directory, 0)


def shared_by_all() -> bytes:
    """One text of 32,000 characters that 100,000 cells point at."""
    line = '<c t="s"><v>0</v></c>' * 100
    content = "".join(f'<row r="{i}">{line}</row>' for i in range(1, 1001))
    return book(
        cells(content), method=zipfile.ZIP_STORED, strings=f'<sst xmlns="{MAIN}"><si><t>{"招商" * 16000}</t></si></sst>'.encode()
    )


def flagged(bit: int) -> bytes:
    """Every entry with a bit of its flags set, as in an encrypted zip."""
    whole = bytearray(book())
    at = whole.find(b"PK\x01\x02")
    while at >= 0:
        whole[at + 8] |= bit
        at = whole.find(b"PK\x01\x02", at + 4)
    return bytes(whole)


def compound(*names: str) -> bytes:
    """The look of an OLE file with streams of these names."""
    return OLE + bytes(504) + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)


def unseen(place: str) -> str:
    """A cell whose value a comment hides from who looks for it right behind the cell."""
    return f'<c r="{place}"><!-- --><v>1</v></c>'


def merged(*ranges: str) -> bytes:
    listed = "".join(f'<mergeCell ref="{one}"/>' for one in ranges)
    corners = f"<sheetData>{number('A1')}{number('CV1000')}</sheetData>"
    return book(worksheet(f"{corners}<mergeCells>{listed}</mergeCells>"))


def wide(content: str) -> bytes:
    return book(cells(content))


# File name, content, code of the refusal.
type Hostile = tuple[str, Callable[[], bytes], str]
RATIO = {
    "spaces in a sheet": ("a.xlsx", lambda: book(cells(" " * 30 * MIB)), "zip_ratio"),
    "one cell of 60 MB": (
        "a.xlsx",
        lambda: book(cells(f'<row><c r="A1" t="inlineStr"><is><t>{"a" * 60 * MIB}</t></is></c></row>')),
        "zip_ratio",
    ),
    "a part of 161 MiB": ("a.xlsx", lambda: with_part("xl/media/a.xml", bytes(161 * MIB)), "inflated"),
    "parts of 201 MiB together": (
        "a.xlsx",
        lambda: packed({**parts(), **{f"xl/media/{i}.xml": bytes(67 * MIB) for i in range(3)}}),
        "inflated",
    ),
    "parts that overlap": ("a.xlsx", overlapping, "inflated"),
}
SIZES: dict[str, Hostile] = {
    "a million rows": ("a.xlsx", rows_without_end, "rows"),
    "three million strings": ("a.xlsx", strings_without_end, "strings"),
    "a cell in the last corner": ("a.xlsx", lambda: wide(number("XFD1048576")), "rows"),
    "a cell in the last column": ("a.xlsx", lambda: wide(number("XFD1")), "columns"),
    "a cell in no column": ("a.xlsx", lambda: wide(number("ZZZZ1")), "columns"),
    "a cell in no row": ("a.xlsx", lambda: wide(number("A99999999")), "rows"),
    "300 cells that do not say where": ("a.xlsx", lambda: wide(f"<row>{'<c><v>1</v></c>' * 300}</row>"), "columns"),
    "20,001 rows that do not say where": ("a.xlsx", lambda: wide("<row><c><v>1</v></c></row>" * 20_001), "rows"),
    "a far cell with a prefix": (
        "a.xlsx",
        lambda: book(cells(number("XFD1")).replace(b"</", b"</x:").replace(b"<c", b"<x:c").replace(b"<w", b"<x:w")
                     .replace(b"<s", b"<x:s").replace(b"<r", b"<x:r").replace(b"<v", b"<x:v").replace(b"xmlns", b"xmlns:x")),
        "columns",
    ),
    "a far cell behind a comment": ("a.xlsx", lambda: wide(f"<row>{unseen('XFD1048576')}</row>"), "rows"),
    "two far cells behind comments": ("a.xlsx", lambda: wide(f"<row>{unseen('A1')}{unseen('XFD1048576')}</row>"), "memory"),
    "rows that do not ascend": ("a.xlsx", lambda: wide(number("A1048576") + number("A1")), "rows"),
    "three sheets that are nearly empty": (
        "a.xlsx",
        lambda: packed(parts(cells(number("A1") + number("GR20000")), sheets=("甲", "乙", "丙"))),
        "cells",
    ),
    "5,000 sheets": ("a.xlsx", lambda: packed(parts(sheets=map(str, range(5000)))), "sheets"),
    "a cell of 10 MB": (
        "a.xlsx",
        lambda: book(cells(f'<row><c r="A1" t="str"><v>{"a" * 10 * MIB}</v></c></row>'), method=zipfile.ZIP_STORED),
        "text",
    ),
    "a cell of 40,000 characters": ("a.xlsx", lambda: book(cells(f'<row><c r="A1" t="str"><v>{"a" * 40_000}</v></c></row>')), "text"),
    "an attribute of 1 MB": ("a.xlsx", lambda: book(cells(f'<row><c r="A1" x="{"a" * MIB}"><v>1</v></c></row>'), method=zipfile.ZIP_STORED), "text"),
    "a long text in 100,000 cells": ("a.xlsx", shared_by_all, "memory"),
    "100,001 merged ranges": ("a.xlsx", lambda: merged(*(f"A{i}:B{i}" for i in range(1, 100_002))), "merges"),
    "merged ranges over each other": ("a.xlsx", lambda: merged(*["A1:XFD1048576"] * 3), "merges"),
    "a .csv of 20,001 rows": ("a.csv", lambda: b"1\n" * 20_001, "rows"),
    "a .csv of 201 columns": ("a.csv", lambda: b"1," * 200 + b"1", "columns"),
    "a .csv with a field of 40,000 characters": ("a.csv", lambda: b"a" * 40_000, "text"),
    "a .csv of 21 MiB": ("a.csv", lambda: b"1\n" * (21 * MIB // 2), "too_big"),
}  # fmt: skip
LIES: dict[str, Hostile] = {
    "a size that is too small": ("a.xlsx", lambda: lying(1000), "zip_sizes"),
    "a size that is too small, with its checksum": ("a.xlsx", lambda: lying(1000, checksum_too=True), "zip_sizes"),
    "a size that is too big": ("a.xlsx", lambda: lying(MIB), "zip_sizes"),
    "a checksum that is wrong": ("a.xlsx", lambda: book(method=zipfile.ZIP_STORED).replace(b"<v>1<", b"<v>2<"), "damaged"),
    "a name that climbs": ("a.xlsx", lambda: with_part("../../evil.xml", b"<a/>"), "zip_names"),
    "a name that climbs later": ("a.xlsx", lambda: with_part("xl/../../evil.xml", b"<a/>"), "zip_names"),
    "an absolute name": ("a.xlsx", lambda: with_part("/etc/evil", b"<a/>"), "zip_names"),
    "a name with a backslash": ("a.xlsx", lambda: with_part("xl\\evil.xml", b"<a/>"), "zip_names"),
    "a name with a drive": ("a.xlsx", lambda: with_part("C:evil.xml", b"<a/>"), "zip_names"),
    "a name with a control character": ("a.xlsx", lambda: with_part("xl/evil\n.xml", b"<a/>"), "zip_names"),
    "a name twice": ("a.xlsx", lambda: packed([*parts().items(), (SHEET, cells(""))]), "zip_names"),
    "a name twice but for its case": ("a.xlsx", lambda: with_part(SHEET.upper(), cells("")), "zip_names"),
    "10,000 entries": ("a.xlsx", lambda: packed({**parts(), **{f"xl/{i}": b"" for i in range(10_000)}}), "zip_entries"),
    "a directory longer than it says": ("a.xlsx", long_directory, "zip_entries"),
    "301 entries": ("a.xlsx", lambda: packed({**parts(), **{f"xl/{i}": b"" for i in range(297)}}), "zip_entries"),
    "a packing nobody uses": ("a.xlsx", lambda: book(method=zipfile.ZIP_BZIP2), "damaged"),
    "bytes behind the end": ("a.xlsx", lambda: book() + b"x", "damaged"),
    "a second directory behind the end": ("a.xlsx", lambda: book() + packed({"a": b"b"}), "damaged"),
    "a sheet outside of the file": (
        "a.xlsx",
        lambda: packed({**parts(), LINKS: parts()[LINKS].replace(b"worksheets/", b"../../etc/")}),
        "damaged",
    ),
    "no list of links": ("a.xlsx", lambda: packed({name: part for name, part in parts().items() if name != LINKS}), "damaged"),
}
CONTENT: dict[str, Hostile] = {
    "billion laughs": ("a.xlsx", laughs, "doctype"),
    "an outside entity in the strings": (
        "a.xlsx",
        lambda: book(strings=b'<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst><si><t>&x;</t></si></sst>'),
        "doctype",
    ),
    "a DOCTYPE in the list of sheets": (
        "a.xlsx", lambda: packed({**parts(), WORKBOOK: b"<!DOCTYPE workbook>" + parts()[WORKBOOK]}), "doctype",
    ),
    "a sheet in UTF-16": ("a.xlsx", lambda: book(cells(number("A1")).decode().encode("utf-16")), "damaged"),
    "an entity nobody declared": ("a.xlsx", lambda: book(cells('<row><c r="A1" t="str"><v>&x;</v></c></row>')), "damaged"),
    "tags that do not pair": ("a.xlsx", lambda: book(cells('<row><c r="A1"><v>1</c></row>')), "damaged"),
    "a text that is not there": ("a.xlsx", lambda: book(cells('<row><c r="A1" t="s"><v>9</v></c></row>')), "damaged"),
    "100,000 tags in each other": ("a.xlsx", lambda: packed({**parts(), WORKBOOK: b"<a>" * 100_000}), "damaged"),
    "a NUL in a text": ("a.xlsx", lambda: book(cells('<row><c r="A1" t="str"><v>a_x0000_b</v></c></row>')), "control"),
    "a zip in the file": ("a.xlsx", lambda: with_part("xl/media/more.zip", packed({"a": b"b"})), "nested"),
    "a zip called a picture": ("a.xlsx", lambda: with_part("xl/media/image1.png", packed({"a": b"b"})), "nested"),
    "an attachment": ("a.xlsx", lambda: with_part("xl/embeddings/oleObject1.bin", compound("a")), "nested"),
    "a program called a picture": ("a.xlsx", lambda: with_part("xl/media/image1.png", b"MZ" + bytes(100)), "nested"),
    "macros": ("a.xlsx", lambda: with_part("xl/vbaProject.bin", compound("VBA")), "macros"),
    "macros by another name": (
        "a.xlsx", lambda: packed({**parts(), TYPES: b'<Types><Override ContentType="ms-excel.vbaProject"/></Types>'}), "macros",
    ),
    "macros in an .xls": ("a.xls", lambda: compound("Workbook", "_VBA_PROJECT_CUR"), "macros"),
    "a password": ("a.xlsx", lambda: compound("EncryptionInfo", "EncryptedPackage"), "encrypted"),
    "a password of the zip": ("a.xlsx", lambda: flagged(1), "encrypted"),
    "an .xls of nothing": ("a.xls", lambda: compound("Workbook"), "damaged"),
    "a .csv of noise": ("a.csv", lambda: random.Random(6).randbytes(5000), "encoding"),
    "a .csv with a NUL": ("a.csv", "名称,数\n甲\0,1\n".encode, "encoding"),
    "a .csv in UTF-32": ("a.csv", lambda: "名称,数\n".encode("utf-32"), "encoding"),
    "a .csv with an open quote": ("a.csv", '名称,数\n"甲,1\n乙,2\n'.encode, "damaged"),
}  # fmt: skip
NAMES: dict[str, Hostile] = {
    "an .xlsm": ("a.xlsm", book, "extension"),
    "an .xlsb": ("a.xlsb", book, "extension"),
    "an .ods": ("a.ods", book, "extension"),
    "a .zip": ("a.zip", book, "extension"),
    "an .et": ("a.et", lambda: compound("Workbook"), "extension"),
    "an .html": ("a.html", lambda: b"<table></table>", "extension"),
    "a second extension": ("a.xlsx.exe", book, "extension"),
    "no extension": ("台账", book, "extension"),
    "an .xlsx of nothing": ("a.xlsx", bytes, "empty"),
    "a .csv of nothing": ("a.csv", bytes, "empty"),
    "a page called .xlsx": ("a.xlsx", lambda: b"\r\n<html><table><tr><td>1</td></tr></table></html>", "not_a_workbook"),
    "a page called .xls": ("a.xls", lambda: b"<!DOCTYPE html><table></table>", "not_a_workbook"),
    "an .xls called .xlsx": ("a.xlsx", lambda: compound("Workbook"), "not_a_workbook"),
    "an .xlsx called .xls": ("a.xls", book, "not_a_workbook"),
    "an .xlsx called .csv": ("a.csv", book, "not_a_workbook"),
    "an .xls called .csv": ("a.csv", lambda: compound("Workbook"), "not_a_workbook"),
    "a text called .xlsx": ("a.xlsx", "名称,数".encode, "not_a_workbook"),
    "a .docx called .xlsx": ("a.xlsx", lambda: packed({TYPES: b"<Types/>", "word/document.xml": b"<a/>"}), "not_a_workbook"),
}
HOSTILE: dict[str, Hostile] = {**RATIO, **SIZES, **LIES, **CONTENT, **NAMES}


def saved(folder: Path, name: str, content: bytes) -> Path:
    """Stored as uploads are: under another name."""
    path = folder / f"upload{Path(name).suffix[:6]}"
    path.write_bytes(content)
    return path
