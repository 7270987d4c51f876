"""Orders as they are given: what each has to say, and several at once when a meeting decided several things."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from activities import duties
from activities.models import Directive, DirectiveNote, DirectiveUnit
from activities.services.directives import limited, note
from audit import services as audit
from companies.models import Company
from events.models import AgendaItem
from parks.models import Park
from projects.models import Project


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
    park: Park | None = None


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
        text=limited(order.text),
        from_name=order.from_name.strip(),
        project=order.project,
        company=order.company,
        park=order.park,
        lead_unit=order.lead_unit,
        handler=order.handler,
        due_on=order.due_on,
        owner=by,
    )
    directive.save(by=by)
    others = [unit for unit in dict.fromkeys(order.support_units) if unit != order.lead_unit]
    for rank, unit in enumerate(others, 1):
        DirectiveUnit(directive=directive, department=unit, rank=rank).save(by=by)
    note(directive, DirectiveNote.Kind.ISSUED, "", by=by, now=now)
    audit.record("directive.issued", directive, by=by, rows=1 + len(others))
    return directive
