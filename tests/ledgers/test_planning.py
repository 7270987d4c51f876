"""What an import would do, and that it does just that."""

import datetime as dt

import pytest

from accounts import roles
from audit import changesets
from companies.models import Company, CompanyAlias, Position
from companies.names import normal_form
from core.dates import FuzzyDate
from ledgers.layouts.known import LAYOUTS
from ledgers.models import Provenance
from projects.models import Agreement, Evidence, ProgressReport, Project, ProjectMember, StageChange
from tests.factories import (
    NOW,
    CompanyFactory,
    DepartmentFactory,
    EventFactory,
    ProgressReportFactory,
    ProjectFactory,
    ProjectPartyFactory,
    UserFactory,
)
from tests.ledgers.rows import SIGNED, applied, context_of, plan_of, signed, wan

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    roles.sync_groups()
    return UserFactory(roles=["manager"])


@pytest.fixture
def officer():
    roles.sync_groups()
    return UserFactory(roles=["officer"])


def codes(plan):
    return [(found.code, found.cell) for found in plan.problems]


# What a ledger becomes


def test_a_row_of_signed_projects_becomes_company_project_party_and_agreement(user):
    applied(signed(investor_city="广东深圳", fixed=wan(20_000), amount=wan(30_000, "about")), user=user)

    project = Project.objects.get()
    agreement = project.agreements.get()
    assert (project.name, project.stage, project.origin, project.owner) == ("测试光电项目", "any.signed", "imported", user)
    assert (project.lead_party.name, project.lead_party.city) == ("测试光电有限公司", "广东深圳")
    assert (agreement.amount, agreement.amount_qualifier, agreement.fixed_investment) == (30_000, "about", 20_000)
    assert (agreement.signed_on, project.agreement) == (SIGNED.on, agreement)


def test_applying_the_same_ledger_again_changes_nothing(user):
    rows = [signed(), signed(7, name="测试装备项目", signed_on=FuzzyDate(dt.date(2026, 4, 30), "month"))]
    applied(*rows, user=user)

    again = plan_of(*rows, user=user)

    assert again.changes_nothing
    assert again.counts["unchanged"]["projects.Project"] == 2


def test_a_changed_amount_is_one_update_and_nothing_new(user):
    applied(signed(), user=user)

    counts = plan_of(signed(amount=wan(35_000)), user=user).counts

    assert (counts["create"], counts["update"]) == ({}, {"projects.Agreement": 1})


def test_a_company_named_in_several_rows_is_made_once(user):
    counts = plan_of(signed(), signed(7, name="测试装备项目"), user=user).counts

    assert counts["create"]["companies.Company"] == 1


def test_contacts_members_and_progress_of_the_month_are_kept(user):
    colleague = UserFactory(display_name="测试员乙")

    applied(
        signed(contact=[("联系人甲", "13800001234")], leaders=["测试领导甲"], officers=["测试员乙"], progress="已进场"), user=user
    )

    assert Position.objects.get().person.mobile == "13800001234"
    assert {(row.role, row.name, row.user, str(row.person or "")) for row in ProjectMember.objects.all()} == {
        ("leader", "测试领导甲", None, ""),
        ("chief_service", "", colleague, ""),
        ("liaison", "", None, "联系人甲"),
    }
    report = ProgressReport.objects.get()
    assert (report.progress, report.status, str(report.period_start_on)) == ("已进场", "submitted", "2026-11-01")


def test_columns_without_a_field_are_kept_as_they_were_written(user):
    applied(signed(capital_total=wan(5_000, "about"), remark="测试备注"), user=user)

    assert Project.objects.get().extra == {"capital_total": "约5,000万元", "remark": "测试备注"}


# Blank cells


def test_a_blank_cell_never_erases(user):
    applied(signed(site="测试路1号"), user=user)
    cleared = signed()
    cleared.blank = {"site"}

    plan = plan_of(cleared, user=user)

    assert plan.changes_nothing


