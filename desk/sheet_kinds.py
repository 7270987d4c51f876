"""The lists of agreements, milestones and capital, and that of projects as they were: columns, sums, filters."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.amounts import MoneyField, Total
from desk.sheet_filters import AgreementFilter, CapitalFilter, MilestoneFilter, SheetFilter
from desk.sheet_projects import UNANSWERED, FrozenProjectFilter
from projects.models import Agreement, CapitalArrival, Milestone, Project
from reports.models import SnapshotRow
from reports.services import freezing
from reports.services.freezing import Frozen

type Words = str | Promise


@dataclass(frozen=True)
class Column:
    """`key` names a word of the row; `kind` is text, money, usd, day or yes."""

    key: str
    label: Words
    kind: str = "text"

    @property
    def number(self) -> bool:
        return self.kind in {"money", "usd"}


@dataclass(frozen=True)
class Sum:
    """A count, or the sum of a column of money, over the rows that hold one of the values of a column."""

    code: str
    label: Words
    column: str = ""
    where: Mapping[str, tuple[Any, ...]] | None = None
    unit: str = "万元"
    definition: Words = ""

    def live(self) -> Combinable:
        return Total(self.column, filter=self.counted) if self.column else Count("pk", filter=self.counted)

    def frozen(self) -> Combinable:
        if not self.column:
            return Count("pk", filter=self.frozen_counted)
        return Total(Cast(KT(f"values__{self.column}"), MoneyField()), filter=self.frozen_counted)

    @property
    def counted(self) -> Q:
        """The rows it counts: what says no amount adds nothing."""
        found = Q(**{f"{name}__in": list(values) for name, values in (self.where or {}).items()})
        return found & Q(**{f"{self.column}__isnull": False}) if self.column else found

    @property
    def frozen_counted(self) -> Q:
        """The same among the rows of a snapshot."""
        found = Q(**{f"values__{name}__in": list(values) for name, values in (self.where or {}).items()})
        return found & ~Q(**{f"values__{self.column}": None}) if self.column else found


@dataclass(frozen=True)
class Kind:
    """One list: what its rows are, how they are ordered, written and added; `unanswered` names filters it cannot apply."""

    code: str
    title: Words
    empty: Words
    table: str
    filter: type[SheetFilter]
    columns: tuple[Column, ...]
    sums: tuple[Sum, ...]
    model: type[Model]
    order: tuple[str, ...]
    written: Callable[[QuerySet[Any]], Iterator[Frozen]]
    unanswered: Mapping[str, Words] = field(default_factory=dict)


PROJECT = (Column("project_code", _("项目编号")),)
_PAPERS = _("这些类型的协议的总投资之和，没有填金额的不计；各类不相加")
_VERIFIED = _("由第二人核实的各笔之和，负数更正已冲减")
_UNVERIFIED = _("已登记、还没有核实的各笔之和，退回的不计")
_WAITING = (CapitalArrival.Status.DRAFT.value, CapitalArrival.Status.SUBMITTED.value)
AGREEMENTS = Kind(
    "agreements",
    _("协议"),
    _("这里列出您能看到的全部协议。现在还没有符合条件的。"),
    SnapshotRow.Table.AGREEMENT,
    AgreementFilter,
    (
        *PROJECT,
        Column("kind_label", _("协议类型")),
        Column("signed_on_text", _("签订日期"), "day"),
        Column("amount", _("总投资（万元）"), "money"),
        Column("fixed_investment", _("其中固投（万元）"), "money"),
        Column("counts_as_label", _("计入方式")),
        Column("increment", _("增量（万元）"), "money"),
        Column("event", _("签约活动")),
        Column("in_force", _("有效协议"), "yes"),
        Column("terminated_on", _("终止日期"), "day"),
    ),
    (
        Sum("count", _("协议"), definition=_("您能看到的、符合条件的协议份数")),
        Sum("formal", _("正式合同、入驻协议"), "amount", {"kind": ("formal", "tenancy")}, definition=_PAPERS),
        Sum("framework", _("框架协议"), "amount", {"kind": ("framework",)}, definition=_PAPERS),
        Sum("intent", _("意向、备忘"), "amount", {"kind": ("intent", "mou")}, definition=_PAPERS),
        Sum("other", _("补充、类型待核"), "amount", {"kind": ("supplement", "unknown")}, definition=_PAPERS),
    ),
    Agreement,
    ("-signed_on", "-pk"),
    freezing.agreements,
)
MILESTONES = Kind(
    "milestones",
    _("里程碑"),
    _("这里列出您能看到的全部里程碑。现在还没有符合条件的。"),
    SnapshotRow.Table.MILESTONE,
    MilestoneFilter,
    (
        *PROJECT,
        Column("name", _("节点")),
        Column("is_key", _("关键节点"), "yes"),
        Column("status_label", _("状态")),
        Column("due_on", _("计划完成"), "day"),
        Column("original_due_on", _("原计划"), "day"),
        Column("completed_on_text", _("完成日期"), "day"),
        Column("responsible_unit", _("责任单位")),
        Column("responsible", _("承办人")),
        Column("follower", _("跟办人")),
    ),
    (
        Sum("count", _("里程碑"), definition=_("您能看到的、符合条件的节点数")),
        Sum("done", _("已完成"), where={"status": ("done",)}, definition=_("状态为“完成”的节点")),
        Sum("open", _("进行中"), where={"status": tuple(Milestone.Status.open())}, definition=_("已确认、还没有完成的节点")),
        Sum("to_confirm", _("待核实"), where={"status": ("to_confirm",)}, definition=_("还没有人确认的节点，不计逾期")),
    ),
    Milestone,
    ("due_on", "pk"),
    freezing.milestones,
)
CAPITAL = Kind(
    "capital",
    _("到位资金"),
    _("这里列出您能看到的全部到位资金。现在还没有符合条件的。"),
    SnapshotRow.Table.CAPITAL,
    CapitalFilter,
    (
        *PROJECT,
        Column("arrived_on", _("到账日期"), "day"),
        Column("amount", _("到位资金（万元）"), "money"),
        Column("amount_usd", _("外资（万美元）"), "usd"),
        Column("origin_label", _("资金来源地")),
        Column("side_label", _("出资一方")),
        Column("payer", _("出资方")),
        Column("status_label", _("状态")),
        Column("verified_by", _("核实人")),
        Column("note", _("说明")),
    ),
    (
        Sum("count", _("到位资金"), definition=_("您能看到的、符合条件的笔数")),
        Sum("verified", _("已核实"), "amount", {"status": ("verified",)}, definition=_VERIFIED),
        Sum("waiting", _("未核实"), "amount", {"status": _WAITING}, definition=_UNVERIFIED),
        Sum("verified_usd", _("已核实外资"), "amount_usd", {"status": ("verified",)}, "万美元", _VERIFIED),
        Sum("waiting_usd", _("未核实外资"), "amount_usd", {"status": _WAITING}, "万美元", _UNVERIFIED),
    ),
    CapitalArrival,
    ("-arrived_on", "-pk"),
    freezing.capital,
)
PROJECTS = Kind(
    "projects",
    _("项目台账"),
    _("该快照中没有符合条件的项目。"),
    SnapshotRow.Table.PROJECT,
    FrozenProjectFilter,
    (
        Column("code", _("项目编号")),
        Column("lead_party", _("投资方")),
        Column("stage_label", _("阶段")),
        Column("status_label", _("状态")),
        Column("light_label", _("灯")),
        Column("light_reason", _("亮灯原因")),
        Column("owner", _("负责人")),
        Column("amount", _("总投资（万元）"), "money"),
        Column("signed_on_text", _("签约日期"), "day"),
        Column("agreement_kind_label", _("协议类型")),
        Column("capital_verified", _("到位资金已核实（万元）"), "money"),
        Column("park", _("园区")),
        Column("department", _("所属部门")),
    ),
    (
        Sum("count", _("项目"), definition=_("快照中您能看到的、符合条件的项目数")),
        Sum("amount", _("总投资"), "amount", definition=_("有效协议的总投资之和，没有填金额的不计")),
        Sum("capital", _("到位资金（已核实）"), "capital_verified", definition=_VERIFIED),
        Sum("waiting", _("到位资金（未核实）"), "capital_waiting", definition=_UNVERIFIED),
    ),
    Project,
    ("pk",),
    lambda rows: iter(()),
    UNANSWERED,
)
