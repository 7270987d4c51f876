"""The five sections of the weekly report in words. It is an official paper and Chinese, whoever writes it.

Figures stand beside their unit without a space; 万元 and 亿元 are never shortened; what nobody knows is “—”.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from core.amounts import format_amount, plain
from projects import stages
from projects.models import Agreement, Project
from reports.documents.official import written_day
from reports.documents.weekly_rows import (
    VERIFIED,
    WAITING,
    Frozen,
    Line,
    Sum,
    arrived,
    reached,
    signed,
    standing,
    together,
)
from reports.services.difference import Difference, Lines
from reports.services.tallies import said

MOST = 30  # lines of one list; the rest is counted and stands in the attachments
LIGHTS = (("red", "红灯"), ("yellow", "黄灯"), ("green", "绿灯"))
SOFT = (Agreement.Kind.FRAMEWORK, Agreement.Kind.INTENT, Agreement.Kind.MOU)
FIRM = (Agreement.Kind.FORMAL, Agreement.Kind.TENANCY)
NUMERALS = "一二三四五六七八九十"
ACTIVE = Project.Status.ACTIVE


def overview(frozen: Frozen) -> str:
    """一、总体情况."""
    active = [row for row in frozen.projects if row.words["status"] == ACTIVE]
    counts = reached(active)
    so_far = "、".join(f"{stages.Counted(state).label}{count}个" for state, count in counts.items())
    held, ended = (_with_status(frozen, state) for state in (Project.Status.ON_HOLD, Project.Status.TERMINATED))
    talking = len(active) - counts[stages.Counted.SIGNED]
    year = signed(frozen, frozen.of_year)
    lines = [
        (
            f"截至{written_day(frozen.snapshot.as_of_on)}，登记在册推进中项目{len(active)}个，其中签约前{talking}个；"
            f"累计达到{so_far}。暂缓{held}个，终止{ended}个。"
        ),
        f"有效协议（合同）{_by_kind(standing(frozen.agreements))}。",
        f"本年以来首次签约：{_signed(year)}。框架、意向不与正式合同合并计算。",
        (
            f"本年到位资金：已核实{_money(arrived(frozen, frozen.of_year, *VERIFIED))}，"
            f"已报未核实{_money(arrived(frozen, frozen.of_year, *WAITING))}，两者不合并。"
        ),
        f"{_targets(frozen.targets)}排名—（系统没有通报排名，请按通报填写）。",
    ]
    if frozen.press:
        lines.append(f"另有报道所列项目{len(frozen.press)}个，属公布口径，未计入以上数字。")
    return "\n".join(lines)


def _with_status(frozen: Frozen, status: str) -> int:
    return sum(row.words["status"] == status for row in frozen.projects)


def _by_kind(agreements: Iterable[Line]) -> str:
    sums: dict[str, Sum] = {}
    for row in agreements:
        sums.setdefault(row.words["kind"], Sum()).add(row.words["amount"])
    named = [f"{Agreement.Kind(kind).label}{sums[kind]}" for kind in Agreement.Kind.values if kind in sums]
    return "：" + "；".join(named) if named else "0个"


def _signed(sums: dict[str, Sum]) -> str:
    """Formal apart from what only says that one wants to."""
    parts = {
        "正式合同和入驻协议": together(sums[kind] for kind in FIRM if kind in sums),
        "框架、意向和备忘录": together(sums[kind] for kind in SOFT if kind in sums),
        "类型待核": sums.get(Agreement.Kind.UNKNOWN, Sum()),
        "增资和换业主（只计增量）": sums.get("increase", Sum()),
    }
    return "；".join(f"{name}{found}" for name, found in parts.items() if found.count) or "0个"


def _money(amount: Any) -> str:
    return format_amount(amount)


def _targets(targets: list[dict[str, Any]]) -> str:
    """“年度目标：签约12/500个，完成率2.4%，序时83.33%，欠80.93个百分点；…。”; without targets —."""
    return f"年度目标：{'；'.join(map(_target, targets))}。" if targets else "年度目标完成率—（快照中没有年度目标），"


def _target(row: dict[str, Any]) -> str:
    ahead = said(row["ahead"])
    pace = "—" if ahead is None else f"{'欠' if ahead < 0 else '超'}{plain(abs(ahead))}个百分点"
    done = "—" if row["done"] is None else row["done"]
    rate = "—" if row["rate"] is None else f"{row['rate']}%"
    return f"{row['name']}{done}/{row['target']}{row['unit']}，完成率{rate}，序时{row['expected']}%，{pace}"


def _contacts(frozen: Frozen) -> str:
    visits, receptions, leads = frozen.contacts("visits"), frozen.contacts("receptions"), frozen.leads
    if visits is None or receptions is None or leads is None:
        return "外出招商—次，接待客商—批，新增线索—条（这份快照不含对接记录，请据实填写）。"
    return f"外出招商{visits}次，接待客商{receptions}批；新增线索{leads}条。"


def dynamics(frozen: Frozen, difference: Difference | None) -> str:
    """二、本周动态: what two snapshots say differently."""
    week = f"本周（{written_day(frozen.start_on)}至{written_day(frozen.end_on)}）"
    lines = [
        _contacts(frozen),
        f"{week}首次签约：{_signed(signed(frozen, frozen.of_week))}。{_late(frozen)}",
        (
            f"本周到位资金：已核实{_money(arrived(frozen, frozen.of_week, *VERIFIED))}，"
            f"已报未核实{_money(arrived(frozen, frozen.of_week, *WAITING))}。"
        ),
    ]
    if difference is None:
        return "\n".join([*lines, "没有上一期快照，新增、推进和调整情况无法比较（—）。"])
    lines.append(f"与{written_day(difference.old.as_of_on)}快照相比：{_changes(difference)}。")
    return "\n".join([*lines, *_listed(_kinds(difference))])


def _late(frozen: Frozen) -> str:
    """What was signed earlier and is first reported now; it counts for its year, not for this week."""
    count = together(signed(frozen, frozen.late).values()).count
    return f"另补录以前签约{count}个。" if count else ""


def _kinds(difference: Difference) -> list[tuple[str, Lines, Callable[[Any], str]]]:
    def moved(line: Any) -> str:
        return (
            f"{line.label}：{line.what}由{line.before}调整为{line.after}"
            if line.what
            else f"{line.label}：{line.before}→{line.after}"
        )

    return [
        ("新增项目", difference.added, lambda line: f"{line.label}（{line.after}）"),
        ("阶段变化", difference.stage_moved, moved),
        ("总投资调整", difference.amount_changed, moved),
        ("日期调整", difference.date_moved, moved),
        ("不再在册", difference.gone, lambda line: f"{line.label}（原{line.before}）"),
    ]


def _changes(difference: Difference) -> str:
    return "、".join(f"{name}{lines.count}项" for name, lines, _say in _kinds(difference))


def _listed(kinds: Iterable[tuple[str, Lines, Callable[[Any], str]]]) -> Iterator[str]:
    told = [(name, lines, say) for name, lines, say in kinds if lines.count]
    for numeral, (name, lines, say) in zip(NUMERALS, told, strict=False):
        yield f"（{numeral}）{name}{lines.count}项"
        yield from _numbered([say(line) for line in lines.rows], lines.count)


def _numbered(texts: list[str], count: int | None = None) -> Iterator[str]:
    """“1.…。” for the first ones, and how many more there are."""
    shown = texts[:MOST]
    yield from (f"{at}.{flat(text).rstrip('。')}。" for at, text in enumerate(shown, 1))
    left = (len(texts) if count is None else count) - len(shown)
    if left:
        yield f"另有{left}项，见附件。"


def flat(text: str) -> str:
    """A text in one line: a pasted table becomes a sentence with 、 and ；."""
    cells = ("、".join(part.strip() for part in line.split("\t") if part.strip()) for line in text.splitlines())
    return "；".join(cell for cell in cells if cell)


def lights(frozen: Frozen) -> str:
    """三、重点项目进展: red, yellow and green apart, each with why and what happened this week."""
    active = [row for row in frozen.projects if row.words["status"] == ACTIVE]
    lines = [f"推进中项目亮灯：{_light_counts(active)}。"]
    for numeral, (code, name) in zip(NUMERALS, LIGHTS, strict=False):
        found = [row for row in active if row.words["light"] == code]
        lines.append(f"（{numeral}）{name}{len(found)}个")
        shown = found if code != "green" else [row for row in found if row.words["grade"] == Project.Grade.A]
        lines.extend(_numbered([_progress(frozen, row) for row in shown], len(found)) if found else ())
    return "\n".join(lines)


def _light_counts(rows: list[Line]) -> str:
    labels = dict(Project.Light.choices)
    counts = {code: sum(row.words["light"] == code for row in rows) for code in labels}
    return "、".join(f"{labels[code]}{count}个" for code, count in counts.items())


def _progress(frozen: Frozen, row: Line) -> str:
    told = frozen.told.get(row.key)
    said = [row.words["light_reason"] or "", _of_week(told)]
    return f"{row.label}（{row.words['department'] or '—'}）：{'；'.join(flat(text).rstrip('。') for text in said if text)}"


def _of_week(told: Line | None) -> str:
    if told is None:
        return "本周进展—（未报送）"
    if told.words["no_change_reason"] and not told.words["progress"]:
        return f"本周无变化（{told.words['no_change_reason']}）"
    return f"本周进展：{told.words['progress'] or '—'}"


def problems(frozen: Frozen) -> str:
    """四、存在问题, and who did not report."""
    told = frozen.told
    active = [row.key for row in frozen.projects if row.words["status"] == ACTIVE]
    silent = len([key for key in active if key not in told])
    said = [_problem(row) for row in told.values() if row.words["problems"] or row.words["needs_coordination"]]
    first = f"本周已采用进展{len(told)}份，推进中项目未报送或未采用{silent}个。"
    return "\n".join([first, *(_numbered(said) if said else ["本周没有报送存在问题。"])])


def _problem(row: Line) -> str:
    asked = row.words["needs_coordination"]
    said = [row.words["problems"], f"需协调：{flat(asked).rstrip('。')}" if asked else ""]
    return f"{_project_of(row)}：{'；'.join(flat(text).rstrip('。') for text in said if text)}"


def plans(frozen: Frozen) -> str:
    """五、下周计划: what was planned in words, and the milestones due."""
    said = [f"{_project_of(row)}：{row.words['next_plan']}" for row in frozen.told.values() if row.words["next_plan"]]
    due = [f"{_project_of(row)}：{row.words['name']}（{row.words['due_on']}）" for row in frozen.due]
    lines = [f"下周计划办理{len(said)}项，到期节点{len(due)}个。"]
    for numeral, (name, texts) in zip(NUMERALS, (("计划事项", said), ("到期节点", due)), strict=False):
        lines.extend([f"（{numeral}）{name}{len(texts)}项", *_numbered(texts)] if texts else ())
    return "\n".join(lines)


def _project_of(row: Line) -> str:
    return str(row.words["project_name"])
