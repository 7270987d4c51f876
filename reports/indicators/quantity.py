"""What a quantity is: a question for rows, counted or summed by the database, many of them in one query."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
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
type Rows = QuerySet[Any]
type Word = str | Promise


@dataclass(frozen=True)
class Quantity:
    """A question for rows; `amount` is summed over them, without it they are counted.

    `empty` is the sum of no rows: 0 where rows are papers, unknown where nobody may have registered any.
    """

    code: str
    name: Word
    rows: Callable[[Asked], Rows]
    definition: Word = ""
    unit: Word = COUNT
    amount: Callable[[], Combinable] | None = None
    qualifier: str = ""
    empty: Decimal | None = None


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


def _columns(quantity: Quantity) -> dict[str, Any]:
    if quantity.amount is None:
        return {"stated": Value(0), "total": Cast(Value(None), MoneyField()), "words": Value(0)}
    said = quantity.amount()
    words: Any = Count("pk", filter=~Q(**{quantity.qualifier: Qualifier.EXACT})) if quantity.qualifier else Value(0)
    return {"stated": Count(said), "total": Total(said), "words": words}


def measure(asked: Iterable[tuple[str, Quantity, Rows]]) -> dict[str, Measured]:
    """Any number of quantities, each under its key, in one query for all of them."""
    wanted = list(asked)
    if not wanted:
        return {}
    first, *others = (_part(key, quantity, rows) for key, quantity, rows in wanted)
    found = first.union(*others, all=True).order_by() if others else first
    nothing = {key: Measured() for key, _quantity, _rows in wanted}  # no rows make no group
    return nothing | {key: Measured(n, stated, total, bool(words)) for key, n, stated, total, words in found}


def _part(key: str, quantity: Quantity, rows: Rows) -> Any:
    counted = rows.order_by().annotate(key=Value(key, output_field=CharField())).values("key")
    columns = _columns(quantity)
    return counted.annotate(n=Count("pk"), **columns).values_list("key", "n", *columns)


def breakdown(quantity: Quantity, rows: Rows, cases: Mapping[str, Q]) -> dict[str, Measured]:
    """The same rows told apart by conditions, in one query that reads them once."""
    columns: dict[str, Any] = {}
    amount = quantity.amount() if quantity.amount else None
    for place, holds in enumerate(cases.values()):
        columns[f"n{place}"] = Count("pk", filter=holds)
        if amount is not None:
            columns |= {f"s{place}": Count(amount, filter=holds), f"t{place}": Total(amount, filter=holds)}
            if quantity.qualifier:
                columns[f"w{place}"] = Count("pk", filter=holds & ~Q(**{quantity.qualifier: Qualifier.EXACT}))
    found = rows.order_by().aggregate(**columns)
    return {
        key: Measured(found[f"n{place}"], found.get(f"s{place}", 0), found.get(f"t{place}"), bool(found.get(f"w{place}")))
        for place, key in enumerate(cases)
    }
