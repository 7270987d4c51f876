"""The pages of the weekly report and of the dossier: what a person sees, does and takes away."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document as Word

from accounts import roles
from audit.models import AuditEvent
from projects.models import Agreement, Project
from reports.models import Snapshot, WrittenReport
from reports.services import snapshots, writing
from tests.factories import AgreementFactory, DepartmentFactory, ProjectFactory, UserFactory, WrittenReportFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 27, 12, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))
MOST_QUERIES = 12
LIST = "/reports/weekly/"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    roles.sync_groups()
    settings.MEDIA_ROOT = str(tmp_path)


def signed_in(*names, **values):
    client = Client()
    client.user = UserFactory(roles=names, **values)
    client.force_login(client.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def manager():
    return signed_in("manager", department=DepartmentFactory(name="测试招商中心"), display_name="测试员甲")


@pytest.fixture
def project():
    project = ProjectFactory(name="测试项目甲", stage="land.signed", track="land")
    AgreementFactory(project=project, kind=Agreement.Kind.FORMAL, amount=Decimal(20_000), signed_on=dt.date(2026, 3, 1))
    return project


@pytest.fixture
def snapshot(project):
    return snapshots.take_snapshot(Snapshot.Kind.WEEKLY, now=NOW)


@pytest.fixture
def report(snapshot, manager):
    return writing.draft(snapshot, by=manager.user)


def body(response):
    return b"".join(response.streaming_content)


def file(client, report, kind):
    return client.get(reverse("desk:weekly_file", args=[report.pk, kind]))


def posted(client, report, act=None, **values):
    address = reverse(f"desk:weekly_{act}", args=[report.pk]) if act else report.get_absolute_url()
    return client.post(address, values, follow=True)


def test_a_report_is_drafted_from_the_list(manager, snapshot):
    response = manager.post(reverse("desk:weekly_create"), {"snapshot": snapshot.pk}, follow=True)

    told = response.content.decode()
    assert WrittenReport.objects.get().snapshot == snapshot
    assert "关于2026年11月20日至11月27日招商引资工作情况的报告" in told
    assert snapshot.short_hash in told
    assert "正式合同和入驻协议1个、2亿元" in told


def test_an_officer_finds_no_button_and_is_refused(snapshot):
    officer = signed_in("officer")

    assert "起草周报" not in officer.get(LIST).content.decode()
    response = officer.post(reverse("desk:weekly_create"), {"snapshot": snapshot.pk}, follow=True)
    assert "由招商中心负责人或部门负责人起草" in response.content.decode()


@pytest.mark.parametrize("key", ["", "0", "²", "x"])
def test_a_snapshot_that_is_none_is_not_found(manager, key):
    assert manager.post(reverse("desk:weekly_create"), {"snapshot": key}).status_code == 404


def test_text_is_saved_and_a_changed_figure_is_pointed_out(manager, report):
    text = report.body["sections"][0]["text"].replace("2亿元", "3亿元")
    told = posted(manager, report, title="标题甲", version=report.version, **{"text-overview": text}).content.decode()

    assert WrittenReport.objects.get().title == "标题甲"
    assert "与快照不同的数字" in told
    assert "+3" in told


def test_a_page_that_is_out_of_date_overwrites_nothing_and_loses_nothing(manager, report):
    stale = report.version
    posted(manager, report, title="先改的", version=stale)
    response = posted(manager, report, title="后改的", version=stale, **{"text-plans": "我写了很久"})

    assert response.status_code == 422
    assert "别人改过这份报告" in response.content.decode()
    assert "我写了很久" in response.content.decode()
    assert WrittenReport.objects.get().title == "先改的"


def test_what_is_refused_keeps_what_was_typed(manager, report):
    response = posted(manager, report, title=" ", version=report.version, **{"text-plans": "我写了很久"})

    assert response.status_code == 422
    assert "标题请写" in response.content.decode()
    assert "我写了很久" in response.content.decode()


def test_an_issued_report_has_no_form_and_takes_no_changes(manager, report):
    told = posted(manager, report, "issue").content.decode()
    later = posted(manager, report, title="偷改", version=WrittenReport.objects.get().version)

    assert "<textarea" not in told
    assert WrittenReport.objects.get().document.sha256 in told
    assert later.status_code == 422
    assert WrittenReport.objects.get().title != "偷改"


def test_the_next_version_is_begun_from_the_issued_one(manager, report):
    posted(manager, report, "issue")
    posted(manager, report, "revise")

    assert WrittenReport.objects.get(supersedes=report).status == "draft"
    assert "已有下一版" in manager.get(report.get_absolute_url()).content.decode()


def test_word_says_the_same_a_month_later_whatever_was_edited(manager, report):
    posted(manager, report, "issue")
    first = body(file(manager, report, "docx"))
    Project.objects.update(name="改名", stage="land.started")
    Agreement.objects.update(amount=Decimal(1))

    assert body(file(manager, report, "docx")) == first
    assert "正式合同和入驻协议1个、2亿元" in "\n".join(row.text for row in Word(BytesIO(first)).paragraphs)


def test_the_archive_holds_word_pdf_and_three_ledgers(manager, report):
    with ZipFile(BytesIO(body(file(manager, report, "zip")))) as archive:
        names = archive.namelist()

    assert [name.rpartition(".")[2] for name in names] == ["docx", "pdf", "xlsx", "xlsx", "xlsx"]
    assert [word in "".join(names) for word in ("签约项目台账", "在谈项目台账", "项目节点推进表")] == [True] * 3


@pytest.mark.parametrize(("kind", "start"), [("docx", b"PK"), ("pdf", b"%PDF"), ("T1", b"PK"), ("T2", b"PK"), ("T4", b"PK")])
def test_each_file_can_be_taken_alone_and_is_logged(manager, report, kind, start):
    assert body(file(manager, report, kind)).startswith(start)
    assert AuditEvent.objects.filter(action="report.taken").count() == 1


def test_the_preview_opens_in_the_browser(manager, report):
    address = reverse("desk:weekly_file", args=[report.pk, "pdf"])

    assert manager.get(f"{address}?inline")["Content-Disposition"].startswith("inline")
    assert manager.get(address)["Content-Disposition"].startswith("attachment")


def test_a_kind_of_file_that_is_none_is_not_found(manager, report):
    assert file(manager, report, "T9").status_code == 404


def test_a_stranger_finds_neither_report_nor_files(report):
    officer = signed_in("officer")

    assert officer.get(report.get_absolute_url()).status_code == 404
    assert file(officer, report, "docx").status_code == 404
    assert posted(officer, report, "issue").status_code == 404


def test_a_leader_reads_and_takes_but_does_not_change(report):
    leader = signed_in("leader")
    told = leader.get(report.get_absolute_url()).content.decode()

    assert "<textarea" not in told
    assert "印发并存档" not in told
    assert file(leader, report, "pdf").status_code == 200
    assert posted(leader, report, title="甲", version=report.version).status_code == 422


def test_the_list_costs_the_same_for_one_report_and_for_many(manager, report):
    def count():
        with CaptureQueriesContext(connection) as queries:
            manager.get(LIST)
        return len(queries)

    few = count()
    for _n in range(6):
        WrittenReportFactory()

    assert count() == few <= MOST_QUERIES


def test_the_page_of_a_report_is_cheap(manager, report):
    with CaptureQueriesContext(connection) as queries:
        manager.get(report.get_absolute_url())

    assert len(queries) <= MOST_QUERIES


def test_the_dossier_is_reached_from_the_project_and_says_what_is_missing(manager, project):
    address = reverse("desk:dossier", args=[project.pk])

    assert address in manager.get(project.get_absolute_url()).content.decode()
    told = manager.get(address).content.decode()
    assert "没有登记项目公司" in told
    assert "测试员甲" in told


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF"), ("zip", b"PK")])
def test_the_dossier_is_taken_and_logged(manager, project, kind, start):
    response = manager.get(reverse("desk:dossier_file", args=[project.pk, kind]))

    assert body(response).startswith(start)
    assert AuditEvent.objects.get(action="dossier.taken").actor_name == "测试员甲"


def test_the_dossier_of_a_project_one_may_not_see_is_not_found(project):
    officer = signed_in("officer")

    assert officer.get(reverse("desk:dossier", args=[project.pk])).status_code == 404
    assert officer.get(reverse("desk:dossier_file", args=[project.pk, "zip"])).status_code == 404


def test_a_dossier_of_another_kind_is_not_found(manager, project):
    assert manager.get(reverse("desk:dossier_file", args=[project.pk, "exe"])).status_code == 404
