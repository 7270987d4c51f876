"""Asking for another date of a milestone, and answering; the one who asked is told."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from audit import changesets
from audit import services as audit
from audit.models import ChangeSet
from outbox import services as outbox
from outbox.models import Message
from projects.models import DateRequest, Milestone
from projects.services.milestones import REASON, re_date_milestone
from projects.services.shifts import Shift
from projects.services.wording import short

Status = DateRequest.Status
FARTHEST = dt.timedelta(days=5 * 366)
GRACE = dt.timedelta(minutes=5)  # in which an answer can be taken back before anybody is told
RECHECK = "projects.services.date_requests.recheck"
ANSWERED = ["status", "answered_at", "answered_by", "answer"]


@transaction.atomic
def ask_new_date(milestone: Milestone, wanted_on: dt.date, reason: str, *, by: User, now: dt.datetime) -> DateRequest:
    """Ask whoever may move a milestone for another date; the date itself stays.

    Raises ValidationError: code "reason" without a reason, "past", "same" or "far" for a date that makes no sense,
    "status" when nothing is left to do, "waiting" when the person waits for an answer already, "too_long".
    """
    milestone = Milestone.objects.select_for_update(of=("self",)).get(pk=milestone.pk)
    _refuse_date(milestone, wanted_on, timezone.localdate(now))
    reason = short(reason)
    if not reason:
        raise ValidationError({"reason": ValidationError(_("申请改期请写明原因"), code="reason")})
    if DateRequest.objects.filter(milestone=milestone, asked_by=by, status=Status.ASKED).exists():
        raise ValidationError(_("您已为此节点申请改期，正在等待答复"), code="waiting")
    row = DateRequest(milestone=milestone, old_due_on=milestone.due_on, wanted_on=wanted_on, reason=reason)
    row.asked_at, row.asked_by = now, by
    row.save(by=by)
    audit.record("milestone.new_date_asked", milestone, by=by, changes={"wanted_on": str(wanted_on)})
    return row


def _refuse_date(milestone: Milestone, wanted_on: dt.date, today: dt.date) -> None:
    if milestone.status not in Milestone.Status.open():
        raise ValidationError(_("“%(name)s”已办结或尚未确认，不用申请改期") % {"name": milestone.name}, code="status")
    said, code = "", ""
    if wanted_on < today:
        said, code = _("新日期不能早于今天"), "past"
    elif wanted_on == milestone.due_on:
        said, code = _("新日期与现在的计划日期相同"), "same"
    elif wanted_on > today + FARTHEST:
        said, code = _("新日期超过五年，请核对"), "far"
    if said:
        raise ValidationError({"wanted_on": ValidationError(said, code=code)})


@transaction.atomic
def accept_new_date(
    request: DateRequest,
    *,
    by: User,
    now: dt.datetime,
    answer: str = "",
    shifts: Iterable[Shift] = (),
    into: ChangeSet | None = None,
) -> DateRequest:
    """Give the milestone the date that was asked for, with the followers that were accepted, and tell the one who asked.

    Raises ValidationError: code "answered" when somebody answered before, and what `re_date_milestone` raises.
    """
    row = _asked(request)
    reason = _("应%(who)s申请：%(reason)s") % {"who": row.asked_by, "reason": row.reason}
    re_date_milestone(row.milestone, row.wanted_on, reason[:REASON], by=by, now=now, shifts=shifts, into=into)
    return _answered(row, Status.ACCEPTED, answer, by=by, now=now, into=into)


@transaction.atomic
def decline_new_date(
    request: DateRequest, answer: str, *, by: User, now: dt.datetime, into: ChangeSet | None = None
) -> DateRequest:
    """Leave the date as it is, say why, and tell the one who asked; raises ValidationError (code "answer") without a word."""
    row = _asked(request)
    if not answer.strip():
        raise ValidationError({"answer": ValidationError(_("不同意请写明理由"), code="answer")})
    return _answered(row, Status.DECLINED, answer, by=by, now=now, into=into)


@transaction.atomic
def withdraw_request(request: DateRequest, *, by: User) -> DateRequest:
    """The one who asked no longer asks; raises ValidationError: code "not_yours" for another, "answered" when too late."""
    row = _asked(request)
    if row.asked_by_id != by.pk:
        raise ValidationError(_("只有申请人可以撤回"), code="not_yours")
    row.status = Status.WITHDRAWN
    row.save(by=by, update_fields=["status"])
    audit.record("milestone.new_date_withdrawn", row.milestone, by=by)
    return row


def recheck(message: Message, now: dt.datetime) -> str:
    """Just before the answer is sent: whether it still is the answer."""
    public_id, _bar, status = message.key.removeprefix("date-request|").partition("|")
    status = status.partition("|")[0]
    holds = DateRequest.objects.filter(public_id=public_id, status=status).exists()
    return "" if holds else _("答复已撤回")


def _asked(request: DateRequest) -> DateRequest:
    row = DateRequest.objects.select_for_update(of=("self",)).select_related("milestone__project").get(pk=request.pk)
    if row.status != Status.ASKED:
        raise ValidationError(
            _("这项申请已处理：%(status)s") % {"status": row.get_status_display()},
            code="answered",
        )
    return row


def _answered(row: DateRequest, status: str, answer: str, *, by: User, now: dt.datetime, into: ChangeSet | None) -> DateRequest:
    before = changesets.before(row, ANSWERED)
    row.status, row.answer, row.answered_at, row.answered_by = status, short(answer), now, by
    row.save(by=by, update_fields=ANSWERED)
    if into:
        changesets.record_change(into, row, before)
    audit.record(f"milestone.new_date_{status}", row.milestone, by=by, changes={"wanted_on": str(row.wanted_on)})
    _tell(row, now)
    return row


def _tell(row: DateRequest, now: dt.datetime) -> None:
    """One mail to the one who asked, after a moment in which the answer can be taken back; he also finds it in his list."""
    person = row.asked_by
    if not person.email:
        return
    key = f"date-request|{row.public_id}|{row.status}|{int(now.timestamp())}"
    with translation.override(person.language):
        subject, text = _words(row, person)
    outbox.enqueue(key, person, subject, text, now=now + GRACE, recheck=RECHECK)


def _words(row: DateRequest, person: User) -> tuple[str, str]:
    facts = {
        "person": person.display,
        "what": f"{row.milestone.project.name} · {row.milestone.name}",
        "old": row.old_due_on,
        "new": row.wanted_on,
        "who": row.answered_by,
        "answer": row.answer or "—",
        "url": settings.SITE_URL + reverse("desk:date_requests"),
    }
    if row.status == Status.ACCEPTED:
        subject = _("改期申请已同意：%(what)s")
        said = _("%(person)s，您好：\n\n%(who)s同意把“%(what)s”由 %(old)s 改期至 %(new)s。\n答复：%(answer)s\n\n%(url)s\n")
    else:
        subject = _("改期申请未同意：%(what)s")
        said = _(
            "%(person)s，您好：\n\n%(who)s没有同意把“%(what)s”改期至 %(new)s，计划日期仍是 %(old)s。\n答复：%(answer)s\n\n%(url)s\n"
        )
    return subject % facts, said % facts
