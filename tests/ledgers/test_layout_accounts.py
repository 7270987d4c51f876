"""部门 and 人员, both ways."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from accounts import roles
from accounts.models import Department, User
from audit.models import AuditEvent
from companies.phones import mask
from ledgers.layouts.accounts import DEPARTMENTS, USERS
from tests.factories import DepartmentFactory, UserFactory
from tests.ledgers.plain import applied, exported, planned, problems, read_back, undone
from tests.ledgers.rows import row

pytestmark = pytest.mark.django_db

FULL = {
    "username": "00123",
    "display_name": "测试员甲",
    "department": "测试部门",
    "email": "tester@example.invalid",
    "mobile": "13800001234",
    "reports_to": "测试员乙",
    "roles": ["招商专员", "部门联络员"],
}


@pytest.fixture
def keeper():
    roles.sync_groups()
    return UserFactory(roles=["sysadmin"])


@pytest.fixture
def boss():
    return UserFactory(display_name="测试员乙", department=DepartmentFactory(name="测试部门"))


# Departments


def test_every_column_of_a_department_is_kept(keeper):
    above = DepartmentFactory(name="测试中心")

    applied(DEPARTMENTS, row(name="测试一部", parent="测试中心", kind="street"), user=keeper)

    found = Department.objects.get(name="测试一部")
    assert (found.parent, found.kind) == (above, "street")


def test_a_department_may_stand_under_one_further_down_in_the_ledger(keeper):
    rows = [row(6, name="测试一部", parent="测试中心"), row(7, name="测试中心", kind="centre")]

    plan = planned(DEPARTMENTS, *rows, user=keeper)

    found = {entry.instance.name: entry.instance for entry in plan.resources[Department].created}
    assert (plan.problems, plan.counts["create"]) == ([], {"accounts.Department": 2})
    assert found["测试一部"].parent is found["测试中心"]
    assert list(plan.resources[Department].waves()) == [[found["测试中心"]], [found["测试一部"]]]


def test_departments_of_three_levels_are_written_and_undone_at_once(keeper):
    before = Department.objects.count()
    rows = [row(6, name="测试一组", parent="测试一部"), row(7, name="测试一部", parent="测试中心"), row(8, name="测试中心")]

    job = applied(DEPARTMENTS, *rows, user=keeper)

    assert Department.objects.get(name="测试一组").parent.parent.name == "测试中心"
    assert undone(job, user=keeper).refused == []
    assert Department.objects.count() == before


@pytest.mark.parametrize("ring", [["测试甲部"], ["测试甲部", "测试乙部"], ["测试甲部", "测试乙部", "测试丙部"]], ids=len)
@pytest.mark.parametrize("known", [True, False], ids=["known", "new"])
def test_departments_above_themselves_are_refused(keeper, ring, known):
    for name in ring if known else ():
        DepartmentFactory(name=name)
    rows = [row(6 + place, name=name, parent=ring[place - 1]) for place, name in enumerate(ring)]

    plan = planned(DEPARTMENTS, *rows, row(20, name="测试丁部", parent=ring[0]), user=keeper)

    assert ("cycle", "上级部门") in problems(plan)


def test_a_ring_closed_through_a_department_that_is_not_in_the_ledger_is_refused(keeper):
    top = DepartmentFactory(name="测试甲部")
    middle = DepartmentFactory(name="测试乙部", parent=DepartmentFactory(name="测试中间部", parent=top))

    plan = planned(DEPARTMENTS, row(name="测试甲部", parent=middle.name), user=keeper)

    assert problems(plan) == [("cycle", "上级部门")]


def test_a_ring_closed_by_what_was_kept_of_a_hand_is_refused(keeper):
    names = ["测试甲部", "测试乙部", "测试丙部"]
    first, second, third = (DepartmentFactory(name=name) for name in names)
    applied(DEPARTMENTS, row(name=first.name, parent=third.name), user=keeper)
    first.refresh_from_db()
    first.parent = second
    first.save(by=keeper, update_fields=["parent"])

    plan = planned(DEPARTMENTS, row(name=first.name, parent=third.name), row(7, name=second.name, parent=first.name), user=keeper)

    assert plan.conflicts
    assert ("cycle", "上级部门") in problems(plan)


def test_an_unknown_department_above_is_refused(keeper):
    plan = planned(DEPARTMENTS, row(name="测试一部", parent="测试无此部"), user=keeper)

    assert problems(plan) == [("unknown", "上级部门")]


def test_departments_are_written_and_read_back_without_a_change(keeper):
    DepartmentFactory(name="测试一部", parent=DepartmentFactory(name="测试中心"))

    plan = planned(DEPARTMENTS, *read_back(DEPARTMENTS, user=keeper), user=keeper)

    assert (plan.problems, plan.changes_nothing) == ([], True)


@pytest.mark.parametrize("layout", [DEPARTMENTS, USERS], ids=lambda layout: layout.code)
@pytest.mark.parametrize("role", ["officer", "head", "manager"])
def test_only_the_keepers_of_accounts_write_them(keeper, layout, role):
    values = {"name": "测试一部"} if layout is DEPARTMENTS else {"username": "tester900"}

    plan = planned(layout, row(**values), user=UserFactory(roles=[role]))

    assert [code for code, _head in problems(plan)] == ["permission"]


# Users


def test_every_column_of_a_new_account_is_kept_and_it_has_no_password(keeper, boss):
    applied(USERS, row(**FULL), user=keeper)

    found = User.objects.get(username="00123")
    assert (found.display_name, found.department, found.reports_to) == ("测试员甲", boss.department, boss)
    assert (found.email, found.mobile) == ("tester@example.invalid", "13800001234")
    assert set(found.groups.values_list("name", flat=True)) == {"officer", "liaison"}
    assert (found.has_usable_password(), found.is_staff, found.is_active) == (False, True, True)
    assert found.history.exists()
    assert AuditEvent.objects.filter(action="user.roles_set").count() == 1


def test_an_account_without_roles_may_not_enter_the_site(keeper):
    applied(USERS, row(username="tester900"), user=keeper)

    assert not User.objects.get(username="tester900").is_staff


def test_accounts_are_written_and_read_back_without_a_change(keeper, boss):
    applied(USERS, row(**FULL), row(7, username="tester900"), user=keeper)
    left = UserFactory(is_active=False)
    UserFactory(reports_to=left)
    for _twin in range(2):
        UserFactory(display_name="测试员丙", reports_to=UserFactory(display_name="测试员丁"))

    plan = planned(USERS, *read_back(USERS, user=keeper), user=keeper)

    assert (plan.problems, plan.changes_nothing) == ([], True)
    assert [one for one in exported(USERS, user=keeper) if one["username"] == "00123"] == [
        {**FULL, "roles": ["部门联络员", "招商专员"]}
    ]
    assert left.username not in str(exported(USERS, user=keeper))


def test_applying_the_same_accounts_again_changes_nothing_and_undoing_leaves_none(keeper, boss):
    job = applied(USERS, row(**FULL), user=keeper)

    again = planned(USERS, row(**FULL), user=keeper)
    taken_back = undone(job, user=keeper)

    assert (again.problems, again.changes_nothing) == ([], True)
    assert (taken_back.refused, User.objects.filter(username="00123").count()) == ([], 0)


def test_an_existing_account_keeps_its_roles_and_its_password(keeper):
    colleague = UserFactory(username="tester900", roles=["officer"], password="unchanged")

    applied(USERS, row(username="tester900", display_name="测试员新", roles=["招商中心负责人"]), user=keeper)

    colleague.refresh_from_db()
    assert (colleague.display_name, colleague.password) == ("测试员新", "unchanged")
    assert list(colleague.groups.values_list("name", flat=True)) == ["officer"]


@pytest.mark.parametrize("role", ["系统管理员", "security", "审计员"])
def test_the_roles_that_keep_the_system_are_not_given_by_a_ledger(keeper, role):
    plan = planned(USERS, row(username="tester900", roles=[role]), user=keeper)

    assert problems(plan) == [("roles", "角色")]


def test_roles_that_clash_are_refused(keeper, settings):
    settings.SEPARATE_DUTIES = True

    clash = planned(USERS, row(username="tester900", roles=["系统管理员", "审计员"]), user=keeper)
    mixed = planned(USERS, row(username="tester900", roles=["系统管理员", "招商专员"]), user=keeper)

    assert [problems(clash), problems(mixed)] == [[("roles", "角色")]] * 2
    assert "不同的人" in clash.problems[0].message
    assert "职责分离" in mixed.problems[0].message


def test_an_unknown_role_is_refused_with_those_there_are(keeper):
    plan = planned(USERS, row(username="tester900", roles=["处长"]), user=keeper)

    assert problems(plan) == [("choice", "角色")]
    assert "招商专员" in plan.problems[0].message


def test_roles_are_called_alike_whatever_language_the_keeper_reads(keeper):
    with translation.override("en"):
        applied(USERS, row(username="tester900", roles=["招商专员"]), user=keeper)
        written = exported(USERS, user=keeper)

    assert [one["roles"] for one in written if one["username"] == "tester900"] == [["招商专员"]]


def test_an_address_of_another_account_is_refused_also_one_that_the_ledger_frees(keeper):
    UserFactory(username="tester900", email="one@example.invalid")
    rows = [
        row(6, username="tester900", email="two@example.invalid"),
        row(7, username="tester901", email="one@example.invalid"),
        row(8, username="tester902", email="two@example.invalid"),
    ]

    plan = planned(USERS, *rows, user=keeper)

    assert [(found.code, found.row) for found in plan.problems] == [("taken", 7), ("taken", 8)]


def test_a_masked_address_and_number_overwrite_nothing(keeper, boss):
    applied(USERS, row(**FULL), user=keeper)

    plan = planned(USERS, row(**{**FULL, "email": mask(FULL["email"]), "mobile": mask(FULL["mobile"])}), user=keeper)

    assert (plan.problems, plan.changes_nothing) == ([], True)


def test_a_colleague_may_report_to_one_further_down_in_the_ledger(keeper):
    rows = [row(6, username="tester900", reports_to="测试员乙"), row(7, username="tester901", display_name="测试员乙")]

    applied(USERS, *rows, user=keeper)

    assert User.objects.get(username="tester900").reports_to.username == "tester901"


def test_nobody_reports_to_himself(keeper):
    plan = planned(USERS, row(username="tester900", display_name="测试员甲", reports_to="测试员甲"), user=keeper)

    assert problems(plan) == [("cycle", "直接上级")]


def test_who_may_not_open_the_accounts_takes_no_ledger_of_them(keeper):
    with pytest.raises(PermissionDenied):
        exported(USERS, user=UserFactory(roles=["officer"]))


@pytest.mark.parametrize("count", [3, 30])
@pytest.mark.parametrize(("layout", "queries"), [(DEPARTMENTS, 1), (USERS, 3)], ids=["departments", "users"])
def test_writing_costs_the_same_queries_for_few_and_many(keeper, layout, queries, count, django_assert_num_queries):
    for _number in range(count):
        UserFactory(reports_to=UserFactory(), roles=["officer"])
    list(exported(layout, user=keeper))  # the permissions are read once

    with django_assert_num_queries(queries):
        exported(layout, user=keeper)
