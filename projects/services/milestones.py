"""Confirming, reaching, moving and waiving milestones."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import services as audit
from core.dates import FuzzyDate
from core.working_days import Calendar
from projects.models import Milestone, MilestoneRevision, Project


@dataclass(frozen=True)
class Shift:
    """A follower whose date would move with its anchor."""

    milestone: Milestone
    new_due_on: dt.date


@dataclass(frozen=True)
class Bottleneck:
    """The earliest open milestone of a project (卡点); `late` is in working days, `behind` how many wait."""

    milestone: Milestone
    late: int
    behind: int

    def __str__(self) -> str:
        name = self.milestone.name
        when = _("逾期 %(n)d 工作日") % {"n": self.late} if self.late > 0 else _("%(day)s 到期") % {"day": self.milestone.due_on}
        parts = [_("责任：%(unit)s") % {"unit": self.milestone.unit_label}] if self.milestone.unit_label else []
        if self.behind:
            parts.append(_("其后 %(n)d 个节点受影响") % {"n": self.behind})
        return f"{name} {when}" + (f"（{'；'.join(parts)}）" if parts else "")


def bottleneck(project: Project, *, today: dt.date, days: Calendar) -> Bottleneck | None:
    """The 卡点 of a project, or None when nothing is open."""
    return bottlenecks([project.pk], today=today, days=days).get(project.pk)


def bottlenecks(projects: Collection[int], *, today: dt.date, days: Calendar) -> dict[int, Bottleneck]:
    """The 卡点 of each project (by key) that has an open milestone, in one query for all of them."""
    rows = Milestone.objects.open().filter(project__in=projects).select_related("responsible_unit")
    rows = rows.only("project", "name", "due_on", "confirmed_at", "responsible_unit__name", "responsible_unit_name")
    waiting: dict[int, list[Milestone]] = defaultdict(list)
    for row in rows.order_by("due_on", "code"):
        waiting[row.project_id].append(row)
    return {key: _stuck(first, len(others), today, days) for key, (first, *others) in waiting.items()}


def _stuck(first: Milestone, behind: int, today: dt.date, days: Calendar) -> Bottleneck:
    late = days.working_days_between(first.overdue_from, today) if first.overdue_from < today else 0
    return Bottleneck(first, late, behind)


@transaction.atomic
def confirm_milestone(milestone: Milestone, *, by: User, now: dt.datetime) -> Milestone:
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
    milestone.status = Milestone.Status.PLANNED
    milestone.save(by=by, update_fields=["status", "confirmed_at", "confirmed_by"])
    audit.record("milestone.confirmed", milestone, by=by)
    return milestone


@transaction.atomic
def confirm_milestones(milestones: Iterable[Milestone], *, by: User, now: dt.datetime) -> tuple[int, int]:
    """Confirm all proposed milestones that are not past; returns how many were confirmed and how many were left.

    In the first working days after it only owner and manager hear of them.
    """
    today = timezone.localdate(now)
    rows = [row for row in milestones if row.status == Milestone.Status.TO_CONFIRM]
    future = [_locked(row) for row in rows if row.due_on >= today]
    for row in future:
        _confirm(row, by, now)
        row.status, row.bulk_confirmed = Milestone.Status.PLANNED, True
        row.save(by=by, update_fields=["status", "confirmed_at", "confirmed_by", "bulk_confirmed"])
    if future:
        audit.record("milestones.confirmed", future[0], by=by, rows=len(future))
    return len(future), len(rows) - len(future)


@transaction.atomic
def report_milestone(milestone: Milestone, *, by: User, now: dt.datetime) -> Milestone:
    """The person in charge says it is reached; somebody else verifies by completing it."""
    milestone = _locked(milestone)
    if milestone.status not in Milestone.Status.open():
        raise ValidationError(_("只有进行中的里程碑可以报完成"), code="status")
    milestone.status, milestone.reported_at, milestone.reported_by = Milestone.Status.REPORTED, now, by
    milestone.save(by=by, update_fields=["status", "reported_at", "reported_by"])
    audit.record("milestone.reported", milestone, by=by)
    return milestone


@transaction.atomic
def complete_milestone(
    milestone: Milestone, on: FuzzyDate, *, by: User, now: dt.datetime, shifts: Iterable[Shift] = ()
) -> Milestone:
    """Note that a milestone was reached on a day (or vaguely), moving the followers that were accepted."""
    milestone = _locked(milestone)
    if on.on and on.on > timezone.localdate(now):
        raise ValidationError(_("完成日期不能晚于今天"), code="future")
    _confirm(milestone, by, now)
    milestone.status = Milestone.Status.DONE
    milestone.completed_on, milestone.completed_on_precision, milestone.completed_on_inferred = on.on, on.precision, on.inferred
    milestone.verified_at, milestone.verified_by = now, by
    fields = ["status", "completed_on", "completed_on_precision", "completed_on_inferred", "verified_at", "verified_by"]
    milestone.save(by=by, update_fields=[*fields, "confirmed_at", "confirmed_by"])
    moved = list(shifts)
    if moved:
        root = _revise(milestone, milestone.due_on, _("按实际完成日顺移后续节点"), by=by, now=now)
        _shift(moved, root, by=by, now=now)
    audit.record("milestone.completed", milestone, by=by, rows=1 + len(moved))
    return milestone


@transaction.atomic
def waive_milestone(milestone: Milestone, reason: str, *, by: User, now: dt.datetime) -> Milestone:
    """Note that a milestone does not apply; raises ValidationError (code "reason") without a reason."""
    if not reason.strip():
        raise ValidationError(_("请写明不适用的原因"), code="reason")
    milestone = _locked(milestone)
    _confirm(milestone, by, now)
    milestone.status, milestone.waived_reason = Milestone.Status.WAIVED, reason
    milestone.save(by=by, update_fields=["status", "waived_reason", "confirmed_at", "confirmed_by"])
    audit.record("milestone.waived", milestone, by=by)
    return milestone


@transaction.atomic
def re_date_milestone(
    milestone: Milestone, new_due_on: dt.date, reason: str, *, by: User, now: dt.datetime, shifts: Iterable[Shift] = ()
) -> Milestone:
    """Give an unfinished milestone a new date (today or later), and its accepted followers with it.

    Raises ValidationError: code "reason" without a reason, "past" for a date that is over, "status" when finished.
    """
    if not reason.strip():
        raise ValidationError(_("改期请写明原因"), code="reason")
    if new_due_on < timezone.localdate(now):
        raise ValidationError(_("新日期不能早于今天"), code="past")
    milestone = _locked(milestone)
    if milestone.status in {Milestone.Status.DONE, Milestone.Status.WAIVED}:
        raise ValidationError(_("已完成或不适用的里程碑不能改期"), code="status")
    moved = list(shifts)
    root = _revise(milestone, new_due_on, reason, by=by, now=now)
    _shift(moved, root, by=by, now=now)
    audit.record("milestone.re_dated", milestone, by=by, changes={"due_on": str(new_due_on)}, rows=1 + len(moved))
    return Milestone.objects.get(pk=milestone.pk)


def cascade(milestone: Milestone, new_on: dt.date, *, days: Calendar | None = None) -> list[Shift]:
    """The dates that open followers would get when their anchor stands at `new_on`; nothing is saved."""
    days = days or Calendar.load()
    shifts, waiting = [], [(milestone, new_on)]
    unfinished = [*Milestone.Status.open(), Milestone.Status.TO_CONFIRM]
    while waiting:
        anchor, on = waiting.pop(0)
        for follower in anchor.followers.filter(status__in=unfinished, offset__isnull=False).order_by("due_on", "id"):
            due_on = days.add(on, follower.offset or 0, follower.day_kind, follower.day_off_rule)
            waiting.append((follower, due_on))
            if due_on != follower.due_on:
                shifts.append(Shift(follower, due_on))
    return shifts


def _shift(shifts: list[Shift], root: MilestoneRevision, *, by: User, now: dt.datetime) -> None:
    for shift in shifts:
        _revise(_locked(shift.milestone), shift.new_due_on, root.reason, by=by, now=now, caused_by=root)


def _revise(
    milestone: Milestone,
    new_due_on: dt.date,
    reason: str,
    *,
    by: User,
    now: dt.datetime,
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
    if new_due_on != milestone.due_on:
        milestone.due_on = new_due_on
        fields = ["due_on"]
        if milestone.status == Milestone.Status.TO_CONFIRM and caused_by is None:
            _confirm(milestone, by, now)
            milestone.status = Milestone.Status.PLANNED
            fields += ["status", "confirmed_at", "confirmed_by"]
        milestone.save(by=by, update_fields=fields)
    return revision


def _locked(milestone: Milestone) -> Milestone:
    return Milestone.objects.select_for_update(of=("self",)).get(pk=milestone.pk)


def _confirm(milestone: Milestone, by: User, now: dt.datetime) -> None:
    if milestone.confirmed_at is None:
        milestone.confirmed_at, milestone.confirmed_by = now, by
