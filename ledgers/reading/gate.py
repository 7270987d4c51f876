"""What can be refused before anything of a file is parsed; a zip is judged by its directory alone."""

import re
import struct
import zipfile
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ledgers.reading.caps import MIB, Caps, Stopped

SUFFIXES = {".xlsx", ".xls", ".csv"}
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PAGE = (b"<!doctype html", b"<html", b"<head", b"<table", b"<meta", b"<?xml")
ENCRYPTED, MACROS = ("EncryptedPackage".encode("utf-16-le"), "_VBA_PROJECT".encode("utf-16-le"))
# The first records of an old workbook, of BIFF8 or BIFF5: its beginning, perhaps a write protection, FILEPASS.
LOCKED = re.compile(
    rb"\x09\x08(?:\x10\x00\x00\x06\x05\x00.{12}|\x08\x00\x00\x05\x05\x00.{4})(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL
)
NEEDED = {"[content_types].xml", "xl/workbook.xml"}
EMBEDDED = ("/embeddings/", "/activex/", "/externaldata/")
PACKED = (".zip", ".rar", ".7z", ".gz", ".xlsx", ".xlsm", ".xls", ".docx", ".pptx", ".jar", ".exe", ".bat", ".js")
END = struct.Struct("<4s4H2LH")  # signature, disks ×2, entries ×2, directory size, its offset, comment length
ENTRY_BYTES = 1024  # of the directory; Excel needs about 100
SMALL_PART = MIB  # a small part may be packed as tightly as it likes
CLASSIC = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def admit(file: BinaryIO, name: str, caps: Caps) -> tuple[str, int]:
    """The kind of file ("xlsx", "xls" or "csv") and the bytes it says it unpacks to.

    Raises Stopped for whatever is not worth opening. Reads the first bytes, the zip directory, and an .xls whole.
    """
    suffix = PurePosixPath(name.strip().replace("\\", "/")).suffix.lower()
    _check_suffix(suffix)
    size = file.seek(0, 2)
    if size > caps.file_bytes:
        raise Stopped("too_big", limit=caps.file_bytes // MIB)
    if not size:
        raise Stopped("empty")
    _check_content(file, suffix)
    return suffix[1:], _check_zip(file, size, caps) if suffix == ".xlsx" else size


def _check_suffix(suffix: str) -> None:
    if suffix in {".et", ".ett"}:
        raise Stopped("extension.et")
    if suffix in {".xlsm", ".xltm"}:
        raise Stopped("extension.macros")
    if suffix not in SUFFIXES:
        raise Stopped("extension", suffix=suffix[:20]) if suffix else Stopped("extension.none")


def _check_content(file: BinaryIO, suffix: str) -> None:
    """The first bytes have to be those of the extension; what somebody probably did is said."""
    file.seek(0)
    start = file.read(512)
    is_zip, is_ole = start.startswith(ZIP), start.startswith(OLE)
    if is_ole and suffix != ".csv":
        _check_ole(file, suffix)
    elif is_zip and suffix != ".xlsx":
        raise Stopped("not_a_workbook.xlsx")
    elif start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(PAGE):
        raise Stopped("not_a_workbook.page", suffix=suffix)
    elif is_ole or (suffix != ".csv" and not is_zip):
        raise Stopped("not_a_workbook", suffix=suffix)


def _check_ole(file: BinaryIO, suffix: str) -> None:
    file.seek(0)
    content = file.read()
    if ENCRYPTED in content or LOCKED.search(content):
        raise Stopped("encrypted")
    if MACROS in content:
        raise Stopped("macros")
    if suffix == ".xlsx":
        raise Stopped("not_a_workbook.xls")


def _check_zip(file: BinaryIO, size: int, caps: Caps) -> int:
    _check_directory(file, size, caps)
    try:
        entries = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError) as error:
        raise Stopped("damaged") from error
    if len(entries) > caps.entries:
        raise Stopped("zip_entries", limit=caps.entries)
    _check_names([entry.orig_filename for entry in entries])
    total = _check_sizes(entries, size, caps)
    for entry in entries:
        _check_entry(entry, caps)
    return total


def _check_directory(file: BinaryIO, size: int, caps: Caps) -> None:
    """One directory, at the very end, and small: so every program sees the same one, and it costs no memory."""
    file.seek(max(0, size - END.size))
    tail = file.read()
    if len(tail) < END.size or not tail.startswith(b"PK\x05\x06"):
        raise Stopped("damaged")
    _, disk, first_disk, here, entries, length, offset, comment = END.unpack(tail)
    if entries > caps.entries or length > caps.entries * ENTRY_BYTES:
        raise Stopped("zip_entries", limit=caps.entries)
    if disk or first_disk or here != entries or comment or offset + length + END.size != size:
        raise Stopped("damaged")  # also zip64, which nobody needs for 20 MiB: its end lies in between


def _check_names(names: list[str]) -> None:
    folded = [name.casefold() for name in names]
    for name in folded:
        parts = name.split("/")
        if "\\" in name or ":" in name or name.startswith("/") or ".." in parts or not name.isprintable():
            raise Stopped("zip_names")
    if len(set(folded)) != len(folded):
        raise Stopped("zip_names")
    if not set(folded) >= NEEDED:
        raise Stopped("not_a_workbook", suffix=".xlsx")


def _check_entry(entry: zipfile.ZipInfo, caps: Caps) -> None:
    name = "/" + entry.filename.casefold()
    if entry.flag_bits & 0x1:
        raise Stopped("encrypted")
    if "vbaproject" in name:
        raise Stopped("macros")
    if name.endswith(PACKED) or any(folder in name for folder in EMBEDDED):
        raise Stopped("nested", part=Path(name).name[:60])
    if entry.compress_type not in CLASSIC:
        raise Stopped("damaged")
    if entry.file_size > SMALL_PART and entry.file_size > caps.ratio * entry.compress_size:
        raise Stopped("zip_ratio")


def _check_sizes(entries: list[zipfile.ZipInfo], size: int, caps: Caps) -> int:
    total = sum(entry.file_size for entry in entries)
    if total > caps.inflated_bytes:
        raise Stopped("inflated", limit=caps.inflated_bytes // MIB)
    if any(entry.file_size > caps.part_bytes for entry in entries):
        raise Stopped("inflated", limit=caps.part_bytes // MIB)
    if total > SMALL_PART and total > caps.ratio * size:
        raise Stopped("zip_ratio")
    return total
