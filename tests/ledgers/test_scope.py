"""I6: a ledger neither changes nor tells anything of rows its importer may not see."""

import pytest

from accounts import roles
from activities.models import Attendance, FollowUp, Interaction, InteractionCompany
from companies.models import Company, Person, Position, Qualification
from core.dates import FuzzyDate
from ledgers.findings import Findings
from ledgers.layouts.companies import COMPANIES
from ledgers.layouts.contacts import CONTACTS
from ledgers.layouts.known import LAYOUTS
from ledgers.layouts.people import PEOPLE
from tests.factories import (
    TODAY,
    AttendanceFactory,
    CompanyFactory,
    FollowUpFactory,
    InteractionCompanyFactory,
    InteractionFactory,
    PersonFactory,
    PositionFactory,
    QualificationFactory,
    ShareFactory,
    UserFactory,
)
from tests.ledgers.plain import applied, exported, planned, problems
from tests.ledgers.rows import row, signed

pytestmark = pytest.mark.django_db

TABLES = (Company, Qualification, Person, Position, Interaction, InteractionCompany, Attendance, FollowUp)
HIDDEN = 25
CODE = "91440300MA5DA1XT1L"
OTHER = {"short_name": "测试改称", "city": "测试改城", "note": "测试改注", "ownership": "民营", "qualifications": ["测试资质"]}


@pytest.fixture
def officer():
    roles.sync_groups()
    return UserFactory(roles=["officer"])


def hidden_company(number=0, **values):
    """A colleague's company; every value that the ledger does not say is 秘密."""
    code = f"91440300MA5DA{number:04d}L"
    secrets = {"name": f"测试光电{number}有限公司", "short_name": f"秘密简称{number}", "city": "秘密城市", "note": "秘密备注"}
    return CompanyFactory(**{"credit_code": code, "focus": "秘密方向", "ownership": "秘密性质", **secrets, **values})


def everything():
    """All columns of all rows of the tables concerned."""
    return {model: list(model.all_objects.order_by("pk").values()) for model in TABLES}


def shown(plan):
    """All that the importer is shown of a plan."""
    return str([plan.problems, plan.duplicates, plan.conflicts, plan.counts, Findings.of(plan).changes])


def contact(number=6, **values):
    usual = {"happened_on": FuzzyDate(TODAY), "kind": "visit", "company": ["测试光电0有限公司"], "summary": "测试内容"}
    return row(number, **{**usual, **values})


# Companies


@pytest.mark.parametrize("by", ["name", "code", "both"])
def test_a_colleagues_company_is_not_changed_and_nothing_of_it_is_told(officer, by):
    companies = [hidden_company(number) for number in range(HIDDEN)]
    for company in companies:
        QualificationFactory(holder=company, kind="秘密资质")
    said = [
        {
            "name": f"测试另名{company.pk}有限公司" if by == "code" else company.name,
            **({} if by == "name" else {"credit_code": company.credit_code}),
            **OTHER,
        }
        for company in companies
    ]
    before = everything()

    plan = planned(COMPANIES, *(row(6 + place, **values) for place, values in enumerate(said)), user=officer)

    assert (plan.counts["create"], plan.counts["update"]) == ({"companies.Qualification": HIDDEN}, {})
    assert {code for code, _head in problems(plan)} == {"scope"}
    assert len({found.row for found in plan.problems}) == HIDDEN
    assert "秘密" not in shown(plan)
    assert by != "code" or not any(company.name in shown(plan) for company in companies)
    assert everything() == before


def test_the_answer_for_a_hidden_name_and_a_hidden_code_is_the_same(officer):
    hidden_company(name="测试光电有限公司", credit_code=CODE)

    by_name = planned(COMPANIES, row(name="测试光电有限公司"), user=officer)
    by_code = planned(COMPANIES, row(name="测试无关有限公司", credit_code=CODE), user=officer)

    texts = [plan.problems[0].message.replace("光电", "").replace("无关", "") for plan in (by_name, by_code)]
    assert texts[0] == texts[1]


def test_a_code_of_a_hidden_company_beside_the_name_of_ones_own_names_nobody(officer):
    hidden_company(name="秘密企业有限公司", credit_code=CODE)
    mine = CompanyFactory(name="测试光电有限公司", owner=officer, city="广东深圳")

    plan = planned(COMPANIES, row(name="测试光电有限公司", credit_code=CODE, city="广东广州"), user=officer)

    mine.refresh_from_db()
    assert problems(plan) == [("identity", "统一社会信用代码")]
    assert "秘密" not in shown(plan)
    assert mine.city == "广东深圳"


def test_a_company_one_may_only_see_is_not_changed_and_gets_nothing(officer):
    company = hidden_company()
    ShareFactory(user=officer, target=company, level="view")

    changed = planned(COMPANIES, row(name=company.name, city="测试改城"), user=officer)
    added = planned(COMPANIES, row(name=company.name, qualifications=["测试资质"]), user=officer)
    person = planned(PEOPLE, row(name="联系人甲", company=company.name), user=officer)

    assert [{code for code, _head in problems(plan)} for plan in (changed, added, person)] == [{"scope"}] * 3


def test_only_the_rows_in_scope_are_written(officer):
    hidden_company()
    mine = CompanyFactory(name="测试装备有限公司", owner=officer)

    applied(COMPANIES, row(name=mine.name, city="广东深圳"), user=officer)

    mine.refresh_from_db()
    assert mine.city == "广东深圳"
    assert [one["name"] for one in exported(COMPANIES, user=officer)] == [mine.name]


