"""T4 项目节点推进表."""

import datetime as dt
from pathlib import Path

from accounts.models import User
from projects.models import Milestone, ProgressReport, ProjectMember
from tests.factories import MilestoneFactory, ProjectFactory
from tests.ledgers.messy.files import Sample, across, facts, headed, save


def three_projects(user: User) -> None:
    """The projects of the chart, one of them with a milestone that is planned already."""
    made = [ProjectFactory(name=f"测试{name}项目", owner=user, department=user.department) for name in ("光电", "装备", "药业")]
    MilestoneFactory(
        project=made[0], code="A15", name="开工", due_on=dt.date(2026, 12, 31), original_due_on=dt.date(2026, 12, 31)
    )


def _two_lines(folder: Path) -> Path:
    """One cell a node: the plan above, what came of it below."""
    paths = ["序号", "项目名称", "总投资(亿元)", "包联领导", "责任单位", "前期手续>注册", "前期手续>备案", "前期手续>土地摘牌", "前期手续>施工许可",
             "建设>开工", "建设>竣工", "达效>投产", "本周进展", "存在问题", "红旗", "亮灯"]  # fmt: skip
    heads, merges = headed(paths, top=3)
    lines = [
        ["2026年重点招商项目节点推进（挂图作战）表"],
        ["更新时间：2026年11月24日　　图例：●完成 ◐进行中 ○未开始 ▲预警 ✕逾期"],
        *heads,
        ["一、工业项目"],
        [1, "测试光电项目", "约3亿元", "测试领导甲、测试领导乙", "测试招商中心", "2026年3月5日\n●", "2026.4\n2026年4月20日", "2026/6/30\n◐", "○12月底",
         "2026年12月31日", "明年三季度", "/", "基础施工", "用电　未接入", "√", "绿"],
        ["小计", "1个", 3],
        [],
        ["二、其他"],
        [2, "测试装备项目", None, None, None, "已注册\n2026年5月", "计划：2026年11月底", "—", "待定", "２０２７年３月\n未开始", "", None, "/", "无", None, None],
        ["备注：每格上为计划，下为完成。"],
        ["审核人：　　　　单位负责人："],
    ]  # fmt: skip
    merges += [across(1, 16), across(2, 16), across(5, 16), across(9, 16)]
    return save(folder / "挂图作战.xlsx", {"挂图": (lines, merges)})


def _plan_and_actual(folder: Path) -> Path:
    """Two columns a node, three head rows, the progress in front."""
    nodes = ("前期手续>注册", "前期手续>环评", "建设>开工", "建设>封顶", "达效>投产")
    paths = [
        "项目名称",
        "本周进展",
        "需协调事项",
        *(f"{node}>{side}" for node in nodes for side in ("计划", "实际")),
        "包联领导",
        "周调度员",
    ]
    heads, merges = headed(paths, top=3)
    lines = [
        ["重点项目节点推进表"],
        ["填报单位：测试发展局", None, None, "填报时间：2026.11.23"],
        *heads,
        ["合计 2个"],
        [
            "测试药业项目",
            "环评公示",
            "供热管网\n接入",
            46100,
            "2026.3.20",
            "2026年8月",
            "进行中",
            "2026年四季度",
            "/",
            "2027.6.30",
            None,
            "2027年",
            "—",
            "测试领导丙",
            "测试员乙",
        ],
        heads[0],
        heads[1],
        heads[2],
        [
            "测试装备项目",
            "—",
            "无",
            dt.datetime(2026, 5, 20),
            "已完成",
            "",
            "不适用",
            "待定",
            "未开始",
            "",
            "",
            "",
            "",
            None,
            None,
        ],
        ["说明：1.实际栏填完成日期。"],
    ]
    merges += [across(1, 15)]
    sheets = {"节点": (lines, merges), "上周": ([["项目名称", "本周进展"], ["测试药业项目", "旧进展"]], [])}
    return save(folder / "节点.xlsx", sheets, hidden=["上周"])


def _told() -> dict[str, list[str]]:
    fields = ("project__name", "code", "due_on", "completed_on", "completed_on_precision", "status")
    report = ("project__name", "period_start_on", "progress", "problems", "needs_coordination")
    return {
        "milestones": facts(Milestone.objects.all(), *fields),
        "leaders": facts(ProjectMember.objects.all(), "project__name", "name"),
        "progress": facts(ProgressReport.objects.all(), *report),
    }


SAMPLES = (
    Sample(
        "two_lines", "T4", _two_lines, 2, 3, _told,
        ("title", "unit line", "two head rows", "units in heads", "unknown column", "小计", "groups", "blank row", "notes", "two lines in a cell",
         "full-width", "marks"),
        before=three_projects,
    ),
    Sample(
        "plan_and_actual", "T4", _plan_and_actual, 2, 3, _told,
        ("title", "unit line", "three head rows", "another order", "no 序号", "unknown column", "合计 first", "heads again", "notes",
         "hidden sheet", "serial", "date cell"),
        before=three_projects,
    ),
)  # fmt: skip
