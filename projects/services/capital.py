"""Capital as it arrives: stated by one person, verified by another; what is verified is corrected only by a negative row."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import WRITERS, Role
from accounts.scope import Scope, can_change
from audit import changesets
from audit import services as audit
from audit.models import ChangeSet
from projects.models import CapitalArrival, InvestmentProgress, Project
from projects.services.wording import reasoned

MAY_VERIFY = frozenset({Role.MANAGER, Role.HEAD, Role.STATISTICIAN})
Status = CapitalArrival.Status
WAITING = frozenset({Status.DRAFT, Status.RETURNED})


def may_enter(user: User, project: Project) -> bool:
    """Whether a person states capital of a project."""
    return bool(Scope.of(user).roles & WRITERS) and can_change(user, project)


def may_verify(user: User) -> bool:
    """Whether a person verifies what others stated, among the projects he sees."""
    return bool(Scope.of(user).roles & MAY_VERIFY)


def stated_by(row: CapitalArrival | InvestmentProgress, user: User) -> bool:
    """Whether a person entered or handed in a row: he does not verify it."""
    return user.pk in {row.created_by_id, row.submitted_by_id}


@transaction.atomic
def enter_arrival(
    project: Project, values: dict[str, Any], *, by: User, now: dt.datetime, into: ChangeSet | None = None
) -> CapitalArrival:
    """State an arrival and hand it in. `values` are columns of CapitalArrival.

    Raises ValidationError: code "role", "future" for a day to come, and those of `CapitalArrival.clean`.
    """
    if not may_enter(by, project):
        raise ValidationError(_("您不能为这个项目填报到位资金：请找项目负责人"), code="role")
    arrival = CapitalArrival(project=project, **values)
    arrival.status, arrival.submitted_at, arrival.submitted_by = Status.SUBMITTED, now, by
    arrival.full_clean()
    _refuse_future(arrival, now)
    arrival.save(by=by)
    if into:
        changesets.record_created(into, arrival)
    audit.record("capital.entered", arrival, by=by, changes=_amounts(arrival))
    return arrival


@transaction.atomic
def submit_arrival(arrival: CapitalArrival, *, by: User, now: dt.datetime, into: ChangeSet | None = None) -> CapitalArrival:
    """Hand in what was noted or returned. Raises ValidationError: code "role", "status", "future", "month_locked"."""
    arrival = _locked(arrival)
    if not may_enter(by, arrival.project):
        raise ValidationError(_("您不能报送这个项目的到位资金：请找项目负责人"), code="role")
    if arrival.status not in WAITING:
        raise ValidationError(_("这一笔%(status)s，不能再报送") % {"status": arrival.get_status_display()}, code="status")
    _refuse_future(arrival, now)
    before = changesets.before(arrival, ["status", "submitted_at", "submitted_by", "return_reason"])
    arrival.status, arrival.submitted_at, arrival.submitted_by, arrival.return_reason = Status.SUBMITTED, now, by, ""
    arrival.clean()
    return _saved(arrival, "capital.submitted", before, by=by, into=into)


@transaction.atomic
def verify_arrival(arrival: CapitalArrival, *, by: User, now: dt.datetime) -> CapitalArrival:
    """Prove what another person handed in; there is no way back but a negative row.

    Raises ValidationError: code "role", "status", "second_person", "month_locked", "corrects".
    """
    arrival = _reviewed(arrival, by)
    if stated_by(arrival, by):
        raise ValidationError(_("填报人不能核实自己填报的一笔：请由另一人核实"), code="second_person")
    before = changesets.before(arrival, ["status", "verified_at", "verified_by"])
    arrival.status, arrival.verified_at, arrival.verified_by = Status.VERIFIED, now, by
    arrival.clean()
    return _saved(arrival, "capital.verified", before, by=by)


@transaction.atomic
def return_arrival(
    arrival: CapitalArrival, reason: str, *, by: User, now: dt.datetime, into: ChangeSet | None = None
) -> CapitalArrival:
    """Give back what cannot be verified, with a reason. Raises ValidationError: code "role", "status", "reason", "month_locked"."""
    arrival = _reviewed(arrival, by)
    reason = reasoned(reason, _("请写明退回原因"))
    before = changesets.before(arrival, ["status", "return_reason"])
    arrival.status, arrival.return_reason = Status.RETURNED, reason
    arrival.clean()
    return _saved(arrival, "capital.returned", before, by=by, into=into)


def correct_arrival(
    wrong: CapitalArrival,
    *,
    amount: Decimal | None,
    amount_usd: Decimal | None = None,
    note: str,
    on: dt.date,
    by: User,
    now: dt.datetime,
    into: ChangeSet | None = None,
) -> CapitalArrival:
    """Take back a part or all of a verified row: a negative one that names it and waits for a second person.

    `amount` (万元) and `amount_usd` (万美元) are what is taken back, as positive numbers; `on` is the day it counts.
    Raises ValidationError: code "reason", "corrects" for more than is left, and those of `enter_arrival`.
    """
    note = reasoned(note, _("请写明更正原因"))
    values: dict[str, Any] = {
        "payer": wrong.payer,
        "origin": wrong.origin,
        "side": wrong.side,
        "use": wrong.use,
        "corrects": wrong,
    }
    values |= {"fx_rate": wrong.fx_rate, "fx_on": wrong.fx_on, "note": note, "arrived_on": on}
    values |= {"amount": _negative(amount), "amount_usd": _negative(amount_usd)}
    with transaction.atomic():
        _locked(wrong)  # two corrections at once do not take back more than there is
        return enter_arrival(wrong.project, values, by=by, now=now, into=into)


def _negative(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -abs(amount)


def _reviewed(arrival: CapitalArrival, by: User) -> CapitalArrival:
    arrival = _locked(arrival)
    if not may_verify(by):
        raise ValidationError(_("只有部门负责人、招商中心负责人或统计员可以核实到位资金"), code="role")
    if arrival.status != Status.SUBMITTED:
        raise ValidationError(
            _("这一笔%(status)s，只有已报送的可以核实或退回") % {"status": arrival.get_status_display()}, code="status"
        )
    return arrival


def _locked(arrival: CapitalArrival) -> CapitalArrival:
    found: CapitalArrival = CapitalArrival.objects.select_for_update(of=("self",)).get(pk=arrival.pk)
    if found.corrects_id:  # what it takes back from stays as it is meanwhile
        CapitalArrival.objects.select_for_update(of=("self",)).get(pk=found.corrects_id)
    return found


def _refuse_future(arrival: CapitalArrival, now: dt.datetime) -> None:
    if arrival.arrived_on > timezone.localdate(now):
        raise ValidationError({"arrived_on": ValidationError(_("到账日期不能晚于今天"), code="future")})


def _saved(
    arrival: CapitalArrival, action: str, before: changesets.Columns, *, by: User, into: ChangeSet | None = None
) -> CapitalArrival:
    fields = [name.removesuffix("_id") for name in before]
    arrival.save(by=by, update_fields=fields)
    if into:
        changesets.record_change(into, arrival, before)
    audit.record(action, arrival, by=by, changes={**_amounts(arrival), "reason": arrival.return_reason})
    return arrival


def _amounts(arrival: CapitalArrival) -> dict[str, str]:
    return {name: str(value) for name in ("amount", "amount_usd") if (value := getattr(arrival, name)) is not None}
