"""What a dossier says of a project, part by part. The paper is Chinese and official, whoever takes it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from core.amounts import format_amount
from core.dates import fuzzy
from projects.models import (
    Agreement,
    CapitalArrival,
    Commitment,
    Evidence,
    InvestmentProgress,
    Milestone,
    ProgressReport,
    StageChange,
)
from reports.documents.dossier import Part

PENDING = "【待公平竞争审查，尚未约定】"
NOT_AGREED = "带“待公平竞争审查”字样的事项尚未通过审查，不作为已约定或已承诺的内容，不得对外引用。"


def day(value: dt.date | None) -> str:
    return value.isoformat() if value else "—"


def said(row: Any, name: str) -> str:
    """A fuzzy date in words."""
    return str(fuzzy(row, name)) if getattr(row, name) else "—"


def agreements(rows: Iterable[Agreement], in_force: int | None) -> Part:
    """Each paper, with what became of it."""

    def state(row: Agreement) -> str:
        if row.terminated_on:
            return f"已终止 {row.terminated_on}"
        if row.superseded_by_id:
            return "已被取代"
        return "生效中" if row.pk == in_force else "有效"

    told = tuple(
        (
            row.get_kind_display(),
            row.title,
            said(row, "signed_on"),
            str(row.our_unit or row.our_unit_name),
            "、".join(str(link.party) for link in row.parties.all() if link.deleted_at is None),
            format_amount(row.amount, row.amount_qualifier),
            row.get_counts_as_display(),
            state(row),
        )
        for row in rows
    )
    heads = ("类型", "名称", "签订日期", "我方", "对方", "总投资", "计入", "状态")
    return Part("一、协议", heads, told, (20, 26, 22, 22, 30, 22, 12, 16))


def stage_changes(rows: Iterable[StageChange]) -> Part:
    """Every move, of stage or status."""
    told = tuple(
        (
            day(row.moved_on),
            f"{row.get_from_stage_display()} → {row.get_to_stage_display()}",
            row.get_to_status_display() if row.from_status != row.to_status else "",
            str(row.moved_by or "系统装入"),
            row.note,
        )
        for row in rows
    )
    return Part("二、阶段变化", ("日期", "阶段", "状态变为", "操作人", "说明"), told, (20, 45, 18, 22, 60))


def milestones(rows: Sequence[Milestone]) -> tuple[Part, Part]:
    """The plan, and every time it was moved, with the reason."""
    plan = tuple(
        (
            f"★ {row.name}" if row.is_key else row.name,
            day(row.original_due_on),
            day(row.due_on),
            _completed(row),
            row.get_status_display() + (f"：{row.waived_reason}" if row.waived_reason else ""),
            str(row.responsible_unit or row.responsible_unit_name),
        )
        for row in rows
    )
    moved = tuple(
        (
            row.name,
            f"{revision.old_due_on} → {revision.new_due_on}",
            revision.reason,
            f"{revision.revised_by or '—'} {revision.revised_on}",
            "随前序节点顺延" if revision.caused_by_id else "",
        )
        for row in rows
        for revision in row.revisions.all()
    )
    heads = ("节点（★ 关键）", "原计划", "现计划", "完成", "状态", "责任单位")
    changes = ("节点", "日期变动", "原因", "改期人与日期", "备注")
    return (
        Part("三、里程碑", heads, plan, (40, 22, 22, 24, 24, 32)),
        Part("四、里程碑改期记录", changes, moved, (28, 48, 44, 32, 18)),
    )


def _completed(row: Milestone) -> str:
    known = row.completed_on is not None or row.status == Milestone.Status.DONE
    return (str(fuzzy(row, "completed_on")) if row.completed_on else "日期不详") if known else "—"


def evidence(rows: Iterable[Evidence]) -> Part:
    """The papers that stages asked for."""
    told = tuple(
        (row.label, row.get_status_display(), day(row.due_on), str(row.attachment or "—"), row.waived_reason) for row in rows
    )
    return Part("五、凭据", ("凭据", "状态", "补齐期限", "附件", "不适用原因"), told, (40, 20, 24, 50, 34))


def commitments(rows: Iterable[Commitment]) -> Part:
    """What both sides promised; what no review has passed is marked in its own cell and in a sentence."""
    found = list(rows)
    pending = Commitment.FairReview.PENDING
    told = tuple(
        (
            row.get_side_display(),
            f"{PENDING}{row.text}" if row.fair_review == pending else row.text,
            day(row.due_on),
            "—" if row.fair_review == pending else row.get_status_display(),
            row.get_fair_review_display(),
        )
        for row in found
    )
    notes = (NOT_AGREED,) if any(row.fair_review == pending for row in found) else ()
    return Part("六、承诺事项", ("承诺方", "内容", "期限", "兑现", "公平竞争审查"), told, (14, 80, 22, 18, 34), notes)


def capital(rows: Iterable[CapitalArrival]) -> Part:
    """Each payment; the proven and the unproven are summed apart."""
    found = list(rows)
    told = tuple(
        (
            day(row.arrived_on),
            str(row.payer or "—"),
            _paid(row),
            row.get_origin_display(),
            row.get_status_display(),
            f"更正 {row.corrects.arrived_on} 一笔" if row.corrects else "",
            str(row.voucher or "—"),
        )
        for row in found
    )
    sums = {name: _sum(row.amount for row in found if row.status in states) for name, states in SUMMED.items()}
    note = "；".join(f"{name}合计{format_amount(amount)}" for name, amount in sums.items())
    heads = ("到账日期", "出资方", "金额", "来源", "状态", "更正", "凭证")
    return Part("七、到位资金", heads, told, (22, 36, 30, 20, 16, 24, 28), (f"{note}，两者不合并。",) if told else ())


SUMMED = {
    "已核实": (CapitalArrival.Status.VERIFIED,),
    "未核实（草稿、已报送）": (CapitalArrival.Status.DRAFT, CapitalArrival.Status.SUBMITTED),
}


def _paid(row: CapitalArrival) -> str:
    usd = f"{row.amount_usd.normalize():f}万美元" if row.amount_usd is not None else ""
    return "；".join(text for text in (format_amount(row.amount) if row.amount is not None else "", usd) if text)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    stated = [amount for amount in amounts if amount is not None]
    return sum(stated, Decimal()) if stated else None


def investment(rows: Iterable[InvestmentProgress]) -> Part:
    """Our figure and that of the statistics office side by side."""
    told = tuple(
        (
            f"{row.report_month:%Y-%m}",
            format_amount(row.completed),
            format_amount(row.cumulative),
            format_amount(row.stat_value),
            row.get_status_display(),
        )
        for row in rows
    )
    return Part("八、投资完成", ("月份", "本月完成", "累计完成", "统计部门数", "状态"), told, (22, 36, 36, 36, 22))


def progress(rows: Iterable[ProgressReport]) -> Part:
    """What was accepted, period by period; revisions that were replaced stay in it and say so."""
    found = list(rows)
    newest: dict[tuple[dt.date, dt.date], int] = {}
    for row in found:
        period = (row.period_start_on, row.period_end_on)
        newest[period] = max(row.revision, newest.get(period, 0))
    told = tuple(
        (
            f"{row.period_start_on} 至 {row.period_end_on}",
            f"第{row.revision}版" + ("" if newest[(row.period_start_on, row.period_end_on)] == row.revision else "（已更正）"),
            row.progress or (f"无变化：{row.no_change_reason}" if row.no_change_reason else "—"),
            "；".join(text for text in (row.problems, row.needs_coordination) if text),
            row.next_plan,
        )
        for row in found
    )
    return Part("九、进展报送（已采用）", ("报告期", "版次", "进展", "问题与需协调", "下步计划"), told, (26, 18, 50, 42, 34))
