"""Orders: given, signed for, worked on, reported, returned, closed by the side that gave them.

`version` is the version of the order the person had before him; what somebody else did since then
is never written over: StaleRow is raised instead. Each act leaves a DirectiveNote.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from activities import duties
from activities.duties import Act
from activities.models import Directive, DirectiveNote, DirectiveUnit
from audit import services as audit
from companies.models import Company
from core import services as core
from core.models import StaleRow
from events.models import AgendaItem
from projects.models import Project

Kind, Level, Status = DirectiveNote.Kind, Directive.Level, Directive.Status
MOST = 5_000  # characters of a text


@dataclass(frozen=True)
class Order:
    """What is to be done, by whom, until when, and where it comes from."""

    source: str
    text: str
    lead_unit: Department | None
    due_on: dt.date | None
    support_units: Sequence[Department] = ()
    handler: User | None = None
    from_name: str = ""
    agenda_item: AgendaItem | None = None
    project: Project | None = None
    company: Company | None = None


@transaction.atomic
def issue(orders: Sequence[Order], *, by: User, now: dt.datetime, today: dt.date, confirmed: bool = False) -> list[Directive]:
    """Give orders, several at once when a meeting decided several things.

    Raises ValidationError: code "empty", "lead_unit", "due_on", "ended", "source", "handler"; and, until
    `confirmed`, "past" (due before today) and "no_people" (nobody of the unit can sign here).
    """
    if not orders:
        raise ValidationError(_("请至少填写一项交办事项"), code="empty")
    for order in orders:
        _refuse(order)
        if not confirmed:
            _ask(order, today)
    return [_issue(order, by=by, now=now) for order in orders]


def _refuse(order: Order) -> None:
    if not order.text.strip():
        raise ValidationError(_("请写明要办什么"), code="empty")
    if order.lead_unit is None:
        raise ValidationError(_("请指定牵头单位：没有责任单位的事项无人签收"), code="lead_unit")
    if order.due_on is None:
        raise ValidationError(_("请填写办结时限"), code="due_on")
    if order.handler is not None and not order.handler.is_active:
        raise ValidationError(_("%(name)s 已停用，不能作经办人") % {"name": order.handler}, code="handler")
    if order.source == Directive.Source.PROBLEM and order.project is None:
        raise ValidationError(_("项目问题必须指明项目"), code="source")
    if (order.source == Directive.Source.MEETING) != (order.agenda_item is not None):
        raise ValidationError(_("来源是会议的，请从活动页的议题转交办"), code="source")
    project = order.project
    if project and (project.deleted_at or project.status == Project.Status.TERMINATED):
        raise ValidationError(_("“%(project)s”已终止或删除，不能再交办") % {"project": project}, code="ended")


def _ask(order: Order, today: dt.date) -> None:
    if order.due_on and order.due_on < today:
        said = _("“%(text)s”的时限 %(day)s 已经过去：确认无误请勾选“确认”后再提交")
        raise ValidationError(said % {"text": order.text[:20], "day": order.due_on}, code="past")
    if order.handler is None and order.lead_unit and not duties.has_signers(order.lead_unit.pk):
        said = _("“%(unit)s”在系统里没有能签收的人：请指定经办人；用纸质督办单交办的请勾选“确认”，由我方代记签收和办理")
        raise ValidationError(said % {"unit": order.lead_unit}, code="no_people")


def _issue(order: Order, *, by: User, now: dt.datetime) -> Directive:
    directive = Directive(
        source=order.source,
        agenda_item=order.agenda_item,
        text=_limited(order.text),
        from_name=order.from_name.strip(),
        project=order.project,
        company=order.company,
        lead_unit=order.lead_unit,
        handler=order.handler,
        due_on=order.due_on,
        owner=by,
    )
    directive.save(by=by)
    others = [unit for unit in dict.fromkeys(order.support_units) if unit != order.lead_unit]
    for rank, unit in enumerate(others, 1):
        DirectiveUnit(directive=directive, department=unit, rank=rank).save(by=by)
    _note(directive, Kind.ISSUED, "", by=by, now=now)
    audit.record("directive.issued", directive, by=by, rows=1 + len(others))
    return directive


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
    _note(row, kind, text, by=by, now=now, old_due_on=old_due_on, new_due_on=new_due_on)
    audit.record(f"directive.{kind}", row, by=by, changes={"status": row.status})
    return row


def _note(
    row: Directive,
    kind: str,
    text: str,
    *,
    by: User,
    now: dt.datetime,
    old_due_on: dt.date | None = None,
    new_due_on: dt.date | None = None,
) -> None:
    note = DirectiveNote(directive=row, kind=kind, text=_limited(text), noted_at=now, noted_by=by)
    note.old_due_on, note.new_due_on = old_due_on, new_due_on
    note.save(by=by)


def needed(text: str, sentence: str) -> None:
    if not text.strip():
        raise ValidationError(sentence, code="text")


def _limited(text: str) -> str:
    text = text.strip()
    if len(text) > MOST:
        raise ValidationError(_("有 %(n)d 字，最多 %(most)d 字：请精简") % {"n": len(text), "most": MOST}, code="too_long")
    return text
