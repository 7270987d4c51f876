"""投资完成 on its page: stated, verified by another, given back; nobody verifies his own."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import roles
from projects.models import InvestmentProgress
from tests.factories import DepartmentFactory, InvestmentProgressFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/investment/"


def client_of(*names, **values):
    roles.sync_groups()
    client = Client()
    client.user = UserFactory(roles=list(names), **values)
    client.force_login(client.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def office():
    department = DepartmentFactory()
    officer, head = client_of("officer", department=department), client_of("head", department=department)
    return officer, head, ProjectFactory(name="测试项目甲", owner=officer.user, department=department)


def month():
    return (timezone.localdate().replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def typed(**values):
    return {"project": "测试项目甲", "report_month": f"{month():%Y-%m}", "completed": "0.5亿"} | values


def test_a_month_is_stated_in_one_request_and_can_be_taken_back(office):
    officer, _head, project = office

    page = officer.post(URL, typed(cumulative="30"), follow=True)

    row = InvestmentProgress.objects.get(project=project)
    assert (row.completed, row.status, row.submitted_by, row.report_month) == (5000, "submitted", officer.user, month())
    assert "小于本月完成" in page.text
    officer.post(re.search(r'action="(/changes/\d+/undo/)"', page.text)[1])
    assert not InvestmentProgress.objects.exists()


def test_a_second_person_has_the_button_and_the_first_has_not(office):
    officer, head, project = office
    officer.post(URL, typed())
    row = InvestmentProgress.objects.get(project=project)

    assert 'value="verify"' not in officer.get(URL).text
    assert "只有部门负责人" in officer.post(f"{URL}{row.pk}/", {"act": "verify"}, follow=True).text
    assert 'value="verify"' in head.get(URL).text
    head.post(f"{URL}{row.pk}/", {"act": "verify"})

    row.refresh_from_db()
    assert (row.status, row.verified_by) == ("verified", head.user)


def test_a_head_who_stated_a_month_is_offered_no_button_to_verify_it(office):
    head = office[1]
    head.post(URL, typed())
    row = InvestmentProgress.objects.get()

    assert 'value="verify"' not in head.get(URL).text
    assert "请由另一人核实" in head.post(f"{URL}{row.pk}/", {"act": "verify"}, follow=True).text


def test_a_month_is_given_back_with_a_reason_and_handed_in_again(office):
    officer, head, _project = office
    officer.post(URL, typed())
    row = InvestmentProgress.objects.get()
    head.post(f"{URL}{row.pk}/", {"act": "verify"})

    head.post(f"{URL}{row.pk}/", {"act": "return", "reason": "与统计不符"})

    page = officer.get(URL)
    assert "退回：与统计不符" in page.text
    assert 'value="submit"' in page.text
    officer.post(f"{URL}{row.pk}/", {"act": "submit"})
    row.refresh_from_db()
    assert (row.status, row.verified_by) == ("submitted", None)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"project": "没有的"}, "没有找到项目"),
        ({"completed": "很多"}, "看不懂金额"),
        ({"completed": "", "stat_value": ""}, "请至少填一个数"),
        ({"report_month": "2099-01"}, "月份不能晚于本月"),
        ({"report_month": ""}, "必填项"),
    ],
)
def test_what_cannot_be_stated_says_why_and_keeps_what_was_typed(office, values, said):
    page = office[0].post(URL, typed(**{"cumulative": "", "stat_value": "77"} | values))

    assert said in page.text
    assert "测试项目甲" in page.text or "没有的" in page.text
    assert ('value="77"' in page.text) == ("stat_value" not in values)
    assert not InvestmentProgress.objects.exists()


def test_a_month_stated_twice_is_refused_by_name(office):
    officer = office[0]
    officer.post(URL, typed())

    page = officer.post(URL, typed(completed="7"))

    assert "该项目本月已有记录" in page.text
    assert InvestmentProgress.objects.get().completed == Decimal(5000)


def test_a_month_of_another_is_not_there(office):
    row = InvestmentProgressFactory(project__name="别人的项目", status="submitted")

    assert "别人的项目" not in office[0].get(URL).text
    assert office[0].post(f"{URL}{row.pk}/", {"act": "submit"}).status_code == 404


def test_months_are_filtered_by_state(office):
    head, project = office[1], office[2]
    InvestmentProgressFactory.create_batch(2, project=project)
    InvestmentProgressFactory(project=project, status="submitted")

    assert len(head.get(URL, {"status": "submitted"}).context["rows"]) == 1


def test_the_page_costs_the_same_for_one_month_and_for_ten(office):
    head, project = office[1], office[2]
    InvestmentProgressFactory(project=project, status="submitted", cumulative=1)
    head.get(URL)
    with CaptureQueriesContext(connection) as one:
        head.get(URL)
    for _n in range(9):
        InvestmentProgressFactory(project=ProjectFactory(department=project.department), status="submitted", cumulative=1)

    with CaptureQueriesContext(connection) as ten:
        page = head.get(URL)

    assert len(page.context["rows"]) == 10
    assert len(ten) == len(one) <= 12
