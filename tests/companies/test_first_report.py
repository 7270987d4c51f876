"""首报: the first to report a company follows it undisturbed for a while, and the manager decides disputes."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts import roles
from audit.models import AuditEvent
from companies import services
from companies.models import FirstReport
from tests.factories import NOW, TODAY, CompanyFactory, FirstReportFactory, UserFactory

pytestmark = pytest.mark.django_db
LAST_DAY = NOW + dt.timedelta(days=90)


@pytest.fixture(autouse=True)
def groups():
    roles.sync_groups()


@pytest.fixture
def first():
    return UserFactory(roles=["officer"], display_name="测试员甲")


@pytest.fixture
def second():
    return UserFactory(roles=["officer"], display_name="测试员乙")


@pytest.fixture
def manager():
    return UserFactory(roles=["manager"], display_name="测试员丙")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def refused(act, *args, **options):
    with pytest.raises(ValidationError) as error:
        act(*args, **options)
    return error.value.code, error.value.messages[0]


def test_a_report_is_stamped_and_protects_for_ninety_days(first):
    report = services.claim(CompanyFactory(), by=first, now=NOW, project_code="T-2026-001")

    assert (report.by, report.at, report.project_code) == (first, NOW, "T-2026-001")
    assert report.protected_until_on == TODAY + dt.timedelta(days=90)
    assert AuditEvent.objects.get().action == "first_report.claimed"


def test_nobody_else_reports_it_while_it_is_protected(first, second):
    company = CompanyFactory()
    services.claim(company, by=first, now=NOW)

    code, sentence = refused(services.claim, company, by=second, now=LAST_DAY)

    assert code == "protected"
    assert "测试员甲" in sentence
    assert "2027-02-22" in sentence


def test_one_does_not_report_twice_and_after_the_last_day_anybody_may(first, second):
    company = CompanyFactory()
    services.claim(company, by=first, now=NOW)

    assert refused(services.claim, company, by=first, now=LAST_DAY)[0] == "protected"
    assert services.claim(company, by=second, now=LAST_DAY + dt.timedelta(days=1)).by == second


def test_a_dispute_waits_for_the_manager_and_names_who_raised_it(first, second):
    report = services.claim(CompanyFactory(), by=first, now=NOW)

    report = services.dispute(report, by=second, now=NOW, reason=" 我在九月已拜访 ")

    assert (report.disputed_by, report.dispute_reason, report.decision) == (second, "我在九月已拜访", "pending")
    assert list(FirstReport.objects.disputed()) == [report]


def test_a_dispute_has_a_reason_another_author_and_a_living_protection_and_is_raised_once(first, second):
    report = services.claim(CompanyFactory(), by=first, now=NOW)

    assert refused(services.dispute, report, by=first, now=NOW, reason="理由")[0] == "dispute"
    assert refused(services.dispute, report, by=second, now=NOW, reason=" ")[0] == "dispute"
    assert refused(services.dispute, report, by=second, now=LAST_DAY + dt.timedelta(days=1), reason="理由")[0] == "dispute"
    services.dispute(report, by=second, now=NOW, reason="理由")
    assert refused(services.dispute, report, by=UserFactory(), now=NOW, reason="理由")[0] == "dispute"


def test_only_the_manager_decides_and_only_on_a_dispute_with_a_reason(first, second, manager):
    report = services.claim(CompanyFactory(), by=first, now=NOW)

    assert refused(services.decide, report, "upheld", by=manager, reason="理由")[0] == "not_disputed"
    services.dispute(report, by=second, now=NOW, reason="理由")
    assert refused(services.decide, report, "upheld", by=first, reason="理由")[0] == "not_manager"
    assert refused(services.decide, report, "upheld", by=manager, reason="")[0] == "reason"
    assert refused(services.decide, report, "none", by=manager, reason="理由")[0] == "reason"


@pytest.mark.parametrize(("decision", "free"), [("upheld", False), ("revoked", True)])
def test_a_revoked_report_protects_no_more_and_an_upheld_one_does(decision, free, first, second, manager):
    company = CompanyFactory()
    report = services.dispute(services.claim(company, by=first, now=NOW), by=second, now=NOW, reason="理由")

    services.decide(report, decision, by=manager, reason="核实拜访记录")

    assert FirstReport.objects.protecting(TODAY).exists() != free
    if free:
        assert services.claim(company, by=second, now=NOW).by == second


def test_of_two_reports_that_protect_the_earlier_counts():
    company = CompanyFactory()
    FirstReportFactory(company=company, at=NOW)
    earlier = FirstReportFactory(company=company, at=NOW - dt.timedelta(days=1))

    assert company.first_reports.protecting(TODAY).first() == earlier


def test_the_page_takes_a_company_from_report_to_decision(first, second, manager):
    company = CompanyFactory(owner=first)
    url = reverse("companies:first_report", args=[company.pk])

    signed_in(first).post(url, {"act": "claim"})
    report = FirstReport.objects.get()
    refusal = signed_in(second).post(url, {"act": "claim"}, follow=True)
    signed_in(second).post(url, {"act": "dispute", "report": report.pk, "reason": "我先拜访"})
    shown = signed_in(manager).get(url)
    signed_in(manager).post(url, {"act": "revoked", "report": report.pk, "reason": "核实属实"})

    assert "测试员甲" in str(next(iter(refusal.context["messages"])))
    assert "我先拜访" in shown.content.decode()
    assert 'value="revoked"' in shown.content.decode()
    report.refresh_from_db()
    assert (report.by, report.disputed_by, report.decision) == (first, second, "revoked")


def test_who_does_not_see_the_company_learns_who_reported_it_and_no_reasons(first, second):
    report = services.claim(CompanyFactory(owner=first), by=first, now=dt.datetime.now(dt.UTC))
    services.dispute(report, by=UserFactory(), now=report.at, reason="不给别人看")

    page = signed_in(second).get(reverse("companies:first_report", args=[report.company_id])).content.decode()

    assert "测试员甲" in page
    assert "不给别人看" not in page


def test_a_reader_does_not_report(first):
    url = reverse("companies:first_report", args=[CompanyFactory().pk])

    assert signed_in(UserFactory(roles=["leader"])).post(url, {"act": "claim"}).status_code == 403
    assert signed_in(first).post(url, {"act": "dispute", "report": "x", "reason": "x"}).status_code == 404


def test_the_manager_finds_disputes_in_a_list(manager):
    FirstReportFactory(company__name="测试甲有限公司")
    FirstReportFactory(company__name="测试乙有限公司", disputed_by=UserFactory(), decision="pending")

    page = (
        signed_in(manager).get(reverse("admin:companies_firstreport_changelist"), {"decision__exact": "pending"}).content.decode()
    )

    assert "测试乙有限公司" in page
    assert "测试甲有限公司" not in page


def test_the_page_of_a_company_shows_its_reports_to_be_read(manager):
    report = FirstReportFactory(reporter__display_name="测试员丁")

    page = signed_in(manager).get(reverse("admin:companies_company_change", args=[report.company_id])).content.decode()

    assert "测试员丁" in page
    assert reverse("companies:first_report", args=[report.company_id]) in page
    assert "first_reports-0-by" not in page
