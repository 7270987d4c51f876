"""Finding a ledger in a sheet: where its heads are, which kind it is, and what its lines are."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledgers.layouts.base import Layout
from ledgers.recognise.heads import MAX_DEPTH, Head, Top, heads_at, is_money, least_depth, signature, spelled
from ledgers.recognise.lines import Classifier, Line, StatedCount, Surroundings, is_number, line_of, stated_counts, surroundings
from ledgers.recognise.match import INDEX, Aliases, Matcher, Matches, is_index
from ledgers.recognise.rows import Problem, iter_rows, read_cell, read_rows
from ledgers.recognise.table import Grid, RawRow, Table
from ledgers.sheets import Sheet
from ledgers.values.base import compact, folded

__all__ = ["Head", "Problem", "RawRow", "StatedCount", "Table", "iter_rows", "read_cell", "read_rows", "recognise"]

type Saved = Mapping[str, Mapping[str, str]]  # signature → {head path: column key, or "" to leave the head out}

TITLE_COUNTS = 0.3  # beside the share of heads, which is at most 1
COVERAGE_COUNTS = 0.5


@dataclass(frozen=True)
class _Candidate:
    """Heads from a row on, as a layout understands them."""

    layout: Layout
    row: int
    depth: int
    heads: list[Head]
    matches: Matches

    @property
    def share(self) -> float:
        """How much of the heads is understood; 序号 does not count."""
        return self.matches.weight / max(1, sum(not is_index(head) for head in self.heads))

    def score(self, title: str) -> float:
        coverage = self.matches.weight / len(self.layout.columns)
        return self.share + COVERAGE_COUNTS * coverage + TITLE_COUNTS * _likeness(title, self.layout)

    @property
    def is_ledger(self) -> bool:
        """Two heads of few, or five of many, are no accident."""
        known = len(self.matches.mapping)
        return (known >= 2 and self.share >= 0.5) or known >= 5


def recognise(
    sheet: Sheet, layouts: Sequence[Layout], aliases: Aliases, saved: Saved, *, layout: Layout | None = None
) -> Table | None:
    """The ledger in a sheet, or None. The kind is that whose heads and title fit best, unless `layout` is given.

    `aliases` are other heads by (layout code, column key); `saved` what a person said of the heads before, by
    their signature. Nothing is guessed: a head that is not certain is among `unknown` or `ambiguous`.
    """
    top = Top.of(sheet)
    title = f"{sheet.name} {' '.join(text for line in top.texts[:3] for text in line if text)}"
    matchers = [Matcher(one, aliases) for one in ([layout] if layout else layouts)]
    found = [best for matcher in matchers if (best := _best(top, matcher, saved))]
    found = [one for one in found if one.is_ledger or (layout and one.matches.mapping)]
    if not found:
        return None
    return _table(sheet, top, max(found, key=lambda one: one.score(title)))


def _best(top: Top, matcher: Matcher, saved: Saved) -> _Candidate | None:
    """The place where a layout understands most heads; of equals the flattest and first."""
    found = list(_candidates(top, matcher, saved))
    return max(found, key=lambda one: (one.matches.weight, -one.depth, -one.row), default=None)


def _candidates(top: Top, matcher: Matcher, saved: Saved) -> Iterator[_Candidate]:
    corrected = {spelled(part) for mapping in saved.values() for path in mapping for part in path.split("/")}
    for row, line in enumerate(top.forms):
        known = any(form and (matcher.knows(form) or form in corrected) for form in line)
        if not known or not top.worded[row] or _reaches_down(top, matcher, row):
            continue
        for depth in range(least_depth(top, row), MAX_DEPTH + 1):
            if row + depth > len(top.texts) or not any(top.texts[row + depth - 1]):
                break
            heads = heads_at(top, row, depth)
            matches = matcher.match(heads, saved.get(signature(heads)))
            if matches.mapping:
                yield _Candidate(matcher.layout, row, depth, heads, matches)


def _reaches_down(top: Top, matcher: Matcher, row: int) -> bool:
    """Whether a head above is merged into this row, which therefore begins no heads."""
    above = (top.merged(row, column) for column in range(len(top.texts[row])))
    forms = (top.forms[merge.top][merge.left] for merge in above if merge.top < row and merge.left == merge.right)
    return any(matcher.knows(form) or form in INDEX for form in forms)


def _likeness(title: str, layout: Layout) -> float:
    """The share of the pairs of signs in the name of a layout that its title has too."""
    names = [compact(re.sub(r"^T\d\w?|\{year\}年?", "", str(name))) for name in (layout.name, layout.title)]
    pairs = [{name[at : at + 2] for at in range(len(name) - 1)} for name in names]
    written = compact(title)
    return max((sum(pair in written for pair in some) / len(some) for some in pairs if some), default=0.0)


def _table(sheet: Sheet, top: Top, best: _Candidate) -> Table:
    around = surroundings(sheet.rows[: best.row])
    first = best.row + best.depth
    table = Table(
        sheet=sheet.name,
        source=sheet,
        layout=best.layout,
        title=around.title,
        unit="",
        other_units=[],
        unit_name="",
        reported_by="",
        reported_on=None,
        signature=signature(best.heads),
        heads=best.heads,
        mapping=best.matches.mapping,
        unknown=best.matches.unknown,
        ambiguous=best.matches.ambiguous,
        head_row=best.row + 1,
        first_row=first + 1,
    )
    for number, line in enumerate(sheet.rows[: best.row], start=1):
        table.stated_counts += stated_counts(line_of(line), number)
    _sort_lines(table, _classifier(sheet, top, best, around.title), around)
    table.unit, table.other_units = around.money, [unit for unit in around.units if not is_money(unit)]
    table.unit_name, table.reported_by, table.reported_on = around.unit_name, around.reported_by, around.reported_on
    return table


def _classifier(sheet: Sheet, top: Top, best: _Candidate, title: str) -> Classifier:
    index = next((head.column for head in best.heads if is_index(head)), None)
    rows = sheet.rows[best.row + best.depth :]
    return Classifier(
        title=folded(title),
        heads=[dict(enumerate(top.texts[row])) for row in range(best.row, best.row + best.depth)],
        mapped=set(best.matches.mapping),
        index=index,
        wide={(merge.top, merge.left) for merge in sheet.merges if merge.right > merge.left},
        numbered=index is not None and any(is_number(row[index]) for row in rows if index < len(row)),
    )


def _sort_lines(table: Table, classifier: Classifier, around: Surroundings) -> None:
    """Put every row under the heads where it belongs; what is no row is kept as text."""
    rows = table.source.rows
    grid = Grid(table.source, table.mapping, table.first_row - 1)
    for at in range(table.first_row - 1, len(rows)):
        kind = classifier.line(at, rows[at])
        if kind is Line.ROW:
            table.rows.append(RawRow(at + 1, grid))
        elif kind is not Line.BLANK:
            _keep_line(table, RawRow(at + 1, grid, _label(table, at)), kind, around)


def _label(table: Table, row: int) -> str:
    return next((" ".join(cell.split()) for cell in table.source.rows[row] if isinstance(cell, str) and cell.strip()), "")


def _keep_line(table: Table, row: RawRow, kind: Line, around: Surroundings) -> None:
    text = line_of(table.source.rows[row.number - 1])
    if kind is Line.TOTAL:
        table.totals.append(row)
        table.stated_counts += stated_counts(row.label, row.number)
        return
    if kind is Line.NOTE:
        table.notes.append(text)
        table.stated_counts += stated_counts(text, row.number)
    if kind is Line.SIGNATURE:
        around.read(text)
    table.skipped.append((row.number, text))
