"""The statistics report: three rows of heads, sources that add up, and figures that only vouchers make."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts import roles
from audit import changesets
from companies.models import Company, Qualification
from core.dates import FuzzyDate
from ledgers.layouts.base import Context
from ledgers.layouts.comparing import differences
from ledgers.layouts.t6 import T6
from ledgers.sheets import Merge, Sheet
from ledgers.values import Amount
from projects.models import Agreement, CapitalArrival, Project, ProjectParty
from projects.services import parties
from tests.factories import (
    NOW,
    TODAY,
    AgreementFactory,
    CapitalArrivalFactory,
    CompanyFactory,
    ParkFactory,
    ProjectFactory,
    ProjectPartyFactory,
    QualificationFactory,
    UserFactory,
)
from tests.ledgers.project_ledgers import apply, codes, plan_of, read_back, row, rows_of, table_of, written

pytestmark = pytest.mark.django_db
NAME, INVESTOR, PARTNER = "测试光电项目", "测试光电有限公司", "测试控股有限公司"
SIGNED = FuzzyDate(dt.date(2026, 3, 5))
DERIVED = {"fixed_investment", "national_zone", "national_code", "provincial_zone", "provincial_code", "cooperation"}


@pytest.fixture
def user():
    roles.sync_groups()
    return UserFactory(roles=["manager"], display_name="测试员甲")


def exact(value):
    return Amount(Decimal(value), "exact")


def signed(number=6, **values):
    return row(number, **{"name": NAME, "investor": INVESTOR, "signed_on": SIGNED, **values})


def told(number=6):
    """A row that fills every column that is kept."""
    return signed(
        number,
        approval_code="2603-410000-04-01-000001",
        central=True,
        listed=True,
        partner=PARTNER,
        partner_city="广东深圳",
        site="测试园区东侧",
        industry="C39",
        focus="电子信息",
        start=FuzzyDate(dt.date(2026, 6, 30), "month"),
        production=FuzzyDate(dt.date(2027, 12, 31), "year"),
        amount_total=exact("123456.7891"),
        amount_ours=exact("23456.7891"),
        amount_outside=exact(60_000),
        amount_other_city=exact(30_000),
    )


def led(**values):
    """A project with its investor and an agreement, as services would leave it."""
    company = CompanyFactory(name=INVESTOR)
    project = ProjectFactory(name=NAME, **values)
    ProjectPartyFactory(project=project, company=company)
    AgreementFactory(project=project, amount=100_000)
    return parties.refresh_project(project)


def arrived(project, amount, on=TODAY, **values):
    usual = {"status": "verified", "verified_at": NOW, "verified_by": project.owner}
    return CapitalArrivalFactory(project=project, amount=amount, arrived_on=on, **{**usual, **values})


# What a row becomes


def test_a_row_becomes_a_signed_project_with_investor_and_partner(user):
    apply(T6, [told()], user)

    project = Project.objects.get()
    assert (project.stage, project.lead_party.name, project.lead_party.ownership) == ("any.signed", INVESTOR, "央企")
    assert {(party.company.name, party.role) for party in project.parties.all()} == {(INVESTOR, "investor"), (PARTNER, "partner")}
    assert (Company.objects.get(name=PARTNER).city, project.lead_party.city) == ("广东深圳", "")
    assert (Qualification.objects.get().kind, Qualification.objects.get().holder) == ("上市公司", project.lead_party)
    assert (project.agreement.amount, project.agreement.signed_on) == (Decimal("123456.7891"), SIGNED.on)
    assert project.extra == {
        "amount_ours": "23,456.7891万元",
        "amount_outside": "6亿元",
        "amount_other_city": "3亿元",
    }


def test_the_form_has_thirty_eight_columns():
    assert len(T6.columns) == 38
    assert len([column for column in T6.columns if column.to == "derived"]) == 6 + 2 + 12


def test_an_investor_named_again_as_partner_is_no_second_party(user):
    apply(T6, [signed(partner=INVESTOR, partner_city="广东深圳")], user)

    assert (ProjectParty.objects.get().role, Company.objects.get().city) == ("investor", "广东深圳")


def test_a_more_exact_ownership_is_left_alone(user):
    company = led().lead_party
    company.ownership = "央企控股的混合所有制"
    company.save()

    apply(T6, [row(name=NAME, investor=INVESTOR, central=True)], user)

    company.refresh_from_db()
    assert company.ownership == "央企控股的混合所有制"


def test_a_no_is_not_recorded(user):
    apply(T6, [signed(central=False, listed=False)], user)

    assert (Company.objects.get().ownership, Qualification.objects.exists()) == ("", False)


def test_a_renewed_listing_is_recorded_once(user):
    company = led().lead_party
    QualificationFactory(holder=company, kind="上市公司", status="lapsed")
    QualificationFactory(holder=company, kind="上市公司", status="granted")

    plan = plan_of(T6, [row(name=NAME, investor=INVESTOR, listed=True)], user)

    assert (plan.problems, plan.changes_nothing) == ([], True)


def test_another_day_of_signing_is_another_agreement(user):
    led()

    apply(T6, [signed(amount_total=exact(5_000))], user)

    assert set(Agreement.objects.values_list("signed_on", "amount")) == {(TODAY, 100_000), (SIGNED.on, 5_000)}


def test_a_new_project_without_a_day_of_signing_is_refused(user):
    plan = plan_of(T6, [row(name=NAME, investor=INVESTOR, amount_total=exact(5_000))], user)

    assert [found.code for found in plan.problems] == ["required"]


def test_a_row_whose_name_could_not_be_read_makes_nothing(user):
    plan = plan_of(T6, [row(investor=INVESTOR)], user)

    assert (plan.problems, plan.changes_nothing) == ([], True)


# The sources of the agreed total


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"total": 100, "ours": 10}, {"ours": 10}),
        ({"total": 100, "partners": 90}, {"ours": 10}),
        ({"total": 100, "own_city": 100}, {"ours": 0, "outside": 0, "other_city": 0}),
        ({"total": 100, "ours": 10, "outside": 20, "own_city": 70}, {"ours": 10, "outside": 20, "other_city": 0}),
        ({"total": 100, "partners": 90, "own_city": 90}, {"ours": 10, "outside": 0, "other_city": 0}),
        ({"total": "100.4", "ours": 10, "partners": 90}, {"ours": 10}),
        ({"outside": 20}, {"outside": 20}),
    ],
)
def test_sources_are_kept_so_that_all_six_figures_follow(user, said, kept):
    apply(T6, [signed(**{f"amount_{name}": exact(value) for name, value in said.items()})], user)

    assert Project.objects.get().extra == {f"amount_{name}": f"{value}万元" for name, value in kept.items()}
    figures = written(T6, user)[0].values
    for name, value in said.items():
        assert abs(figures[f"amount_{name}"].value - Decimal(value)) <= 1


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"own_city": 10}, "本州市"),
        ({"partners": 10}, "小计"),
        ({"total": 100, "partners": 120}, "小计"),
        ({"total": 100, "ours": 50, "partners": 90}, "小计"),
        ({"total": 100, "partners": 90, "outside": 20, "other_city": 20, "own_city": 20}, "小计"),
        ({"total": 100, "own_city": 40}, "本州市"),
        ({"total": 100, "ours": 90, "own_city": 40}, "本州市"),
    ],
)
def test_sources_that_do_not_add_up_are_refused_at_their_cell(user, said, column):
    plan = plan_of(T6, [signed(**{f"amount_{name}": exact(value) for name, value in said.items()})], user)

    assert [(found.code, found.column.rpartition("/")[2]) for found in plan.problems] == [("sources", column)]


@pytest.mark.parametrize("said", [{"outside": 20}, {"ours": 10, "outside": 20}])
def test_a_source_that_does_not_follow_stays_blank(user, said):
    apply(T6, [signed(amount_total=exact(100), **{f"amount_{name}": exact(value) for name, value in said.items()})], user)

    assert "amount_own_city" not in written(T6, user)[0].values


# What arrived


def test_only_verified_domestic_capital_counts_by_side_and_origin(user):
    project = led(owner=user)
    arrived(project, 10, side="local")
    arrived(project, 20, origin="other_province")
    arrived(project, 30, origin="other_city")
    arrived(project, 40, origin="our_city")
    arrived(project, 1, origin="hmt")
    arrived(project, 2, origin="foreign")
    arrived(project, 4, status="submitted")

    figures = written(T6, user)[0].values

    wanted = {"total": 100, "ours": 10, "partners": 90, "outside": 20, "other_city": 30, "own_city": 40}
    assert {name: figures[f"ever_{name}"] for name in wanted} == {name: exact(value) for name, value in wanted.items()}


def test_figures_end_with_the_month_of_the_ledger_and_the_year_begins_in_january(user):
    project = led(owner=user)
    arrived(project, 1, on=dt.date(2025, 12, 31))
    arrived(project, 2, on=dt.date(2026, 1, 1))
    arrived(project, 4, on=dt.date(2026, 9, 30))
    arrived(project, 8, on=dt.date(2026, 10, 1))
    arrived(project, 16, on=dt.date(2026, 10, 2), report_month=dt.date(2026, 9, 1))
    arrived(project, 32, on=dt.date(2025, 12, 30), report_month=dt.date(2026, 1, 1))

    figures = written(T6, user, reported_on=dt.date(2026, 9, 15))[0].values

    assert (figures["ever_total"], figures["year_total"]) == (exact(1 + 2 + 4 + 16 + 32), exact(2 + 4 + 16 + 32))


def test_a_correction_takes_off_what_was_too_much_and_a_deleted_row_counts_for_nothing(user):
    project = led(owner=user)
    first = arrived(project, 100)
    arrived(project, -30, corrects=first)
    arrived(project, 7, deleted_at=NOW)

    assert written(T6, user)[0].values["ever_total"] == exact(70)


def test_what_did_not_arrive_is_blank_and_not_zero(user):
    led(owner=user)

    assert {key for key in written(T6, user)[0].values if key.startswith(("ever_", "year_"))} == set()


def test_figures_of_what_arrived_are_compared_and_never_kept(user):
    project = led(owner=user)
    arrived(project, 100)
    rows = [row(name=NAME, investor=INVESTOR, ever_total=exact(100), year_total=exact(90), ever_ours=exact(5))]

    found = list(differences(T6, [(one, project) for one in rows], Context(user, TODAY, TODAY)))

    assert plan_of(T6, rows, user).changes_nothing
    assert [(one.column.key, one.stated, one.recorded) for one in found] == [
        ("ever_ours", exact(5), None),
        ("year_total", exact(90), exact(100)),
    ]


# What else is derived


def test_zones_follow_from_the_qualifications_of_the_park_and_of_the_one_around_it(user):
    zone = ParkFactory()
    park = ParkFactory(parent=zone)
    QualificationFactory(holder=zone, kind="高新技术产业开发区", level="国家级", certificate_no="G410000")
    QualificationFactory(holder=park, kind="经济技术开发区", level="省级", certificate_no="")
    QualificationFactory(holder=park, kind="大学科技园", level="国家级", certificate_no="K1")
    led(park=park)

    figures = written(T6, user)[0].values

    assert (figures["national_zone"], figures["national_code"], figures["provincial_zone"]) == (True, "G410000", True)
    assert "provincial_code" not in figures


def test_a_project_in_no_recorded_zone_says_nothing_of_it(user):
    led(park=ParkFactory())

    assert not DERIVED & set(written(T6, user)[0].values)


@pytest.mark.parametrize(("shares", "mode"), [([100], "独资"), ([60, 40], "合资"), ([60], None), ([None], None)])
def test_the_mode_of_cooperation_follows_from_recorded_shares(user, shares, mode):
    project = ProjectFactory(name=NAME)
    for share in shares:
        ProjectPartyFactory(project=project, share_percent=share)

    assert written(T6, user)[0].values.get("cooperation") == mode


# There and back


def test_a_told_row_applied_again_changes_nothing(user):
    apply(T6, [told()], user)

    assert plan_of(T6, [told()], user).changes_nothing


def test_a_told_row_is_written_with_what_follows_from_it(user):
    apply(T6, [told()], user)

    figures = written(T6, user)[0].values

    assert figures == told().values | {"amount_partners": exact(100_000), "amount_own_city": exact(10_000)}


@pytest.mark.parametrize("poor", [{}, {"investor": INVESTOR}, {"partner": PARTNER}])
def test_a_poor_row_is_written_and_read_without_a_change(user, poor):
    apply(T6, [row(name=NAME, signed_on=SIGNED, **poor)], user)

    again = plan_of(T6, written(T6, user), user)

    assert (again.problems, again.changes_nothing) == ([], True)


def test_projects_of_others_hands_are_written_and_read_without_a_change(user, tmp_path):
    """Rows that no ledger made: two agreements of one day, a lapsed listing, capital, a kept 其中省外 above the total."""
    project = led(owner=user, code="ZS2026-0001", extra={"amount_outside": "约20亿元", "remark": "测试备注"}, park=ParkFactory())
    AgreementFactory(project=project, kind="framework", amount=5)
    QualificationFactory(holder=project.lead_party, kind="上市公司", status="lapsed")
    arrived(project, Decimal("12345.6789"), origin="other_province")
    arrived(project, Decimal("0.0012"), side="local")
    ProjectFactory(name="测试无协议项目")
    bare = ProjectFactory(
        name="测试无日期项目", extra={"amount_ours": "1亿元", "amount_outside": "0万元", "amount_other_city": "1万元"}
    )
    AgreementFactory(project=bare, signed_on=None, amount=Decimal("12345.6789"))
    AgreementFactory(project=bare, kind="intent", amount=1)
    parties.refresh_project(bare)

    rows = read_back(T6, user, tmp_path / "t6.xlsx")

    again = plan_of(T6, rows, user)
    assert (again.problems, again.changes_nothing, len(rows)) == ([], True, 3)


def test_a_workbook_of_this_ledger_reads_back_every_figure(user, tmp_path):
    project = led(owner=user)
    arrived(project, Decimal("12345.6789"), origin="other_province")
    apply(T6, [told(), row(7, name=NAME, investor=INVESTOR)][1:], user)

    assert read_back(T6, user, tmp_path / "t6.xlsx")[0].values == written(T6, user)[0].values


def test_undoing_takes_projects_companies_and_listing_back(user):
    job = apply(T6, [told()], user)

    undone = changesets.undo(job.changeset, by=user, now=NOW)

    assert undone.refused == []
    assert [model for model in (Project, Company, Qualification, Agreement) if model.objects.exists()] == []


@pytest.mark.parametrize("count", [3, 30])
def test_writing_costs_the_same_queries_for_few_and_many_projects(user, count, django_assert_num_queries):
    rows = [told(6 + place) for place in range(count)]
    for place, one in enumerate(rows):
        one.values |= {"name": f"测试项目{place}", "investor": f"测试企业{place}有限公司"}
    apply(T6, rows, user)
    project = Project.objects.first()
    arrived(project, 100)
    Project.objects.filter(pk=project.pk).update(park=ParkFactory())
    written(T6, user)

    with django_assert_num_queries(6):
        assert len(written(T6, user)) == count


# A ledger as it comes

SIX = ["合计", "其中：我方", "合作方", None, None, None]
FOUR = [None, None, "小计", "省外", "其他州市", "本州市"]


def messy():
    """Three rows of heads with narrow strokes, a row of numbers, ticks, a cell of two units, a total at the top."""
    first = [
        "序号",
        "项目代码",
        "项目名称",
        "投资项目在线审批监管平台统一代码",
        "合作企业名称",
        "是否央企",
        "是否上市",
        "是否固定资产投资类项目",
    ]
    first += [
        "是否入驻国家级开发区",
        None,
        "是否入驻省级开发区",
        None,
        "合作方基本情况",
        None,
        "项目所在地",
        "签约时间",
        "行业类别",
    ]
    first += ["产业类别", "开工时间", "项目投产时间", "合作方式"]
    second = [*[None] * 8, "是/否", "园区代码", "是/否", "园区代码", "企业名称", "项目企业所在地", *[None] * 7]
    groups = [
        "项目协议总投资额（万元）资金来源",
        "自开始建设至本月末累计到位资金（万元）资金来源",
        "自年初至本月末累计到位资金（万元）资金来源",
    ]
    start = len(first)
    merges = [Merge(2, column, 4, column) for column in [*range(8), *range(14, start)]]
    merges += [Merge(2, column, 2, column + 1) for column in (8, 10, 12)] + [
        Merge(3, column, 4, column) for column in range(8, 14)
    ]
    for place, group in enumerate(groups):
        left = start + 6 * place
        first += [group, *[None] * 5]
        second += SIX
        merges += [Merge(2, left, 2, left + 5), Merge(3, left + 2, 3, left + 5)]
        merges += [Merge(3, left + at, 4, left + at) for at in (0, 1)]
    third = [*[None] * start, *FOUR * 3]
    row_one = [1, None, NAME, "2603-410000-04-01-000001", INVESTOR, "√", "否", "是", "是", "G410000", "否", "/", PARTNER, "广东深圳",
               "测试园区", "2026年3月", "C39", "电子信息", "6月底", "—", "合资", 100000, "1亿元", 90000, "60,000", 30000, "", 5000, 500,
               4500, 4500, None, None, 3000, None, 3000, 3000, None, None]  # fmt: skip
    row_two = [2, None, "测试装备项目", "", "测试装备有限公司", "否", "", "", "", "", "", "", "测试装备有限公司", "河南郑州",
               "", "2026/5/8", "专用设备制造业", "", "", "", "", "约2亿", *[None] * 17]  # fmt: skip
    total = ["合计", None, "2个", *[None] * 18, 120000, 10000, 90000, 60000, 30000, None, 5000, *[None] * 11]
    return Sheet(
        "10月",
        [
            ["测试区2026年招商引资项目统计月报表"],
            ["填报单位：测试招商中心", *[None] * 20, "填报时间：2026年10月31日"],
            first,
            second,
            third,
            total,
            row_one,
            row_two,
            ["审核人：     单位负责人："],
        ],
        merges,
    )


def test_a_messy_ledger_with_three_rows_of_heads_is_recognised_and_imported(user):
    table = table_of(T6, messy())

    apply(T6, rows_of(T6, messy()), user, reported_on=table.reported_on)

    first, second = Project.objects.order_by("name")
    assert (table.unknown, len(table.mapping), table.unit_name) == ([], 38, "测试招商中心")
    assert (first.lead_party.ownership, first.agreement.amount, first.agreement.signed_on_precision) == ("央企", 100_000, "month")
    assert first.extra == {"amount_ours": "1亿元", "amount_outside": "6亿元", "amount_other_city": "3亿元"}
    assert (first.industry, first.planned_start_on, first.planned_production_on) == ("C39", dt.date(2026, 6, 30), None)
    assert (second.lead_party.city, second.industry, second.agreement.amount_qualifier) == ("河南郑州", "C35", "about")
    assert not CapitalArrival.objects.exists()


def test_the_messy_ledger_again_changes_nothing(user):
    apply(T6, rows_of(T6, messy()), user)

    assert plan_of(T6, rows_of(T6, messy()), user).changes_nothing


def test_a_number_of_another_project_is_refused(user):
    led(code="ZS2026-0001")

    assert codes(plan_of(T6, [row(name="测试别的项目", code="ZS2026-0001")], user)) == [("identity", "C6")]
