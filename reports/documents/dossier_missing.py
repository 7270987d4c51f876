"""What is missing in a dossier: said, never filled in."""

from collections.abc import Iterator, Sequence
from typing import Any

from projects.models import Commitment, Evidence, Milestone, Project, ProjectParty
from reports.documents.dossier import Part

SHORT = 30  # signs of a promise that say which one it is
BASICS = ("track", "site", "summary", "industry", "approval_code", "stat_name", "planned_start_on", "planned_completion_on")


def missing(project: Project, found: dict[str, Sequence[Any]], lost: Sequence[str]) -> Part:
    """Everything a reader would look for in vain; `lost` are files that are registered and not there."""
    rows = [("缺什么", text) for text in _missing(project, found)]
    rows += [("附件", f"“{name}”只有登记，没有文件") for name in lost]
    told = tuple((str(at), text) for at, (_kind, text) in enumerate(rows, 1))
    return Part("十一、尚缺", ("序号", "事项"), told, (12, 150), () if told else ("未发现缺项。",))


def _missing(project: Project, found: dict[str, Sequence[Any]]) -> Iterator[str]:
    for name in BASICS:
        if getattr(project, name) in (None, ""):
            yield f"基本情况：{project._meta.get_field(name).verbose_name} 未填"  # type: ignore[union-attr]
    if not any(row.role == ProjectParty.Role.PROJECT_COMPANY for row in found["parties"]):
        yield "没有登记项目公司"
    yield from _of_papers(found)
    yield from (f"凭据：{row.label} 待补" for row in found["evidence"] if row.status == Evidence.Status.MISSING)
    yield from _of_plan(found)
    yield from _of_promises(found)


def _of_papers(found: dict[str, Sequence[Any]]) -> Iterator[str]:
    if not found["agreements"]:
        yield "没有登记协议"
    for row in found["agreements"]:
        if row.amount is None:
            yield f"协议“{row}”：总投资未填"
        if row.signed_on is None:
            yield f"协议“{row}”：签订日期未填"
    yield from (
        f"到位资金 {row.arrived_on}：没有凭证" for row in found["capital"] if row.voucher_id is None and not row.corrects_id
    )


def _of_plan(found: dict[str, Sequence[Any]]) -> Iterator[str]:
    if not found["milestones"]:
        yield "没有里程碑计划"
    waiting = [row for row in found["milestones"] if row.status == Milestone.Status.TO_CONFIRM]
    if waiting:
        yield f"{len(waiting)}个里程碑待核实：{'、'.join(row.name for row in waiting)}"
    if not found["progress"]:
        yield "没有已采用的进展报送"


def _of_promises(found: dict[str, Sequence[Any]]) -> Iterator[str]:
    for row in found["commitments"]:
        if row.fair_review == Commitment.FairReview.PENDING:
            yield f"承诺事项待公平竞争审查：{_short(row.text)}"
        if row.due_on is None:
            yield f"承诺事项没有期限：{_short(row.text)}"


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
