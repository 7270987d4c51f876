"""Reports of progress: drafted, handed in, returned, accepted, corrected by a further revision.

`version` is the version of the row that the person had before him (0 when there was none): what somebody
else saved since then is never written over, StaleRow is raised instead.
"""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import services as audit
from core.models import StaleRow
from core.periods import Week, week_before, week_of
from core.working_days import Calendar
from projects.models import ProgressReport, Project, Told
from projects.services.wording import clean, reasoned, says_nothing
from projects.similarity import likeness

Status = ProgressReport.Status
OPEN = {Status.DRAFT, Status.RETURNED}
HANDED_IN = ["status", "submitted_at", "submitted_by", "likeness"]


@transaction.atomic
def save_draft(
    project: Project, week: Week, told: Told, *, by: User, now: dt.datetime, version: int | None = None
) -> ProgressReport:
    """Keep what was typed for later; nothing is handed in. An empty draft is allowed."""
    told = clean(told)
    report = _report(project, week, told, by=by, now=now, version=version)
    if report.told == told and report.pk:
        return report
    if report.status not in OPEN:
        raise ValidationError(_("这一期已经报送：改好后请点“报送”，不能退回草稿"), code="status")
    return _write(report, told, [], by=by, event="progress.drafted")


@transaction.atomic
def submit(project: Project, week: Week, told: Told, *, by: User, now: dt.datetime, version: int | None = None) -> ProgressReport:
    """Hand in the report of a week; sent again before it was accepted, it replaces what was sent.

    Raises ValidationError: code "empty", "too_long", "status" (the project ended), "period", "locked"; StaleRow.
    """
    told = clean(told)._replace(no_change_reason="")
    if says_nothing(told.progress):
        raise ValidationError(_("请填写“本期进展”；确实没有进展，请点“无变化”并选原因"), code="empty")
    return _submit(project, week, told, by=by, now=now, version=version)


@transaction.atomic
def submit_no_change(
    project: Project, week: Week, reason: str, *, by: User, now: dt.datetime, version: int | None = None
) -> ProgressReport:
    """Hand in that nothing changed, and why (a month without progress has to be explained: domain.md 1.4)."""
    reason = reasoned(reason, _("没有进展须说明原因"))
    return _submit(project, week, Told(no_change_reason=reason), by=by, now=now, version=version)


def _submit(project: Project, week: Week, told: Told, *, by: User, now: dt.datetime, version: int | None) -> ProgressReport:
    report = _report(project, week, told, by=by, now=now, version=version)
    if report.pk and report.told == told and report.status not in OPEN:
        return report  # sent twice
    _hand_in(report, told, by=by, now=now)
    return _write(report, told, HANDED_IN, by=by, event="progress.submitted")


@transaction.atomic
def correct(report: ProgressReport, told: Told, *, by: User, now: dt.datetime, version: int | None = None) -> ProgressReport:
    """Report a period again that was accepted: a further revision, which counts once it is accepted too.

    A revision of the same period that waits is written anew. Raises ValidationError: code "status" for a
    report that was not accepted, "same" when nothing is different.
    """
    if report.status != Status.ACCEPTED:
        raise ValidationError(_("只有已采用的进展需要更正；还没有采用的，请直接修改后报送"), code="status")
    told = clean(told)
    if says_nothing(told.progress) and not told.no_change_reason:
        raise ValidationError(_("请填写“本期进展”"), code="empty")
    last = _last(report.project_id, report.period_start_on, report.period_end_on)
    if last is None or (version is not None and version != last.version):
        raise StaleRow(last or report)
    if told == last.told:
        raise ValidationError(_("内容没有改动，不需要更正"), code="same")
    revision = _next(last) if last.status == Status.ACCEPTED else last
    _hand_in(revision, told, by=by, now=now)
    return _write(revision, told, HANDED_IN, by=by, event="progress.corrected")


@transaction.atomic
def return_report(report: ProgressReport, reason: str, *, by: User, version: int | None = None) -> ProgressReport:
    """Send a report back to whoever wrote it, with a reason."""
    reason = reasoned(reason, _("退回请写明原因"))
    report = _waiting(report, version)
    report.status, report.return_reason = Status.RETURNED, reason
    report.save(by=by, update_fields=["status", "return_reason"])
    audit.record("progress.returned", report, by=by, changes={"reason": reason})
    return report


@transaction.atomic
def accept(report: ProgressReport, *, by: User, now: dt.datetime, version: int | None = None) -> ProgressReport:
    """Let a report stand: from now on it is locked."""
    report = _waiting(report, version)
    _accept(report, by, now)
    audit.record("progress.accepted", report, by=by)
    return report