def test_an_investor_of_others_gets_no_contact_and_no_qualification_by_a_ledger_of_projects(officer):
    company = hidden_company()
    rows = [signed(investor=company.name, qualifications=["测试资质"], contact=[("联系人甲", "13800001234")])]
    before = everything()

    plan = planned(LAYOUTS["T1"], *rows, user=officer)

    assert problems(plan) == [("scope", "投资方/企业资质"), ("scope", "责任落实/联系人及电话")]
    assert "秘密" not in shown(plan)
    assert everything() == before


# People


def test_a_person_at_a_hidden_company_is_neither_found_nor_changed_nor_added(officer):
    company = hidden_company()
    person = PersonFactory(name="联系人甲", mobile="13800001234", note="秘密备注", email="secret@example.invalid")
    PositionFactory(company=company, person=person, title="秘密职务")
    said = {"name": "联系人甲", "company": company.name, "mobile": "13800001235", "title": "经理", "note": "测试改注"}
    before = everything()

    plan = planned(PEOPLE, row(**said), user=officer)

    assert problems(plan) == [("scope", "单位")]
    assert plan.counts["update"] == {}
    assert "秘密" not in shown(plan)
    assert "secret" not in shown(plan)
    assert "13800001234" not in shown(plan)
    assert everything() == before


@pytest.mark.parametrize("mobile", ["13800001234", "13800001235"])
def test_whether_somebody_works_at_a_hidden_company_cannot_be_found_out(officer, mobile):
    PositionFactory(company=hidden_company(0), person=PersonFactory(name="联系人甲", mobile="13800001234"), title="经理")
    empty = hidden_company(1)
    said = {"name": "联系人甲", "mobile": mobile, "title": "经理"}

    there = planned(PEOPLE, row(**said, company="测试光电0有限公司"), user=officer)
    nobody = planned(PEOPLE, row(**said, company=empty.name), user=officer)

    assert there.counts == nobody.counts
    assert problems(there) == problems(nobody) == [("scope", "单位")]


def test_a_second_office_at_a_hidden_company_is_not_found_out_of_somebody_one_knows(officer):
    person = PositionFactory(company=CompanyFactory(owner=officer), person__name="联系人甲").person
    PositionFactory(company=hidden_company(0), person=person, title="经理")
    hidden_company(1)

    plans = [
        planned(PEOPLE, row(name="联系人甲", title="经理", company=f"测试光电{number}有限公司"), user=officer)
        for number in (0, 1)
    ]

    assert plans[0].counts == plans[1].counts
    assert [problems(plan) for plan in plans] == [[("scope", "单位")]] * 2


def test_a_colleagues_contact_person_is_a_new_one_at_ones_own_company(officer):
    hidden = PersonFactory(name="联系人甲", mobile="13800001234", note="秘密备注")
    PositionFactory(company=hidden_company(), person=hidden)
    mine = CompanyFactory(name="测试装备有限公司", owner=officer)

    applied(PEOPLE, row(name="联系人甲", company=mine.name, mobile="13800001234", note="测试注"), user=officer)

    hidden.refresh_from_db()
    assert (hidden.note, Position.objects.get(company=mine).person == hidden) == ("秘密备注", False)
    assert "秘密" not in str(exported(PEOPLE, user=officer))


# Contacts


def test_a_colleagues_contact_is_neither_found_nor_changed(officer):
    company = hidden_company()
    theirs = InteractionFactory(happened_on=TODAY, kind="visit", summary="测试内容", place="秘密地点", outcome="no_answer")
    InteractionCompanyFactory(interaction=theirs, company=company)
    AttendanceFactory(interaction=theirs, person=None, name="秘密联系人")
    FollowUpFactory(interaction=theirs, title="秘密事项", owner=theirs.owner)
    before = everything()

    plan = planned(CONTACTS, contact(place="测试改地", outcome="effective", next_step="测试事项"), user=officer)
    counts, problem_list, text = plan.counts, plan.problems, shown(plan)
    applied(CONTACTS, contact(place="测试改地", outcome="effective", next_step="测试事项"), user=officer)

    assert (problem_list, counts["update"], counts["create"]["activities.Interaction"]) == ([], {}, 1)
    assert "秘密" not in text
    assert Interaction.objects.exclude(pk=theirs.pk).get().owner == officer
    after = everything()
    assert all(old in after[model] for model, rows in before.items() for old in rows)
    assert "秘密" not in str(exported(CONTACTS, user=officer))


def test_a_contact_one_may_only_see_is_not_changed(officer):
    theirs = InteractionFactory(happened_on=TODAY, kind="visit", summary="测试内容", place="测试地点")
    InteractionCompanyFactory(interaction=theirs, company=hidden_company())
    ShareFactory(user=officer, target=theirs, level="view")

    place = planned(CONTACTS, contact(place="测试改地"), user=officer)
    step = planned(CONTACTS, contact(next_step="测试事项"), user=officer)
    attendance = planned(CONTACTS, contact(theirs=["联系人甲"]), user=officer)

    assert [{code for code, _head in problems(plan)} for plan in (place, step, attendance)] == [{"scope"}] * 3


def test_who_is_known_at_a_hidden_company_is_not_found_by_a_contact_there(officer):
    position = PositionFactory(company=hidden_company(), person__name="联系人甲")

    applied(CONTACTS, contact(theirs=["联系人甲"]), user=officer)

    attendance = Attendance.objects.get()
    assert (attendance.person, attendance.name) == (None, "联系人甲")
    assert position.person.attendances.count() == 0
