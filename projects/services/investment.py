"""Investment by month: stated by one person, verified by another; what was verified changes only after it was given back."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import changesets
from audit import services as audit
from audit.models import ChangeSet
from projects.models import InvestmentProgress, Project
from projects.months import refuse_locked
from projects.services.capital import may_enter, may_verify, stated_by
from projects.services.wording import reasoned

Status = InvestmentProgress.Status
AMOUNTS = ("completed", "cumulative", "stat_value")
HANDED_IN = ["status", "submitted_at", "submitted_by", "return_reason"]
PROVEN = ["status", "verified_at", "verified_by", "return_reason"]


@transaction.atomic
def enter_month(
    project: Project, values: dict[str, Any], *, by: User, now: dt.datetime, into: ChangeSet | None = None
) -> InvestmentProgress:
    """State what was invested in a month and hand it in. `values` are columns of InvestmentProgress.

    Raises ValidationError: code "role", "future", "empty", and those of `InvestmentProgress.clean`.
    """
    if not may_enter(by, project):
        raise ValidationError(_("您不能为这个项目填报完成投资：请找项目负责人"), code="role")
    row = InvestmentProgress(project=project, **values)
    row.status, row.submitted_at, row.submitted_by = Status.SUBMITTED, now, by
    row.full_clean()
    _refuse(row, now)
    row.save(by=by)
    if into:
        changesets.record_created(into, row)
    audit.record("investment.entered", row, by=by, changes=_amounts(row))
    return row


@transaction.atomic
def submit_month(row: InvestmentProgress, *, by: User, now: dt.datetime, into: ChangeSet | None = None) -> InvestmentProgress:
    """Hand in a draft. Raises ValidationError: code "role", "status", "future", "empty", "month_locked"."""
    row = _locked(row)
    if not may_enter(by, row.project):
        raise ValidationError(_("您不能报送这个项目的完成投资：请找项目负责人"), code="role")
    if row.status != Status.DRAFT:
        raise ValidationError(_("这个月%(status)s，不能再报送") % {"status": row.get_status_display()}, code="status")
    before = changesets.before(row, HANDED_IN)
    row.status, row.submitted_at, row.submitted_by, row.return_reason = Status.SUBMITTED, now, by, ""
    row.clean()
    _refuse(row, now)
    return _saved(row, "investment.submitted", before, by=by, into=into)


@transaction.atomic
def verify_month(row: InvestmentProgress, *, by: User, now: dt.datetime) -> InvestmentProgress:
    """Prove what another person handed in. Raises ValidationError: code "role", "status", "second_person", "month_locked"."""
    row = _locked(row)
    _refuse_role(by)
    if row.status != Status.SUBMITTED:
        raise ValidationError(_("这个月%(status)s，只有已报送的可以核实") % {"status": row.get_status_display()}, code="status")
    if stated_by(row, by):
        raise ValidationError(_("填报人不能核实自己填报的月份：请由另一人核实"), code="second_person")
    before = changesets.before(row, PROVEN)
    row.status, row.verified_at, row.verified_by = Status.VERIFIED, now, by
    row.clean()
    return _saved(row, "investment.verified", before, by=by)


@transaction.atomic
def return_month(row: InvestmentProgress, reason: str, *, by: User, into: ChangeSet | None = None) -> InvestmentProgress:
    """Give back a month that was handed in or verified, with a reason: it is a draft again and counts no longer.

    Raises ValidationError: code "role", "status", "reason", "month_locked".
    """
    row = _locked(row)
    _refuse_role(by)
    if row.status == Status.DRAFT:
        raise ValidationError(_("这个月还没有报送，不用退回"), code="status")
    reason = reasoned(reason, _("请写明退回原因"))
    refuse_locked(row.report_month)
    before = changesets.before(row, PROVEN)
    row.status, row.verified_at, row.verified_by, row.return_reason = Status.DRAFT, None, None, reason
    return _saved(row, "investment.returned", before, by=by, into=into)


def _refuse_role(by: User) -> None:
    if not may_verify(by):
        raise ValidationError(_("只有部门负责人、招商中心负责人或统计员可以核实完成投资"), code="role")


def _refuse(row: InvestmentProgress, now: dt.datetime) -> None:
    if row.report_month > timezone.localdate(now):
        raise ValidationError({"report_month": ValidationError(_("月份不能晚于本月"), code="future")})
    if all(getattr(row, name) is None for name in AMOUNTS):
        raise ValidationError({"completed": ValidationError(_("请至少填一个数：本月、累计或统计部门数"), code="empty")})


def _locked(row: InvestmentProgress) -> InvestmentProgress:
    return InvestmentProgress.objects.select_for_update(of=("self",)).get(pk=row.pk)


def _saved(
    row: InvestmentProgress, action: str, before: changesets.Columns, *, by: User, into: ChangeSet | None = None
) -> InvestmentProgress:
    row.save(by=by, update_fields=[name.removesuffix("_id") for name in before])
    if into:
        changesets.record_change(into, row, before)
    audit.record(action, row, by=by, changes={**_amounts(row), "reason": row.return_reason})
    return row


def _amounts(row: InvestmentProgress) -> dict[str, str]:
    return {name: str(value) for name in AMOUNTS if (value := getattr(row, name)) is not None}
