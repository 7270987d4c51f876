"""How much of a file is read, and the reason when it is too much."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from django.conf import settings
from django.db import connection

MIB = 2**20


class Stopped(Exception):
    """Reading ends here; `reason` is a key of `refusals.SENTENCES`, `details` are its blanks."""

    def __init__(self, reason: str, **details: str | int) -> None:
        super().__init__(reason)
        self.reason, self.details = reason, details


@dataclass(frozen=True)
class Caps:
    """What a file may hold at most. Each is a setting: `rows` is LEDGER_MAX_ROWS.

    `cells` counts those with content in the whole workbook and also bounds last row × last column of each sheet;
    `text` is in characters of one cell, `characters` of all. `seconds` (CPU) and `memory` (bytes) of 0 are chosen by size.
    """

    rows: int = 20_000
    columns: int = 200
    cells: int = 4_000_000
    sheets: int = 100
    strings: int = 400_000
    text: int = 32_767
    characters: int = 100_000_000
    merges: int = 100_000
    file_bytes: int = 20 * MIB
    inflated_bytes: int = 200 * MIB
    part_bytes: int = 160 * MIB
    entries: int = 300
    ratio: int = 100
    seconds: int = 0
    memory: int = 0

    @classmethod
    def from_settings(cls) -> Self:
        """The caps of this site: more rows on PostgreSQL than on SQLite."""
        rows = getattr(settings, "LEDGER_MAX_ROWS", 20_000 if connection.vendor == "sqlite" else 100_000)
        usual = {**asdict(cls()), "rows": rows, "strings": 20 * rows}
        chosen: dict[str, Any] = {
            field.name: getattr(settings, f"LEDGER_MAX_{field.name.upper()}", usual[field.name]) for field in fields(cls)
        }
        return cls(**chosen)

    def cpu_seconds(self, size: int) -> int:
        """CPU seconds for `size` bytes of unpacked content."""
        return self.seconds or 5 + size // (8 * MIB)

    def wall_seconds(self, size: int) -> int:
        """Seconds on the clock for `size` bytes of unpacked content; a busy machine gives a process half a core."""
        return 2 * self.cpu_seconds(size) + 5

    def memory_bytes(self, size: int) -> int:
        """Address space for `size` bytes of unpacked content.

        32 bytes for each place of a sheet that may be nearly empty, as much again for growing; about 3 times the
        XML was measured for a full one.
        """
        return self.memory or 64 * MIB + 64 * self.cells + 6 * size
