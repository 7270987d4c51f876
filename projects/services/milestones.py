"""Confirming, reaching, moving, waiving and reopening milestones.

Each act notes what it changed in the change set it is given, so that a page can offer to take it back.
"""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import changesets
from audit import services as audit
from audit.models import ChangeSet
from core.dates import FuzzyDate, Precision
from projects.models import Milestone, MilestoneRevision
from projects.services.shifts import Shift

Status = Milestone.Status
REASON = 200  # characters of the column


class Act(models.TextChoices):
    """What can be done to a milestone."""

    CONFIRM = "confirm", gettext_lazy("确认计划日期")
    COMPLETE = "complete", gettext_lazy("已完成")
    REPORT = "report", gettext_lazy("报完成")
    RE_DATE = "re_date", gettext_lazy("改期")
    WAIVE = "waive", gettext_lazy("不适用")
    REOPEN = "reopen", gettext_lazy("重新打开")


def allowed(milestone: Milestone, *, today: dt.date) -> list[Act]:
    """What can be done to a milestone in its present state; a date that is over cannot be confirmed."""
    if milestone.status in Status.open():
        return [Act.COMPLETE, Act.REPORT, Act.RE_DATE, Act.WAIVE]
    if milestone.status == Status.TO_CONFIRM:
        return [*([Act.CONFIRM] if milestone.due_on >= today else []), Act.COMPLETE, Act.RE_DATE, Act.WAIVE]
    return [Act.COMPLETE, Act.WAIVE, Act.REOPEN] if milestone.status == Status.REPORTED else [Act.REOPEN]


@transaction.atomic
def confirm_milestone(milestone: Milestone, *, by: User, now: dt.datetime, into: ChangeSet | None = None) -> Milestone:
    """Make a proposed milestone binding; raises ValidationError (code "past") when its date is over.

    A past milestone is confirmed only as done, waived, or with a new date.
    """
    milestone = _locked(milestone)
    if milestone.due_on < timezone.localdate(now):
        raise ValidationError(
            _("“%(name)s”的日期 %(day)s 已过：请填完成日期、写明不适用，或改为今天以后的日期")
            % {"name": milestone.name, "day": milestone.due_on},
            code="past",
        )
    _confirm(milestone, by, now)
    milestone.status = Status.PLANNED
    _save(milestone, "status", "confirmed_at", "confirmed_by", by=by, into=into)
    audit.record("milestone.confirmed", milestone, by=by)
    return milestone


@transaction.atomic
def confirm_milestones(
    milestones: Iterable[Milestone], *, by: User, now: dt.datetime, into: ChangeSet | None = None
) -> tuple[int, int]:
    """Confirm all proposed milestones that are not past; returns how many were confirmed and how many were left.

    In the first working days after it only owner and manager hear of them.
    """
    today = timezone.localdate(now)
    rows = [row for row in milestones if row.status == Status.TO_CONFIRM]
    future = [_locked(row) for row in rows if row.due_on >= today]
    for row in future:
        _confirm(row, by, now)
        row.status, row.bulk_confirmed = Status.PLANNED, True
        _save(row, "status", "confirmed_at", "confirmed_by", "bulk_confirmed", by=by, into=into)
    if future:
        audit.record("milestones.confirmed", future[0], by=by, rows=len(future))
    return len(future), len(rows) - len(future)


@transaction.atomic
def report_milestone(milestone: Milestone, *, by: User, now: dt.datetime, into: ChangeSet | None = None) -> Milestone:
    """The person in charge says it is reached; somebody else verifies by completing it."""
    milestone = _locked(milestone)
    if milestone.status not in Status.open():
        raise ValidationError(_("只有进行中的里程碑可以报完成"), code="status")
    milestone.status, milestone.reported_at, milestone.reported_by = Status.REPORTED, now, by
    _save(milestone, "status", "reported_at", "reported_by", by=by, into=into)
    audit.record("milestone.reported", milestone, by=by)
    return milestone


