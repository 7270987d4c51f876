"""What a quantity is: a question for rows, counted or summed by the database, many of them in one query."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.amounts import MoneyField, Qualifier, Total
from reports.indicators.asked import Asked

COUNT, WAN, USD, PERCENT, MU, PER_MU = _("个"), _("万元"), _("万美元"), "%", _("亩"), _("万元/亩")
NOTHING = Decimal(0)
MOST_WHOLES = 3
type Rows = QuerySet[Any]
type Word = str | Promise


@dataclass(frozen=True)
class Quantity:
    """A question for rows; `amount` is summed over them, without it they are counted.

    `empty` is the sum of no rows: 0 where rows are papers, unknown where nobody may have registered any.
    `whole` is the quantity whose rows these are a part of, those of which `holds` holds: both are read at once.
    """

    code: str
    name: Word
    rows: Callable[[Asked], Rows]
    definition: Word = ""
    unit: Word = COUNT
    amount: Callable[[], Combinable] | None = None
    qualifier: str = ""
    empty: Decimal | None = None
    whole: "Quantity | None" = None
    holds: Callable[[], Q] = Q

    def part(self, code: str, name: Word, holds: Callable[[], Q], definition: Word = "", **other: Any) -> "Quantity":
        """A quantity over some of these rows; counted or summed as these unless told otherwise."""

        def rows(asked: Asked) -> Rows:
            return self.rows(asked).filter(holds())

        def both() -> Q:
            return self.holds() & holds()

        whole = self.whole or self
        return replace(self, code=code, name=name, rows=rows, definition=definition, whole=whole, holds=both, **other)


@dataclass(frozen=True)
class Measured:
    """How many rows, how many of them say an amount, the sum of those (None when none does), and whether it is a 约."""

    count: int = 0
    stated: int = 0
    total: Decimal | None = None
    qualified: bool = False

    def of(self, quantity: Quantity) -> Decimal | None:
        """The number that the quantity is about."""
        if quantity.amount is None:
            return Decimal(self.count)
        return quantity.empty if not self.count else self.total


type Wanted = tuple[str, Quantity, Asked]


def measure(asked: Iterable[Wanted], *, wholes: int = MOST_WHOLES) -> dict[str, Measured]:
    """Any number of quantities, each under its key, by at most `wholes` + 1 queries.

    The parts of one whole are read at once, all others by one query together. What belongs together is asked
    with the same `Asked`.
    """
    groups: dict[tuple[int, int], list[Wanted]] = defaultdict(list)
    for wanted in asked:
        groups[id(wanted[1].whole or wanted[1]), id(wanted[2])].append(wanted)
    ordered = sorted(groups.values(), key=len, reverse=True)
    at_once = [group for group in ordered[:wholes] if len(group) > 1]
    others = [wanted for group in ordered[len(at_once) :] for wanted in group]
    found = _united(others) if others else {}
    for group in at_once:
        found |= _at_once(group)
    return found


def _united(wanted: list[Wanted]) -> dict[str, Measured]:
    first, *others = (_union_part(key, quantity, quantity.rows(asked)) for key, quantity, asked in wanted)
    found = first.union(*others, all=True).order_by() if others else first
    nothing = {key: Measured() for key, _quantity, _asked in wanted}  # no rows make no group
    return nothing | {key: Measured(n, stated, total, bool(words)) for key, n, stated, total, words in found}


def _union_part(key: str, quantity: Quantity, rows: Rows) -> Any:
    counted = rows.order_by().annotate(key=Value(key, output_field=CharField())).values("key")
    columns = _columns(quantity)
    return counted.annotate(n=Count("pk"), **columns).values_list("key", "n", *columns)


def _columns(quantity: Quantity) -> dict[str, Any]:
    if quantity.amount is None:
        return {"stated": Value(0), "total": Cast(Value(None), MoneyField()), "words": Value(0)}
    said = quantity.amount()
    return {"stated": Count(said), "total": Total(said), "words": _unsure(quantity) or Value(0)}


def _unsure(quantity: Quantity, holds: Q | None = None) -> Count | None:
    """How many rows say a word such as 约 beside their amount."""
    if not quantity.qualifier:
        return None
    return Count("pk", filter=(holds or Q()) & ~Q(**{quantity.qualifier: Qualifier.EXACT}))


def _at_once(wanted: list[Wanted]) -> dict[str, Measured]:
    """Parts of one whole, told apart by conditions."""
    columns: dict[str, Any] = {}
    for place, (_key, quantity, _asked) in enumerate(wanted):
        only = quantity.holds() or None  # without a condition the column is a plain one
        columns[f"n{place}"] = Count("pk", filter=only)
        if quantity.amount is not None:
            amount = quantity.amount()
            columns |= {f"s{place}": Count(amount, filter=only), f"t{place}": Total(amount, filter=only)}
            if words := _unsure(quantity, only):
                columns[f"w{place}"] = words
    _first, quantity, asked = wanted[0]
    found = (quantity.whole or quantity).rows(asked).order_by().aggregate(**columns)
    return {
        key: Measured(found[f"n{place}"], found.get(f"s{place}", 0), found.get(f"t{place}"), bool(found.get(f"w{place}")))
        for place, (key, _quantity, _asked) in enumerate(wanted)
    }
