"""The weekly report: every figure from the snapshot, so that it says the same a month later."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import roles
from accounts.scope import Scope
from projects.models import Agreement, Project
from reports.documents.weekly import from_body, weekly_report
from reports.documents.weekly_words import flat
from reports.models import Snapshot
from reports.services import snapshots
from tests.factories import (
    AgreementFactory,
    CapitalArrivalFactory,
    DepartmentFactory,
    InteractionFactory,
    MilestoneFactory,
    ProgressReportFactory,
    ProjectFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
START, END = dt.date(2026, 11, 20), dt.date(2026, 11, 27)
BEFORE = dt.datetime(2026, 11, 20, 12, 5, tzinfo=SHANGHAI)
NOW = dt.datetime(2026, 11, 27, 12, 5, tzinfo=SHANGHAI)


@pytest.fixture
def manager():
    roles.sync_groups()
    return UserFactory(roles=["manager"])


def take(now=NOW):
    return snapshots.take_snapshot(Snapshot.Kind.WEEKLY, now=now)


def sections(snapshot, user, before=None):
    report = weekly_report(snapshot, before, user=user, unit="测试招商中心")
    return {section.key: section.text for section in report.sections}


def signed_project(name, amount, on, kind=Agreement.Kind.FORMAL, **values):
    project = ProjectFactory(name=name, stage="land.signed", track="land", **values)
    AgreementFactory(project=project, kind=kind, amount=amount, signed_on=on)
    return project


def progress(project, **told):
    return ProgressReportFactory(project=project, period_start_on=START, period_end_on=END, status="accepted", **told)


def test_formal_and_framework_and_announced_are_never_added_together(manager):
    signed_project("测试项目甲", Decimal(125_000), dt.date(2026, 3, 1))
    signed_project("测试项目乙", Decimal(30_000), dt.date(2026, 4, 1), Agreement.Kind.FRAMEWORK)
    signed_project("测试项目丙", None, dt.date(2026, 5, 1), Agreement.Kind.FRAMEWORK)
    signed_project("测试报道项目", Decimal(990_000), dt.date(2026, 6, 1), origin="press", owner=None)

    text = sections(take(), manager)["overview"]

    assert "正式合同和入驻协议1个、12.5亿元" in text
    assert "框架、意向和备忘录2个、3亿元（其中1个未填金额，未计入）" in text
    assert "另有报道所列项目1个，属公布口径，未计入以上数字。" in text
    assert "99亿元" not in text
    assert "15.5亿元" not in text


def test_verified_capital_stands_beside_unverified_and_unknown_is_a_dash(manager):
    project = ProjectFactory()
    CapitalArrivalFactory(project=project, amount=Decimal(700), arrived_on=dt.date(2026, 11, 24), status="submitted")

    text = sections(take(), manager)

    assert "本年到位资金：已核实—，已报未核实700万元" in text["overview"]
    assert "本周到位资金：已核实—，已报未核实700万元" in text["dynamics"]


def test_what_was_signed_on_the_closing_day_after_the_report_counts_in_the_next_week(manager):
    before = take(BEFORE)
    signed_project("测试项目甲", Decimal(20_000), START)

    text = sections(take(), manager, before)["dynamics"]

    assert "首次签约：正式合同和入驻协议1个、2亿元" in text


def test_what_the_report_before_counted_is_not_counted_again(manager):
    signed_project("测试项目甲", Decimal(20_000), START)
    before = take(BEFORE)

    text = sections(take(), manager, before)["dynamics"]

    assert "首次签约：0个。" in text


def test_what_was_entered_late_is_said_apart(manager):
    before = take(BEFORE)
    signed_project("测试项目甲", Decimal(20_000), dt.date(2026, 10, 8))

    text = sections(take(), manager, before)["dynamics"]

    assert "首次签约：0个。另补录以前签约1个。" in text


def contact(kind, day, entered=None, **values):
    row = InteractionFactory(kind=kind, happened_on=day, **values)
    type(row).all_objects.filter(pk=row.pk).update(created_at=entered or NOW - dt.timedelta(hours=2))


def test_contacts_and_leads_of_the_week_are_figures_of_the_snapshot(manager):
    for day in (END, END - dt.timedelta(days=1), START + dt.timedelta(days=1)):
        contact("visit", day)
    contact("visit", START, entered=BEFORE)  # after the closing: of this week
    contact("visit", START, entered=BEFORE - dt.timedelta(hours=1))  # before it: of the last one
    contact("visit", END, entered=NOW)  # after the closing: of the next one
    contact("reception", END)
    contact("reception", END - dt.timedelta(days=2))
    contact("call", END)
    ProjectFactory(first_contact_on=END)
    ProjectFactory(first_contact_on=START - dt.timedelta(days=1))
    snapshot = take()
    contact("visit", END - dt.timedelta(days=1))

    assert "外出招商4次，接待客商2批；新增线索1条。" in sections(snapshot, manager)["dynamics"]
    assert snapshots.verify(snapshot).same


def test_a_head_is_told_the_contacts_and_targets_of_his_departments(manager):
    department = DepartmentFactory(name="测试招商一部")
    head = UserFactory(roles=["head"], department=department)
    contact("visit", END, department=department)
    contact("visit", END)
    signed_project("甲", 30_000, END, department=department)
    signed_project("乙", 30_000, END)
    TargetFactory(indicator="signing", year=2026, value=8)
    TargetFactory(indicator="signing", year=2026, value=5, department=department)
    snapshot = take()

    assert "外出招商1次" in sections(snapshot, head)["dynamics"]
    assert "年度目标：签约1/5个，完成率20%，序时83.33%，欠63.33个百分点。" in sections(snapshot, head)["overview"]
    assert "外出招商2次" in sections(snapshot, manager)["dynamics"]
    assert "年度目标：签约2/8个，完成率25%，序时83.33%，欠58.33个百分点。" in sections(snapshot, manager)["overview"]


def test_a_target_raised_later_stays_what_it_was_in_the_report(manager):
    target = TargetFactory(indicator="signing", year=2026, value=8)
    snapshot = take()
    before = sections(snapshot, manager)

    target.value = 3
    target.save()

    assert sections(snapshot, manager) == before
    assert "签约0/8个" in before["overview"]


def test_an_older_snapshot_keeps_no_contacts_and_says_so(manager):
    ProjectFactory()
    snapshot = take()
    Snapshot.objects.filter(pk=snapshot.pk).update(tallies={})
    snapshot.refresh_from_db()

    text = sections(snapshot, manager)

    assert "外出招商—次，接待客商—批，新增线索—条" in text["dynamics"]
    assert "年度目标完成率—" in text["overview"]


def test_a_tally_that_was_tampered_with_is_found(manager):
    contact("visit", END)
    snapshot = take()
    snapshot.tallies["contacts"][0]["n"] = 9
    snapshot.save(update_fields=["tallies"])

    assert not snapshots.verify(snapshot).same


def test_changes_name_both_sides(manager):
    project = signed_project("测试项目甲", Decimal(20_000), dt.date(2026, 3, 1))
    before = take(BEFORE)
    Project.objects.filter(pk=project.pk).update(stage="land.registered")
    ProjectFactory(name="测试项目乙", stage="any.lead", track=None, origin="imported")

    text = sections(take(), manager, before)["dynamics"]

    assert "新增项目1项、阶段变化1项" in text
    assert "1.测试项目甲：签约→公司注册。" in text
    assert "1.测试项目乙（线索）。" in text


def test_without_a_snapshot_before_nothing_is_compared(manager):
    assert "没有上一期快照" in sections(take(), manager)["dynamics"]


def test_lights_stand_apart_with_reason_and_progress(manager):
    unit = DepartmentFactory(name="测试部门甲")
    red = ProjectFactory(name="测试项目甲", department=unit, light="red", light_reason="土地摘牌 逾期 12 工作日")
    ProjectFactory(name="测试项目乙", light="yellow", light_reason="环评批复 7 天内到期")
    ProjectFactory(name="测试项目丙", light="green")
    progress(red, progress="已报送资料")

    text = sections(take(), manager)["lights"]

    assert "灰0个、绿1个、黄1个、红1个、蓝0个" in text
    assert "（一）红灯1个\n1.测试项目甲（测试部门甲）：土地摘牌 逾期 12 工作日；本周进展：已报送资料。" in text
    assert "（二）黄灯1个\n1.测试项目乙" in text
    assert "本周进展—（未报送）" in text


def test_no_change_says_why(manager):
    progress(ProjectFactory(light="red"), no_change_reason="等待批复", progress="")

    assert "本周无变化（等待批复）" in sections(take(), manager)["lights"]


def test_problems_and_who_did_not_report(manager):
    told = ProjectFactory(name="测试项目甲")
    ProjectFactory()
    ProjectFactory(status="terminated", status_reason="测试原因")
    progress(told, problems="用地指标不足。", needs_coordination="请协调指标")

    text = sections(take(), manager)["problems"]

    assert "本周已采用进展1份，推进中项目未报送或未采用1个。" in text
    assert "1.测试项目甲：用地指标不足；需协调：请协调指标。" in text


def test_the_progress_of_an_earlier_week_is_not_told_as_this_weeks(manager):
    project = ProjectFactory(name="测试项目甲", light="red")
    week = dt.timedelta(days=7)
    ProgressReportFactory(
        project=project,
        period_start_on=START - week,
        period_end_on=START,
        status="accepted",
        progress="上周的事",
        problems="旧问题",
    )

    texts = sections(take(), manager)

    assert "上周的事" not in texts["lights"]
    assert "旧问题" not in texts["problems"]


def test_next_week_names_plans_and_milestones_that_are_due(manager):
    project = ProjectFactory(name="测试项目甲")
    progress(project, next_plan="完成摘牌")
    MilestoneFactory(project=project, name="土地摘牌", due_on=END + dt.timedelta(days=3))
    MilestoneFactory(project=project, name="很久以后", due_on=END + dt.timedelta(days=30))

    text = sections(take(), manager)["plans"]

    assert "1.测试项目甲：完成摘牌。" in text
    assert "1.测试项目甲：土地摘牌（2026-11-30）。" in text
    assert "很久以后" not in text


def test_a_month_later_and_after_edits_the_same_snapshot_gives_the_same_report(manager):
    project = signed_project("测试项目甲", Decimal(20_000), dt.date(2026, 11, 25), light="red", light_reason="逾期")
    CapitalArrivalFactory(project=project, amount=Decimal(300), arrived_on=dt.date(2026, 11, 24))
    progress(project, progress="进展甲", problems="问题甲", next_plan="计划甲")
    MilestoneFactory(project=project, due_on=END + dt.timedelta(days=3))
    before, snapshot = take(BEFORE), take()
    first = weekly_report(snapshot, before, user=manager, unit="测试招商中心")

    Project.objects.filter(pk=project.pk).update(name="改名", stage="land.started", light="green", light_reason="")
    Agreement.objects.filter(project=project).update(amount=Decimal(99_999))
    project.capital_arrivals.update(amount=Decimal(1))
    project.milestones.update(due_on=dt.date(2027, 6, 1))
    signed_project("测试项目乙", Decimal(70_000), dt.date(2026, 11, 26))

    assert weekly_report(snapshot, before, user=manager, unit="测试招商中心") == first


def test_the_report_kept_as_json_is_the_same(manager):
    signed_project("测试项目甲", Decimal(20_000), dt.date(2026, 3, 1), light="red", light_reason="逾期")
    report = weekly_report(take(), None, user=manager, unit="测试招商中心")

    assert from_body(report.title, report.body()) == report
    assert report.title == "关于2026年11月20日至11月27日招商引资工作情况的报告"
    assert report.lamps == (("1", "测试项目甲", report.lamps[0][2], "● 红", "—", "逾期"),)


def test_only_projects_the_author_may_see_are_in_it(manager):
    officer = UserFactory(roles=["officer"])
    signed_project("测试项目甲", Decimal(20_000), dt.date(2026, 3, 1), light="red", light_reason="逾期")
    snapshot = take()

    report = weekly_report(snapshot, None, user=officer, unit="测试")

    assert not report.lamps
    assert "登记在册推进中项目0个" in report.sections[0].text


def test_a_pasted_table_becomes_a_sentence():
    assert flat("进度\t完成\n用地\t 50亩 \n\n") == "进度、完成；用地、50亩"


def test_a_changed_figure_is_noticed(manager):
    signed_project("测试项目甲", Decimal(20_000), dt.date(2026, 3, 1))
    section = weekly_report(take(), None, user=manager, unit="测试").sections[0]
    changed = type(section)(section.key, section.heading, section.text.replace("2亿元", "3.5亿元"), section.drafted)

    assert section.altered == []
    assert "+3.5" in changed.altered


def test_it_costs_the_same_for_one_project_and_for_many(manager):
    def count():
        snapshot = take(NOW + dt.timedelta(days=7 * count.times))
        count.times += 1
        with CaptureQueriesContext(
            connection,
        ) as queries:
            weekly_report(snapshot, None, user=manager, unit="测试")
        return len(queries)

    count.times = 0
    progress(signed_project("测试项目甲", Decimal(1), dt.date(2026, 3, 1)))
    Scope.of(manager)
    few = count()
    for n in range(5):
        progress(signed_project(f"测试项目{n}", Decimal(1), dt.date(2026, 3, 1)))

    assert count() == few <= 8
