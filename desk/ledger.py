"""项目台账: which projects, in which columns and order, what they add up to. The address says all of it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import ceil
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from core.amounts import Total
from core.working_days import Calendar
from desk import columns
from desk.columns import BY_CODE, COLUMNS, COMPUTED, DEFAULT, QUALIFIER, READ, UNITS, Column, Line
from projects import services
from projects.filters import Flag, ProjectFilter
from projects.models import Project

PER_PAGE = 50
MOST_COPIED = 5_000
MOST_LINES = 200  # of a chat message
NEWEST = ["-created_at", "-id"]
TROUBLE = {Project.Light.RED, Project.Light.YELLOW}


@dataclass(frozen=True)
class Totals:
    """Over all filtered projects: how many, and the sums of 万元 (None when nothing is stated)."""

    count: int
    amount: Decimal | None
    stated: int
    vague: int
    capital: Decimal | None
    missing: int | None


@dataclass(frozen=True)
class Chip:
    """A filter at work, and the address without it."""

    label: str | Promise
    text: str
    query: str

    def __str__(self) -> str:
        return f"{self.label}：{self.text}" if self.text else str(self.label)


@dataclass(frozen=True)
class Head:
    """A column head; `aria` is the order it is sorted in, `query` the address that sorts by it."""

    column: Column
    label: str
    css: str
    special: bool  # its cells say more than a text
    aria: str
    query: str
    total: str


class Ledger:
    """The ledger that an address describes, for one person on one day. What it does not understand stands in `problems`."""

    def __init__(self, params: QueryDict, *, user: User, today: dt.date) -> None:
        self.params, self.user, self.today = params, user, today
        self.filter = ProjectFilter(params, user=user, today=today)
        self.problems: list[str] = []
        self.unit = self._known("unit", UNITS, "yi")
        self.sort = self._sort()
        self.columns = self._columns()
        if self.filter.errors:
            self.problems.append(_("%(n)d 个筛选条件看不懂，没有采用：请按字段下的提示改正") % {"n": len(self.filter.errors)})

    @property
    def rows(self) -> QuerySet[Project]:
        """Every filtered project, in no order."""
        found: QuerySet[Project] = self.filter.qs.order_by()
        return found

    @property
    def worst_first(self) -> bool:
        """Whoever looks for what is red or late wants the worst on top, unless another order is asked for."""
        asked = self.filter.form.cleaned_data
        return bool(asked.get("overdue") or TROUBLE & {*(asked.get("light") or [])})

    @cached_property
    def totals(self) -> Totals:
        """Counted and added by the database, in one query."""
        named = ~Q(agreement__amount_qualifier="exact") & Q(agreement__amount__isnull=False)
        shown = {column.code for column in self.columns}
        found = self.rows.aggregate(
            count=Count("pk"),
            amount=Total("agreement__amount"),
            stated=Count("agreement__amount"),
            vague=Count("agreement", filter=named),
            **{code: Max(Subquery(rows)) for code, rows in self._sums().items() if code in shown},
        )
        return Totals(**{"capital": None, "missing": None, **found})

    def lines(self, start: int, stop: int) -> list[Line]:
        """The projects from `start` to `stop` with what their columns need: two queries and the calendar."""
        chosen = self._ordered(self.rows).values("pk")[start:stop]
        needed = {column.needs: COMPUTED[column.needs] for column in self.columns if column.needs}
        rows = Project.objects.filter(pk__in=chosen).select_related("lead_party", "agreement", "park", "department", "owner")
        projects = list(self._ordered(rows.only(*READ).annotate(**needed)))
        stuck = services.bottlenecks([row.pk for row in projects], today=self.today, days=Calendar.load())
        return [Line(row, stuck.get(row.pk), UNITS[self.unit]) for row in projects]

    @property
    def pages(self) -> int:
        return max(ceil(self.totals.count / PER_PAGE), 1)

    @cached_property
    def page(self) -> int:
        """The page asked for, or the nearest there is."""
        asked = self.params.get("page", "1")
        return min(max(int(asked), 1), self.pages) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1

    def heads(self) -> list[Head]:
        """The heads of the chosen columns, with what each adds up to."""
        return [self._head(column) for column in self.columns]

    def chips(self) -> Iterator[Chip]:
        """The filters at work, each with the address that takes it away."""
        for name, value in self.filter.form.cleaned_data.items():
            if value not in (None, "", [], False):
                label = _("搜索") if name == "q" else self.filter.filters[name].label
                yield Chip(label, self._said(name, value), self.query(**{name: None}))

    def query(self, **changes: str | None) -> str:
        """The canonical address: only what is known and differs from the usual, with some of it changed."""
        made = QueryDict(mutable=True)
        for name in (*self.filter.filters, "sort", "unit", "cols"):
            values = [value for value in self.params.getlist(name) if value.strip()]
            if name == "cols":
                values = [] if self._codes == DEFAULT else [",".join(self._codes)]
            elif values and isinstance(self.filter.filters.get(name), Flag):
                values = ["on"]  # said as 1, true or on, it is one address
            if name in changes:
                values = [value for value in (changes[name],) if value]
            made.setlist(name, values)
        for name in changes.keys() - made.keys():
            made[name] = changes[name] or ""
        return made.urlencode(safe=",")

    def tsv(self) -> Iterator[str]:
        """Head and all filtered projects (at most MOST_COPIED) for a spreadsheet, a tab between cells."""
        shown = [part for column in self.columns for part in ([column, QUALIFIER] if column.code == "amount" else [column])]
        yield "\t".join(_guarded(column.head(UNITS[self.unit])) for column in shown)
        for line in self.lines(0, MOST_COPIED):
            yield "\t".join(_copied(column, line) for column in shown)

    def text(self) -> Iterator[str]:
        """The list as lines for a chat: number, name, light, where it is stuck, whose turn it is; no telephone, no amount.

        Sensitive projects are counted, not named.
        """
        lines = self.lines(0, MOST_LINES)
        open_ones = [line for line in lines if line.project.confidentiality != Project.Confidentiality.SENSITIVE]
        yield _("项目台账 %(day)s，共 %(n)d 个") % {"day": self.today, "n": self.totals.count}
        for place, line in enumerate(open_ones, 1):
            yield f"{place}. {line.project.code or ''} {line.project.name}：".replace("  ", " ") + "，".join(_told(line))
        if left := self.totals.count - len(open_ones):
            yield _("（另有 %(n)d 个未列出）") % {"n": left}

    def _sums(self) -> dict[str, Any]:
        """Sums over children as subqueries of their own: a join would count the amount once for each child."""
        mine = {"project__in": self.rows.values("pk")}
        capital = columns.VERIFIED.filter(**mine).order_by().values("deleted_at").annotate(sum=Total("amount")).values("sum")
        missing = columns.MISSING.filter(**mine).order_by().values("deleted_at").annotate(n=Count("pk")).values("n")
        return {"capital": capital, "missing": missing}

    def _head(self, column: Column) -> Head:
        down = self.sort == f"-{column.code}"
        up = self.sort == column.code
        first, then = (f"-{column.code}", column.code) if column.number else (column.code, f"-{column.code}")
        following = then if self.sort == first else first
        return Head(
            column,
            column.head(UNITS[self.unit]),
            f"c-{column.code} number" if column.number else f"c-{column.code}",
            column.code in {"name", "light", "bottleneck", "stuck"},
            "descending" if down else "ascending" if up else "none",
            self.query(sort=following) if column.sort is not None else "",
            self._total(column.code),
        )

    def _total(self, code: str) -> str:
        totals = self.totals
        if code == "amount":
            return columns.figure(totals.amount, UNITS[self.unit], "about" if totals.vague else "exact")
        if code == "capital":
            return columns.figure(totals.capital, UNITS[self.unit])
        return str(totals.missing or 0) if code == "missing" else ""

    def _said(self, name: str, value: Any) -> str:
        """A filter's value as the form shows it."""
        field = self.filter.form.fields[name]
        if choices := getattr(field, "choices", None):
            labels = {str(key): label for key, label in _flat(choices)}
            return "、".join(str(labels.get(key, key)) for key in (value if isinstance(value, list) else [value]))
        return "" if value is True else self.params.get(name, "")

    def _ordered(self, rows: QuerySet[Project]) -> QuerySet[Project]:
        """By the column asked for, what is unknown last; the key is an annotation, because Django renames only those in a subquery."""
        column = BY_CODE.get(self.sort.removeprefix("-"))
        if column is None and self.worst_first:
            ranked = rows.annotate(order_light=BY_CODE["light"].sort, order_due=BY_CODE["stuck"].sort)
            return ranked.order_by("order_light", F("order_due").asc(nulls_last=True), "-id")
        if column is None:
            return rows.order_by(*NEWEST)
        key, down = F("order_key"), self.sort.startswith("-") != column.reverse
        first = key.desc(nulls_last=True) if down else key.asc(nulls_last=True)
        return rows.annotate(order_key=column.sort).order_by(first, "-id")

    def _sort(self) -> str:
        sortable = {sign + column.code: column for column in COLUMNS if column.sort is not None for sign in ("", "-")}
        return self._known("sort", sortable, "")

    def _known(self, name: str, values: Any, usual: str) -> str:
        asked = self.params.get(name) or usual
        if asked in values or asked == usual:
            return asked
        self.problems.append(_("“%(value)s”不是可用的%(what)s，没有采用") % {"value": asked[:40], "what": _labels()[name]})
        return usual

    def _columns(self) -> list[Column]:
        asked = {code for text in self.params.getlist("cols") for code in text.split(",") if code}
        for code in sorted(asked - BY_CODE.keys()):
            self.problems.append(_("“%(value)s”不是可用的%(what)s，没有采用") % {"value": code[:40], "what": _labels()["cols"]})
        wanted = asked & BY_CODE.keys() or set(DEFAULT)
        return [column for column in COLUMNS if column.code in wanted | {"name"}]

    @property
    def _codes(self) -> list[str]:
        return [column.code for column in self.columns]


