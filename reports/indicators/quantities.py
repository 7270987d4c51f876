"""What is counted or summed: each quantity is a question for rows, so that a figure opens exactly the rows it counts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.amounts import MoneyField, Qualifier, Total
from projects.models.agreement import counted_amount
from reports.indicators import money, signed
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


def _counted(code: str, name: Word, rows: Callable[[Asked], Rows], definition: Word = "") -> Quantity:
    return Quantity(code, name, rows, definition)


def _papers(code: str, name: Word, rows: Callable[[Asked], Rows], definition: Word = "") -> Quantity:
    """The amounts of papers."""
    return Quantity(code, name, rows, definition, WAN, lambda: F("amount"), "amount_qualifier", NOTHING)


def _sum(
    code: str, name: Word, rows: Callable[[Asked], Rows], definition: Word = "", *, of: str = "amount", unit: Word = WAN
) -> Quantity:
    return Quantity(code, name, rows, definition, unit, lambda: F(of))


FIRST = _("按首份正式合同（投资协议或入驻协议）的签订日期取项目；升格的项目按合同签订日期。")
_LISTED = (
    _counted("signed", _("签约个数"), signed.signed, _("一个项目只计首次签约；升格、增资、换业主、重签不另计个数。")),
    Quantity(
        "signed_amount",
        _("签约金额"),
        signed.signed_amount,
        _("首次签约计协议总投资，增资、换业主只计增量，升格与重签不计金额。"),
        WAN,
        counted_amount,
        "amount_qualifier",
        NOTHING,
    ),
    _counted("upgraded", _("升格个数"), signed.upgraded, _("意向、框架升格为正式合同，只统计升格，不统计金额。")),
    _counted("over_one_yi", _("亿元以上项目"), signed.over_one_yi, _("首次签约即为合同、总投资 ≥ 1 亿元（含）。")),
    _papers("over_one_yi_amount", _("亿元以上项目金额"), signed.over_one_yi),
    _counted("contracts", _("合同项目"), signed.contracts, FIRST),
    _papers("contract_amount", _("合同（协议）投资总额"), signed.contract_amount, FIRST),
    _counted("performed", _("履约项目"), signed.performed, _("已到公司注册、立项备案或其后的阶段。")),
    _papers("performed_amount", _("履约项目合同金额"), signed.performed_amount),
    _counted("landed", _("落地项目"), signed.landed, _("已注册公司，并有成交确认书（出让合同）、入驻（租赁）协议，或已开工。")),
    _papers("landed_amount", _("落地项目合同金额"), signed.landed_amount),
    _counted("started", _("开工项目"), signed.started, _("已到开工（进场装修、设备进场）或其后的阶段。")),
    _papers("started_amount", _("开工项目合同金额"), signed.started_amount),
    _counted("completed", _("竣工项目"), signed.completed, _("已到竣工验收或其后的阶段；入驻项目按投产计。")),
    _papers("completed_amount", _("竣工项目合同金额"), signed.completed_amount),
    _counted("producing", _("投产项目"), signed.producing, _("已到投产（开业）或其后的阶段。")),
    _papers("producing_amount", _("投产项目合同金额"), signed.producing_amount),
    _counted("effective", _("达效项目"), signed.effective, _("已到达产达效。")),
    _papers("effective_amount", _("达效项目合同金额"), signed.effective_amount),
    _counted(
        "started_in_period", _("本期开工项目"), signed.started_in_period, _("本期内进入开工阶段，不论何时签约、是否列入计划。")
    ),
    _counted("planned_to_start", _("计划本期开工项目"), signed.planned_to_start, _("计划开工日期在本期内。")),
    _counted("completed_in_period", _("本期竣工项目"), signed.completed_in_period, _("本期内进入竣工验收，不论何时签约。")),
    _counted("planned_to_complete", _("计划本期竣工项目"), signed.planned_to_complete, _("计划竣工日期在本期内。")),
    _counted("negotiating", _("在谈项目"), signed.negotiating, _("目前在谈、拟签约、达成意向的推进中项目。")),
    _counted("leads", _("线索"), signed.leads, _("首次接触（未填时为登记）在本期内的项目。")),
    _counted("leads_landed", _("线索中已落地"), signed.leads_landed),
    _counted("followed", _("签约后有记录的项目"), signed.followed),
    _sum("arrived", _("累计实际到位资金（已核实）"), money.arrived, _("合同项目截至期末的到位资金，只计已核实，含更正。")),
    _sum("arrived_unverified", _("累计到位资金（未核实）"), money.arrived_unverified, _("已填报、尚未核实，不计入到位率。")),
    _sum("capital", _("本期到位资金（已核实）"), money.capital, _("按计入月份（未填时按到账日期）；外币未折算。")),
    _sum("capital_unverified", _("本期到位资金（未核实）"), money.capital_unverified),
    _sum(
        "other_provinces",
        _("实际到位省外资金（已核实）"),
        money.from_other_provinces,
        _("投资方从省外境内投入，不含本地银行贷款、政府资金。"),
    ),
    _sum("other_provinces_unverified", _("到位省外资金（未核实）"), money.from_other_provinces_unverified),
    _sum(
        "outside_city",
        _("境内域外资金（已核实）"),
        money.from_outside_city,
        _("省内市外加省外境内；包含省外资金，两者不可相加。"),
    ),
    _sum("outside_city_unverified", _("境内域外资金（未核实）"), money.from_outside_city_unverified),
    _sum(
        "abroad",
        _("实际利用外资（已核实）"),
        money.from_abroad,
        _("境外（含港澳台）投资方实际缴付，按万美元计，不与人民币相加。"),
        of="amount_usd",
        unit=USD,
    ),
    _sum("abroad_unverified", _("境外资金（未核实）"), money.from_abroad_unverified, of="amount_usd", unit=USD),
    _sum("invested", _("累计完成投资"), money.invested, _("合同项目最近一个报送月份的累计数，草稿不计。"), of="cumulative"),
    _sum("invested_in_period", _("本期完成投资"), money.invested_in_period, _("各月完成数之和，草稿不计。"), of="completed"),
    _sum("planned_for_year", _("年度计划投资"), money.planned_for_year, of="planned_investment"),
    _sum("fixed_investment", _("固定资产投资"), money.on_known_land, _("只计同时填了用地亩数的项目。"), of="fixed_investment"),
    _sum("land", _("用地"), money.known_land, _("只计同时填了固定资产投资的项目。"), of="land_mu", unit=MU),
    Quantity(
        "other_provinces_contract",
        _("合同利用省外资金"),
        money.investors_of_other_provinces,
        _("合同总投资 × 省外投资方占比；只有一个投资方的按 100% 计，多方而未填占比的不计。"),
        WAN,
        money.part_of_contract,
    ),
)
QUANTITIES: dict[str, Quantity] = {quantity.code: quantity for quantity in _LISTED}
