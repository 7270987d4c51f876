"""What a plan holds: the rows as they will be, and why a record could not be planned."""

from dataclasses import dataclass, field
from typing import Any

from ledgers.layouts.base import Record


@dataclass(eq=False, slots=True)
class Entry:
    """A row as it will be: new or changed, with what it held before and which cells said so."""

    instance: Any
    new: bool
    before: dict[str, Any] = field(default_factory=dict)  # field → value, of changed fields
    said: dict[str, tuple[Any, Record]] = field(default_factory=dict)  # field → what the ledger says, and where
    records: list[Record] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)  # field → what the ledger says where the system's value stays

    @property
    def changed(self) -> bool:
        return not self.new and bool(self.before)


class Unusable(Exception):
    """A record that cannot be planned; `column` is the key of the cell to blame."""

    def __init__(self, column: str, code: str, message: str) -> None:
        super().__init__(message)
        self.column, self.code, self.message = column, code, message
