"""A report is drafted, edited, issued once, and kept as it went up."""

import datetime as dt
import hashlib
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts import roles
from audit.models import AuditEvent
from core.models import StaleRow
from documents.models import Document
from projects.models import Agreement, Project
from reports.models import Snapshot, WrittenReport
from reports.services import snapshots, writing
from tests.factories import AgreementFactory, DepartmentFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(days=7)
NOW = dt.datetime(2026, 11, 27, 12, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    roles.sync_groups()
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def manager():
    return UserFactory(roles=["manager"], department=DepartmentFactory(name="测试招商中心"))


@pytest.fixture
def snapshot():
    project = ProjectFactory(name="测试项目甲", stage="land.signed", track="land")
    AgreementFactory(project=project, kind=Agreement.Kind.FORMAL, amount=Decimal(20_000), signed_on=dt.date(2026, 3, 1))
    return snapshots.take_snapshot(Snapshot.Kind.WEEKLY, now=NOW)


def refused(code, act, *args, **options):
    with pytest.raises(ValidationError) as error:
        act(*args, **options)
    return error.value.code == code


def test_an_officer_writes_no_report(snapshot):
    assert refused("role", writing.draft, snapshot, by=UserFactory(roles=["officer"]))


def test_a_draft_compares_with_the_weekly_snapshot_before(manager, snapshot):
    snapshots.take_snapshot(Snapshot.Kind.MANUAL, now=NOW + WEEK - dt.timedelta(hours=1))
    later = snapshots.take_snapshot(Snapshot.Kind.WEEKLY, now=NOW + WEEK)

    report = writing.draft(later, by=manager)

    assert report.before == snapshot
    assert writing.draft(snapshot, by=manager).before is None


def test_the_report_of_a_head_is_about_his_department_and_says_so(snapshot):
    unit = DepartmentFactory(name="测试部门甲")
    head = UserFactory(roles=["head"], department=unit)
    other = UserFactory(roles=["head"], department=DepartmentFactory())

    report = writing.draft(snapshot, by=head)

    assert report.title.startswith("测试部门甲关于")
    assert "推进中项目0个" in report.body["sections"][0]["text"]
    assert list(WrittenReport.objects.visible_to(head)) == [report]
    assert not WrittenReport.objects.visible_to(other).exists()


def test_text_is_changed_before_issue_and_figures_that_differ_are_named(manager, snapshot):
    report = writing.draft(snapshot, by=manager)
    text = report.body["sections"][0]["text"].replace("2亿元", "3亿元")

    report = writing.edit(report, "  关于测试  周的报告 ", {"overview": f"{text}\r\n补充一句。  "}, by=manager)

    assert report.title == "关于测试 周的报告"
    assert report.body["sections"][0]["text"].endswith("补充一句。")
    assert set(writing.altered(report)["一、总体情况"]) == {"+3", "−2"}
    assert WrittenReport.objects.get().body == report.body


def test_an_edit_of_a_stale_page_is_refused(manager, snapshot):
    report = writing.draft(snapshot, by=manager)
    other = WrittenReport.objects.get()
    writing.edit(report, "甲", {}, by=manager)

    with pytest.raises(StaleRow):
        writing.edit(other, "乙", {}, by=manager)


@pytest.mark.parametrize(
    ("title", "texts", "code"), [(" ", {}, "title"), ("甲" * 101, {}, "title"), ("甲", {"plans": "字" * 50_001}, "too_long")]
)
def test_what_cannot_be_printed_is_refused(manager, snapshot, title, texts, code):
    assert refused(code, writing.edit, writing.draft(snapshot, by=manager), title, texts, by=manager)


def test_an_issued_report_is_kept_with_its_hash_and_cannot_be_changed(manager, snapshot):
    report = writing.issue(writing.draft(snapshot, by=manager), by=manager, now=NOW)
    content = writing.docx(report, now=NOW)

    assert report.document.sha256 == hashlib.sha256(content).hexdigest()
    assert report.document.kind == Document.Kind.REPORT
    assert refused("issued", writing.edit, report, "另一标题", {}, by=manager)
    assert refused("issued", writing.issue, report, by=manager, now=NOW)


def test_the_kept_file_is_the_same_a_month_later_whatever_was_edited(manager, snapshot):
    report = writing.issue(writing.draft(snapshot, by=manager), by=manager, now=NOW)
    first = writing.docx(report, now=NOW)
    Project.objects.update(name="改名", stage="land.started")
    Agreement.objects.update(amount=Decimal(1))

    assert writing.docx(WrittenReport.objects.get(), now=NOW + dt.timedelta(days=31)) == first


def test_a_next_version_takes_the_place_of_an_issued_one_and_there_is_only_one(manager, snapshot):
    draft = writing.draft(snapshot, by=manager)
    assert refused("draft", writing.revise, draft, by=manager)
    report = writing.issue(draft, by=manager, now=NOW)

    following = writing.revise(report, by=manager)

    assert (following.supersedes, following.status, following.body) == (report, WrittenReport.Status.DRAFT, report.body)
    assert refused("superseded", writing.revise, report, by=manager)


def test_the_document_is_seen_by_who_sees_the_report(manager, snapshot):
    report = writing.issue(writing.draft(snapshot, by=manager), by=manager, now=NOW)

    assert report.document in Document.objects.visible_to(UserFactory(roles=["leader"]))
    assert report.document not in Document.objects.visible_to(UserFactory(roles=["officer"]))


def test_another_head_neither_edits_nor_issues(manager, snapshot):
    report = writing.draft(snapshot, by=manager)
    head = UserFactory(roles=["head"])

    assert refused("role", writing.edit, report, "甲", {}, by=head)
    assert refused("role", writing.issue, report, by=head, now=NOW)


def test_every_act_is_logged(manager, snapshot):
    report = writing.edit(writing.draft(snapshot, by=manager), "甲", {}, by=manager)
    writing.revise(writing.issue(report, by=manager, now=NOW), by=manager)

    logged = AuditEvent.objects.filter(action__startswith="report.").order_by("id").values_list("action", flat=True)
    assert list(logged) == ["report.drafted", "report.edited", "report.issued", "report.revised"]
