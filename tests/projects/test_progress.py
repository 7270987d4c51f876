"""Reports of progress: who is in time, what is locked, and what becomes of bad input."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from audit.models import AuditEvent
from core.models import StaleRow
from core.periods import week_before, week_of
from core.working_days import Calendar
from projects import services
from projects.models import ProgressReport, Told
from projects.services.wording import MOST, REASON, tidy
from tests.factories import NOW, ProgressReportFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db

WEEK = week_of(NOW, days=Calendar())
BEFORE = week_before(WEEK, days=Calendar())
TOLD = Told("完成土地平整，施工图已送审", "用电容量不足", "请供电部门现场勘查", "下周取得施工许可证")
Status = ProgressReport.Status


@pytest.fixture
def by():
    return UserFactory(roles=["officer"])


@pytest.fixture
def project(by):
    return ProjectFactory(owner=by)


def file(project, by, told=TOLD, **more):
    return services.submit(project, WEEK, told, by=by, **{"now": NOW, **more})


def refused(code, act, *args, **more):
    with pytest.raises(ValidationError) as error:
        act(*args, **more)
    assert [item.code for item in error.value.error_list] == [code]
    return error.value.messages[0]


def test_a_report_is_handed_in_with_who_and_when(project, by):
    report = file(project, by)

    assert (report.period_start_on, report.period_end_on) == (dt.date(2026, 11, 20), dt.date(2026, 11, 27))
    assert (report.status, report.submitted_at, report.submitted_by) == (Status.SUBMITTED, NOW, by)
    assert report.told == TOLD
    assert AuditEvent.objects.filter(action="progress.submitted").count() == 1


def test_a_draft_becomes_the_report(project, by):
    draft = services.save_draft(project, WEEK, Told("写到一半"), by=by, now=NOW)

    report = file(project, by, version=draft.version)

    assert (draft.status, draft.submitted_at) == (Status.DRAFT, None)
    assert (report.pk, report.status) == (draft.pk, Status.SUBMITTED)


def test_sent_twice_is_one_report(project, by):
    first = file(project, by, version=0)
    second = file(project, by, version=0)

    assert ProgressReport.objects.get() == first
    assert second.version == first.version


def test_sent_again_with_other_words_before_it_was_accepted_replaces_them(project, by):
    first = file(project, by)

    second = file(project, by, Told("改过的进展"), version=first.version)

    assert (second.pk, second.revision, second.progress, second.problems) == (first.pk, 1, "改过的进展", "")


def test_what_somebody_else_filed_meanwhile_is_not_written_over(project, by):
    file(project, UserFactory(roles=["manager"]))

    with pytest.raises(StaleRow):
        file(project, by, Told("另一个人的版本"), version=0)

    assert ProgressReport.objects.get().progress == TOLD.progress


def test_the_same_words_of_somebody_else_are_not_taken_for_a_double_click(project, by):
    file(project, UserFactory(roles=["manager"]))

    with pytest.raises(StaleRow):
        file(project, by, version=0)


def test_no_change_needs_a_reason_and_keeps_it(project, by):
    report = services.submit_no_change(project, WEEK, " 等待 部门批复 ", by=by, now=NOW)

    assert (report.told, report.likeness) == (Told(no_change_reason="等待 部门批复"), None)
    for nothing in ("", "  \n"):
        refused("reason", services.submit_no_change, project, WEEK, nothing, by=by, now=NOW)


def test_no_change_can_still_be_told_otherwise(project, by):
    services.submit_no_change(project, WEEK, "等待部门批复", by=by, now=NOW)

    report = file(project, by)

    assert report.told == TOLD


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t\n", "无", "/", "暂无。", "— —", "\u0000"])
def test_an_empty_report_is_refused(project, by, nothing):
    sentence = refused("empty", file, project, by, Told(nothing, "有问题"))

    assert "无变化" in sentence
    assert not ProgressReport.objects.exists()


def test_a_terminated_project_is_not_reported_any_more(by):
    project = ProjectFactory(owner=by, name="测试项目甲", status="terminated", status_reason="投资方放弃")

    assert refused("status", file, project, by) == "“测试项目甲”已终止，不再报送进展"
    refused("status", services.submit_no_change, project, WEEK, "等待批复", by=by, now=NOW)
    refused("status", services.save_draft, project, WEEK, TOLD, by=by, now=NOW)


def test_a_pasted_table_is_kept_line_by_line_and_nothing_of_it_is_lost(project, by):
    pasted = "节点\t计划\t完成\t\r\n施工许可证\t11月底\t\r\n\t小计\t2\r\u2028=SUM(A1)\t<b>\x0b-\x00完"

    report = file(project, by, Told(pasted))

    assert report.progress == "节点 ｜ 计划 ｜ 完成\n施工许可证 ｜ 11月底\n｜ 小计 ｜ 2\n\n=SUM(A1) ｜ <b>\n-完"
    assert tidy(report.progress) == report.progress


def test_a_text_too_long_is_refused_and_not_cut(project, by):
    assert str(MOST + 1) in refused("too_long", file, project, by, Told("长" * (MOST + 1)))
    refused("too_long", services.submit_no_change, project, WEEK, "长" * (REASON + 1), by=by, now=NOW)
    assert file(project, by, Told("长" * MOST)).progress == "长" * MOST


@pytest.mark.parametrize(("hours", "is_late"), [(0, False), (1 / 60, True)])
def test_after_the_deadline_it_is_late(project, by, hours, is_late):
    report = file(project, by, now=WEEK.deadline_at + dt.timedelta(hours=hours))

    assert services.late(report, WEEK) is is_late


def test_the_week_before_can_be_filed_late_and_no_other(project, by):
    report = services.submit(project, BEFORE, TOLD, by=by, now=NOW)

    assert services.late(report, BEFORE)
    refused("period", services.submit, project, week_before(BEFORE, days=Calendar()), TOLD, by=by, now=NOW)
    refused("period", services.submit, project, WEEK, TOLD, by=by, now=NOW - dt.timedelta(days=7))


def test_returned_in_time_and_mended_later_is_not_late(project, by):
    report = services.return_report(file(project, by), "缺数据", by=by)

    report = file(project, by, Told("补充了数据"), now=WEEK.deadline_at + dt.timedelta(hours=1))

    assert (report.status, services.late(report, WEEK)) == (Status.SUBMITTED, False)


def test_returning_needs_a_reason_and_something_that_waits(project, by):
    draft = services.save_draft(project, WEEK, TOLD, by=by, now=NOW)
    refused("status", services.return_report, draft, "缺数据", by=by)
    report = file(project, by)
    refused("reason", services.return_report, report, "  ", by=by)

    report = services.return_report(report, "缺数据", by=by)

    assert (report.status, report.return_reason) == (Status.RETURNED, "缺数据")
    refused("status", services.accept, report, by=by, now=NOW)


def test_an_accepted_report_is_locked_whichever_way_it_is_written(project, by):
    report = services.accept(file(project, by), by=by, now=NOW)

    assert (report.accepted_at, report.accepted_by) == (NOW, by)
    refused("locked", file, project, by, Told("再改"))
    refused("locked", services.save_draft, project, WEEK, Told("再改"), by=by, now=NOW)
    refused("locked", services.submit_no_change, project, WEEK, "等待批复", by=by, now=NOW)
    refused("locked", services.return_report, report, "退回", by=by)
    refused("locked", services.accept, report, by=by, now=NOW)
    report.progress = "直接改"
    refused("locked", report.save, update_fields=["progress"])
    refused("locked", report.save)
    assert ProgressReport.objects.get().progress == TOLD.progress


def test_what_changed_since_it_was_read_is_not_accepted(project, by):
    shown = file(project, by)
    file(project, by, Told("后来改的"))

    with pytest.raises(StaleRow):
        services.accept(shown, by=by, now=NOW, version=shown.version)
    with pytest.raises(StaleRow):
        services.accept_all([shown], by=by, now=NOW)

    assert ProgressReport.objects.get().status == Status.SUBMITTED


def test_a_correction_is_a_further_revision_and_counts_once_it_is_accepted(project, by):
    first = services.accept(file(project, by), by=by, now=NOW)

    second = services.correct(first, Told("更正后的进展"), by=by, now=NOW, version=first.version)

    assert (second.revision, second.supersedes, second.status) == (2, first, Status.SUBMITTED)
    assert list(ProgressReport.objects.counted()) == [first]
    services.accept(second, by=by, now=NOW)
    assert list(ProgressReport.objects.counted()) == [second]
    assert ProgressReport.objects.get(pk=first.pk).progress == TOLD.progress


def test_a_correction_that_waits_is_written_anew(project, by):
    first = services.accept(file(project, by), by=by, now=NOW)
    second = services.correct(first, Told("更正一"), by=by, now=NOW)

    again = services.correct(first, Told("更正二"), by=by, now=NOW, version=second.version)

    assert (again.pk, again.progress) == (second.pk, "更正二")
    with pytest.raises(StaleRow):
        services.correct(first, Told("更正三"), by=by, now=NOW, version=second.version)


def test_a_correction_needs_an_accepted_report_and_other_words(project, by):
    report = file(project, by)
    refused("status", services.correct, report, Told("更正"), by=by, now=NOW)
    report = services.accept(report, by=by, now=NOW)

    refused("same", services.correct, report, TOLD, by=by, now=NOW)
    refused("empty", services.correct, report, Told(), by=by, now=NOW)


def test_a_report_of_a_project_that_ended_since_can_still_be_corrected(project, by):
    report = services.accept(file(project, by), by=by, now=NOW)
    services.set_status(project, "terminated", on=NOW.date(), by=by, reason="投资方放弃")

    assert services.correct(report, Told("更正"), by=by, now=NOW).revision == 2


def test_the_highest_accepted_revision_counts_even_when_a_later_one_waits(project):
    period = {"project": project, "period_start_on": WEEK.start_on, "period_end_on": WEEK.end_on}
    rows = [ProgressReportFactory(**period, revision=n, status=status) for n, status in ((1, "accepted"), (2, "accepted"))]
    ProgressReportFactory(**period, revision=3, status="submitted")

    assert list(ProgressReport.objects.counted()) == rows[1:]


def test_likeness_is_measured_against_the_last_report_handed_in(project, by):
    services.submit(project, BEFORE, Told("11月13日完成土地平整80%，施工图审查已送审"), by=by, now=NOW)
    report = file(project, by, Told("11月20日完成土地平整95%，施工图审查已送审"))

    assert report.alike
    report = file(project, by, Told("取得施工许可证，桩基进场"))
    assert not report.alike


def test_a_first_report_is_like_nothing(project, by):
    ProgressReportFactory(project=project, period_start_on=BEFORE.start_on, period_end_on=BEFORE.end_on, progress=TOLD.progress)

    assert file(project, by).likeness is None  # what stands before it was never handed in


def test_a_draft_is_not_taken_back_from_what_was_handed_in(project, by):
    file(project, by)

    refused("status", services.save_draft, project, WEEK, Told("退回草稿"), by=by, now=NOW)
