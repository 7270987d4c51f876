"""What both sides promised in writing: added, kept, withdrawn, reviewed for fair competition.

A promise of ours that waits for the review is no agreed thing: it is marked wherever it is shown
and stands in no list that says 已商定 (domain.md 6; the rules on fair competition review, 2024).
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import services as audit
from core.models import StaleRow
from projects.models import Commitment, Project

Review, Side, Status = Commitment.FairReview, Commitment.Side, Commitment.Status
MOST = 2_000  # characters of a promise


@transaction.atomic
def add_commitment(
    project: Project, side: str, text: str, *, due_on: dt.date | None, by: User, fair_review: str = Review.PENDING
) -> Commitment:
    """Note a promise; what we promise starts as waiting for the review.

    Raises ValidationError: code "ended", "side", "text", "due_on", "review".
    """
    project = Project.objects.select_for_update(of=("self",)).filter(pk=project.pk).first() or project
    if project.deleted_at or project.status == Project.Status.TERMINATED:
        raise ValidationError(_("“%(project)s”已终止或删除，不再登记承诺") % {"project": project}, code="ended")
    if side not in Side.values:
        raise ValidationError(_("请选择承诺方"), code="side")
    if not text.strip():
        raise ValidationError(_("请写明承诺什么"), code="text")
    if len(text.strip()) > MOST:
        raise ValidationError(_("最多 %(n)d 字：请精简") % {"n": MOST}, code="text")
    if due_on is None:
        raise ValidationError(_("请填写兑现期限"), code="due_on")
    if fair_review not in Review.values:
        raise ValidationError(_("请选择公平竞争审查的情况"), code="review")
    row = Commitment(project=project, side=side, text=text.strip(), due_on=due_on, fair_review=fair_review)
    row.save(by=by)
    audit.record("commitment.added", row, by=by)
    return row


@transaction.atomic
def settle_commitment(commitment: Commitment, status: str, *, by: User, version: int | None = None) -> Commitment:
    """Note that a promise was kept, broken, withdrawn, or is open again.

    Raises ValidationError: code "pending" (one that waits for the review cannot have been kept by us), "status".
    """
    row = _locked(commitment, version)
    if status not in Status.values or status == row.status:
        raise ValidationError(_("该承诺已经是这个状态"), code="status")
    if status == Status.KEPT and row.fair_review == Review.PENDING:
        raise ValidationError(_("待公平竞争审查，不得作为已商定事项：请先登记审查结果"), code="pending")
    row.status = status
    row.save(by=by, update_fields=["status"])
    audit.record(f"commitment.{status}", row, by=by)
    return row


@transaction.atomic
def review_commitment(commitment: Commitment, result: str, *, by: User, version: int | None = None) -> Commitment:
    """Note the outcome of the fair-competition review; back to waiting when it has to be done again."""
    row = _locked(commitment, version)
    if result not in Review.values or result == row.fair_review:
        raise ValidationError(_("请选择与现在不同的审查情况"), code="review")
    row.fair_review = result
    row.save(by=by, update_fields=["fair_review"])
    audit.record("commitment.reviewed", row, by=by, changes={"fair_review": result})
    return row


def _locked(commitment: Commitment, version: int | None) -> Commitment:
    row = Commitment.objects.select_for_update(of=("self",)).filter(pk=commitment.pk).first()
    if row is None:
        raise ValidationError(_("该承诺已删除"), code="deleted")
    if version is not None and row.version != version:
        raise StaleRow(row)
    return row
