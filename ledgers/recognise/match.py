"""Which column of a layout a head means; never a guess: what is not certain is asked."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ledgers.layouts.base import Column, Layout
from ledgers.recognise.heads import BRACKETED, Head, bare, spelled
from ledgers.values.base import compact

type Aliases = Mapping[tuple[str, str], list[str]]  # (layout code, column key) → other heads

INDEX = frozenset({"序号", "序", "顺序号", "行号", "项次", "no", "no."})
# These say nothing without their group: 信用代码 under an unknown group may be anybody's.
NEEDS_GROUP = frozenset(
    [
        "名称",
        "企业名称",
        "单位名称",
        "信用代码",
        "统一社会信用代码",
        "所在地",
        "地址",
        "联系人",
        "电话",
        "联系电话",
        "联系方式",
        "联系人及电话",
        "姓名",
        "职务",
        "单位",
        "方式",
        "面积",
        "阶段",
        "类型",
        "类别",
        "性质",
        "时间",
        "日期",
        "金额",
        "数量",
        "个数",
        "累计",
        "本年",
        "本月",
        "合计",
        "小计",
        "其中",
        "其中省外",
        "省外",
        "是",
        "否",
        "备注",
        "计划",
        "实际",
    ]
)
SAVED, FULL, BARE, EXPLAINED, PAIR, LEAF, ALIAS = 7, 6, 5, 4, 3, 2, 1  # how certain; the higher wins
WEIGHT = {SAVED: 1.0, FULL: 1.0, BARE: 1.0, EXPLAINED: 0.95, PAIR: 0.9, LEAF: 0.8, ALIAS: 0.95}


@dataclass
class Matches:
    """Columns found for heads: column index → column key, and what a person has to look at."""

    mapping: dict[int, str] = field(default_factory=dict)
    unknown: list[Head] = field(default_factory=list)
    ambiguous: dict[str, list[Head]] = field(default_factory=dict)  # column key → the heads that may mean it
    weight: float = 0.0


class Matcher:
    """The heads of one layout, by every form in which they may be written."""

    def __init__(self, layout: Layout, aliases: Aliases) -> None:
        self.layout = layout
        self.columns = {column.key: column for column in layout.columns}
        self.forms: dict[int, dict[str, list[str]]] = {rank: {} for rank in WEIGHT}
        self.names: set[str] = set()  # of groups and columns
        for column in layout.columns:
            self._learn(column, aliases.get((layout.code, column.key), ()))

    def _learn(self, column: Column, aliases: Iterable[str]) -> None:
        parts = parts_of(column.head)
        self.names |= {form for part in parts for form in (spelled(part), bare(part), _without_brackets(part))}
        self._add(FULL, "/".join(map(spelled, parts)), column)
        self._add(BARE, "/".join(map(bare, parts)), column)
        self._add(EXPLAINED, "/".join(map(_without_brackets, parts)), column)
        self._add(LEAF, bare(parts[-1]), column)
        if len(parts) > 1:
            self._add(PAIR, "/".join(map(bare, parts[-2:])), column)
        for alias in aliases:
            self._add(ALIAS, "/".join(map(bare, parts_of(alias))), column)

    def _add(self, rank: int, form: str, column: Column) -> None:
        keys = self.forms[rank].setdefault(form, [])
        if column.key not in keys:
            keys.append(column.key)

    def knows(self, form: str) -> bool:
        """Whether a text, as `bare` gives it, is the name of a column or group, or another name of one."""
        return form in self.names or form in self.forms[ALIAS]

    def match(self, heads: list[Head], saved: Mapping[str, str] | None = None) -> Matches:
        """The columns of the heads; `saved` is what a person said before (head path → key, "" = leave out)."""
        said = {spelled(path): key for path, key in (saved or {}).items() if not key or key in self.columns}
        found: dict[str, list[tuple[int, Head]]] = {}
        matches = Matches()
        for head in heads:
            rank, key = (SAVED, said[spelled(head.path)]) if spelled(head.path) in said else self._column(head)
            if key:
                found.setdefault(key, []).append((rank, head))
            elif rank != SAVED and not is_index(head):
                matches.unknown.append(head)
        for key, claims in found.items():
            self._settle(key, claims, matches)
        matches.unknown.sort(key=lambda head: head.column)
        return matches

    def _settle(self, key: str, claims: list[tuple[int, Head]], matches: Matches) -> None:
        """The most certain head gets the column; of equals none does."""
        best = max(rank for rank, _head in claims)
        winners = [head for rank, head in claims if rank == best]
        if len(winners) == 1 or best == SAVED:
            matches.mapping[winners[0].column] = key
            matches.weight += WEIGHT[best]
        if len(claims) > 1:
            matches.ambiguous[key] = [head for _rank, head in claims]
            matches.unknown += [head for _rank, head in claims if head.column not in matches.mapping]

    def _column(self, head: Head) -> tuple[int, str]:
        for rank, form in _forms(head):
            keys = self.forms[rank].get(form, [])
            if len(keys) > 1 and head.unit:
                keys = [key for key in keys if compact(self.columns[key].unit) == compact(head.unit)]
            if len(keys) == 1 and (rank != LEAF or self._leaf_may_be(head, self.columns[keys[0]])):
                return rank, keys[0]
        return 0, ""

    def _leaf_may_be(self, head: Head, column: Column) -> bool:
        """A leaf alone counts when nothing over it speaks against it."""
        over = [bare(part) for part in head.parts[:-1]]
        if not over:
            return True
        if bare(head.parts[-1]) in NEEDS_GROUP:
            return False
        own = {bare(part) for part in parts_of(column.head)[:-1]}
        return not any(name in self.names and name not in own for name in over)


def parts_of(path: str) -> list[str]:
    """The parts of a head as a layout writes it; a stroke inside brackets parts nothing."""
    return [part for part in re.split(r"/(?![^(（]*[)）])", path) if part] or [path]


def is_index(head: Head) -> bool:
    """Whether a head is 序号, which no table keeps."""
    return head.parts[-1] in INDEX if head.parts else False


def _without_brackets(part: str) -> str:
    return BRACKETED.sub("", spelled(part)) or spelled(part)


def _forms(head: Head) -> Iterator[tuple[int, str]]:
    """The forms of a head, the most certain first."""
    plain = [bare(part) for part in head.parts]
    path = "/".join(plain)
    yield FULL, "/".join(head.parts)
    yield BARE, path
    yield EXPLAINED, path
    if len(plain) > 1:
        yield PAIR, "/".join(plain[-2:])
    yield LEAF, plain[-1]
    yield ALIAS, path
    if len(plain) > 2:
        yield ALIAS, "/".join(plain[-2:])
    if head.borrowed:  # perhaps the group over it ends one column earlier
        yield FULL, head.parts[-1]
        yield BARE, plain[-1]
        yield ALIAS, plain[-1]
