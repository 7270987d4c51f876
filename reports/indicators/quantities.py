"""What is counted or summed: each quantity is a question for rows, so that a figure opens exactly the rows it counts."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from projects.models.agreement import counted_amount
from reports.indicators import money, signed, states, work
from reports.indicators.asked import Asked
from reports.indicators.quantity import MU, NOTHING, USD, WAN, Quantity, Rows, Word

PAPER: dict[str, Any] = {
    "unit": WAN,
    "amount": lambda: F("amount"),
    "qualifier": "amount_qualifier",
    "empty": NOTHING,
}
FIXED_INVESTMENT: dict[str, Any] = {"amount": lambda: F("fixed_investment"), "qualifier": "", "empty": None}
DOLLARS: dict[str, Any] = {"amount": lambda: F("amount_usd"), "unit": USD}


def _counted(code: str, name: Word, rows: Callable[[Asked], Rows], definition: Word = "") -> Quantity:
    return Quantity(code, name, rows, definition)


def _papers(code: str, name: Word, rows: Callable[[Asked], Rows], definition: Word = "") -> Quantity:
    """The amounts of papers."""
    return Quantity(code, name, rows, definition, **PAPER)


def _sum(
    code: str, name: Word, rows: Callable[[Asked], Rows], definition: Word = "", *, of: str = "amount", unit: Word = WAN
) -> Quantity:
    return Quantity(code, name, rows, definition, unit, lambda: F(of))


def _signing(code: str, name: Word, rows: Callable[[Asked], Rows], definition: Word = "") -> Quantity:
    """What counted papers add."""
    return Quantity(code, name, rows, definition, WAN, counted_amount, "amount_qualifier", NOTHING)


ADDED = _("首次签约计协议总投资，增资、换业主只计增量，升格与重签不计金额。")
FIRST = _("按首份正式合同（投资协议或入驻协议）的签订日期取项目；升格的项目按合同签订日期。")
APART = _("单列，不并入正式合同。")
NEXT_TO = "project__"  # from a paper to its project
SIGNED = _counted("signed", _("签约个数"), signed.signed, _("一个项目只计首次签约；升格、增资、换业主、重签不另计个数。"))
ADDING = _signing("signed_amount", _("各类签约金额"), signed.signed_amount, ADDED)
CONTRACTS = _counted("contracts", _("合同项目"), signed.contracts, FIRST)
PAPERS = _papers("contract_amount", _("合同（协议）投资总额"), signed.contract_amount, FIRST)
LEADS = _counted("leads", _("线索"), signed.leads, _("首次接触（未填时为登记）在本期内的项目。"))
CAPITAL = _sum("capital_stated", _("本期到位资金（已报）"), money.in_period)  # never shown: proven and not are not added


def _came(code: str, name: Word, amount_name: Word, stages: list[str], definition: Word) -> tuple[Quantity, Quantity]:
    """The projects of the contracts that came so far, and their contracts' amounts."""
    return (
        CONTRACTS.part(code, name, signed.reached(stages), definition),
        PAPERS.part(f"{code}_amount", amount_name, signed.reached(stages, project=NEXT_TO)),
    )