def _told(line: Line) -> Iterator[str]:
    """A project in a chat, each thing once: light, milestone and lateness (else why the light), unit and owner."""
    stuck, project = line.bottleneck, line.project
    yield _("%(light)s灯") % {"light": line.light}
    if stuck:
        due_on = stuck.milestone.due_on
        when = services.lateness(due_on, stuck.late) if stuck.late > 0 else _("%(day)s 到期") % {"day": f"{due_on:%m-%d}"}
        yield f"{stuck.milestone.name} {when}"
    if project.light_reason and not (stuck and project.light_reason.startswith(stuck.milestone.name)):
        yield project.light_reason
    if stuck and stuck.milestone.unit_label:
        yield _("责任单位 %(unit)s") % {"unit": stuck.milestone.unit_label}
    yield _("负责人 %(name)s") % {"name": project.owner.display if project.owner else columns.UNKNOWN}


def _labels() -> dict[str, str]:
    return {"unit": _("单位"), "sort": _("排序"), "cols": _("列")}


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for key, label in choices:
        yield from label if isinstance(label, list | tuple) else [(key, label)]


def _copied(column: Column, line: Line) -> str:
    """A cell for a spreadsheet: a bare number to be added, or guarded text."""
    if column.code == "amount":
        agreement = line.project.agreement
        return (line.amount(agreement.amount) if agreement else columns.UNKNOWN).replace(",", "")
    text = column.cell(line)
    return text.replace(",", "") if column.number else _guarded(text)


def _guarded(text: str) -> str:
    """On one line, and never a formula."""
    flat = " ".join(text.split())
    return f"'{flat}" if flat.startswith(("=", "+", "-", "@")) else flat
