"""T5 重点项目月报."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

from accounts.models import User
from projects.models import Agreement, AnnualPlan, InvestmentProgress, ProgressReport, Project
from projects.services import parties
from tests.factories import AgreementFactory, InvestmentProgressFactory, ProjectFactory
from tests.ledgers.messy.files import Sample, across, facts, headed, save, save_text


def known_project(user: User) -> None:
    """A project signed last year, of which 2000万元 were completed then."""
    project = ProjectFactory(name="测试光电项目", owner=user, department=user.department)
    AgreementFactory(project=project, signed_on=dt.date(2025, 6, 1), amount=Decimal(20000), fixed_investment=Decimal(15000))
    InvestmentProgressFactory(project=project, report_month=dt.date(2025, 12, 1), cumulative=Decimal(2000), verified=True)
    parties.refresh_projects([project.pk], by=user)


def _monthly(folder: Path) -> Path:
    paths = ["项目编号", "序号", "项目名称", "建设性质", "建设内容", "投资情况（万元）>总投资", "投资情况（万元）>今年计划投资",
             "投资情况（万元）>今年累计完成投资", "投资情况（万元）>本月完成投资", "计划开工时间", "计划竣工时间", "包联领导", "责任单位", "服务单位",
             "建设阶段", "本月进展", "问题和建议", "视频监控"]  # fmt: skip
    heads, merges = headed(paths, top=3)
    lines = [
        ["测试高新区2026年11月重点项目建设情况月报表"],
        ["填报单位：测试发展局（盖章）　　填报时间：2026年11月24日　　单位：万元"],
        *heads,
        [None, "合计", "2个", None, None, 45000, "１2,000", 9000, 500],
        [None, "一", "工业项目"],
        [None, 1, "测试光电项目", "新建", "年产测试屏", "2亿元", "8,000", 6000, 500, "2025年三季度", "2027年底", "测试领导甲、测试领导乙", "测试招商中心",
         "测试服务所", "开工", "主体封顶在即", "/", "有"],
        [None, "二", "技改项目"],
        [None, 2, "测试装备项目", "技改", "—", "约2.5亿元", "４０００", "3000", "0", 46100, "2026年12月", "无", "测试招商中心", "暂无", "", "设备\n调试", "资金缺口",
         None],
        [],
        ["备注：投资额以统计口径为准。"],
        ["审核人：　　　　单位负责人："],
    ]  # fmt: skip
    merges += [across(1, 18), across(2, 18)]
    return save(folder / "月报.xlsx", {"11月": (lines, merges), "10月": ([["项目名称"], ["测试旧项目"]], [])}, hidden=["10月"])


def _monthly_in_gb18030(folder: Path) -> Path:
    heads = ["项目名称", "本月完成投资（亿元）", "今年累计完成投资（亿元）", "今年计划投资（亿元）", "总投资（亿元）", "项目类型", "建设性质", "责任单位", "本月进展",
             "计划开工时间", "包抓机制"]  # fmt: skip
    lines = [
        ["重点项目月报"],
        ["报送单位：测试招商中心", "", "报送时间：2026年10月31日"],
        heads,
        ["一、续建"],
        ["测试光电项目", "0.05", "0.55", "0.8", "2", "供地", "扩建", "测试招商中心", "土方完成", "/", "一企一策"],
        ["小计", "0.05", "0.55", "0.8", "2"],
        [],
        ["二、新建"],
        heads,
        ["测试仓储项目", "—", "０．３", "待定", "10亿元以上", "", "新建", "测试发展局", "无", "2026年9月", "/"],
        ["合计", "0.05", "0.85", "0.8", "12"],
        ["注：本表为快报数。"],
    ]
    return save_text(folder / "月报.csv", lines, encoding="gb18030")


def _told() -> dict[str, list[str]]:
    days = ("planned_start_on", "planned_start_on_precision", "planned_completion_on")
    months = InvestmentProgress.objects.all()
    reports = ProgressReport.objects.all()
    return {
        "projects": facts(Project.objects.all(), "name", "stage", "build_nature", "department__name", *days, "extra"),
        "agreements": facts(Agreement.objects.all(), "project__name", "kind", "amount", "amount_qualifier"),
        "plans": facts(AnnualPlan.objects.all(), "project__name", "year", "planned_investment"),
        "months": facts(months, "project__name", "report_month", "completed", "cumulative", "status"),
        "progress": facts(reports, "project__name", "period_end_on", "progress", "problems"),
    }


SAMPLES = (
    Sample(
        "under_groups", "T5", _monthly, 2, 2, _told,
        ("title", "unit line", "two head rows", "units in heads", "序号 second", "unknown column", "合计 first", "groups", "blank row", "notes",
         "hidden sheet", "full-width", "serial", "0"),
        before=known_project,
    ),
    Sample(
        "in_gb18030", "T5", _monthly_in_gb18030, 2, 2, _told,
        ("GB18030", "unit line", "units in heads", "another order", "no 序号", "unknown column", "groups", "小计", "heads again", "合计",
         "notes", "以上", "full-width"),
        before=known_project,
    ),
)  # fmt: skip