_LISTED = (
    SIGNED,
    ADDING,
    SIGNED.part("signed_contracts", _("正式合同签约个数"), signed.contract, _("投资协议、入驻协议；一个项目只计首次签约。")),
    ADDING.part("signed_contracts_amount", _("正式合同签约金额"), signed.contract, ADDED),
    SIGNED.part("signed_frameworks", _("框架协议个数"), signed.framework, APART),
    ADDING.part("signed_frameworks_amount", _("框架协议金额"), signed.framework, APART),
    SIGNED.part("signed_intents", _("意向（备忘录）个数"), signed.intent, APART),
    ADDING.part("signed_intents_amount", _("意向（备忘录）金额"), signed.intent, APART),
    _counted("upgraded", _("升格个数"), signed.upgraded, _("意向、框架升格为正式合同，只统计升格，不统计金额。")),
    SIGNED.part("over_one_yi", _("亿元以上项目"), signed.over_one_yi, _("首次签约即为合同、总投资 ≥ 1 亿元（含）。")),
    SIGNED.part("over_one_yi_amount", _("亿元以上项目金额"), signed.over_one_yi, **PAPER),
    CONTRACTS,
    PAPERS,
    *_came("performed", _("履约项目"), _("履约项目合同金额"), states.PERFORMED, _("已到公司注册、立项备案或其后的阶段。")),
    CONTRACTS.part(
        "landed",
        _("落地项目"),
        signed.has_ground,
        _("已注册公司，并有成交确认书（出让合同）、入驻（租赁）协议，或已开工。"),
    ),
    PAPERS.part("landed_amount", _("落地项目合同金额"), partial(signed.has_ground, project=NEXT_TO)),
    *_came("started", _("开工项目"), _("开工项目合同金额"), states.STARTED, _("已到开工（进场装修、设备进场）或其后的阶段。")),
    *_came(
        "completed",
        _("竣工项目"),
        _("竣工项目合同金额"),
        states.COMPLETED,
        _("已到竣工验收或其后的阶段；入驻项目按投产计。"),
    ),
    *_came("producing", _("投产项目"), _("投产项目合同金额"), states.PRODUCING, _("已到投产（开业）或其后的阶段。")),
    *_came("effective", _("达效项目"), _("达效项目合同金额"), states.EFFECTIVE, _("已到达产达效。")),
    _counted(
        "started_in_period", _("本期开工项目"), signed.started_in_period, _("本期内进入开工阶段，不论何时签约、是否列入计划。")
    ),
    _counted("planned_to_start", _("计划本期开工项目"), signed.planned_to_start, _("计划开工日期在本期内。")),
    _counted("completed_in_period", _("本期竣工项目"), signed.completed_in_period, _("本期内进入竣工验收，不论何时签约。")),
    _counted("planned_to_complete", _("计划本期竣工项目"), signed.planned_to_complete, _("计划竣工日期在本期内。")),
    _counted("negotiating", _("在谈项目"), signed.negotiating, _("目前在谈、拟签约、达成意向的推进中项目。")),
    LEADS,
    LEADS.part("leads_landed", _("线索中已落地"), signed.has_ground),
    CONTRACTS.part("followed", _("签约后有记录的项目"), signed.followed),
    _sum("arrived", _("累计实际到位资金（已核实）"), money.arrived, _("合同项目截至期末的到位资金，只计已核实，含更正。")),
    _sum("arrived_unverified", _("累计到位资金（未核实）"), money.arrived_unverified, _("已填报、尚未核实，不计入到位率。")),
    CAPITAL.part("capital", _("本期到位资金（已核实）"), money.proven(), _("按计入月份（未填时按到账日期）；外币未折算。")),
    CAPITAL.part("capital_unverified", _("本期到位资金（未核实）"), money.unproven()),
    CAPITAL.part(
        "other_provinces",
        _("实际到位省外资金（已核实）"),
        money.proven(*money.OTHER_PROVINCES),
        _("投资方从省外境内投入，不含本地银行贷款、政府资金。"),
    ),
    CAPITAL.part("other_provinces_unverified", _("到位省外资金（未核实）"), money.unproven(*money.OTHER_PROVINCES)),
    CAPITAL.part(
        "outside_city",
        _("境内域外资金（已核实）"),
        money.proven(*money.OUTSIDE_CITY),
        _("省内市外加省外境内；包含省外资金，两者不可相加。"),
    ),
    CAPITAL.part("outside_city_unverified", _("境内域外资金（未核实）"), money.unproven(*money.OUTSIDE_CITY)),
    CAPITAL.part(
        "abroad",
        _("实际利用外资（已核实）"),
        money.proven(*money.ABROAD),
        _("境外（含港澳台）投资方实际缴付，按万美元计，不与人民币相加。"),
        **DOLLARS,
    ),
    CAPITAL.part("abroad_unverified", _("境外资金（未核实）"), money.unproven(*money.ABROAD), **DOLLARS),
    _sum("invested", _("累计完成投资"), money.invested, _("合同项目最近一个报送月份的累计数，草稿不计。"), of="cumulative"),
    _sum("invested_in_period", _("本期完成投资"), money.invested_in_period, _("各月完成数之和，草稿不计。"), of="completed"),
    _sum("planned_for_year", _("年度计划投资"), money.planned_for_year, of="planned_investment"),
    PAPERS.part(
        "fixed_investment", _("固定资产投资"), money.on_known_land, _("只计同时填了用地亩数的项目。"), **FIXED_INVESTMENT
    ),
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
_WORK = (
    _counted("running", _("推进中项目"), work.running, _("未暂缓、未终止。")),
    _counted("stuck", _("卡住的项目"), work.stuck, _("推进中项目最早的未完成节点已逾期；每个项目只数这一个节点。")),
    _counted("moved", _("有进展的项目"), work.moved, _("本期内阶段有变动或有节点完成的项目。")),
    _counted("still", _("没有动静的项目"), work.still, _("推进中、本期内阶段没有变动也没有节点完成的项目。")),
    _counted("expected", _("计划签约的项目"), work.expected, _("推进中、尚未签约，计划签约日期在本期内。")),
    _papers(
        "expected_amount", _("计划签约项目的意向金额"), work.expected_amount, _("目前有效的意向、框架协议金额，没有的不计。")
    ),
    _counted("expected_late", _("计划签约已过期的项目"), work.expected_late, _("推进中、尚未签约，计划签约日期早于本期末。")),
    _counted(
        "unregistered",
        _("签约满三个月未注册公司"),
        work.unregistered,
        _("推进中、仍在签约阶段，首份签约已满三个月；合作、人才类不计。"),
    ),
    _counted(
        "unstarted", _("签约满六个月未开工"), work.unstarted, _("推进中、未到开工阶段，首份签约已满六个月；合作、人才类不计。")
    ),
    _counted("led", _("包联项目"), work.led, _("现任包联领导、副包联名下未终止的项目。")),
    _counted("contacts", _("有效对接"), work.contacts, _("本期内结果为“有效沟通”的对接记录。")),
    _counted("decided", _("会议交办事项"), work.decided, _("由会议议程产生的交办事项。")),
    _counted("decided_open", _("议定未办结"), work.decided_open, _("由会议议程产生、尚未销号的交办事项。")),
    _counted("decided_late", _("议定已逾期"), work.decided_late, _("未办结且办结时限已过的会议交办事项。")),
    _counted("undecided", _("议定未交办"), work.undecided, _("议程有议定事项，但没有建立交办事项。")),
    _papers("allocated", _("已分配金额的协议"), work.allocated, _("此活动签订、填写了总投资的协议。")),
    _counted("recorded", _("已登记的签约项目"), work.recorded, _("有协议登记在此活动名下的项目。")),
    _counted("promoted", _("已登记的推介项目"), work.promoted, _("登记在此活动名下的推介项目。")),
)
QUANTITIES: dict[str, Quantity] = {quantity.code: quantity for quantity in (*_LISTED, *_WORK)}
