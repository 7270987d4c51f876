"""Projects in negotiation: what a row becomes, what it may not say, and that it is written back as it was read."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts import roles
from accounts.services import reassign
from audit import changesets
from companies.models import Company, Position
from ledgers.layouts.t2 import T2
from ledgers.recognise import read_rows
from ledgers.sheets import Merge, Sheet
from ledgers.values import Amount
from projects.models import Project, StageChange
from tests.factories import (
    NOW,
    TODAY,
    CompanyFactory,
    DepartmentFactory,
    ParkFactory,
    PersonFactory,
    PositionFactory,
    ProgressReportFactory,
    ProjectFactory,
    ProjectPartyFactory,
    UserFactory,
)
from tests.ledgers.project_ledgers import apply, codes, plan_of, read_back, row, rows_of, table_of, written

pytestmark = pytest.mark.django_db
NAME, INVESTOR = "测试光电项目", "测试光电有限公司"


@pytest.fixture
def user():
    roles.sync_groups()
    return UserFactory(roles=["manager"], display_name="测试员甲")


def talks(number=6, blank=(), **values):
    return row(number, blank, **{"name": NAME, "investor": INVESTOR, **values})


def full(user, number=6):
    """A row that fills every column."""
    return talks(
        number,
        planned_fixed=Amount(Decimal("12345.6789"), "about"),
        introduction="测试简介",
        summary="测试内容",
        land_mu=Decimal("120.5"),
        contact=["联系人00017"],
        phone=["13800000017", "0391-3560017"],
        district=user.department.name,
        progress="已考察两次",
        focus="装备制造",
        judgement="建议推进",
        reporter="测试员甲",
        first_contact=dt.date(2026, 9, 1),
        method="驻点招商",
        source="测试商会/引荐人甲",
        site="测试园区东侧",
        expected_sign=dt.date(2026, 12, 20),
        follower="测试员甲",
    )


# What a row becomes


def test_a_row_becomes_a_project_in_negotiation_with_its_investor(user):
    apply(T2, [full(user)], user)

    project = Project.objects.get()
    assert (project.stage, project.lead_party.name, project.lead_party.note) == ("any.negotiating", INVESTOR, "测试简介")
    assert (project.lead_source, project.referrer, project.site) == ("测试商会", "引荐人甲", "测试园区东侧")
    assert (project.first_reported_by, project.owner, project.agreement) == (user, user, None)
    assert project.extra == {"planned_fixed": "约12,345.6789万元", "judgement": "建议推进"}
    assert project.progress_reports.get().progress == "已考察两次"


def test_a_column_is_filled_for_every_head_of_the_form(user):
    assert set(full(user).values) == {column.key for column in T2.columns}


def test_a_project_that_went_on_is_not_put_back_into_negotiation(user):
    project = ProjectFactory(name=NAME, owner=user, stage="land.started")

    apply(T2, [row(name=NAME, site="新址")], user)

    project.refresh_from_db()
    assert (project.stage, project.site) == ("land.started", "新址")


def test_a_new_project_belongs_to_its_follower_and_his_department(user):
    colleague = UserFactory(display_name="测试员乙")

    apply(T2, [talks(follower="测试员乙")], user)

    assert (Project.objects.get().owner, Project.objects.get().department) == (colleague, colleague.department)


def test_a_district_may_be_a_park(user):
    park = ParkFactory(name="测试产业园")

    apply(T2, [talks(district="测试产业园")], user)

    assert Project.objects.get().park == park


def test_a_district_that_is_department_and_park_is_the_department_and_comes_back_so(user):
    park = ParkFactory(name=user.department.name)
    apply(T2, [talks(district=user.department.name)], user)
    project = Project.objects.get()
    project.park = park
    project.save(by=user)

    again = plan_of(T2, written(T2, user), user)

    assert again.changes_nothing


def test_one_contact_may_have_two_mobiles(user):
    apply(T2, [talks(contact=["联系人00017"], phone=["13800000017", "13800000018"])], user)

    person = Position.objects.get().person
    assert (person.mobile, person.phone) == ("13800000017", "13800000018")


def test_several_contacts_have_one_number_each(user):
    apply(T2, [talks(contact=["联系人00017", "联系人00018"], phone=["13800000017", "0391-3560018"])], user)

    people = [place.person for place in Position.objects.order_by("id")]
    assert [(person.mobile, person.phone) for person in people] == [("13800000017", ""), ("", "0391-3560018")]


# What is refused


def test_another_owner_is_refused_and_the_way_is_told(user):
    UserFactory(display_name="测试员乙")
    ProjectFactory(name=NAME, owner=user)

    plan = plan_of(T2, [row(name=NAME, follower="测试员乙")], user)

    assert codes(plan) == [("owner", "C6")]
    assert "改负责人" in plan.problems[0].message


def test_the_present_owner_may_be_named_even_when_he_has_left(user):
    gone = UserFactory(display_name="测试员丙", is_active=False)
    ProjectFactory(name=NAME, owner=gone)

    plan = plan_of(T2, [row(name=NAME, follower="测试员丙", site="新址")], user)

    assert plan.problems == []


def test_a_reassigned_project_takes_its_new_follower(user):
    colleague = UserFactory(display_name="测试员乙")
    reassign(ProjectFactory(name=NAME, owner=user), owner=colleague, by=user)

    assert plan_of(T2, [row(name=NAME, follower="测试员乙")], user).problems == []


@pytest.mark.parametrize("column", ["follower", "reporter"])
def test_an_unknown_colleague_is_named(user, column):
    plan = plan_of(T2, [talks(**{column: "没有的人"})], user)

    assert codes(plan) == [("unknown", "D6")]
    assert "没有的人" in plan.problems[0].message


def test_an_officer_makes_no_project_in_a_colleagues_name(user):
    officer = UserFactory(roles=["officer"])

    assert codes(plan_of(T2, [talks(follower="测试员甲")], officer)) == [("scope", "D6")]


def test_a_district_that_is_neither_department_nor_park_is_named(user):
    plan = plan_of(T2, [talks(district="没有的片区")], user)

    assert codes(plan) == [("unknown", "D6")]
    assert "没有的片区" in plan.problems[0].message


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"contact": ["联系人甲", "联系人乙"], "phone": ["13800000017"]}, "pairs"),
        ({"phone": ["13800000017"]}, "no_name"),
        ({"contact": ["联系人甲"], "phone": ["13800000017", "13800000018", "13800000019"]}, "too_many"),
    ],
)
def test_numbers_that_cannot_be_told_apart_are_refused_at_their_cell(user, cells, code):
    plan = plan_of(T2, [talks(**cells)], user)

    assert [(found.code, found.column) for found in plan.problems] == [(code, "联系方式")]


def test_what_is_said_of_no_investor_is_refused(user):
    plan = plan_of(T2, [row(name=NAME, introduction="测试简介", contact=["联系人甲"])], user)

    assert codes(plan) == [("no_company", "C6"), ("no_company", "D6")]


def test_a_row_whose_name_could_not_be_read_makes_nothing(user):
    plan = plan_of(T2, [row(investor=INVESTOR)], user)

    assert (plan.problems, plan.changes_nothing) == ([], True)


def test_a_bare_figure_without_any_unit_is_refused():
    sheet = Sheet("在谈", [["序号", "项目名称", "投资方", "固定资产投资"], [1, NAME, INVESTOR, 5]])

    _rows, problems = read_rows(table_of(T2, sheet), TODAY)

    assert [(found.code, found.cell) for found in problems] == [("unit", "D2")]


# There and back


def test_a_full_row_applied_again_changes_nothing(user):
    apply(T2, [full(user)], user)

    assert plan_of(T2, [full(user)], user).changes_nothing


def test_a_full_row_is_written_as_it_was_read(user):
    apply(T2, [full(user)], user)

    assert written(T2, user)[0].values == full(user).values


@pytest.mark.parametrize("poor", [{}, {"investor": INVESTOR}])
def test_a_poor_row_is_written_and_read_without_a_change(user, poor):
    apply(T2, [row(name=NAME, **poor)], user)

    again = plan_of(T2, written(T2, user), user)

    assert (again.problems, again.changes_nothing) == ([], True)


def test_projects_of_others_hands_are_written_and_read_without_a_change(user, tmp_path):
    """Rows that no ledger made: several contacts, some without a number, strokes in the source, an owner who left."""
    company = CompanyFactory(name=INVESTOR, note="测试简介")
    for mobile, phone in (("13800000017", ""), ("", ""), ("+852-21234567", ""), ("", "13800000017")):
        PositionFactory(company=company, person=PersonFactory(mobile=mobile, phone=phone), is_primary=True)
    gone = UserFactory(display_name="测试员丙", is_active=False)
    project = ProjectFactory(
        name=NAME, owner=gone, first_reported_by=gone, lead_source="甲/乙", referrer="丙/丁", land_mu=0, lead_party=company
    )
    ProjectPartyFactory(project=project, company=company)
    alone = CompanyFactory(name="测试装备有限公司")
    PositionFactory(company=alone, person=PersonFactory(mobile="+852-21234567", phone="0391-3560017"), is_primary=True)
    ProjectPartyFactory(project=ProjectFactory(name="测试装备项目", lead_source="商会", lead_party=alone), company=alone)
    ProgressReportFactory(project=project, progress="已采用", status="accepted")
    ProjectFactory(name="测试无名项目", park=ParkFactory(), referrer="引荐人乙")

    rows = read_back(T2, user, tmp_path / "t2.xlsx")

    again = plan_of(T2, rows, user)
    assert (again.problems, again.changes_nothing, len(rows)) == ([], True, 3)


def test_undoing_takes_projects_companies_and_contacts_back(user):
    job = apply(T2, [full(user)], user)

    undone = changesets.undo(job.changeset, by=user, now=NOW)

    assert undone.refused == []
    assert [model for model in (Project, Company, Position, StageChange) if model.objects.exists()] == []


@pytest.mark.parametrize("count", [3, 30])
def test_writing_costs_the_same_queries_for_few_and_many_projects(user, count, django_assert_num_queries):
    ParkFactory(name="测试产业园")
    rows = [full(user, 6 + place) for place in range(count)]
    for place, one in enumerate(rows):
        one.values |= {"name": f"测试项目{place}", "investor": f"测试企业{place}有限公司", "district": "测试产业园"}
        one.values |= {"contact": [f"联系人{place:05}"], "phone": [f"1380000{place:04}"]}
    apply(T2, rows, user)

    with django_assert_num_queries(8):
        assert len(written(T2, user)) == count


# A ledger as it comes


def messy():
    """Merged title and districts, count line, units in the head, odd blanks, a total, notes and a second head."""
    heads = ["序号", "项目名称*", "投资方", "固定资产投资\n（亿元）", "投资方简介", "项目内容", "需用土地(亩)", "企业联系人"]
    heads += ["联系方式", "片 区", "进度、备注", "产业类型", "研判结果", "信息来源/引荐人", "跟进人", "首次接触日"]
    width = len(heads)
    return Sheet(
        "一组",
        [
            ["2026年测试区在谈（驻点）招商项目信息采集表"],
            ["共上报在谈项目2个（新增1个），其中产业项目2个、人才项目0个、5亿元以上项目1个"],
            ["所属片组：一组   填报人：测试员甲   联系电话：13800000001   填报时间：2026年10月30日"],
            [],
            heads,
            ["合计", "", "", "约8亿", *[None] * (width - 4)],
            [1, " 测试光电 项目 ", "测试光电（深圳）有限公司", "约5亿元", "/", "年产１００台", "120.5亩", "测　甲", 13800000017,
             "测试片区", "10月已考察\n两次", "装备制造", "—", "测试商会／引荐人甲", "测试员甲", "2026.9.1"],
            [2, "测试装备项目", "测试装备有限公司", 3, "暂无", "研发中心", "待定", "联系人乙、联系人丙",
             "13800000018；0391-3560018", None, "", "", "", "", "", 46266],
            ["备注：1.请认真审核后统一上报；2.有新增或有进度更新才填。"],
            ["审核人：           单位负责人："],
        ],
        [Merge(0, 0, 0, width - 1), Merge(1, 0, 1, width - 1), Merge(2, 0, 2, width - 1), Merge(6, 9, 7, 9)],
    )  # fmt: skip


def test_a_messy_ledger_is_recognised_and_imported(user):
    DepartmentFactory(name="测试片区")
    table = table_of(T2, messy())

    apply(T2, rows_of(T2, messy()), user, reported_on=table.reported_on)

    first, second = Project.objects.order_by("name")
    assert (table.unknown, table.reported_on) == ([], dt.date(2026, 10, 30))
    assert (first.extra, first.land_mu, first.referrer) == ({"planned_fixed": "约5亿元"}, Decimal("120.5"), "引荐人甲")
    assert (second.extra, second.land_mu, second.first_contact_on) == ({"planned_fixed": "3亿元"}, None, dt.date(2026, 9, 1))
    assert {first.department.name, second.department.name} == {"测试片区"}
    assert first.progress_reports.get().period_end_on == dt.date(2026, 10, 31)
    assert {place.person.mobile for place in Position.objects.all()} == {"13800000017", "13800000018", ""}


def test_the_messy_ledger_again_changes_nothing(user):
    DepartmentFactory(name="测试片区")
    apply(T2, rows_of(T2, messy()), user, reported_on=TODAY)

    assert plan_of(T2, rows_of(T2, messy()), user, reported_on=TODAY).changes_nothing
