"""Table R in docs/reliability.md: a line a run, a column for CI size and one for the nightly size."""

import datetime as dt
import subprocess
from typing import Any

from tests.chaos.sizes import Sizes
from tests.servers import ROOT

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- table R begins: written by `make chaos ARGS=--write` -->", "<!-- table R ends -->"
HEAD = ["id", "run", "database", "CI size", "nightly size"]
ABSENT = "—"
SHOWN = ("due", "messages", "accepted", "lost", "recorded", "extra", "two_ids", "kills", "drops", "early", "wrong_person")

type Row = tuple[str, str, dict[str, Any]]
type Cells = dict[tuple[str, str, str], list[str]]


def write(rows: list[Row], sizes: Sizes) -> None:
    """Put these runs into their column; the other column, other runs and the prose around them stay."""
    before, _begin, rest = PAGE.read_text().partition(BEGIN)
    old, _end, after = rest.partition(END)
    cells = _read(old)
    for (name, what, database), found in _summed(rows).items():
        cells.setdefault((name, what, database), [ABSENT, ABSENT])[sizes.is_night] = f"{_told(found)}; {_today()}"
    lines = [HEAD, ["---"] * len(HEAD), *([*key, *value] for key, value in sorted(cells.items(), key=_order))]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}")


def _summed(rows: list[Row]) -> dict[tuple[str, str, str], dict[str, int]]:
    """One for each run, by what it is called; the counts of the same run made several times are added."""
    summed: dict[tuple[str, str, str], dict[str, int]] = {}
    for name, what, found in rows:
        total = summed.setdefault((name, what, found["database"]), dict.fromkeys(SHOWN, 0))
        for column in SHOWN:
            total[column] += found[column]
    return summed


def _told(found: dict[str, int]) -> str:
    return ", ".join(f"{column} {found[column]}" for column in SHOWN)


def _today() -> str:
    """The day and the commit the figures belong to."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, check=False, capture_output=True, text=True)
    return f"{dt.datetime.now(tz=dt.UTC):%Y-%m-%d} {commit.stdout.strip()}".strip()


def _read(table: str) -> Cells:
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in table.splitlines() if line.startswith("| R")
    ]
    return {(row[0], row[1], row[2]): row[3:] for row in rows if len(row) == len(HEAD)}


def _order(item: tuple[tuple[str, str, str], list[str]]) -> tuple[int, str, str]:
    (name, what, database), _cells = item
    return int(name[1:]), database, what
