"""The lines around the rows of a ledger: title, unit, who reported when; totals, groups, notes and signatures."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from core import dates
from ledgers.recognise.heads import is_money, units_of
from ledgers.sheets import Cell
from ledgers.values.base import compact, folded, number_text

UNIT_NAME = "填报单位|报送单位|上报单位|填表单位|编制单位|制表单位|所属片组"
REPORTER = "填报人员?|填表人|制表人|报送人|上报人|经办人"
REPORTED_ON = "(?:填报|填表|报送|上报|制表|更新|截止|统计|报表)(?:时间|日期)|日期|时间"
UNIT = "(?:计量|金额|货币|投资|面积)?单位"
SIGNED = (
    f"{UNIT_NAME}|{REPORTER}|{REPORTED_ON}|{UNIT}|审核人|审批人|复核人|签发人|单位负责人|主要负责人|主要领导|分管领导|负责人|"
    "联系电话|联系人|领导签字|签字|盖章|公章"
)
STAMP = re.compile(r"\((?:盖章|公章|签章|签字)\)|^盖章$")
VALUE = r"(?<![\u4e00-\u9fff])(?:{words})(?:\([^():]*\))?\s*:\s*(?P<value>.*?)(?=\s*[\u4e00-\u9fff]{{2,8}}(?:\([^():]*\))?\s*:|\s{{2,}}|$)"
SIGNATURE = re.compile(rf"(?:{SIGNED})(?:\([^():]*\))?\s*:")
NOTE = re.compile(r"(?:备\s*注|说\s*明|附?注|(?:填表|填报|填写|编制)说明|注意事项|图例)\s*\d*\s*(?:[:：、.。]|\s|$)")
TOTAL = re.compile(r".{0,16}?(?:合计|总计|小计|共计)(?:\(.*\)|:.*|\d+[个项家].*)?")
JUST_TOTAL = re.compile(r"(?:本页|本表)?(?:合计|总计|小计|共计)")
GROUP = re.compile(
    r"(?:[一二三四五六七八九十]+[、.．:]|\([一二三四五六七八九十]+\)|第[一二三四五六七八九十\d]+[组类部批]|[一二三四五六七八九十]{1,3}$)"
)
COUNTED = re.compile(r"(?:其中)?(?P<label>.*[^\d.])(?P<count>\d{1,6})[个项家]")
NO_YEAR = dt.date(2000, 1, 1)


@dataclass(frozen=True)
class StatedCount:
    """A figure the ledger says of itself: “在谈项目12个” in row `number`."""

    label: str
    count: int
    number: int


@dataclass
class Surroundings:
    """What the lines around the rows say; `units` as written, `reported_on` only when the year is written too."""

    title: str = ""
    units: list[str] = field(default_factory=list)
    unit_name: str = ""
    reported_by: str = ""
    reported_on: dt.date | None = None

    def read(self, line: str) -> None:
        """Take from one line what earlier ones did not say."""
        text = folded(line)
        self.units = self.units or [unit for value in _said(UNIT, text) for unit in _units(value)]
        self.unit_name = self.unit_name or next(_said(UNIT_NAME, text), "")
        self.reported_by = self.reported_by or next(_said(REPORTER, text), "")
        self.reported_on = self.reported_on or next(filter(None, map(_day, _said(REPORTED_ON, text))), None)

    @property
    def money(self) -> str:
        """The unit of money; two of them joined, which no cell is then read by."""
        return "、".join(dict.fromkeys(unit for unit in self.units if is_money(unit)))


def _said(words: str, text: str) -> Iterator[str]:
    for match in re.finditer(VALUE.format(words=words), text):
        if value := STAMP.sub("", match["value"]).strip(" ,;、_"):
            yield value


def _units(value: str) -> list[str]:
    return units_of(value.strip("()。. "))


def _day(text: str) -> dt.date | None:
    try:
        read = dates.parse("".join(text.split()).rstrip(")"), NO_YEAR)
    except dates.DateError:
        return None
    return None if read.inferred else read.on


def line_of(row: Iterable[Cell]) -> str:
    """The cells of a line as one text, two spaces between them."""
    return "  ".join(_written(cell) for cell in row if cell is not None and cell != "")


def _written(cell: Cell) -> str:
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, bool):
        return str(cell).upper()
    return number_text(cell) if isinstance(cell, int | float) else str(cell).strip()


def surroundings(lines: Sequence[Sequence[Cell]]) -> Surroundings:
    """What the lines above the heads say; the first text that is no label is the title."""
    found = Surroundings()
    for line in lines:
        text = line_of(line)
        if not found.title and text and not SIGNATURE.match(folded(text)):
            found.title = " ".join(text.split("  ")[0].split())
        found.read(text)
    return found


def stated_counts(line: str, number: int) -> Iterator[StatedCount]:
    """The counts in “共上报在谈项目12个（新增3个），其中产业项目8个”."""
    for piece in re.split(r"[(),;、。:]|\s+", folded(line).replace("_", "")):
        if match := COUNTED.fullmatch(piece):
            yield StatedCount(match["label"], int(match["count"]), number)


class Line(Enum):
    """What a row under the heads is."""

    BLANK = auto()
    HEAD = auto()
    TOTAL = auto()
    GROUP = auto()
    NOTE = auto()
    SIGNATURE = auto()
    ROW = auto()


type Filled = Sequence[tuple[int, Cell]]  # the cells of a row that hold something, with their columns


@dataclass
class Classifier:
    """Tells the rows of a ledger from the lines between and behind them.

    `heads`: the texts of the head rows, column → text, one per row. `wide`: cells merged over several columns.
    """

    title: str
    heads: list[dict[int, str]]
    mapped: set[int]
    index: int | None
    wide: set[tuple[int, int]]
    numbered: bool = False  # the index counts 1, 2, 3, so that 一 and 二 head groups
    ended: bool = False  # notes have begun
    fresh: bool = True  # no row was found yet

    def line(self, number: int, row: Sequence[Cell]) -> Line:
        """What row `number` (from 0) is."""
        filled = [(column, cell) for column, cell in enumerate(row) if cell is not None and cell != "" and not _is_space(cell)]
        if not filled or (len(filled) == 1 and filled[0][0] == self.index and is_number(filled[0][1])):
            return Line.BLANK  # nothing, or only a printed number
        found = self._without_figures(number, filled) if isinstance(filled[0][1], str) else None
        if found is None and (self._is_total(filled) or self._heads_figures(filled)):
            found = Line.TOTAL
        if found is None and self.fresh and self._numbers_columns(filled):
            found = Line.HEAD
        self.fresh = self.fresh and found is not None
        self.ended = found is Line.NOTE or (self.ended and found is not None)
        return found or Line.ROW

    def _without_figures(self, number: int, filled: Filled) -> Line | None:
        """Lines that begin with a text: heads printed again, notes, signatures, names of groups."""
        column, first = filled[0]
        text, texts = folded(str(first)), {str(cell) for _column, cell in filled}
        if any(compact(line.get(column, "")) == compact(text) for line in self.heads) and self._is_head(filled):
            return Line.HEAD
        alone = len(texts) == 1
        if NOTE.match(text) and len(texts) <= 2 and (alone or column not in self.mapped):
            return Line.NOTE
        if SIGNATURE.match(text) and self._is_signature(filled):
            return Line.SIGNATURE
        if not alone or self._is_total(filled):
            return None
        if self.ended:
            return Line.NOTE
        return Line.GROUP if text == self.title or self._stands_over(number, column, text) else None

    def _is_head(self, filled: Filled) -> bool:
        words = [(column, compact(str(cell))) for column, cell in filled]
        return any(all(compact(line.get(column, "")) == word for column, word in words) for line in self.heads)

    def _is_signature(self, filled: Filled) -> bool:
        labels = sum(len(SIGNATURE.findall(folded(str(cell)))) for _column, cell in filled)
        return len(filled) <= 2 * labels and (labels > 1 or filled[0][0] <= 1 or filled[0][0] not in self.mapped)

    def _stands_over(self, number: int, column: int, text: str) -> bool:
        """A text alone in its row heads a group when it is merged, numbered 一、, or under no column of ours."""
        return (number, column) in self.wide or column not in self.mapped or column == self.index or GROUP.match(text) is not None

    def _is_total(self, filled: Filled) -> bool:
        words = [compact(cell) for _column, cell in filled[:3] if isinstance(cell, str)]
        if any(JUST_TOTAL.fullmatch(word) for word in words):
            return True
        return isinstance(filled[0][1], str) and TOTAL.fullmatch(words[0]) is not None

    def _heads_figures(self, filled: Filled) -> bool:
        """A group with its figures in the same row: 一 | 工业项目 | 35.2."""
        column, first = filled[0]
        return self.numbered and column == self.index and isinstance(first, str) and GROUP.match(folded(first)) is not None

    def _numbers_columns(self, filled: Filled) -> bool:
        """The line 1 | 2 | 3 … under the heads of statistics."""
        figures = [_written(cell).strip("()（） ") for _column, cell in filled]
        wanted = [str(number + 1) for number in range(len(figures))]
        return len(figures) > 2 and len(figures) >= len(self.mapped) and figures in (wanted, ["甲", "乙", *wanted[:-2]])


def _is_space(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def is_number(cell: Cell) -> bool:
    """Whether a cell of the index counts; in a CSV its numbers are texts."""
    return isinstance(cell, int | float) or (isinstance(cell, str) and cell.strip().isdecimal())
