"""What a ledger is made of: columns, the records a row stands for, and the row a record is written back as."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation

from accounts.models import User


class Kind(StrEnum):
    """How the cells of a column are read (`ledgers.values`) and written (`ledgers.writing`)."""

    TEXT = "text"  # str
    CODE = "code"  # str that looks like a number: 项目编号, 代码; a number of more than 15 digits is refused
    NAMES = "names"  # list of str: several names in one cell
    PHONES = "phones"  # list of str
    CONTACT = "contact"  # list of (name, telephone): “联系人甲 1380000xxxx”
    AMOUNT = "amount"  # values.Amount: 万元 and qualifier
    NUMBER = "number"  # Decimal
    COUNT = "count"  # int
    COUNT_AMOUNT = "count_amount"  # values.CountAmount: “10/1180” is ten and 1180 of the unit
    DATE = "date"  # core.dates.FuzzyDate
    DAY = "day"  # dt.date, to the day
    PERIOD = "period"  # (first day, last day) of “3月5日—7日”
    CHOICE = "choice"  # one of `choices`, by label or code: the code
    YES_NO = "yes_no"  # bool


@dataclass(frozen=True)
class Column:
    """One column. `head` is its path through the merged heads: “投资额/合同总投资”.

    `to` says where it goes: "projects.Agreement.amount", "derived" or "extra:remark" (Project.extra).
    `unit` is the one assumed when neither cell, head nor sheet says one. A column of no width is read, never written.
    """

    key: str
    head: str
    kind: Kind = Kind.TEXT
    to: str = "derived"
    unit: str = ""
    required: bool = False
    width: float = 12
    choices: Mapping[str, Any] = field(default_factory=dict)  # code → label
    words: Mapping[str, str] = field(default_factory=dict)  # what people also write for a choice → code
    total: bool = False  # added up in the 合计 row
    personal: bool = False  # masked for who may not see telephones
    note: str = ""  # what docs/ledger-fields.md says of it beside the table

    @cached_property
    def labels(self) -> dict[str, str]:
        """Code → label of a choice, in the language of ledgers."""
        with translation.override(settings.LANGUAGE_CODE):
            return {code: str(label) for code, label in self.choices.items()}


@dataclass(slots=True)
class Row:
    """One data row as read: values by column key (not stated ones are left out), and where each stood."""

    sheet: str
    number: int  # as Excel counts, from 1
    values: dict[str, Any]
    addresses: Mapping[str, str]  # column key → F7
    blank: Set[str] = field(default_factory=set)  # columns that are there but say nothing
    refusals: list[tuple[str, str, str]] = field(default_factory=list)  # column key, code, message

    def get(self, key: str) -> Any:
        return self.values.get(key)

    def refuse(self, key: str, code: str, message: str) -> None:
        """Say what is wrong with a cell that could be read, but not be used."""
        self.refusals.append((key, code, message))


@dataclass(eq=False, slots=True)
class Record:
    """One row of a table that a ledger row speaks of.

    `identity` are the fields it is recognised by, `values` what the ledger says of it; a value may be another
    Record, a core.dates.FuzzyDate or a values.Amount, which fill their neighbouring fields too. `columns` names for
    each field the ledger column it came from, `blanks` those whose cell says nothing, `initial` what only a new row
    gets. `make=False`: it is only linked to, and has to be there.
    """

    model: type[models.Model]
    identity: dict[str, Any]
    values: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    blanks: dict[str, str] = field(default_factory=dict)
    initial: dict[str, Any] = field(default_factory=dict)
    row: Row | None = None
    make: bool = True
    instance: Any = None  # set by the planning; None when the record could not be used


def record(
    model: type[models.Model],
    row: Row,
    identity: Mapping[str, Any],
    said: Mapping[str, str] | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    initial: Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
    make: bool = True,
) -> Record:
    """A record with the fields that the row says (`said`: field → column key) and `fixed` ones.

    `columns` names the cells of identity and fixed fields; `initial` is for a new row only.
    """
    said = said or {}
    return Record(
        model,
        dict(identity),
        {**(fixed or {}), **{name: row.values[key] for name, key in said.items() if key in row.values}},
        {**said, **(columns or {})},
        {name: key for name, key in said.items() if key in row.blank},
        dict(initial or {}),
        row,
        make,
    )


@dataclass(frozen=True)
class Context:
    """For whom and when a ledger is read or written."""

    user: User
    today: dt.date
    reported_on: dt.date  # 填报时间 of the sheet, else today
    unit: str = ""  # 填报单位

    @cached_property
    def colleagues(self) -> dict[str, User]:
        """Active colleagues by the name shown; those whose name is not unique are left out."""
        found: dict[str, User | None] = {}
        for user in User.objects.active():
            found[user.display] = None if user.display in found else user
        return {name: user for name, user in found.items() if user is not None}


@dataclass(frozen=True)
class Layout:
    """A kind of ledger: T1 签约项目台账.

    `records(row, context)` gives the records of a row, parents before children; what cannot be used is said by
    `row.refuse`. `rows(queryset, context)` writes objects of `model` back, in batches, one dict of column key →
    value per ledger row (the values are those that reading the cell would give; None is an empty cell).
    """

    code: str
    name: str
    title: str  # may hold {year}
    model: type[models.Model]
    columns: tuple[Column, ...]
    records: Callable[[Row, Context], Iterator[Record]]
    rows: Callable[[models.QuerySet[Any], Context], Iterable[dict[str, Any]]]
    unit: str = ""  # 亿元 or 万元: of every amount column that names none
    paper: str = "A4"  # A3 for the wide ones; always landscape
    notes: tuple[str, ...] = ()  # 备注 lines at the end

    @property
    def written(self) -> tuple[Column, ...]:
        """The columns that are given back."""
        return tuple(column for column in self.columns if column.width)

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)
