"""呈报清单: what the rules would bring before leaders, decided by the manager; a choice can be taken back while nothing left."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import services as audit
from core.working_days import Calendar
from projects.services.wording import short
from reminders.models import Reminder, ReportUp

Choice = ReportUp.Choice
DEFER = 5  # working days after which what was put off stands in the list again
DECIDED = ["choice", "by", "at", "note", "back_on"]


def default_back_on(today: dt.date, days: Calendar) -> dt.date:
    """When what is put off today stands in the list again, if nobody says otherwise."""
    return days.add_working_days(today, DEFER)


@transaction.atomic
def decide_report_up(
    row: ReportUp, choice: str, *, by: User, now: dt.datetime, note: str = "", back_on: dt.date | None = None
) -> ReportUp:
    """The manager reports a draft to the leader (it joins his next digest), puts it off, or has told it already.

    Raises ValidationError: code "choice", "decided" when somebody decided before, "back_on" for a day that is over,
    "cancelled" when it is not due any more, "too_long" for the note.
    """
    today = timezone.localdate(now)
    row = ReportUp.objects.select_for_update(of=("self",)).select_related("reminder").get(pk=row.pk)
    if choice not in set(Choice) - {Choice.PENDING}:
        raise ValidationError(_("请选择 呈报、暂缓 或 已口头汇报"), code="choice")
    if row.reminder.status == Reminder.Status.CANCELLED:
        raise ValidationError(_("事项已办结、改期或取消，不用呈报"), code="cancelled")
    if not row.is_waiting(today):
        raise ValidationError(_("已处理过：%(choice)s") % {"choice": row.get_choice_display()}, code="decided")
    row.choice, row.by, row.at, row.note = choice, by, now, short(note)
    row.back_on = _back_on(back_on, today) if choice == Choice.DEFERRED else None
    row.save(update_fields=DECIDED)
    if choice == Choice.REPORTED:
        Reminder.objects.filter(pk=row.reminder_id, draft=True).update(draft=False)
    audit.record("report_up.decided", row, by=by, changes={"choice": choice})
    return row


def _back_on(asked: dt.date | None, today: dt.date) -> dt.date:
    if asked is not None and asked <= today:
        raise ValidationError(_("暂缓到的日子要在今天以后"), code="back_on")
    return asked or default_back_on(today, Calendar.load())


@transaction.atomic
def decide_report_ups(
    rows: Iterable[ReportUp], choice: str, *, by: User, now: dt.datetime, note: str = "", back_on: dt.date | None = None
) -> int:
    """The same choice for several, all or none; returns how many."""
    return len([decide_report_up(row, choice, by=by, now=now, note=note, back_on=back_on) for row in rows])


@transaction.atomic
def take_back(row: ReportUp, *, by: User) -> ReportUp:
    """Put a decided row back into the list; raises ValidationError (code "left") once it stands in a mail to the leader."""
    row = ReportUp.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.choice == Choice.PENDING:
        return row
    if row.choice == Choice.REPORTED and not Reminder.objects.filter(pk=row.reminder_id, message=None).update(draft=True):
        raise ValidationError(_("已写进给领导的提醒，不能撤回"), code="left")
    before = row.choice
    row.choice, row.by, row.at, row.note, row.back_on = Choice.PENDING, None, None, "", None
    row.save(update_fields=DECIDED)
    audit.record("report_up.taken_back", row, by=by, changes={"choice": before})
    return row