def test_a_blank_cell_erases_when_the_person_says_so(user):
    applied(signed(site="测试路1号"), user=user)
    cleared = signed()
    cleared.blank = {"site"}

    plan = plan_of(cleared, user=user, blank_clears=True)

    assert plan.counts["update"] == {"projects.Project": 1}


# Recognising


def test_a_company_is_recognised_by_its_alias_and_not_renamed(user):
    company = CompanyFactory(name="测试光电科技股份有限公司", owner=user)
    CompanyAlias(company=company, name="测试光电有限公司").save()

    applied(signed(), user=user)

    assert Project.objects.get().lead_party == company
    assert Company.objects.get().name == "测试光电科技股份有限公司"


def test_a_company_is_recognised_in_another_spelling(user):
    company = CompanyFactory(name="测试光电（深圳）有限公司")

    plan = plan_of(signed(investor="测试光电 (深圳) 有限公司"), user=user)

    assert "companies.Company" not in plan.counts["create"]
    assert normal_form("测试光电 (深圳) 有限公司") == company.name_key


def test_a_credit_code_of_another_company_is_refused_at_its_cell(user):
    CompanyFactory(name="测试甲有限公司", credit_code="91350100M000100Y43")
    CompanyFactory(name="测试乙有限公司")

    plan = plan_of(signed(company="测试乙有限公司", company_credit_code="91350100M000100Y43"), user=user)

    assert codes(plan) == [("identity", "H6")]


def test_a_name_like_another_but_for_place_and_form_is_a_question(user):
    CompanyFactory(name="测试光电科技（深圳）有限公司")

    plan = plan_of(signed(investor="测试光电科技股份有限公司"), user=user)

    assert [(found.name, [name for _pk, name, _city in found.others]) for found in plan.duplicates] == [
        ("测试光电科技股份有限公司", ["测试光电科技（深圳）有限公司"])
    ]


def test_the_answered_company_is_taken(user):
    company = CompanyFactory(name="测试光电科技（深圳）有限公司")
    key = plan_of(signed(investor="测试光电科技股份有限公司"), user=user).duplicates[0].key

    plan = plan_of(signed(investor="测试光电科技股份有限公司"), user=user, answers={key: str(company.pk)})

    assert "companies.Company" not in plan.counts["create"]


def test_projects_of_one_name_are_told_apart_by_their_investor(user):
    applied(signed(), signed(7, investor="测试装备有限公司"), user=user)

    assert plan_of(signed(), signed(7, investor="测试装备有限公司"), user=user).changes_nothing
    assert Project.objects.count() == 2


# What is refused


def test_two_rows_that_contradict_each_other_are_refused_with_the_other_row(user):
    plan = plan_of(signed(investor_city="广东深圳"), signed(7, name="测试装备项目", investor_city="广东广州"), user=user)

    assert codes(plan) == [("contradiction", "G7")]
    assert "第 6 行" in plan.problems[0].message


def test_an_unknown_department_is_named(user):
    plan = plan_of(signed(department="没有的部门"), user=user)

    assert codes(plan) == [("unknown", "G6")]
    assert "没有的部门" in plan.problems[0].message


def test_an_unknown_event_is_named_and_a_known_one_linked(user):
    event = EventFactory(name="测试签约会")

    assert codes(plan_of(signed(event="没有的活动"), user=user)) == [("unknown", "G6")]
    applied(signed(event="测试签约会"), user=user)

    assert Agreement.objects.get().event == event


def test_what_hangs_on_a_refused_record_needs_no_second_sentence(user):
    plan = plan_of(signed(department="没有的部门", progress="已进场", leaders=["测试领导甲"]), user=user)

    assert len(plan.problems) == 1


def test_the_word_beside_the_fixed_investment_is_kept(user):
    applied(signed(fixed=wan(20_000, "about")), user=user)

    agreement = Agreement.objects.get()
    assert (agreement.fixed_investment, agreement.fixed_investment_qualifier) == (20_000, "about")
    [row] = LAYOUTS["T1"].rows(Project.objects.all(), context_of(user))
    assert row["fixed"] == wan(20_000, "about")
    assert plan_of(signed(fixed=wan(20_000, "about")), user=user).changes_nothing


