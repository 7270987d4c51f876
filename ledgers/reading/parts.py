"""The parts of an .xlsx as they are actually inflated, whatever its directory says of them."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from ledgers.reading.caps import MIB, Caps, Stopped

CHUNK = MIB
LOCAL = struct.Struct("<4s22x2H")  # signature, lengths of name and extra field
OTHERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"MZ", b"Rar!", b"7z\xbc\xaf")


class Package:
    """An .xlsx that passed the gate; counts what it inflates, over all parts, against the caps."""

    def __init__(self, file: BinaryIO, caps: Caps) -> None:
        self.file, self.caps, self.total = file, caps, 0
        self.entries = zipfile.ZipFile(file).infolist()

    def chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The content of a part, about CHUNK bytes at a time.

        Raises Stopped where it is more than a cap, or not what the directory says. Checksums are left to the parser.
        """
        size = 0
        for chunk in self._inflated(entry):
            if not size and chunk.startswith(OTHERS):
                raise Stopped("nested", part=entry.filename.rpartition("/")[2][:60])
            size += len(chunk)
            self._count(entry, size, len(chunk))
            yield chunk
        if size != entry.file_size:
            raise Stopped("zip_sizes")

    def _count(self, entry: zipfile.ZipInfo, size: int, new: int) -> None:
        self.total += new
        if self.total > self.caps.inflated_bytes or size > self.caps.part_bytes:
            raise Stopped("inflated", limit=min(self.caps.inflated_bytes, self.caps.part_bytes) // MIB)
        if size > entry.file_size:
            raise Stopped("zip_sizes")

    def _inflated(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        raw = self._raw(entry)
        if entry.compress_type == zipfile.ZIP_STORED:
            yield from raw
            return
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        for packed in raw:
            waiting = packed
            while waiting and not inflater.eof:
                if chunk := inflater.decompress(waiting, CHUNK):
                    yield chunk
                waiting = inflater.unconsumed_tail
        if rest := inflater.flush():
            yield rest
        if not inflater.eof or inflater.unused_data:
            raise Stopped("damaged")

    def _raw(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The packed bytes; where they begin is said by the local header only."""
        self.file.seek(entry.header_offset)
        head = self.file.read(30)
        if len(head) < LOCAL.size or not head.startswith(b"PK\x03\x04"):
            raise Stopped("damaged")
        _, name, extra = LOCAL.unpack(head)
        self.file.seek(entry.header_offset + LOCAL.size + name + extra)
        left = entry.compress_size
        while left:
            packed = self.file.read(min(CHUNK, left))
            if not packed:
                raise Stopped("damaged")
            left -= len(packed)
            yield packed
