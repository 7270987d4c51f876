"""A list of rows as they are, or as a snapshot keeps them (`?as_of=DATE`): filtered, added up, a page at a time."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import ceil
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import visible
from core.amounts import Qualifier, format_amount
from desk import filter_fields
from desk.cockpit.numbers import Number
from desk.sheet_kinds import Column, Kind, Sum
from reports.models import Snapshot
from reports.services import snapshots
from reports.services.freezing import Frozen

PER_PAGE = 50
UNKNOWN = "—"


@dataclass(frozen=True)
class Cell:
    """A text under the head of its column."""

    column: Column
    text: str


@dataclass(frozen=True)
class Line:
    """A row of the page; `row` is the live one where there is one."""

    project_id: int
    name: str
    cells: list[Cell]
    row: Any = None


class Sheet:
    """The list that an address describes, for one person. What it does not understand stands in `problems`."""

    def __init__(self, kind: Kind, params: QueryDict, *, user: User, today: dt.date) -> None:
        self.kind, self.params, self.user, self.today = kind, params, user, today
        self.problems: list[str] = []
        self.as_of = self._as_of()
        self.of = next((item for item in kind.sums if item.code == params.get("of")), None)
        self.filter = kind.filter(params, visible(kind.model, user), user=user)
        if self.filter.errors:
            self.problems.append(_("%(n)d 个筛选条件看不懂，没有采用：请按字段下的提示改正") % {"n": len(self.filter.errors)})

        if left := [str(label) for name, label in kind.unanswered.items() if params.get(name, "").strip()]:
            said = _("快照里没有这些条件要看的内容，没有采用：%(names)s。其余条件已采用。")
            self.problems.append(said % {"names": "、".join(left)})

    @property
    def asked(self) -> bool:
        """Whether a day was asked for, understood or not: then no row of today is shown."""
        return bool(self.params.get("as_of", "").strip())

    @cached_property
    def snapshot(self) -> Snapshot | None:
        """The newest snapshot on the day asked for or before it."""
        return snapshots.newest(self.as_of) if self.as_of else None

    @cached_property
    def rows(self) -> Any:
        """Every filtered row, in no order; with `?of=` those that one of the sums counts."""
        if not self.asked:
            found = self.filter.qs.order_by()
            return found.filter(self.of.counted) if self.of else found
        if self.snapshot is None:
            return None
        found = self.filter.frozen(snapshots.rows(self.snapshot, self.kind.table, user=self.user)).order_by()
        return found.filter(self.of.frozen_counted) if self.of else found

    @cached_property
    def totals(self) -> list[tuple[str, Number]]:
        """The heading: label and figure of each sum, by one query; each opens the rows it counts."""
        if self.rows is None:
            return []
        sums = {item.code: item.frozen() if self.asked else item.live() for item in self.kind.sums}
        self.found: dict[str, Any] = self.rows.aggregate(**sums)
        return [(str(item.label), self._number(item)) for item in self.kind.sums]

    def _number(self, item: Sum) -> Number:
        value = self.found[item.code]
        day = self.snapshot.as_of_on if self.snapshot else self.today
        title = _("%(definition)s；截至 %(day)s") % {"definition": item.definition, "day": day}
        rows = self.query() if item is self.kind.sums[0] else self.query(of=item.code)
        return Number(_said(value, item.unit, bool(item.column)), f"?{rows}", title, None if value is None else Decimal(value))

    @property
    def count(self) -> int:
        return int(self.found["count"]) if self.totals else 0

    @property
    def pages(self) -> int:
        return max(ceil(self.count / PER_PAGE), 1)

    @property
    def page(self) -> int:
        asked = self.params.get("page", "1")
        return min(max(int(asked), 1), self.pages) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1

    def lines(self) -> list[Line]:
        """The rows of the page: two queries for rows of today, one for those of a snapshot."""
        if self.rows is None:
            return []
        start = (self.page - 1) * PER_PAGE
        if self.asked:
            frozen = self.rows.order_by("label", "object_id")[start : start + PER_PAGE]
            return [self._line(row.values, row.project_id, row.label) for row in frozen]
        live = {row.pk: row for row in self._live(start)}
        words = {row.object_id: row for row in self.kind.written(self.kind.model._default_manager.filter(pk__in=[*live]))}
        return [self._written(words[key], row) for key, row in live.items() if key in words]

    def fields(self) -> list[filter_fields.Field]:
        """The filter's fields but the search box and what is hidden."""
        return [field for field in filter_fields.of(self.filter) if field.name != "project"]

    def query(self, **changes: str | None) -> str:
        """The address with only what it understands, some of it changed."""
        made = QueryDict(mutable=True)
        for name in (*self.filter.filters, "as_of", "of"):
            value = changes[name] if name in changes else self.params.get(name, "").strip()
            if value:
                made[name] = value
        for name in changes.keys() - made.keys():
            made[name] = changes[name] or ""
        return made.urlencode()

    @property
    def whole_query(self) -> str:
        """The same list, not only what one sum counts."""
        return self.query(of=None)

    @property
    def live_query(self) -> str:
        """The same questions put to the rows of today."""
        return self.query(as_of=None)

    def pager(self) -> list[tuple[str, str]]:
        """The pages one can go to from here, each with its address."""
        steps = [(_("首页"), 1), (_("上一页"), self.page - 1), (_("下一页"), self.page + 1), (_("末页"), self.pages)]
        return [(label, self.query(page=str(page))) for label, page in steps if 1 <= page <= self.pages and page != self.page]

    def _live(self, start: int) -> Iterator[Any]:
        rows = self.rows.select_related("project").order_by(*self.kind.order)
        yield from rows[start : start + PER_PAGE]

    def _written(self, frozen: Frozen, row: Any) -> Line:
        return self._line(frozen.values, frozen.project_id, frozen.label, row)

    def _line(self, words: dict[str, Any], project_id: int, label: str, row: Any = None) -> Line:
        cells = [Cell(column, _cell(column, words)) for column in self.kind.columns]
        return Line(project_id, words.get("project_name") or words.get("name") or label, cells, row)

    def _as_of(self) -> dt.date | None:
        text = self.params.get("as_of", "").strip()
        if not text:
            return None
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            self.problems.append(_("看不懂日期“%(text)s”：请写成 2026-11-24 的样子") % {"text": text[:40]})
            return None


def _cell(column: Column, words: dict[str, Any]) -> str:
    value = words.get(column.key)
    if column.kind == "yes":
        return _("是") if value else _("否")
    if value in (None, ""):
        return UNKNOWN
    if column.number:
        qualifier = words.get(f"{column.key}_qualifier") or Qualifier.EXACT
        return format_amount(Decimal(value), qualifier, "万元").replace("万元", "")
    return str(value)


def _said(value: Any, unit: str, money: bool) -> str:
    if not money:
        return str(value or 0)
    if value is None:
        return UNKNOWN
    return format_amount(value) if unit == "万元" else format_amount(value, unit="万元").replace("万元", unit)