def test_fixed_investment_above_the_total_is_refused_at_its_cell(user):
    plan = plan_of(signed(fixed=wan(40_000)), user=user)

    assert codes(plan) == [("fixed", "G6")]
    assert plan.problems[0].value == "4亿元"


def test_an_accepted_progress_report_is_locked(user):
    project = ProjectFactory(name="测试光电项目", owner=user)
    ProgressReportFactory(
        project=project, period_start_on="2026-11-01", period_end_on="2026-11-30", progress="原文", status="accepted"
    )

    assert codes(plan_of(signed(progress="改写"), user=user)) == [("locked", "G6")]
    assert plan_of(signed(progress="原文"), user=user).problems == []


def test_an_imported_report_waits_for_review_and_says_how_like_the_last_one_it_is(user):
    project = ProjectFactory(name="测试光电项目", owner=user)
    words = "一号厂房主体已经封顶，正在安装设备，累计完成投资3000万元"
    ProgressReportFactory(
        project=project, period_start_on="2026-10-01", period_end_on="2026-10-31", progress=words, status="accepted"
    )

    applied(signed(progress=words.replace("3000", "3100")), user=user)
    first = project.progress_reports.get(period_start_on=dt.date(2026, 11, 1))
    applied(signed(progress="设备全部进场，开始联动试车，年底前可以投料"), user=user)

    assert (first.status, first.likeness, first.alike) == ("submitted", 100, True)
    second = project.progress_reports.get(pk=first.pk)
    assert (second.status, second.alike) == ("submitted", False)


def test_the_first_report_of_a_project_is_like_none(user):
    applied(signed(progress="开工"), user=user)

    (report,) = Project.objects.get().progress_reports.all()
    assert (report.status, report.likeness) == ("submitted", None)


# Stages


def test_a_stage_puts_a_new_project_on_the_track_that_has_it(user):
    applied(signed(stage="投产"), user=user)

    assert (Project.objects.get().track, Project.objects.get().stage) == ("land", "land.producing")


def test_a_stage_that_no_track_has_is_refused_with_what_may_be_written(user):
    plan = plan_of(signed(stage="快好了"), user=user)

    assert codes(plan) == [("stage", "G6")]
    assert "签约" in plan.problems[0].message


def test_a_stage_without_what_it_requires_is_refused(user):
    unsigned = signed(stage="签约")
    del unsigned.values["signed_on"]

    assert codes(plan_of(unsigned, user=user)) == [("required", "G6")]


def test_papers_of_an_imported_stage_are_asked_for_and_never_refuse_it(user):
    applied(signed(stage="开工"), user=user)

    assert set(Evidence.objects.values_list("code", "status")) == {
        ("land.started.construction_permit", "missing"),
        ("land.started.start_photo", "missing"),
    }


def test_a_moved_stage_leaves_a_stage_change(user):
    applied(signed(stage="公司注册"), user=user)

    applied(signed(stage="开工"), user=user)

    change = StageChange.objects.order_by("-id").first()
    assert (change.from_stage, change.to_stage, change.moved_by) == ("land.registered", "land.started", None)


# What was changed by hand


def test_a_value_changed_by_hand_since_is_kept_and_shown(user):
    applied(signed(site="测试路1号"), user=user)
    project = Project.objects.get()
    project.site = "手工改的地址"
    project.save(by=user)

    plan = plan_of(signed(site="测试路2号"), user=user)

    assert [(found.present, found.ledger, found.taken) for found in plan.conflicts] == [("手工改的地址", "测试路2号", False)]
    assert plan.changes_nothing


def test_the_ledgers_value_is_taken_when_the_person_chooses_it(user):
    applied(signed(site="测试路1号"), user=user)
    project = Project.objects.get()
    project.site = "手工改的地址"
    project.save(by=user)
    key = plan_of(signed(site="测试路2号"), user=user).conflicts[0].key

    applied(signed(site="测试路2号"), user=user, answers={key: "take"})

    assert Project.objects.get().site == "测试路2号"


