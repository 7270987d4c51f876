"""Weeks and months, and closing a month: what is counted in it then stays as it is until somebody says why not."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from audit import services as audit
from core.dates import month_end
from core.periods import week_before, week_of
from core.working_days import Calendar
from reports.models import Period

MAY_LOCK = frozenset({Role.MANAGER})
REASON = 200


def closed_week(now: dt.datetime) -> tuple[dt.date, dt.date]:
    """The closing days of the week that closed last."""
    days = Calendar.load()
    week = week_before(week_of(now, days=days), days=days)
    return week.start_on, week.end_on


def month_of(day: dt.date) -> Period:
    """The month a day lies in, made when it is missing."""
    first = day.replace(day=1)
    return period_of(Period.Kind.MONTH, first, month_end(day.year, day.month))


def period_of(kind: str, start_on: dt.date, end_on: dt.date) -> Period:
    """The period that begins on a day, made when it is missing; two at once make one."""
    known = Period.objects.filter(kind=kind, start_on=start_on)
    if found := known.first():
        return found
    try:
        with transaction.atomic():
            made = Period(kind=kind, start_on=start_on, end_on=end_on)
            made.save()
            return made
    except IntegrityError:
        return known.get()


def may_lock(user: User) -> bool:
    """Whether a person may close a month and open it again."""
    return bool(Scope.of(user).roles & MAY_LOCK)


@transaction.atomic
def lock(period: Period, *, by: User, now: dt.datetime) -> Period:
    """Close a month. Raises ValidationError: code "role", "kind", "future" for a month that is not over, "locked"."""
    _refuse_role(by)
    period = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
    if period.kind != Period.Kind.MONTH:
        raise ValidationError(_("只有月份可以锁定"), code="kind")
    if period.end_on >= timezone.localdate(now):
        raise ValidationError(_("%(month)s 还没有过完，不能锁定") % {"month": period}, code="future")
    if period.is_locked:
        raise ValidationError(_("%(month)s 已经锁定") % {"month": period}, code="locked")
    period.locked_at, period.locked_by = now, by
    period.save(by=by, update_fields=["locked_at", "locked_by"])
    audit.record("period.locked", period, by=by)
    return period


@transaction.atomic
def unlock(period: Period, reason: str, *, by: User) -> Period:
    """Open a locked month again; the reason is kept and logged. Raises ValidationError: code "role", "reason", "open"."""
    _refuse_role(by)
    reason = reason.strip()
    if not reason:
        raise ValidationError(_("请写明解锁原因"), code="reason")
    if len(reason) > REASON:
        raise ValidationError(_("解锁原因请写在 %(n)d 字以内") % {"n": REASON}, code="reason")
    period = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
    if not period.is_locked:
        raise ValidationError(_("%(month)s 没有锁定") % {"month": period}, code="open")
    locked_by = period.locked_by.display if period.locked_by else ""
    period.locked_at = period.locked_by = None
    period.unlock_reason = reason
    period.save(by=by, update_fields=["locked_at", "locked_by", "unlock_reason"])
    audit.record("period.unlocked", period, by=by, changes={"reason": reason, "locked_by": locked_by})
    return period


def refusal(day: dt.date) -> str:
    """Why nothing that is counted in the month of a day may change; empty while it is open.

    Named by the setting MONTH_LOCK, because the rows it holds lie below this app.
    """
    period = Period.objects.locked_month(day).select_related("locked_by").first()
    if period is None or period.locked_at is None:
        return ""
    words = {"month": period, "day": timezone.localdate(period.locked_at), "name": getattr(period.locked_by, "display", "")}
    return _("%(month)s 已于 %(day)s 由%(name)s锁定，不能再改。如确需更正，请招商中心负责人写明原因后解锁。") % words


def _refuse_role(by: User) -> None:
    if not may_lock(by):
        raise ValidationError(_("只有招商中心负责人可以锁定或解锁月份"), code="role")
