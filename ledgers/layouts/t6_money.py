"""Where the money of a project comes from: 合计 = 我方 + 合作方, and 合作方 = 省外 + 其他州市 + 本州市."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core.amounts import Total, format_amount
from ledgers.layouts import parts
from ledgers.layouts.base import Column, Context, Kind, Row
from ledgers.values import Amount
from projects.models import CapitalArrival, Project

HEADS = {
    "total": "合计",
    "ours": "其中：我方",
    "partners": "合作方/小计",
    "outside": "合作方/省外",
    "other_city": "合作方/其他州市",
    "own_city": "合作方/本州市",
}
PARTNERS = ("outside", "other_city", "own_city")
SOURCES = ("ours", *PARTNERS)
KEPT = ("ours", "outside", "other_city")  # the rest follows from these and the total
NOTHING = Decimal(0)
ROUNDED = Decimal(1)  # 万元: figures that differ by less were rounded
ORIGINS: dict[str, str] = {
    CapitalArrival.Origin.OTHER_PROVINCE: "outside",
    CapitalArrival.Origin.OTHER_CITY: "other_city",
    CapitalArrival.Origin.OUR_CITY: "own_city",
}

type Figures = dict[str, Decimal]  # one of HEADS → 万元


def columns(prefix: str, group: str, goes: Mapping[str, str]) -> list[Column]:
    """The six columns of a group; what is not in `goes` is derived."""
    return [
        Column(f"{prefix}_{name}", f"{group}/{head}", Kind.AMOUNT, to=goes.get(name, "derived"), total=True)
        for name, head in HEADS.items()
    ]


# The total of the agreement: three sources are kept, 小计 and 本州市 follow from them


def sources(row: Row) -> dict[str, Amount]:
    """What a row says of the sources of the agreed total, as the extras to keep; refuses what does not add up.

    A source left out is 0 where the stated ones make up the total, and not known elsewhere.
    """
    said = {name: row.values[f"amount_{name}"] for name in HEADS if f"amount_{name}" in row.values}
    kept = {name: said[name] for name in KEPT if name in said}
    figures = {name: amount.value for name, amount in said.items()}
    if (refused := _contradiction(figures)) is not None:
        row.refuse(f"amount_{refused[0]}", "sources", refused[1])
    elif "partners" in figures and "ours" not in figures:
        kept["ours"] = _exact(max(figures["total"] - figures["partners"], NOTHING))
    if refused is None and "own_city" in figures:
        kept |= {name: _exact(NOTHING) for name in KEPT if name not in kept}
    return {f"amount_{name}": amount for name, amount in kept.items()}


def _contradiction(said: Figures) -> tuple[str, str] | None:
    """The figure that cannot be kept, and why; None when all can."""
    derived = next((name for name in ("partners", "own_city") if name in said), None)
    if derived is None:
        return None
    if "total" not in said:
        return derived, _("填了这一格却没有填“合计”：请补上协议总投资额的合计")
    for name, what, added, wanted in _sums(said):
        if abs(added - wanted) > ROUNDED:
            return name, _sentence(what, added, wanted)
    return None


def _sums(said: Figures) -> Iterator[tuple[str, str, Decimal, Decimal]]:
    """What has to add up, so that the derived figures follow: (figure, words, sum, what it should be)."""
    total, partners = said["total"], said.get("partners")
    ours = said.get("ours", NOTHING if partners is None else max(total - partners, NOTHING))
    added = sum((said.get(name, NOTHING) for name in PARTNERS), NOTHING)
    if partners is not None:
        yield "partners", _("“我方”与合作方“小计”相加"), ours + partners, total
    if partners is not None and set(said) >= set(PARTNERS):
        yield "partners", _("省外、其他州市、本州市相加"), added, partners
    if "own_city" in said:
        yield "own_city", _("写明的各项来源相加"), ours + added, total


def _sentence(what: str, added: Decimal, wanted: Decimal) -> str:
    text = _("%(what)s是 %(added)s，应为 %(wanted)s：请核对，或补上没有写的来源")
    return text % {"what": what, "added": format_amount(added), "wanted": format_amount(wanted)}


def agreed(project: Project) -> dict[str, Amount | None]:
    """The agreed total with its sources; 小计 and 本州市 only where they follow."""
    total = parts.amount(project.agreement, "amount")
    kept = {name: parts.extra_amount(project, f"amount_{name}") for name in KEPT}
    known: Figures = {name: amount.value for name, amount in kept.items() if amount is not None}
    found: dict[str, Amount | None] = {"total": total, **kept}
    if total is not None and "ours" in known:
        found["partners"] = _not_negative(total.value - known["ours"])
    if total is not None and len(known) == len(KEPT):
        found["own_city"] = _not_negative(total.value - sum(known.values()))
    return {f"amount_{name}": found.get(name) for name in HEADS}


def _not_negative(value: Decimal) -> Amount | None:
    return _exact(value) if value >= 0 else None


def _exact(value: Decimal) -> Amount:
    return Amount(value, "exact")


# What arrived: never kept from a ledger, only from vouchers


def arrivals(projects: Iterable[int], context: Context) -> dict[int, dict[str, Amount]]:
    """Project → what arrived until the end of the month of the ledger (`ever_`) and since January (`year_`).

    Only verified rows count, in the month they are counted for, else the day they arrived. Capital from 港澳台 and
    abroad is reported apart, in US dollars, and in no column here.
    """
    _first, last = parts.month_of(context.reported_on)
    january = context.reported_on.replace(month=1, day=1)
    verified = CapitalArrival.objects.filter(project__in=projects, status=CapitalArrival.Status.VERIFIED)
    verified = verified.filter(Q(side=CapitalArrival.Side.LOCAL) | Q(origin__in=ORIGINS))
    counted = verified.annotate(counted_on=Coalesce("report_month", "arrived_on")).filter(counted_on__lte=last)
    sums = counted.order_by().values("project", "side", "origin")
    found: dict[int, dict[str, Figures]] = {}
    for one in sums.annotate(ever=Total("amount"), year=Total("amount", filter=Q(counted_on__gte=january))):
        name = "ours" if one["side"] == CapitalArrival.Side.LOCAL else ORIGINS[one["origin"]]
        for period in ("ever", "year"):
            _add(found.setdefault(one["project"], {}).setdefault(period, {}), name, one[period])
    return {project: _columns(periods) for project, periods in found.items()}


def _add(figures: Figures, name: str, value: Decimal | None) -> None:
    """Add a sum to its source and to what that source is part of."""
    if value is None:
        return
    for one in (name, "total", *(["partners"] if name in PARTNERS else [])):
        figures[one] = figures.get(one, NOTHING) + value


def _columns(periods: Mapping[str, Figures]) -> dict[str, Amount]:
    return {f"{period}_{name}": _exact(value) for period, figures in periods.items() for name, value in figures.items()}
