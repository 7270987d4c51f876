"""首报: whoever reports a company first follows it undisturbed for a while; the manager decides disputes."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from audit import services as audit
from companies.models import Company, FirstReport

FIRST_REPORT_DAYS = 90


@transaction.atomic
def claim(company: Company, *, by: User, now: dt.datetime, project_code: str = "") -> FirstReport:
    """Report a company first and protect it for FIRST_REPORT_DAYS.

    Raises ValidationError (code "protected") while a report protects it, naming whose and until when.
    """
    company = Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
    today = timezone.localdate(now)
    if holder := FirstReport.objects.filter(company=company).protecting(today).select_related("by").first():
        raise ValidationError(_protected(holder, by), code="protected")
    until = today + dt.timedelta(days=FIRST_REPORT_DAYS)
    report = FirstReport(company=company, project_code=project_code, by=by, at=now, protected_until_on=until)
    report.save(by=by)
    audit.record("first_report.claimed", report, by=by, changes={"company": str(company.public_id), "until": str(until)})
    return report


def _protected(report: FirstReport, by: User) -> str:
    values = {"who": report.by.display, "until": report.protected_until_on.isoformat()}
    if report.by_id == by.pk:
        return _("您已首报该企业，保护期至 %(until)s，不必重复首报。") % values
    return _("该企业已由%(who)s首报，保护期至 %(until)s；如有异议请写明理由提出，由招商中心负责人裁定。") % values


@transaction.atomic
def dispute(report: FirstReport, *, by: User, now: dt.datetime, reason: str) -> FirstReport:
    """Contest another's report while it protects; once for each report. Raises ValidationError (code "dispute")."""
    report = _locked(report)
    if report.by_id == by.pk:
        raise ValidationError(_("不能对自己的首报提出异议。"), code="dispute")
    if report.decision != FirstReport.Decision.NONE:
        raise ValidationError(_("这次首报已有人提出异议，请等待或查看裁定。"), code="dispute")
    if report.protected_until_on < timezone.localdate(now):
        raise ValidationError(_("保护期已过，不必提出异议，可以直接首报。"), code="dispute")
    if not reason.strip():
        raise ValidationError(_("请写明异议理由。"), code="dispute")
    report.disputed_by, report.dispute_reason, report.decision = by, reason.strip(), FirstReport.Decision.PENDING
    report.save(by=by, update_fields=["disputed_by", "dispute_reason", "decision"])
    audit.record("first_report.disputed", report, by=by)
    return report


@transaction.atomic
def decide(report: FirstReport, decision: str, *, by: User, reason: str) -> FirstReport:
    """The manager's word on a dispute; a revoked report protects no more, so that the company can be reported anew.

    Raises ValidationError (code "not_manager", "not_disputed", "reason").
    """
    report = _locked(report)
    if Role.MANAGER not in Scope.of(by).roles:
        raise ValidationError(_("首报异议由招商中心负责人裁定。"), code="not_manager")
    if report.decision != FirstReport.Decision.PENDING:
        raise ValidationError(_("没有待裁定的异议。"), code="not_disputed")
    if not reason.strip() or decision not in (FirstReport.Decision.UPHELD, FirstReport.Decision.REVOKED):
        raise ValidationError(_("请选择维持或撤销，并写明裁定理由。"), code="reason")
    report.decision, report.decision_reason = decision, reason.strip()
    report.save(by=by, update_fields=["decision", "decision_reason"])
    audit.record("first_report.decided", report, by=by, changes={"decision": decision})
    return report


def _locked(report: FirstReport) -> FirstReport:
    return FirstReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
