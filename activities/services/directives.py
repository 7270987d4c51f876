"""Orders that were given: signed for, worked on, reported, returned, closed by the side that gave them.

`version` is the version of the order the person had before him; what somebody else did since then
is never written over: StaleRow is raised instead. Each act leaves a DirectiveNote.
"""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activities import duties
from activities.duties import Act
from activities.models import Directive, DirectiveNote
from audit import services as audit
from core import services as core
from core.models import StaleRow

Kind, Level, Status = DirectiveNote.Kind, Directive.Level, Directive.Status
MOST = 5_000  # characters of a text


@transaction.atomic
def sign_for(directive: Directive, *, by: User, now: dt.datetime, version: int | None = None, text: str = "") -> Directive:
    """签收: the lead unit takes the order; where it has nobody here the issuing side says who signed the paper."""
    row = locked(directive, Act.SIGN, by, version)
    if duties.on_paper(row) and not text.strip():
        raise ValidationError(_("请写明牵头单位由谁、在哪一天签收了督办单"), code="text")
    row.status = Status.ACCEPTED
    return done(row, ["status"], Kind.SIGNED, text, by=by, now=now)


@transaction.atomic
def add_note(directive: Directive, text: str, *, by: User, now: dt.datetime, version: int | None = None) -> Directive:
    """办理情况: what was done so far; the state of the order stays."""
    row = locked(directive, Act.NOTE, by, version)
    needed(text, _("请写办理情况"))
    return done(row, [], Kind.WORKED, text, by=by, now=now)


@transaction.atomic
def report_done(directive: Directive, text: str, *, by: User, now: dt.datetime, version: int | None = None) -> Directive:
    """报结: the lead unit says that it is done, and how; whoever gave the order decides."""
    row = locked(directive, Act.REPORT, by, version)
    needed(text, _("请写办理结果"))
    row.status = Status.REPORTED
    return done(row, ["status"], Kind.REPORTED, text, by=by, now=now)


@transaction.atomic
def return_directive(directive: Directive, reason: str, *, by: User, now: dt.datetime, version: int | None = None) -> Directive:
    """退回: what was reported is not enough; the lead unit goes on."""
    row = locked(directive, Act.RETURN, by, version)
    needed(reason, _("退回请写明原因"))
    row.status = Status.RETURNED
    return done(row, ["status"], Kind.RETURNED, reason, by=by, now=now)


@transaction.atomic
def close(directive: Directive, *, by: User, now: dt.datetime, version: int | None = None, text: str = "") -> Directive:
    """销号: by the issuing side only, after the report; of an ended project at any time, with a reason."""
    row = locked(directive, Act.CLOSE, by, version)
    if row.status != Status.REPORTED:
        needed(text, _("没有报结就销号，请写明原因"))
    row.status = Status.CLOSED
    return done(row, ["status"], Kind.CLOSED, text, by=by, now=now)


@transaction.atomic
def reopen(directive: Directive, reason: str, *, by: User, now: dt.datetime, version: int | None = None) -> Directive:
    """重新办理: a closed order goes back to the lead unit, with a reason."""
    row = locked(directive, Act.REOPEN, by, version)
    needed(reason, _("重新办理请写明原因"))
    row.status = Status.RETURNED
    return done(row, ["status"], Kind.REOPENED, reason, by=by, now=now)


@transaction.atomic
def withdraw(directive: Directive, *, by: User, now: dt.datetime, version: int | None = None) -> Directive:
    """撤回: an order given by mistake goes, with all that hangs on it, as long as nobody signed for it."""
    row = locked(directive, Act.WITHDRAW, by, version)
    core.delete(row, by=by, now=now)
    audit.record("directive.withdrawn", row, by=by)
    return row


@transaction.atomic
def move_due(
    directive: Directive,
    due_on: dt.date | None,
    reason: str,
    *,
    by: User,
    now: dt.datetime,
    today: dt.date,
    version: int | None = None,
) -> Directive:
    """改时限: only with a reason and not into the past; one that is no longer overdue loses its level."""
    row = locked(directive, Act.MOVE_DUE, by, version)
    if due_on is None or due_on < today:
        raise ValidationError(_("请填写今天或以后的新时限"), code="due_on")
    if due_on == row.due_on:
        raise ValidationError(_("新时限与原时限相同"), code="due_on")
    needed(reason, _("改时限请写明原因"))
    old, row.due_on, row.level = row.due_on, due_on, Level.NONE
    return done(row, ["due_on", "level"], Kind.DUE_MOVED, reason, by=by, now=now, old_due_on=old, new_due_on=due_on)


@transaction.atomic
def change_handler(
    directive: Directive, handler: User | None, *, by: User, now: dt.datetime, version: int | None = None
) -> Directive:
    """Another person of the lead unit takes it over."""
    row = locked(directive, Act.HANDLER, by, version)
    if handler is None or not handler.is_active:
        raise ValidationError(_("请选择在用的人员作经办人"), code="handler")
    if handler.pk == row.handler_id:
        raise ValidationError(_("经办人没有变"), code="handler")
    said = f"{row.handler or '—'} → {handler}"
    row.handler = handler
    return done(row, ["handler"], Kind.HANDLER, said, by=by, now=now)


def locked(directive: Directive, act: Act, by: User, version: int | None) -> Directive:
    """The order as it stands, locked; raises when it is gone, not this person's, newer, or in another state."""
    row = Directive.objects.select_for_update(of=("self",)).filter(pk=directive.pk).first()
    if row is None:
        raise ValidationError(_("该交办事项已删除"), code="deleted")
    if refused := duties.refusal(act, row, by):
        raise PermissionDenied(refused)
    if version is not None and row.version != version:
        raise StaleRow(row)
    if not duties.fits(act, row):
        raise ValidationError(_wrong_state(row), code="ended" if row.project_ended else "status")
    return row


def _wrong_state(row: Directive) -> str:
    if row.project_ended:
        return _("所属项目已终止或删除：请由交办方写明原因销号")
    if row.status == Status.PENDING:
        return _("还没有签收：请牵头单位先签收")
    return _("“%(directive)s”现在是“%(status)s”，不能这样办") % {"directive": row, "status": row.get_status_display()}


def done(
    row: Directive,
    fields: list[str],
    kind: str,
    text: str,
    *,
    by: User,
    now: dt.datetime,
    old_due_on: dt.date | None = None,
    new_due_on: dt.date | None = None,
) -> Directive:
    row.save(by=by, update_fields=fields)
    note(row, kind, text, by=by, now=now, old_due_on=old_due_on, new_due_on=new_due_on)
    audit.record(f"directive.{kind}", row, by=by, changes={"status": row.status})
    return row


def note(
    row: Directive,
    kind: str,
    text: str,
    *,
    by: User,
    now: dt.datetime,
    old_due_on: dt.date | None = None,
    new_due_on: dt.date | None = None,
) -> None:
    """A line of the timeline."""
    made = DirectiveNote(directive=row, kind=kind, text=limited(text), noted_at=now, noted_by=by)
    made.old_due_on, made.new_due_on = old_due_on, new_due_on
    made.save(by=by)


def needed(text: str, sentence: str) -> None:
    """Raises ValidationError (code "text") without words."""
    if not text.strip():
        raise ValidationError(sentence, code="text")


def limited(text: str) -> str:
    """A text without the space around it; raises ValidationError (code "too_long")."""
    text = text.strip()
    if len(text) > MOST:
        raise ValidationError(_("有 %(n)d 字，最多 %(most)d 字：请精简") % {"n": len(text), "most": MOST}, code="too_long")
    return text
