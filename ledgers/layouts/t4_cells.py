"""What a cell of 挂图作战 says of a node: its planned date, and below it the day it was reached or how it stands."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.dates import FuzzyDate, Precision, fuzzy, month_end
from ledgers.layouts import days
from ledgers.values import Unread
from ledgers.values.base import folded, says_nothing
from projects.models import Milestone

Status = Milestone.Status
AHEAD = "ahead"  # not begun, close or late: what the dates say anyway
UNDATED = FuzzyDate(None, Precision.UNKNOWN)  # reached, and nobody says when

# The legend of the chart: ●完成 ◐进行中 ○未开始 ▲预警 ✕逾期.
_MARKS = {Status.DONE: "●■☑✓✔√", Status.DOING: "◐◑◒◓", AHEAD: "○◯□☐▲△⚠✕✖×✗✘❌"}
MARKS = {sign: state for state, signs in _MARKS.items() for sign in signs}
WORDS = {
    Status.DONE: "已完成 完成 已办结 办结 已办理 已办 已取得 取得 已批复 已通过",
    Status.REPORTED: "已报完成",
    Status.DOING: "进行中 正在进行 正在办理 办理中 推进中 正在推进 实施中 建设中 在建 已启动",
    Status.CONDITIONAL: "容缺 容缺受理 容缺办理",
    Status.WAIVED: "不适用 不涉及 无需 无需办理 免办",
    AHEAD: "未开始 尚未开始 未启动 未办理 未完成 待办理 待启动 预警 临期 逾期 已逾期 超期",
}
PLANNED = re.compile(r"^计划(?:完成)?(?:时间|日期)?\s*[::]?\s*|\s*\(计划\)$")
ACTUAL = re.compile(r"^(?:实际(?:完成)?(?:时间|日期)?|完成(?:时间|日期))\s*[::]?\s*|\s*\(实际\)$")
EDGES = " :,;()于"
EMOJI_STYLE = "\ufe0f"  # ✔️ is ✔ and this invisible sign


@dataclass(frozen=True)
class Said:
    """What a cell says; `status` is one of Milestone.Status, or empty where the cell names none that is kept."""

    plan: FuzzyDate | None = None
    reached: FuzzyDate | None = None
    status: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a cell; `label` is what it calls itself: 计划 or 实际."""

    date: FuzzyDate | None = None
    state: str = ""
    label: str = ""


def read_node(text: str, own: str, today: dt.date) -> Said:
    """A cell of one or two lines; `own` is the word of the node: 已开工 says that 开工 was reached. Raises Unread."""
    lines = [_line(line, own, today) for line in text.split("\n") if line.strip()]
    if len(lines) == 1:
        line = lines[0]
        reached = line.label == "实际" or (line.state in (Status.DONE, Status.REPORTED) and line.label != "计划")
        return _said(text, Line(), line) if reached or line.date is None else _said(text, line, Line(state=line.state))
    if len(lines) != 2 or lines[0].label == lines[1].label != "":
        raise _unread(text)
    upper, lower = reversed(lines) if lines[0].label == "实际" or lines[1].label == "计划" else lines
    return _said(text, upper, lower)


def read_actual(text: str, own: str, today: dt.date) -> Said:
    """A cell of the column 实际: the day, or how it stands. Raises Unread."""
    if len(text.split("\n")) > 1:
        raise _unread(text)
    return _said(text, Line(), _line(text, own, today))


def _said(text: str, upper: Line, lower: Line) -> Said:
    """The lines together: marks and words of both say how the node stands, a date below when it was reached."""
    states = {upper.state, lower.state} - {""}
    if len(states - {AHEAD}) > 1 or (Status.DONE in states and AHEAD in states):
        raise _unread(text)
    state = next(iter(states - {AHEAD}), "")
    reached = lower.date
    if reached and (AHEAD in states or state not in ("", Status.DONE, Status.REPORTED)):
        message = _("“%(text)s”下面写了日期，状态却不是完成：请把计划日期写在上面，完成日期或状态写在下面")
        raise Unread("node", message % {"text": text})
    if state == Status.DONE:
        return Said(upper.date, reached or UNDATED)
    return Said(upper.date, reached, state)


def _line(text: str, own: str, today: dt.date) -> Line:
    marks = {MARKS[sign] for sign in text if sign in MARKS}
    bare = folded("".join(sign for sign in text if sign not in MARKS).replace(EMOJI_STYLE, ""))
    label = "计划" if PLANNED.search(bare) else "实际" if ACTUAL.search(bare) else ""
    if label == "计划":
        bare = PLANNED.sub("", bare).removesuffix(own)  # 计划2026年5月开工 says nothing of having begun
    elif label == "实际":
        bare = ACTUAL.sub("", bare)
    state, rest = _parted("" if says_nothing(bare) else bare, own)
    states = marks | ({state} if state else set())
    if len(states) > 1:
        raise _unread(text)
    return Line(days.read_date(rest, today) if rest else None, next(iter(states), ""), label)


def _parted(text: str, own: str) -> tuple[str, str]:
    """The state that stands before or behind a date, and the date; either may be missing."""
    for word, state in _words(own):
        if text == word != own:
            return state, ""
        if text != word and (text.startswith(word) or text.endswith(word)):
            rest = text.removeprefix(word) if text.startswith(word) else text.removesuffix(word)
            return state, rest.strip(EDGES).removeprefix("已").strip(EDGES)
    return "", text


def _words(own: str) -> Iterator[tuple[str, str]]:
    """Every word for a state, the longest first; the node's own word beside a date says that it was reached."""
    words = {word: state for state, several in WORDS.items() for word in several.split()}
    words |= {own: Status.DONE, f"已{own}": Status.DONE, f"未{own}": AHEAD, f"尚未{own}": AHEAD}
    yield from sorted(words.items(), key=lambda pair: -len(pair[0]))


def _unread(text: str) -> Unread:
    message = _("看不懂“%(text)s”：请上面写计划日期，换行在下面写完成日期，或写 已完成、进行中、未开始 之一")
    return Unread("node", message % {"text": text})


def write_actual(row: Milestone) -> str | None:
    """What the column 实际 says of a milestone, so that `read_actual` reads it back; nothing for what lies ahead."""
    if reached := days.write_date(fuzzy(row, "completed_on")):
        return reached
    if row.status == Status.DONE or row.completed_on_precision == Precision.UNKNOWN:
        return "已完成"
    words = {Status.REPORTED: "已报完成", Status.DOING: "进行中", Status.CONDITIONAL: "容缺", Status.WAIVED: "不适用"}
    return words.get(Status(row.status))


def lies_ahead(when: FuzzyDate, today: dt.date) -> bool:
    """Whether a day, month, quarter or year is not yet reached; one that has begun may be."""
    if when.on is None:
        return False
    latest = {
        Precision.MONTH: month_end(today.year, today.month),
        Precision.QUARTER: month_end(today.year, (today.month + 2) // 3 * 3),
        Precision.YEAR: today.replace(month=12, day=31),
    }
    return when.on > latest.get(Precision(when.precision), today)
