"""Targets: one a subject and period, set by the manager, shown to those who see their figure whole."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts import roles
from core.services import delete
from desk.targets import distance, page
from projects.models import Project
from reports.indicators.targets import targets_reached
from reports.models import Target
from tests.factories import NOW, AgreementFactory, DepartmentFactory, ProjectFactory, TargetFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)  # ten months are over


@pytest.fixture(autouse=True)
def _groups():
    roles.sync_groups()


def signed(day=dt.date(2026, 3, 1), amount=100, **values):
    project = ProjectFactory(**values)
    AgreementFactory(project=project, kind="formal", signed_on=day, amount=Decimal(amount))
    return project


def line(target, today=TODAY):
    (found,) = targets_reached([target], Project.objects.all(), today=today)
    return distance(found)


@pytest.mark.parametrize(
    ("values", "window"),
    [
        ({}, (dt.date(2026, 1, 1), dt.date(2026, 12, 31))),
        ({"period_kind": "quarter", "n": 3}, (dt.date(2026, 7, 1), dt.date(2026, 9, 30))),
        ({"period_kind": "month", "n": 2}, (dt.date(2026, 2, 1), dt.date(2026, 2, 28))),
    ],
)
def test_a_target_knows_its_days(values, window):
    assert Target(year=2026, **values).window == window


@pytest.mark.parametrize(
    ("value", "done", "rate", "ahead"),
    [(4, 3, "75.00%", "-8.33%"), (3, 3, "100.00%", "+16.67%"), (0, 3, "—", "—"), (6, 5, "83.33%", "+0.00%")],
)
def test_the_rate_stands_beside_the_months_that_have_passed(value, done, rate, ahead):
    for _n in range(done):
        signed()

    found = line(TargetFactory(indicator="signing", value=Decimal(value)))

    assert (found.rate.text, found.expected.text, found.ahead.text) == (rate, "83.33%", ahead)


def test_it_is_reached_by_its_own_days_department_and_person():
    department, other = DepartmentFactory(), DepartmentFactory()
    owner = UserFactory(department=department)
    signed(department=department, owner=owner, day=dt.date(2026, 8, 1))
    signed(department=department, day=dt.date(2026, 2, 1))
    signed(department=other, day=dt.date(2025, 8, 1))
    by = {"indicator": "signing", "value": Decimal(10)}

    reached = {
        name: line(TargetFactory(**by, **values)).done.text
        for name, values in {
            "zone": {},
            "quarter": {"period_kind": "quarter", "n": 3},
            "department": {"department": department},
            "other": {"department": other},
            "person": {"user": owner},
        }.items()
    }

    assert reached == {"zone": "2", "quarter": "1", "department": "2", "other": "0", "person": "1"}


@pytest.mark.parametrize(
    "values", [{}, {"department": DepartmentFactory}, {"user": UserFactory}, {"period_kind": "month", "n": 5}]
)
def test_a_subject_has_one_target_of_an_indicator_in_a_period(values):
    values = {name: value() if callable(value) else value for name, value in values.items()}
    first = TargetFactory(indicator="signing", **values)
    twin = Target(indicator="signing", year=2026, value=Decimal(2), **values)

    with pytest.raises(ValidationError, match="已有目标"):
        twin.full_clean()

    delete(first, by=None, now=NOW)
    twin.full_clean()


def test_the_zone_a_department_and_a_person_have_targets_of_their_own():
    for values in ({}, {"department": DepartmentFactory()}, {"user": UserFactory()}, {"period_kind": "quarter", "n": 1}):
        Target(indicator="signing", year=2026, value=Decimal(1), **values).full_clean()
        TargetFactory(indicator="signing", **values)

    assert Target.objects.count() == 4


def test_everybody_sees_the_targets_whose_figure_he_sees_whole():
    department = DepartmentFactory(name="招商一部")
    officer = UserFactory(roles=["officer"], department=department, display_name="测试员甲")
    colleague = UserFactory(roles=["officer"], department=department, display_name="测试员乙")
    head = UserFactory(roles=["head"], department=department)
    manager = UserFactory(roles=["manager"])
    for values in (
        {},
        {"department": department},
        {"department": DepartmentFactory(name="招商二部")},
        {"user": officer},
        {"user": colleague},
    ):
        TargetFactory(indicator="signing", **values)

    def names(user):
        return [group.name for group in page(user, 2026, today=TODAY).groups]

    assert names(officer) == ["测试员甲"]
    assert names(head) == ["招商一部", "测试员乙", "测试员甲"]
    assert names(manager) == ["全区", "招商一部", "招商二部", "测试员乙", "测试员甲"]


def test_targets_cost_the_same_for_one_and_for_ten(django_assert_max_num_queries):
    manager = UserFactory(roles=["manager"])
    for code in ("signing", "signing_amount", "contract", "capital"):
        for n in (1, 2, 3):
            TargetFactory(indicator=code, period_kind="month", n=n)

    with django_assert_max_num_queries(8):
        (group,) = page(manager, 2026, today=TODAY).groups

    assert len(group.rows) == 12


@pytest.mark.parametrize(
    ("role", "status"), [("manager", 200), ("head", 403), ("officer", 403), ("leader", 403), ("sysadmin", 403)]
)
def test_only_the_manager_sets_targets(role, status):
    client = Client()
    client.force_login(UserFactory(roles=[role]), backend="django.contrib.auth.backends.ModelBackend")

    answer = client.get("/admin/reports/target/add/")

    assert answer.status_code == status
    if status == 200:
        assert "签约金额（万元）" in answer.text
        assert "开工率" not in answer.text  # a rate has no target of its own


def test_a_year_that_is_none_is_named():
    client = Client()
    client.force_login(UserFactory(roles=["manager"]), backend="django.contrib.auth.backends.ModelBackend")

    assert "看不懂年度“明年”" in client.get("/reports/targets/", {"year": "明年"}).text
    assert "未下达目标" in client.get("/reports/targets/", {"year": "2031"}).text