def test_a_value_that_was_kept_once_is_asked_about_again(user):
    applied(signed(site="测试路1号"), user=user)
    project = Project.objects.get()
    project.site = "手工改的地址"
    project.save(by=user)
    applied(signed(site="测试路2号"), user=user)  # kept

    plan = plan_of(signed(site="测试路2号"), user=user)

    assert [found.present for found in plan.conflicts] == ["手工改的地址"]
    assert plan.changes_nothing


def test_a_conflict_names_the_project_and_amounts_in_words(user):
    applied(signed(amount=wan(30_000)), user=user)
    agreement = Agreement.objects.get()
    agreement.amount = 18_000
    agreement.save(by=user)

    found = plan_of(signed(amount=wan(35_000)), user=user).conflicts[0]

    assert (found.present, found.ledger) == ("1.8亿元", "3.5亿元")
    assert found.label.startswith("测试光电项目")


def test_a_value_nobody_touched_follows_the_ledger(user):
    applied(signed(site="测试路1号"), user=user)

    plan = plan_of(signed(site="测试路2号"), user=user)

    assert (plan.conflicts, plan.counts["update"]) == ([], {"projects.Project": 1})


def test_each_imported_value_knows_its_cell(user):
    job = applied(signed(site="测试路1号"), user=user)

    told = Provenance.objects.of(Project.objects.get()).get()

    assert (told.job, told.sheet, told.cells["site"]) == (job, "签约", ["G6", "测试路1号"])


# Undoing


def test_undoing_an_import_restores_what_was(user):
    company = CompanyFactory(name="测试光电有限公司", city="河南焦作", owner=user)
    job = applied(signed(investor_city="广东深圳", stage="开工"), user=user)

    undone = changesets.undo(job.changeset, by=user, now=NOW)

    company.refresh_from_db()
    assert (undone.refused, company.city) == ([], "河南焦作")
    assert not Project.objects.exists()
    assert not Agreement.objects.exists()
    assert not StageChange.objects.exists()
    assert not Evidence.objects.exists()


def test_undoing_leaves_what_was_edited_since_and_names_it(user):
    job = applied(signed(), user=user)
    agreement = Agreement.objects.get()
    agreement.amount = 99
    agreement.save(by=user)

    undone = changesets.undo(job.changeset, by=user, now=NOW)

    assert Agreement.objects.get().amount == 99
    assert any("投资协议" in sentence for sentence in undone.refused)
    assert Project.objects.count() == 1  # its agreement stays, so it stays


# Scope


def test_a_colleagues_company_is_linked_and_never_changed_or_shown(officer):
    other = CompanyFactory(name="测试光电有限公司", city="秘密城市", owner=UserFactory(), department=DepartmentFactory())

    plan = plan_of(signed(investor_city="广东深圳"), user=officer)

    assert (plan.problems, plan.counts["update"]) == ([], {})
    applied(signed(investor_city="广东深圳"), user=officer)
    other.refresh_from_db()
    assert (other.city, Project.objects.get().lead_party) == ("秘密城市", other)


def test_a_row_one_may_only_see_is_not_changed(officer):
    leader = UserFactory(roles=["leader"])
    project = ProjectFactory(name="测试光电项目", owner=officer)
    ProjectPartyFactory(project=project, company=CompanyFactory(name="测试光电有限公司", owner=officer))

    plan = plan_of(signed(site="测试路2号"), user=leader)

    assert {code for code, _cell in codes(plan)} == {"permission", "scope"}


# Cost


@pytest.mark.parametrize("count", [3, 30])
def test_a_plan_costs_the_same_queries_for_few_and_many_rows(user, count, django_assert_max_num_queries):
    rows = [signed(6 + place, name=f"测试项目{place}", investor=f"测试企业{place}有限公司") for place in range(count)]
    applied(*rows, user=user)

    with django_assert_max_num_queries(30):
        plan_of(*rows, user=user)
