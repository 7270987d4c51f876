"""The monthly report of key projects: which project a row means, what its figures become, and that it comes back."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts import roles
from audit import changesets
from core.dates import FuzzyDate
from ledgers.layouts.base import Context
from ledgers.layouts.comparing import differences
from ledgers.layouts.t1 import T1
from ledgers.layouts.t5 import T5
from ledgers.planning import Part, plan
from ledgers.sheets import Merge, Sheet
from ledgers.values import Amount
from projects.models import Agreement, AnnualPlan, InvestmentProgress, Project
from projects.services import parties
from tests.factories import (
    NOW,
    TODAY,
    AgreementFactory,
    AnnualPlanFactory,
    InvestmentProgressFactory,
    ProgressReportFactory,
    ProjectFactory,
    ProjectMemberFactory,
    UserFactory,
)
from tests.ledgers.project_ledgers import apply, codes, plan_of, read_back, row, rows_of, table_of, written

pytestmark = pytest.mark.django_db
NAME, NOVEMBER, CODE = "测试光电项目", dt.date(2026, 11, 1), "ZS2026-0001"


@pytest.fixture
def user():
    roles.sync_groups()
    return UserFactory(roles=["manager"], display_name="测试员甲")


@pytest.fixture
def project(user):
    return ProjectFactory(name=NAME, code=CODE, owner=user)


def exact(value):
    return Amount(Decimal(value), "exact")


def full(user, number=6):
    """A row that fills every column."""
    return row(
        number,
        code=CODE,
        name=NAME,
        nature="new",
        summary="测试内容",
        total=Amount(Decimal(50_000), "about"),
        planned=exact(20_000),
        this_year=exact(8_000),
        this_month=exact("500.5"),
        start=FuzzyDate(dt.date(2026, 3, 31), "month"),
        completion=FuzzyDate(dt.date(2027, 12, 31), "year"),
        leaders=["测试领导甲", "测试领导乙"],
        department=user.department.name,
        service_unit="测试服务局",
        type="供地",
        stage="开工",
        progress="主体施工",
        problems="用电容量不足",
    )


def agreed(project, **values):
    agreement = AgreementFactory(project=project, **values)
    parties.refresh_project(project)
    return agreement


# What a row becomes


def test_a_row_fills_project_agreement_plan_investment_and_progress(user, project):
    agreed(project)

    apply(T5, [full(user)], user)

    project.refresh_from_db()
    assert (project.stage, project.build_nature, project.extra) == ("land.started", "new", {"service_unit": "测试服务局"})
    assert (project.agreement.amount, project.agreement.amount_qualifier) == (50_000, "about")
    assert AnnualPlan.objects.get().planned_investment == 20_000
    month = InvestmentProgress.objects.get()
    assert (month.report_month, month.completed, month.cumulative) == (NOVEMBER, Decimal("500.5"), 8_000)
    assert (month.status, project.progress_reports.get().problems) == ("submitted", "用电容量不足")
    assert [member.name for member in project.members.order_by("rank")] == ["测试领导甲", "测试领导乙"]


def test_a_column_is_filled_for_every_head_of_the_form(user):
    assert len(T5.columns) == 17
    assert set(full(user).values) == {column.key for column in T5.columns}


def test_the_number_tells_projects_of_one_name_apart(user, project):
    ProjectFactory(name=NAME, code="ZS2026-0002")

    apply(T5, [row(name=NAME, code=CODE, summary="测试内容")], user)

    project.refresh_from_db()
    assert (project.summary, codes(plan_of(T5, [row(name=NAME, summary="另一内容")], user))) == (
        "测试内容",
        [("ambiguous", "B6")],
    )


def test_the_total_is_that_of_the_agreement_in_force(user, project):
    intent = agreed(project, kind="intent", amount=10_000)
    formal = agreed(project, kind="formal", amount=30_000, signed_on=TODAY - dt.timedelta(days=1))

    apply(T5, [row(name=NAME, total=exact(40_000))], user)

    assert set(Agreement.objects.values_list("pk", "amount")) == {(intent.pk, 10_000), (formal.pk, 40_000)}


def test_a_project_without_agreement_gets_one_of_unknown_kind_that_is_not_counted_as_signed(user, project):
    apply(T5, [row(name=NAME, total=exact(40_000))], user)

    project.refresh_from_db()
    assert (project.agreement.kind, project.agreement.signed_on, project.agreement.amount) == ("unknown", None, 40_000)
    assert not Agreement.objects.counted(dt.date(2000, 1, 1), TODAY).exists()


def test_the_ledger_of_signed_projects_completes_that_same_agreement_later(user, project):
    apply(T5, [row(name=NAME, total=exact(40_000))], user)

    signed = {"investor": "测试光电有限公司", "kind": "formal", "signed_on": FuzzyDate(dt.date(2026, 3, 5))}
    apply(T1, [row(name=NAME, **signed, amount=exact(40_000))], user)

    assert Agreement.objects.get().kind == "formal"


@pytest.mark.parametrize("turned", [False, True])
def test_two_ledgers_of_one_workbook_speak_of_one_agreement(user, turned):
    signed = {"investor": "测试光电有限公司", "kind": "formal", "signed_on": FuzzyDate(dt.date(2026, 3, 5))}
    context = Context(user, TODAY, TODAY)
    parts = [Part(T1, [row(name=NAME, **signed)], context), Part(T5, [row(name=NAME, total=exact(40_000))], context)]

    found = plan(parts[::-1] if turned else parts)

    assert (found.problems, found.counts["create"]["projects.Agreement"]) == ([], 1)


def test_columns_kept_by_two_ledgers_of_one_workbook_do_not_contradict(user, project):
    context = Context(user, TODAY, TODAY)
    signed = row(name=NAME, investor="测试光电有限公司", remark="测试备注", signed_on=FuzzyDate(TODAY), kind="formal")
    parts = [Part(T1, [signed], context), Part(T5, [row(7, name=NAME, service_unit="测试服务局")], context)]

    entry = next(entry for entry in plan(parts).resources[Project].entries.values())

    assert entry.instance.extra == {"remark": "测试备注", "service_unit": "测试服务局"}


def test_one_kept_column_said_twice_differently_is_a_contradiction(user, project):
    rows = [row(name=NAME, service_unit="测试服务局"), row(7, name=NAME, service_unit="另一单位")]

    assert [found.code for found in plan_of(T5, rows, user).problems] == ["contradiction"]


# 今年累计 beside the total since construction began


def test_what_earlier_years_completed_comes_on_top_of_this_year(user, project):
    InvestmentProgressFactory(project=project, report_month=dt.date(2025, 6, 1), cumulative=1_000)
    InvestmentProgressFactory(project=project, report_month=dt.date(2025, 12, 1), cumulative=3_000)

    apply(T5, [row(name=NAME, this_year=exact(8_000))], user)

    assert InvestmentProgress.objects.get(report_month=NOVEMBER).cumulative == 11_000
    assert written(T5, user)[0].values["this_year"] == exact(8_000)


def test_december_and_november_in_one_workbook_add_up(user, project):
    old = Context(user, TODAY, dt.date(2025, 12, 31))
    parts = [
        Part(T5, [row(name=NAME, this_year=exact(3_000))], old),
        Part(T5, [row(7, name=NAME, this_year=exact(8_000))], Context(user, TODAY, TODAY)),
    ]

    entries = plan(parts).resources[InvestmentProgress].entries.values()

    assert {entry.instance.report_month.year: entry.instance.cumulative for entry in entries} == {2025: 3_000, 2026: 11_000}


# What is refused


def test_an_unknown_number_is_refused(user, project):
    plan = plan_of(T5, [row(name="测试新项目", code="ZS2026-9999")], user)

    assert codes(plan) == [("unknown", "C6")]


@pytest.mark.parametrize(("name", "code"), [("测试别的项目", CODE), (NAME, "ZS2026-9999")])
def test_a_number_that_does_not_belong_to_the_name_is_refused(user, project, name, code):
    plan = plan_of(T5, [row(name=name, code=code, summary="测试内容")], user)

    assert codes(plan) == [("identity", "C6")]
    assert CODE in plan.problems[0].message


def test_a_verified_month_is_locked(user, project):
    InvestmentProgressFactory(project=project, report_month=NOVEMBER, completed=100, verified=True)

    assert codes(plan_of(T5, [row(name=NAME, this_month=exact(200))], user)) == [("locked", "C6")]
    assert plan_of(T5, [row(name=NAME, this_month=exact(100))], user).problems == []


def test_a_row_whose_name_could_not_be_read_makes_nothing(user):
    plan = plan_of(T5, [row(code=CODE, total=exact(1))], user)

    assert (plan.problems, plan.changes_nothing) == ([], True)


# There and back


def test_a_full_row_applied_again_changes_nothing(user, project):
    apply(T5, [full(user)], user)

    assert plan_of(T5, [full(user)], user).changes_nothing


def test_a_full_row_is_written_as_it_was_read(user, project):
    apply(T5, [full(user)], user)

    assert written(T5, user)[0].values == full(user).values


def test_a_poor_row_is_written_and_read_without_a_change(user):
    apply(T5, [row(name=NAME)], user)

    again = plan_of(T5, written(T5, user), user)

    assert (again.problems, again.changes_nothing) == ([], True)


def test_projects_of_others_hands_are_written_and_read_without_a_change(user, project, tmp_path):
    """Rows that no ledger made: two agreements of one day, a total below that of last year, an accepted report."""
    agreed(project, amount=Decimal("12345.6789"))
    agreed(project, kind="framework", amount=None)
    InvestmentProgressFactory(project=project, report_month=dt.date(2025, 12, 1), cumulative=3_000)
    InvestmentProgressFactory(project=project, report_month=NOVEMBER, cumulative=2_000, completed=0, verified=True)
    AnnualPlanFactory(project=project, year=2025)
    ProgressReportFactory(project=project, progress="已采用", status="accepted")
    ProjectMemberFactory(project=project, user=UserFactory(is_active=False, display_name="测试员丙"), role="leader")
    ProjectFactory(name="测试无号项目", track=None, stage="any.lead", origin="imported")

    rows = read_back(T5, user, tmp_path / "t5.xlsx")

    again = plan_of(T5, rows, user)
    assert (again.problems, again.changes_nothing, len(rows)) == ([], True, 2)


def test_undoing_restores_what_was(user, project):
    before = InvestmentProgressFactory(project=project, report_month=NOVEMBER, completed=100, cumulative=700)
    agreed(project, amount=10_000)
    job = apply(T5, [full(user)], user)

    undone = changesets.undo(job.changeset, by=user, now=NOW)

    before.refresh_from_db()
    assert (undone.refused, before.completed, before.cumulative) == ([], 100, 700)
    assert (Agreement.objects.get().amount, AnnualPlan.objects.exists()) == (10_000, False)


def test_a_derived_column_that_differs_is_told_and_not_kept(user, project):
    rows = [row(name=NAME, type="供地"), row(7, name=NAME, type="工业")]

    found = list(differences(T5, [(one, project) for one in rows], Context(user, TODAY, TODAY)))

    assert [(one.row.number, one.column.key, one.stated, one.recorded) for one in found] == [(7, "type", "工业", "供地")]


@pytest.mark.parametrize("count", [3, 30])
def test_writing_costs_the_same_queries_for_few_and_many_projects(user, count, django_assert_num_queries):
    rows = [full(user, 6 + place) for place in range(count)]
    for place, one in enumerate(rows):
        one.values["name"] = f"测试项目{place}"
        del one.values["code"]
    apply(T5, rows, user)

    with django_assert_num_queries(6):
        assert len(written(T5, user)) == count


# A ledger as it comes


def messy():
    """Amounts in 亿元 in one head and in 万元 by the unit line, dates of every kind, groups, totals, a number row."""
    heads = [
        "项目编号",
        "序号",
        "项目名称",
        "建设性质",
        "建设内容",
        "总投资（亿元）",
        "今年计划投资",
        "今年累计完成投资",
        "本月完成投资",
    ]
    heads += [
        "计划开工时间",
        "计划竣工时间",
        "包联领导",
        "责任单位",
        "服务单位",
        "项目类型",
        "建设阶段",
        "本月进展",
        "问题和建议",
    ]
    width = len(heads)
    return Sheet(
        "11月",
        [
            ["测试区2026年重点项目建设情况月报表"],
            ["填报单位：测试招商中心（盖章）", *[None] * 10, "填报时间：2026.10.31  单位：万元"],
            heads,
            [str(number) for number in range(1, width + 1)],
            ["一、工业项目", *[None] * (width - 1)],
            [CODE, 1, NAME, "新建", "年产100台", 5, "2亿元", "8,000", 500.5, "2026年3月", "2027年底", "测试领导甲、测试领导乙",
             "测试部门甲", "测试服务局", "工业", "开工", "主体施工", "/"],
            [None, 2, "测试装备项目", "技改", "", "约1.5亿元", "", "—", "", 46096, "三季度", "", "", "", "", "", "", "无"],
            ["合计", None, "2个", None, None, 6.5, 20000, 8000, 500.5],
            ["备注：1.投资额按月填报。"],
        ],
        [Merge(0, 0, 0, width - 1), Merge(4, 0, 4, width - 1)],
    )  # fmt: skip


def test_a_messy_ledger_is_recognised_and_imported(user, project):
    user.department.name = "测试部门甲"
    user.department.save()
    table = table_of(T5, messy())

    apply(T5, rows_of(T5, messy()), user, reported_on=table.reported_on)

    project.refresh_from_db()
    other = Project.objects.exclude(pk=project.pk).get()
    month = InvestmentProgress.objects.get()
    assert (table.unknown, table.reported_on) == ([], dt.date(2026, 10, 31))
    assert (project.agreement.amount, month.cumulative, month.completed) == (50_000, 8_000, Decimal("500.5"))
    assert (month.report_month, AnnualPlan.objects.get().planned_investment) == (dt.date(2026, 10, 1), 20_000)
    assert (project.planned_start_on_precision, project.planned_completion_on_precision) == ("month", "year")
    assert (other.agreement.amount, other.agreement.amount_qualifier, other.build_nature) == (15_000, "about", "reconstruction")
    assert (other.planned_start_on, other.planned_completion_on_inferred) == (dt.date(2026, 3, 15), True)


def test_the_messy_ledger_again_changes_nothing(user, project):
    user.department.name = "测试部门甲"
    user.department.save()
    apply(T5, rows_of(T5, messy()), user)

    assert plan_of(T5, rows_of(T5, messy()), user).changes_nothing
