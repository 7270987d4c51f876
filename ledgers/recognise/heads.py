"""The heads of a sheet: the paths through their rows, their units, and one spelling to compare by."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from core import amounts
from ledgers.sheets import REASONS_HEAD, Cell, Merge, Sheet
from ledgers.values.base import folded, number_text
from ledgers.values.numbers import MEASURES, MU

WINDOW = 40  # rows in which the heads of a ledger must begin
MAX_DEPTH = 4  # rows of one head
WIDEST = 300  # columns
LONGEST = 80  # signs of one head

FOREIGN = re.compile(r"[十百千万亿]*[美港欧日英]元|[十百千万亿]*[港日]币")
OTHER_UNITS = frozenset(["%", "吨", "万吨", "公里", "千米", "米", "千瓦", "兆瓦", "台", "套", "辆", "年", "月", "万人"])
MEASURED = frozenset({*MU, *MEASURES.split("|"), *OTHER_UNITS})
BRACKETED = re.compile(r"\(([^()]*)\)")
BRACKETS = str.maketrans("[]【】〔〕〖〗{}", "()" * 5)
BEHIND = re.compile(rf"(?<=\w)[\s:,/、]+((?:{'|'.join(sorted(amounts.UNITS, key=len, reverse=True))}))\s*$")
MARKS = re.compile(r"[*★☆※#]|\((?:必填|选填|可不填|全称|年月日|年/月/日)\)")


@dataclass(frozen=True)
class Head:
    """One head; `path` is shown and remembered, `parts` are compared. `unit` joins several by “/”.

    `borrowed`: its group stands only in the first of the group's cells, so that it may not belong to it after all.
    """

    column: int
    path: str
    unit: str = ""
    parts: tuple[str, ...] = ()
    borrowed: bool = False


def is_money(unit: str) -> bool:
    """Whether a unit is one of money, ours or foreign."""
    return unit in amounts.UNITS or FOREIGN.fullmatch(unit) is not None


def units_of(text: str) -> list[str]:
    """The units that a text consists of (“亿元、亩”), or none when it holds anything else."""
    said = re.sub(r"^单位:?", "", folded(text)).replace("m2", "㎡")
    words = [word for word in re.split(r"[/、,;和及\s]+", said) if word]
    return words if all(is_money(word) or word in MEASURED for word in words) else []


def spelled(text: str) -> str:
    """The form in which two spellings of a head are equal: no spaces, stars, colons; one kind of bracket; its unit stays."""
    marked = BEHIND.sub(r"(\1)", folded(text).translate(BRACKETS))
    return MARKS.sub("", "".join(marked.split())).casefold().rstrip(":")


def bare(text: str) -> str:
    """As `spelled`, but without the brackets that hold units."""
    return BRACKETED.sub(lambda found: "" if units_of(found[1]) else found[0], spelled(text))


def unit_in(text: str) -> str:
    """The units in the brackets of a head, joined by “/”."""
    return "/".join(unit for content in BRACKETED.findall(spelled(text)) for unit in units_of(content))


def signature(heads: Iterable[Head]) -> str:
    """The same for every sheet with the same heads in the same order, whatever their spelling."""
    return hashlib.sha256("\n".join(spelled(head.path) for head in heads).encode()).hexdigest()[:16]


@dataclass
class Top:
    """The first rows of a sheet as texts; what a merged range covers is blank but for its first cell."""

    texts: list[list[str]]
    merges: dict[tuple[int, int], Merge]  # (row, column) of every covered cell → the range
    worded: list[bool]  # rows of words rather than figures
    heads: dict[tuple[int, int], list[Head]] = field(default_factory=dict)  # by first row and depth, for all kinds of ledgers

    @classmethod
    def of(cls, sheet: Sheet) -> "Top":
        rows = [row[:WIDEST] for row in sheet.rows[:WINDOW]]
        width = max(map(len, rows), default=0)
        merges = _covered(sheet.merges, len(rows), width)
        texts = [[_text(row[column] if column < len(row) else None) for column in range(width)] for row in rows]
        for (row, column), merge in merges.items():
            if (row, column) != (merge.top, merge.left):
                texts[row][column] = ""
        return cls(texts, merges, [_worded(row) for row in rows])

    @cached_property
    def forms(self) -> list[list[str]]:
        """The texts as `bare` gives them, made once for all kinds of ledgers; what is too long for a head is blank."""
        return [[bare(text) if len(text) <= LONGEST else "" for text in line] for line in self.texts]

    def below(self, row: int, column: int, last: int) -> bool:
        """Whether anything stands under a cell, down to a row."""
        return any(self.texts[lower][column] for lower in range(row + 1, last + 1))

    def merged(self, row: int, column: int) -> Merge:
        return self.merges.get((row, column)) or Merge(row, column, row, column)


def _covered(merges: Iterable[Merge], height: int, width: int) -> dict[tuple[int, int], Merge]:
    """Every covered cell of the window once, so that overlapping ranges of a bad file cost nothing."""
    found: dict[tuple[int, int], Merge] = {}
    for merge in merges:
        for row in range(merge.top, min(merge.bottom + 1, height)):
            for column in range(merge.left, min(merge.right + 1, width)):
                if (row, column) in found:
                    break
                found[row, column] = merge
    return found


def _text(cell: Cell) -> str:
    if cell is None or isinstance(cell, bool) or cell == REASONS_HEAD:
        return ""
    text = number_text(cell) if isinstance(cell, int) or (isinstance(cell, float) and cell.is_integer()) else str(cell)
    return " ".join(text.split())


def _worded(row: list[Cell]) -> bool:
    filled = [cell for cell in row if cell is not None and cell != ""]
    words = [cell for cell in filled if isinstance(cell, str) and len(cell) <= LONGEST]
    return len(words) >= 2 and len(words) * 2 > len(filled)


def least_depth(top: Top, row: int) -> int:
    """How many rows the merged ranges of a head row say that the head has."""
    depth = 1
    for column, text in enumerate(top.texts[row]):
        merge = top.merged(row, column)
        if not text or merge.bottom - row >= MAX_DEPTH:
            continue
        parted = merge.bottom + 1 < len(top.texts) and sum(map(bool, _under(top, merge))) >= 2
        depth = max(depth, merge.bottom - row + 1 + parted)
    return min(depth, MAX_DEPTH)


def _under(top: Top, merge: Merge) -> list[str]:
    return top.texts[merge.bottom + 1][merge.left : merge.right + 1] if merge.right > merge.left else []


def heads_at(top: Top, row: int, depth: int) -> list[Head]:
    """The heads of `depth` rows from a row on, left to right; no two have the same path."""
    if (row, depth) not in top.heads:
        top.heads[row, depth] = _heads(top, row, depth)
    return top.heads[row, depth]


def _heads(top: Top, row: int, depth: int) -> list[Head]:
    groups = _groups(top, row, depth)
    found = [head for column in range(len(top.texts[row])) if (head := _head(top, groups, row, column))]
    return list(_distinct(found))


type Group = tuple[str, bool]  # text, and whether it was borrowed from the left


def _groups(top: Top, row: int, depth: int) -> list[list[Group]]:
    """The text over every column in every head row, those of groups spread over their columns."""
    last = row + depth - 1
    spread: list[list[Group]] = []
    for level in range(row, row + depth):
        line: list[Group] = []
        for column, text in enumerate(top.texts[level]):
            line.append((text, False) if text else _from_the_left(top, (level, column), last, line, spread))
        spread.append(line)
    return spread


def _from_the_left(top: Top, cell: tuple[int, int], last: int, line: list[Group], above: list[list[Group]]) -> Group:
    """The group a blank cell belongs to: by its merged range, or because the group stands in its first cell only."""
    level, column = cell
    merge = top.merged(level, column)
    if merge.right > merge.left:
        inside = level == merge.top and top.below(min(merge.bottom, last), column, last)
        return (top.texts[level][merge.left], False) if inside else ("", False)
    open_to_right = column > 0 and merge.top == merge.bottom and top.below(level, column, last)
    if not open_to_right or not top.below(level, column - 1, last) or _ends_at(top, level, column - 1):
        return "", False
    same_group = all(upper[column][0] == upper[column - 1][0] for upper in above)
    return (line[column - 1][0], bool(line[column - 1][0])) if same_group else ("", False)


def _ends_at(top: Top, level: int, column: int) -> bool:
    """Whether the cell is in a merged range, which says itself how far its group reaches."""
    merge = top.merged(level, column)
    return merge.right > merge.left or merge.bottom > merge.top


def _head(top: Top, groups: list[list[Group]], row: int, column: int) -> Head | None:
    levels = [(row + number, *line[column]) for number, line in enumerate(groups) if line[column][0]]
    texts = [
        text for number, (level, text, _) in enumerate(levels) if not _said_again(top, levels[number + 1 :], (level, column))
    ]
    if not texts or len(texts[-1]) > LONGEST:
        return None
    units = [unit for text in texts if (unit := unit_in(text))]
    path = "/".join(_shown(text) for text in texts)
    borrowed = any(borrowed for _level, _text, borrowed in levels)
    return Head(column, path, units[-1] if units else "", tuple(map(spelled, texts)), borrowed)


def _said_again(top: Top, lower: list[tuple[int, str, bool]], cell: tuple[int, int]) -> bool:
    """Whether a head not merged downwards just stands in both rows; a group may well be called like one of its own."""
    merge = top.merged(*cell)
    text = top.texts[cell[0]][cell[1]]
    return bool(text and lower) and lower[0][1] == text and merge.left == merge.right


def _shown(text: str) -> str:
    """A head as it is shown: without its unit and stars."""
    marked = BEHIND.sub(r"(\1)", folded(text).translate(BRACKETS))
    kept = BRACKETED.sub(lambda found: "" if units_of(found[1]) else f"（{found[1]}）", MARKS.sub("", marked))
    return re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", kept).strip().rstrip(":") or text


def _distinct(heads: list[Head]) -> Iterator[Head]:
    """Equal paths are told apart by their units, else by a number."""
    often = Counter(head.path for head in heads)
    with_units = [
        replace(head, path=f"{head.path}（{head.unit}）") if often[head.path] > 1 and head.unit else head for head in heads
    ]
    seen: Counter[str] = Counter()
    for head in with_units:
        seen[head.path] += 1
        yield replace(head, path=f"{head.path}~{seen[head.path]}") if seen[head.path] > 1 else head