@transaction.atomic
def complete_milestone(
    milestone: Milestone,
    on: FuzzyDate,
    *,
    by: User,
    now: dt.datetime,
    shifts: Iterable[Shift] = (),
    sure: bool = False,
    into: ChangeSet | None = None,
) -> Milestone:
    """Note that a milestone was reached on a day (or vaguely), moving the followers that were accepted.

    Raises ValidationError: code "future" for a day after today, "early" for one before the plan begins, unless `sure`.
    """
    milestone = _locked(milestone)
    _refuse_day(milestone, on.on, timezone.localdate(now), sure)
    _confirm(milestone, by, now)
    milestone.status = Status.DONE
    milestone.completed_on, milestone.completed_on_precision, milestone.completed_on_inferred = on.on, on.precision, on.inferred
    milestone.verified_at, milestone.verified_by = now, by
    fields = ["status", "completed_on", "completed_on_precision", "completed_on_inferred", "verified_at", "verified_by"]
    _save(milestone, *fields, "confirmed_at", "confirmed_by", by=by, into=into)
    moved = list(shifts)
    if moved:
        root = _revise(milestone, milestone.due_on, _("按实际完成日顺移后续节点"), by=by, now=now, into=into)
        _shift(moved, root, by=by, now=now, into=into)
    audit.record("milestone.completed", milestone, by=by, rows=1 + len(moved))
    return milestone


def _refuse_day(milestone: Milestone, on: dt.date | None, today: dt.date, sure: bool) -> None:
    if on and on > today:
        raise ValidationError({"done_on": ValidationError(_("完成日期不能晚于今天"), code="future")})
    begun_on, what = _beginning(milestone)
    if on and begun_on and on < begun_on and not sure:
        said = _("完成日期 %(day)s 早于%(what)s %(begun)s：请核对；确实如此，请勾选“日期无误”再保存")
        raise ValidationError({"sure": ValidationError(said % {"day": on, "what": what, "begun": begun_on}, code="early")})


def _beginning(milestone: Milestone) -> tuple[dt.date | None, str]:
    """The day before which nothing can well be reached, and what it is: the base date of the plan, else the agreement."""
    if milestone.plan:
        return milestone.plan.base_on, _("计划的基准日")
    agreement = milestone.project.agreement
    return agreement.signed_on if agreement else None, _("协议签订日")


@transaction.atomic
def waive_milestone(milestone: Milestone, reason: str, *, by: User, now: dt.datetime, into: ChangeSet | None = None) -> Milestone:
    """Note that a milestone does not apply; raises ValidationError (code "reason") without a reason."""
    if not reason.strip():
        raise ValidationError({"reason": ValidationError(_("请写明不适用的原因"), code="reason")})
    milestone = _locked(milestone)
    _confirm(milestone, by, now)
    milestone.status, milestone.waived_reason = Status.WAIVED, reason
    _save(milestone, "status", "waived_reason", "confirmed_at", "confirmed_by", by=by, into=into)
    audit.record("milestone.waived", milestone, by=by)
    return milestone


@transaction.atomic
def reopen_milestone(
    milestone: Milestone, reason: str, *, by: User, now: dt.datetime, into: ChangeSet | None = None
) -> Milestone:
    """Take back that a milestone was reached, reported or waived: it has to be reached again, on its planned date.

    Raises ValidationError: code "reason" without a reason, "status" for one that is open.
    """
    if not reason.strip():
        raise ValidationError({"reason": ValidationError(_("请写明重新打开的原因"), code="reason")})
    milestone = _locked(milestone)
    if milestone.status not in {Status.DONE, Status.WAIVED, Status.REPORTED}:
        raise ValidationError(_("只有已完成、已报完成或不适用的里程碑可以重新打开"), code="status")
    milestone.status, milestone.waived_reason, milestone.completed_on = Status.PLANNED, "", None
    milestone.completed_on_precision, milestone.completed_on_inferred = Precision.DAY, False
    milestone.reported_at = milestone.reported_by = milestone.verified_at = milestone.verified_by = None
    fields = ["status", "waived_reason", "completed_on", "completed_on_precision", "completed_on_inferred"]
    _save(milestone, *fields, "reported_at", "reported_by", "verified_at", "verified_by", by=by, into=into)
    said = _("重新打开：%(reason)s") % {"reason": reason}
    _revise(milestone, milestone.due_on, said[:REASON], by=by, now=now, into=into)
    audit.record("milestone.reopened", milestone, by=by, changes={"reason": reason})
    return milestone


