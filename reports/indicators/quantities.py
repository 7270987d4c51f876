"""What is counted or summed: each quantity is a question for rows, so that a figure opens exactly the rows it counts."""

from collections.abc import Callable

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from projects.models.agreement import counted_amount
from reports.indicators import money, signed, work
from reports.indicators.asked import Asked
from reports.indicators.quantity import MU, NOTHING, USD, WAN, Quantity, Rows, Word


def _counted(code: str, name: Word, rows: Callable[[Asked], Rows], definition: Word = "") -> Quantity:
    return Quantity(code, name, rows, definition)


def _papers(code: str, name: Word, rows: Callable[[Asked], Rows], definition: Word = "") -> Quantity:
    """The amounts of papers."""
    return Quantity(code, name, rows, definition, WAN, lambda: F("amount"), "amount_qualifier", NOTHING)


def _sum(
    code: str, name: Word, rows: Callable[[Asked], Rows], definition: Word = "", *, of: str = "amount", unit: Word = WAN
) -> Quantity:
    return Quantity(code, name, rows, definition, unit, lambda: F(of))


def _signing(code: str, name: Word, rows: Callable[[Asked], Rows], definition: Word = "") -> Quantity:
    """What counted papers add."""
    return Quantity(code, name, rows, definition, WAN, counted_amount, "amount_qualifier", NOTHING)


ADDED = _("首次签约计协议总投资，增资、换业主只计增量，升格与重签不计金额。")
FIRST = _("按首份正式合同（投资协议或入驻协议）的签订日期取项目；升格的项目按合同签订日期。")
_LISTED = (
    _counted("signed", _("签约个数"), signed.signed, _("一个项目只计首次签约；升格、增资、换业主、重签不另计个数。")),
    _signing("signed_amount", _("各类签约金额"), signed.signed_amount, ADDED),
    _counted("signed_contracts", _("正式合同签约个数"), signed.signed_contracts, _("投资协议、入驻协议；一个项目只计首次签约。")),
    _signing("signed_contracts_amount", _("正式合同签约金额"), signed.signed_contracts_amount, ADDED),
    _counted("signed_frameworks", _("框架协议个数"), signed.signed_frameworks, _("单列，不并入正式合同。")),
    _signing("signed_frameworks_amount", _("框架协议金额"), signed.signed_frameworks_amount, _("单列，不并入正式合同。")),
    _counted("signed_intents", _("意向（备忘录）个数"), signed.signed_intents, _("单列，不并入正式合同。")),
    _signing("signed_intents_amount", _("意向（备忘录）金额"), signed.signed_intents_amount, _("单列，不并入正式合同。")),
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
