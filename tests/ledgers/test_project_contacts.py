"""联系人及电话 and 责任单位: what a ledger names of a project is what was said of this project."""

import pytest

from accounts.models import User
from core.services import delete
from ledgers.layouts.known import LAYOUTS
from projects.models import Project, ProjectMember
from tests.factories import (
    NOW,
    AttendanceFactory,
    CompanyFactory,
    DepartmentFactory,
    InteractionFactory,
    PersonFactory,
    PositionFactory,
    ProjectFactory,
    ProjectMemberFactory,
    UserFactory,
)
from tests.ledgers.rows import applied, context_of, plan_of, row, signed


def cells(key: str, user: User, layout: str = "T1") -> dict[str, object]:
    """Name of a project → what a ledger says of it in a column."""
    return {row["name"]: row[key] for row in LAYOUTS[layout].rows(Project.objects.order_by("pk"), context_of(user))}


@pytest.fixture
def investor(user: User):
    """An investor with two people and two projects."""
    company = CompanyFactory(owner=user, name="测试光电有限公司")
    for number in (1, 2):
        person = PersonFactory(name=f"联系人0000{number}", mobile=f"1380000000{number}")
        PositionFactory(person=person, company=company, is_primary=True)
        led(ProjectFactory(name=f"测试项目{number}", owner=user), company)
    return company


def led(project: Project, company: object) -> Project:
    Project.objects.filter(pk=project.pk).update(lead_party=company)
    return project


def people(company: object) -> list[object]:
    return [row.person for row in company.positions.order_by("pk")]


def test_an_imported_contact_belongs_to_the_project_of_its_row(user):
    applied(
        signed(6, name="测试一期项目", contact=[("联系人甲", "13800001111")]),
        signed(7, name="测试二期项目", contact=[("联系人乙", "13800002222")]),
        user=user,
    )

    assert cells("contact", user) == {
        "测试一期项目": [("联系人甲", "13800001111")],
        "测试二期项目": [("联系人乙", "13800002222")],
    }


def test_people_of_an_investor_with_several_projects_are_nobodys_contacts(user, investor):
    assert cells("contact", user) == {"测试项目1": None, "测试项目2": None}


def test_whom_we_met_about_a_project_is_its_contact(user, investor):
    first, second = people(investor)
    met = InteractionFactory(owner=user, project=Project.objects.get(name="测试项目2"))
    AttendanceFactory(interaction=met, person=second, side="theirs")
    AttendanceFactory(interaction=met, person=first, side="other")

    assert cells("contact", user) == {"测试项目1": None, "测试项目2": [("联系人00002", "13800000002")]}


def test_the_liaison_of_a_project_comes_before_whom_we_met(user, investor):
    first, second = people(investor)
    project = Project.objects.get(name="测试项目1")
    AttendanceFactory(interaction=InteractionFactory(owner=user, project=project), person=second, side="theirs")
    ProjectMemberFactory(project=project, user=None, person=first, role="liaison")

    assert cells("contact", user)["测试项目1"] == [("联系人00001", "13800000001")]


def test_the_main_contacts_of_an_investor_stand_for_his_only_project(user, investor):
    delete(Project.objects.get(name="测试项目1"), by=user, now=NOW)

    assert cells("contact", user) == {"测试项目2": [("联系人00001", "13800000001"), ("联系人00002", "13800000002")]}


def test_contacts_that_are_shown_already_are_not_tied_again(user, investor):
    project = Project.objects.get(name="测试项目1")
    for person in people(investor):
        AttendanceFactory(interaction=InteractionFactory(owner=user, project=project), person=person, side="theirs")
    said = cells("contact", user)["测试项目1"]

    plan = plan_of(signed(name="测试项目1", contact=said), user=user)

    assert plan.problems == []
    assert plan.resources[ProjectMember].created == []


def test_a_contact_who_is_added_takes_nobody_out_of_the_cell(user, investor):
    first, second = people(investor)
    project = Project.objects.get(name="测试项目1")
    AttendanceFactory(interaction=InteractionFactory(owner=user, project=project), person=first, side="theirs")

    applied(signed(name="测试项目1", contact=[(first.name, first.mobile), (second.name, second.mobile)]), user=user)

    assert cells("contact", user)["测试项目1"] == [(first.name, first.mobile), (second.name, second.mobile)]


def test_contacts_cost_the_same_for_one_project_and_for_ten(user, investor, django_assert_max_num_queries):
    for number in range(8):
        led(ProjectFactory(name=f"测试项目{number + 3}", owner=user), investor)

    with django_assert_max_num_queries(14):
        cells("contact", user)


def test_a_department_that_nobody_said_is_not_written(user):
    DepartmentFactory(name="测试发展局")

    applied(signed(6, name="测试一期项目"), signed(7, name="测试二期项目", department="测试发展局"), user=user)

    assert cells("department", user) == {"测试一期项目": None, "测试二期项目": "测试发展局"}


def test_the_importers_own_department_is_written_when_the_ledger_says_it(user):
    applied(signed(department=user.department.name), user=user)

    assert cells("department", user) == {"测试光电项目": user.department.name}


def test_a_department_that_was_given_by_hand_is_written(user):
    other = DepartmentFactory(name="测试发展局")
    applied(signed(), user=user)
    project = Project.objects.get()
    project.department = other
    project.save(by=user)

    assert cells("department", user) == {"测试光电项目": "测试发展局"}


def test_the_department_of_a_project_entered_by_hand_is_written(user):
    project = ProjectFactory(name="测试项目", owner=UserFactory())

    assert cells("department", user) == {"测试项目": project.department.name}


def test_the_ledger_in_negotiation_names_the_contacts_of_the_project_only(user):
    rows = [
        row(n, name=name, investor="测试光电有限公司", contact=contact)
        for n, (name, contact) in enumerate({"测试一期项目": ["联系人甲"], "测试二期项目": ["联系人乙", "联系人丙"]}.items())
    ]

    applied(*rows, user=user, layout="T2")

    assert cells("contact", user, "T2") == {"测试一期项目": ["联系人甲"], "测试二期项目": ["联系人乙", "联系人丙"]}


@pytest.mark.parametrize(("layout", "key"), [("T2", "district"), ("T5", "department")])
def test_no_ledger_writes_a_department_that_nobody_said(user, layout, key):
    applied(signed(), user=user)

    assert cells(key, user, layout) == {"测试光电项目": None}