@transaction.atomic
def re_date_milestone(
    milestone: Milestone,
    new_due_on: dt.date,
    reason: str,
    *,
    by: User,
    now: dt.datetime,
    shifts: Iterable[Shift] = (),
    into: ChangeSet | None = None,
) -> Milestone:
    """Give an unfinished milestone a new date (today or later), and its accepted followers with it.

    Raises ValidationError: code "reason" without a reason, "past" for a date that is over, "status" when finished.
    """
    if not reason.strip():
        raise ValidationError({"reason": ValidationError(_("改期请写明原因"), code="reason")})
    if new_due_on < timezone.localdate(now):
        raise ValidationError({"new_on": ValidationError(_("新日期不能早于今天"), code="past")})
    milestone = _locked(milestone)
    if milestone.status in {Status.DONE, Status.WAIVED}:
        raise ValidationError(_("已完成或不适用的里程碑不能改期"), code="status")
    moved = list(shifts)
    root = _revise(milestone, new_due_on, reason, by=by, now=now, into=into)
    _shift(moved, root, by=by, now=now, into=into)
    audit.record("milestone.re_dated", milestone, by=by, changes={"due_on": str(new_due_on)}, rows=1 + len(moved))
    return Milestone.objects.get(pk=milestone.pk)


def _shift(shifts: list[Shift], root: MilestoneRevision, *, by: User, now: dt.datetime, into: ChangeSet | None) -> None:
    for shift in shifts:
        row = _locked(shift.milestone)
        _revise(row, shift.new_due_on, root.reason, by=by, now=now, into=into, caused_by=root)


def _revise(
    milestone: Milestone,
    new_due_on: dt.date,
    reason: str,
    *,
    by: User,
    now: dt.datetime,
    into: ChangeSet | None,
    caused_by: MilestoneRevision | None = None,
) -> MilestoneRevision:
    revision = MilestoneRevision(
        milestone=milestone,
        old_due_on=milestone.due_on,
        new_due_on=new_due_on,
        reason=reason,
        caused_by=caused_by,
        revised_on=timezone.localdate(now),
        revised_by=by,
    )
    revision.save()
    if into:
        changesets.record_created(into, revision)
    if new_due_on != milestone.due_on:
        milestone.due_on = new_due_on
        fields = ["due_on"]
        if milestone.status == Status.TO_CONFIRM and caused_by is None:
            _confirm(milestone, by, now)
            milestone.status = Status.PLANNED
            fields += ["status", "confirmed_at", "confirmed_by"]
        _save(milestone, *fields, by=by, into=into)
    return revision


def _save(milestone: Milestone, *fields: str, by: User, into: ChangeSet | None) -> None:
    """Save some columns of a locked row, and note in the change set what stood in them."""
    before = changesets.before(Milestone.objects.get(pk=milestone.pk), fields) if into else {}
    milestone.save(by=by, update_fields=fields)
    if into:
        changesets.record_change(into, milestone, before)


def _locked(milestone: Milestone) -> Milestone:
    return Milestone.objects.select_for_update(of=("self",)).get(pk=milestone.pk)


def _confirm(milestone: Milestone, by: User, now: dt.datetime) -> None:
    if milestone.confirmed_at is None:
        milestone.confirmed_at, milestone.confirmed_by = now, by
