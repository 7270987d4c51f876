"""Opening an uploaded ledger safely: whatever the file holds, the answer is a workbook or a sentence."""

from ledgers.reading.caps import Caps
from ledgers.reading.opening import read

__all__ = ["Caps", "read"]
