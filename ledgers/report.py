"""What a check found, as plain values: kept with the job, shown on its page, printed by the command."""

from dataclasses import asdict, dataclass
from typing import Any

from core.amounts import format_amount, plain
from ledgers.findings import Findings
from ledgers.layouts.comparing import Difference
from ledgers.planning import EMPTY
from ledgers.recognise import Problem, Table
from ledgers.recognise.match import is_index
from ledgers.reconciling import Gone, Total
from ledgers.values import shown

ERRORS_KEPT = 1_000


@dataclass
class Checked:
    """What a check found; nothing was written."""

    tables: list[Table]
    plan: Findings
    problems: list[Problem]
    totals: list[Total]
    gone: list[Gone]

    @property
    def bad_rows(self) -> set[tuple[str, int]]:
        return {(found.sheet, found.row) for found in self.problems}


def of(checked: Checked) -> dict[str, Any]:
    """The outcome of a check as JSON holds it; `create`, `update`, `unchanged` count rows by table."""
    return {
        "template": checked.tables[0].layout.code,
        "sheets": [table.sheet for table in checked.tables],
        "tables": [_table(table) for table in checked.tables],
        "rows": checked.plan.rows,
        "bad_rows": len(checked.bad_rows),
        **checked.plan.counts,
        "duplicates": [asdict(found) for found in checked.plan.duplicates],
        "conflicts": [asdict(found) for found in checked.plan.conflicts],
        "created": checked.plan.created,
        "changes": checked.plan.changes,
        "gone": [{"key": found.key, "name": str(found.row), "answer": found.answer} for found in checked.gone],
        "totals": [_total(found) for found in checked.totals],
        "differences": [_difference(found) for found in checked.plan.differences],
        "error_count": len(checked.problems),
        "errors": [asdict(found) for found in checked.problems[:ERRORS_KEPT]],
    }


def _table(table: Table) -> dict[str, Any]:
    known = {column.key: column.head for column in table.layout.columns}
    heads = [[head.column, head.path, table.mapping.get(head.column, "")] for head in table.heads if not is_index(head)]
    return {
        "sheet": table.sheet,
        "layout": table.layout.code,
        "name": table.layout.name,
        "title": table.title,
        "unit": table.unit,
        "rows": len(table.rows),
        "signature": table.signature,
        "heads": heads,
        "unknown": [head.path for head in table.unknown if not is_index(head)],
        "absent": [head for key, head in known.items() if key not in table.mapping.values()],
    }


def _total(total: Total) -> dict[str, Any]:
    write = format_amount if total.money else plain
    stated, counted = (EMPTY if value is None else write(value) for value in (total.stated, total.counted))
    return {
        "sheet": total.sheet,
        "cell": total.cell,
        "head": total.head,
        "stated": stated,
        "counted": counted,
        "agrees": total.agrees,
    }


def _difference(found: Difference) -> dict[str, str]:
    stated, recorded = (EMPTY if value in (None, "") else shown(value) for value in (found.stated, found.recorded))
    cell = f"{found.row.sheet}!{found.row.addresses.get(found.column.key, '')}"
    return {"cell": cell, "head": found.column.head, "stated": stated, "recorded": recorded}