@transaction.atomic
def accept_all(reports: Iterable[ProgressReport], *, by: User, now: dt.datetime) -> list[ProgressReport]:
    """Let these reports stand; raises StaleRow for one that changed since it was read."""
    rows = [_waiting(report, report.version) for report in reports]
    for row in rows:
        _accept(row, by, now)
    if rows:
        audit.record("progress.all_accepted", rows[0], by=by, rows=len(rows))
    return rows


def _accept(report: ProgressReport, by: User, now: dt.datetime) -> None:
    report.status, report.accepted_at, report.accepted_by = Status.ACCEPTED, now, by
    report.save(by=by, update_fields=["status", "accepted_at", "accepted_by"])


def _waiting(report: ProgressReport, version: int | None) -> ProgressReport:
    """The report as it stands, locked; raises unless it waits for somebody to look at it."""
    row = ProgressReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if row.status == Status.ACCEPTED:
        raise ValidationError(_("“%(report)s”已经采用") % {"report": row}, code="locked")
    if row.status != Status.SUBMITTED:
        raise ValidationError(_("“%(report)s”没有待审的报送") % {"report": row}, code="status")
    if version is not None and row.version != version:
        raise StaleRow(row)
    return row


def _report(project: Project, week: Week, told: Told, *, by: User, now: dt.datetime, version: int | None) -> ProgressReport:
    """The report of a week that may be written, a new one when there is none; its project is locked meanwhile."""
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    _refuse(project, week, now)
    last = _last(project.pk, week.start_on, week.end_on)
    if last and last.status == Status.ACCEPTED:
        raise ValidationError(_("“%(report)s”的进展已采用，不能再改：请用“更正”另报一版") % {"report": last}, code="locked")
    shown = last.version if last else 0
    again = last is not None and last.told == told and last.updated_by_id == by.pk
    if version is not None and version != shown and not again:
        raise StaleRow(last or ProgressReport(project=project, period_end_on=week.end_on))
    return last or ProgressReport(project=project, period_start_on=week.start_on, period_end_on=week.end_on)


def _refuse(project: Project, week: Week, now: dt.datetime) -> None:
    if project.status == Project.Status.TERMINATED:
        raise ValidationError(_("“%(project)s”已终止，不再报送进展") % {"project": project}, code="status")
    days = Calendar.load()
    this = week_of(now, days=days)
    if week.start_on not in {this.start_on, week_before(this, days=days).start_on}:
        raise ValidationError(_("只能报送本期，或补报上一期"), code="period")


def _last(project: int, start_on: dt.date, end_on: dt.date) -> ProgressReport | None:
    """The latest revision of a period, locked."""
    rows = ProgressReport.objects.select_for_update(of=("self",))
    return rows.filter(project=project, period_start_on=start_on, period_end_on=end_on).order_by("-revision").first()


def _next(report: ProgressReport) -> ProgressReport:
    period = {"period_start_on": report.period_start_on, "period_end_on": report.period_end_on}
    return ProgressReport(project_id=report.project_id, revision=report.revision + 1, supersedes=report, **period)


def _hand_in(report: ProgressReport, told: Told, *, by: User, now: dt.datetime) -> None:
    """The first handing in counts for being in time: one returned and mended was not late."""
    report.status = Status.SUBMITTED
    report.submitted_at, report.submitted_by = report.submitted_at or now, by
    before = previous_text(report.project_id, report.period_start_on)
    report.likeness = likeness(told.progress, before) if told.progress and before else None


def previous_text(project: int, start_on: dt.date) -> str:
    """What was last reported before a period began; empty when nothing was."""
    rows = ProgressReport.objects.filed().filter(project=project, period_start_on__lt=start_on).exclude(progress="")
    return rows.order_by("-period_start_on", "-revision").values_list("progress", flat=True).first() or ""


def _write(report: ProgressReport, told: Told, fields: list[str], *, by: User, event: str) -> ProgressReport:
    for name, value in told._asdict().items():
        setattr(report, name, value)
    if report.pk:
        report.save(by=by, update_fields=[*Told._fields, *fields])
    else:
        report.save(by=by)
    audit.record(event, report, by=by, changes={"revision": report.revision})
    return report


def late(report: ProgressReport, week: Week) -> bool:
    """迟报: handed in after the deadline of its week."""
    return report.submitted_at is not None and report.submitted_at > week.deadline_at
