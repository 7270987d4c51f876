"""The indicators: each a declaration of what it is called, means, is counted by, and who says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.indicators.quantity import COUNT, PER_MU, PERCENT, USD, WAN

type Word = str | Promise


class Variant(NamedTuple):
    """One way to compute it: codes of quantities; without a denominator the numerator is the figure."""

    name: Word
    numerator: str
    denominator: str | None = None


@dataclass(frozen=True)
class Indicator:
    """A figure people report."""

    code: str
    name: Word
    definition: Word
    unit: Word
    source: Word
    variants: Mapping[str, Variant]

    @property
    def usual(self) -> str:
        """The variant that is meant when none is named."""
        return next(iter(self.variants))

    @property
    def beside(self) -> str:
        """The quantity that is shown next to it and never added: what is not yet verified, what was only upgraded."""
        return BESIDE.get(self.code, "")


BESIDE = {
    "signing": "upgraded",
    "other_provinces": "other_provinces_unverified",
    "outside_city": "outside_city_unverified",
    "abroad": "abroad_unverified",
    "capital": "capital_unverified",
    "arrival": "arrived_unverified",
}
N, A = _("个数"), _("金额")
HENAN = _("河南“三个一批”：链式分母")
GANSU = _("甘肃兰洽会：以签约项目为分母")
YULIN = _("玉林：以合同项目为分母")
KEY = _("重点项目：以计划为分母，可超过 100%")
OUR_OWN = _("通行口径，本区可核")


def _rate(code: str, name: Word, definition: Word, source: Word, **variants: Variant) -> Indicator:
    return Indicator(code, name, definition, PERCENT, source, variants)


def _plain(code: str, name: Word, definition: Word, source: Word, unit: Word, **variants: Variant) -> Indicator:
    return Indicator(code, name, definition, unit, source, variants)


def _chain(part: str, whole: str) -> dict[str, Variant]:
    """By number and by amount of the same two."""
    amounts = {"contracts": "contract_amount"}
    return {
        "count": Variant(N, part, whole),
        "amount": Variant(A, f"{part}_amount", amounts.get(whole, f"{whole}_amount")),
    }


def _lettered(letter: str, label: Word, part: str, whole: str) -> dict[str, Variant]:
    pair = _chain(part, whole)
    return {letter: pair["count"]._replace(name=label), f"{letter}_amount": pair["amount"]}


_LISTED = (
    _rate("performance", _("履约率"), _("履约项目 ÷ 合同项目"), YULIN, **_chain("performed", "contracts")),
    _rate(
        "start",
        _("开工率"),
        _("A：开工 ÷ 签约；B：开工 ÷ 履约；C：本期开工 ÷ 计划本期开工。开工指永久工程破土、设备进场或进场装修。"),
        _("A 甘肃兰洽会；B 河南“三个一批”；C 重点项目，可超过 100%"),
        **_lettered("a", _("A 按签约"), "started", "contracts"),
        **_lettered("b", _("B 按履约"), "started", "performed"),
        c=Variant(_("C 按计划"), "started_in_period", "planned_to_start"),
    ),
    _rate(
        "production",
        _("投产率"),
        _("A：投产 ÷ 签约；B：投产 ÷ 开工"),
        _("A 甘肃（建成率）；B 河南“三个一批”"),
        **_lettered("a", _("A 按签约"), "producing", "contracts"),
        **_lettered("b", _("B 按开工"), "producing", "started"),
    ),
    _rate("effect", _("达效率"), _("达效 ÷ 投产"), HENAN, **_chain("effective", "producing")),
    _rate("landing", _("落地率"), _("落地 ÷ 签约"), _("云南“四率”"), **_chain("landed", "contracts")),
    _rate(
        "start_and_completion",
        _("开竣工率"),
        _("开工、竣工各自 ÷ 合同项目"),
        YULIN,
        start=Variant(_("开工"), "started", "contracts"),
        start_amount=Variant(_("开工金额"), "started_amount", "contract_amount"),
        completion=Variant(_("竣工"), "completed", "contracts"),
        completion_amount=Variant(_("竣工金额"), "completed_amount", "contract_amount"),
    ),
    _rate(
        "completion",
        _("竣工率"),
        _("本期竣工 ÷ 计划本期竣工"),
        KEY,
        count=Variant(N, "completed_in_period", "planned_to_complete"),
    ),
    Indicator(
        "arrival",
        _("资金到位率"),
        _("累计实际到位资金（已核实）÷ 合同（协议）投资总额"),
        PERCENT,
        GANSU,
        {"amount": Variant(A, "arrived", "contract_amount")},
    ),
    _rate(
        "investment",
        _("投资完成率"),
        _("累计：累计完成投资 ÷ 总投资；年度：年初至今完成 ÷ 年度计划"),
        _("政府投资项目通行口径"),
        total=Variant(_("累计"), "invested", "contract_amount"),
        annual=Variant(_("年度"), "invested_in_period", "planned_for_year"),
    ),
    _rate(
        "conversion",
        _("转化率"),
        _("A：签约 ÷ 在谈；B：线索中已落地 ÷ 线索"),
        OUR_OWN,
        a=Variant(_("A 签约÷在谈"), "signed_contracts", "negotiating"),
        b=Variant(_("B 落地÷线索"), "leads_landed", "leads"),
    ),
    _plain(
        "signing",
        _("签约"),
        _("正式、框架、意向各自单列，不相加；一个项目只认首次签约，增资只计增量。"),
        _("三明市去重规则（2006）"),
        COUNT,
        count=Variant(_("正式合同"), "signed_contracts"),
        framework=Variant(_("框架"), "signed_frameworks"),
        intent=Variant(_("意向"), "signed_intents"),
        all=Variant(_("各类合计"), "signed"),
    ),
    _plain(
        "signing_amount",
        _("签约金额"),
        _("首次签约的协议总投资加增资、换业主的增量；框架、意向金额单列，不并入正式合同。"),
        _("三明市去重规则（2006）"),
        WAN,
        amount=Variant(_("正式合同"), "signed_contracts_amount"),
        framework=Variant(_("框架"), "signed_frameworks_amount"),
        intent=Variant(_("意向"), "signed_intents_amount"),
    ),
    _plain(
        "contract",
        _("合同（协议）投资总额"),
        _("正式合同约定的总投资"),
        OUR_OWN,
        WAN,
        amount=Variant(A, "contract_amount"),
    ),
    _plain("contract_count", _("合同项目"), _("首份正式合同在本期签订的项目"), YULIN, COUNT, count=Variant(N, "contracts")),
    _plain(
        "other_provinces_contract",
        _("合同利用省外资金"),
        _("Σ 合同总投资 × 省外投资方出资比例"),
        OUR_OWN,
        WAN,
        amount=Variant(A, "other_provinces_contract"),
    ),
    _plain(
        "other_provinces",
        _("实际到位省外资金"),
        _("报告期内省外境内投资者实际投入项目的资金，只计已核实"),
        OUR_OWN,
        WAN,
        amount=Variant(A, "other_provinces"),
    ),
    _plain(
        "outside_city",
        _("境内域外资金"),
        _("市域以外、境内来源：省外境内 + 省内市外；与省外资金是包含关系"),
        OUR_OWN,
        WAN,
        amount=Variant(A, "outside_city"),
    ),
    _plain(
        "abroad",
        _("实际利用外资"),
        _("境外（含港澳台）投资方实际缴付的注册资本、出资，只计已核实"),
        OUR_OWN,
        USD,
        amount=Variant(A, "abroad"),
    ),
    _plain(
        "capital",
        _("到位资金"),
        _("本期到位资金，只计已核实"),
        OUR_OWN,
        WAN,
        amount=Variant(A, "capital"),
    ),
    _plain(
        "over_one_yi",
        _("亿元以上项目"),
        _("总投资 ≥ 1 亿元（含）的合同项目"),
        _("通行分档：≥20、10–20、5–10、1–5、<1 亿元"),
        COUNT,
        count=Variant(N, "over_one_yi"),
    ),
    _plain(
        "over_one_yi_amount",
        _("亿元以上项目金额"),
        _("总投资 ≥ 1 亿元（含）的合同项目的总投资"),
        _("通行分档：≥20、10–20、5–10、1–5、<1 亿元"),
        WAN,
        amount=Variant(A, "over_one_yi_amount"),
    ),
    _plain("started", _("本期开工项目"), _("本期内进入开工阶段的项目"), OUR_OWN, COUNT, count=Variant(N, "started_in_period")),
    Indicator(
        "intensity",
        _("亩均投资强度"),
        _("固定资产投资 ÷ 用地，只计两者都填了的项目"),
        PER_MU,
        OUR_OWN,
        {"amount": Variant(A, "fixed_investment", "land")},
    ),
)
INDICATORS: dict[str, Indicator] = {indicator.code: indicator for indicator in _LISTED}
# What a target can be set for: a figure of its own that grows with the year.
TARGETS = [code for code, indicator in INDICATORS.items() if indicator.variants[indicator.usual].denominator is None]
