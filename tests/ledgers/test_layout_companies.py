"""企业名录, both ways."""

import pytest

from accounts import roles
from companies.models import Company, Qualification
from ledgers.layouts.companies import COMPANIES
from tests.factories import CompanyAliasFactory, CompanyFactory, QualificationFactory, UserFactory
from tests.ledgers.plain import applied, exported, planned, problems, read_back, undone
from tests.ledgers.rows import row

pytestmark = pytest.mark.django_db

CODE = "91440300MA5DA1XT1L"
FULL = {
    "name": "测试光电有限公司",
    "short_name": "测试光电",
    "credit_code": CODE,
    "kind": "branch",
    "capital_source": "foreign",
    "ownership": "民营",
    "region": "jp",
    "city": "日本大阪",
    "industry": "C39",
    "focus": "光电",
    "qualifications": ["高新技术企业", "专精特新企业"],
    "note": "第一行\n第二行",
    "owner": "测试员甲",
}


@pytest.fixture
def user():
    roles.sync_groups()
    return UserFactory(roles=["manager"])


def test_every_column_of_a_company_is_kept(user):
    owner = UserFactory(display_name="测试员甲")

    applied(COMPANIES, row(**FULL), user=user)

    company = Company.objects.get()
    assert {key: getattr(company, key) for key in FULL.keys() - {"qualifications", "owner"}} == {
        key: value for key, value in FULL.items() if key not in ("qualifications", "owner")
    }
    assert (company.owner, company.department, company.origin) == (owner, owner.department, "imported")
    assert set(Qualification.objects.values_list("kind", flat=True)) == {"高新技术企业", "专精特新企业"}


def test_a_full_and_a_poor_company_are_written_and_read_back_without_a_change(user):
    UserFactory(display_name="测试员甲")
    applied(COMPANIES, row(**FULL), row(7, name="测试装备厂"), user=user)

    plan = planned(COMPANIES, *read_back(COMPANIES, user=user), user=user)

    assert (plan.problems, plan.changes_nothing) == ([], True)
    assert exported(COMPANIES, user=user)[0] == FULL


def test_a_company_made_by_hand_is_written_and_read_back_without_a_change(user):
    renewed = CompanyFactory(owner=UserFactory(is_active=False), note="无")
    for year in (2019, 2022):
        QualificationFactory(holder=renewed, year=year)
    CompanyFactory(owner=None)
    for _namesake in range(2):
        CompanyFactory(owner=UserFactory(display_name="测试员乙"))

    plan = planned(COMPANIES, *read_back(COMPANIES, user=user), user=user)

    assert (plan.problems, plan.changes_nothing) == ([], True)


def test_applying_the_same_companies_again_changes_nothing_and_undoing_leaves_none(user):
    UserFactory(display_name="测试员甲")
    job = applied(COMPANIES, row(**FULL), user=user)

    again = planned(COMPANIES, row(**FULL), user=user)
    taken_back = undone(job, user=user)

    assert (again.problems, again.changes_nothing) == ([], True)
    assert (taken_back.refused, Company.objects.count(), Qualification.objects.count()) == ([], 0, 0)


def test_a_blank_erases_nothing(user):
    CompanyFactory(name="测试光电有限公司", city="广东深圳", credit_code=CODE, owner=user)

    plan = planned(COMPANIES, row(name="测试光电有限公司", blank=("city", "credit_code", "note")), user=user)

    assert plan.changes_nothing


def test_the_owner_of_a_known_company_is_not_changed(user):
    owner = UserFactory()
    CompanyFactory(name="测试光电有限公司", owner=owner)
    UserFactory(display_name="测试员甲")

    plan = planned(COMPANIES, row(name="测试光电有限公司", owner="测试员甲"), user=user)

    assert (plan.problems, plan.changes_nothing) == ([], True)


def test_an_unknown_owner_is_refused(user):
    plan = planned(COMPANIES, row(name="测试光电有限公司", owner="测试员无"), user=user)

    assert ("unknown", "负责人") in problems(plan)


def test_a_new_company_is_not_given_to_a_colleague_who_left(user):
    UserFactory(display_name="测试员甲", is_active=False)

    plan = planned(COMPANIES, row(name="测试光电有限公司", owner="测试员甲"), user=user)

    assert problems(plan) == [("left", "负责人")]


def test_an_officer_files_no_company_in_the_name_of_a_colleague(user):
    officer = UserFactory(roles=["officer"])
    UserFactory(display_name="测试员甲")

    plan = planned(COMPANIES, row(name="测试光电有限公司", owner="测试员甲"), user=officer)

    assert problems(plan) == [("scope", "负责人")]


def test_a_head_files_companies_in_the_name_of_the_department(user):
    head = UserFactory(roles=["head"])
    colleague = UserFactory(display_name="测试员甲", department=head.department)

    applied(COMPANIES, row(name="测试光电有限公司", owner="测试员甲"), user=head)

    assert Company.objects.get().owner == colleague


@pytest.mark.parametrize("name", ["测试光电 有限公司", "光电旧名有限公司", "测试光电"])
def test_a_code_beside_another_spelling_an_alias_or_the_short_name_is_the_company(user, name):
    company = CompanyFactory(name="测试光电有限公司", short_name="测试光电", credit_code=CODE, owner=user)
    CompanyAliasFactory(company=company, name="光电旧名有限公司")

    plan = planned(COMPANIES, row(name=name, credit_code=CODE), user=user)

    assert (plan.problems, plan.changes_nothing) == ([], True)


def test_a_code_beside_a_strange_name_renames_nothing(user):
    CompanyFactory(name="测试光电有限公司", credit_code=CODE, owner=user)

    plan = planned(COMPANIES, row(name="测试装备有限公司", credit_code=CODE), user=user)

    assert problems(plan) == [("renamed", "企业名称")]
    assert plan.counts["update"] == {}


@pytest.mark.parametrize("count", [3, 30])
def test_writing_companies_costs_the_same_queries_for_few_and_many(user, count, django_assert_num_queries):
    for _number in range(count):
        QualificationFactory(holder=CompanyFactory())
    list(exported(COMPANIES, user=user))  # the content types are read once

    with django_assert_num_queries(3):
        exported(COMPANIES, user=user)
