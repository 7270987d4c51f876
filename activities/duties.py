"""Whose part in an order is whose: the issuing side gives and closes it, the lead unit signs, works and reports."""

from enum import StrEnum

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from activities.models import Directive
from activities.models.directive import units_of

Status = Directive.Status
WORKED_ON = (Status.ACCEPTED, Status.RETURNED)


class Act(StrEnum):
    """What can be done to an order; the page shows only what its state and the person allow."""

    SIGN = "sign"
    NOTE = "note"
    REPORT = "report"
    RETURN = "return"
    CLOSE = "close"
    REOPEN = "reopen"
    MOVE_DUE = "move_due"
    HANDLER = "handler"
    ESCALATE = "escalate"
    WITHDRAW = "withdraw"


ALLOWED: dict[Act, tuple[str, ...]] = {
    Act.SIGN: (Status.PENDING,),
    Act.NOTE: (*WORKED_ON, Status.REPORTED),
    Act.REPORT: WORKED_ON,
    Act.RETURN: (Status.REPORTED,),
    Act.CLOSE: (Status.REPORTED,),
    Act.REOPEN: (Status.CLOSED,),
    Act.MOVE_DUE: (Status.PENDING, *WORKED_ON),
    Act.HANDLER: (Status.PENDING, *WORKED_ON),
    Act.ESCALATE: (Status.PENDING, *WORKED_ON),
    Act.WITHDRAW: (Status.PENDING,),
}
OF_AN_ENDED_PROJECT = {Act.CLOSE: (Status.PENDING, *WORKED_ON, Status.REPORTED), Act.NOTE: ALLOWED[Act.NOTE]}


def fits(act: Act, directive: Directive) -> bool:
    """Whether the state of an order allows an act; of an ended project an order can only be noted on and closed."""
    states = OF_AN_ENDED_PROJECT.get(act, ()) if directive.project_ended else ALLOWED[act]
    return directive.status in states


def refusal(act: Act, directive: Directive, user: User) -> str:
    """Why this person may not do this to this order, or nothing."""
    match act:
        case Act.SIGN | Act.REPORT:
            return "" if works_on(user, directive) else _("只有牵头单位和经办人可以签收、报结")
        case Act.NOTE:
            return "" if _takes_part(user, directive) else _("只有牵头、配合单位和交办方可以填写办理情况")
        case Act.CLOSE:
            return _not_closing(user, directive)
        case Act.ESCALATE:
            return "" if Role.MANAGER in Scope.of(user).roles else _("督办级别由招商中心负责人确认")
        case Act.HANDLER:
            return "" if issues(user, directive) or _leads(user, directive) else _("只有交办方和牵头单位负责人可以改经办人")
    return "" if issues(user, directive) else _("只有交办方可以退回、改时限、重新办理和撤回")


def acts(directive: Directive, user: User) -> set[Act]:
    """What this person can do to this order now."""
    if not user.has_perm("activities.change_directive"):
        return set()
    return {act for act in Act if fits(act, directive) and not refusal(act, directive, user)}


def issues(user: User, directive: Directive) -> bool:
    """The issuing side: who ordered it, the head of the department that did, the manager of the centre."""
    scope = Scope.of(user)
    gave = user.pk in (directive.owner_id, directive.created_by_id)
    return gave or directive.department_id in scope.departments or Role.MANAGER in scope.roles


def works_on(user: User, directive: Directive) -> bool:
    """The lead unit: the handler, its head or liaison; the issuing side where the unit has nobody in the system."""
    if user.pk == directive.handler_id or _leads(user, directive):
        return True
    return issues(user, directive) and on_paper(directive)


def on_paper(directive: Directive) -> bool:
    """Whether nobody of the lead unit can sign here, so that the printed slip goes round instead."""
    return directive.handler_id is None and not has_signers(directive.lead_unit_id)


def has_signers(unit: int | None) -> bool:
    """Whether a unit has somebody who can sign for it."""
    if unit is None:
        return False
    return bool(User.objects.with_role(Role.HEAD, Role.LIAISON, Role.MANAGER).filter(department=unit).exists())


def _leads(user: User, directive: Directive) -> bool:
    return directive.lead_unit_id is not None and directive.lead_unit_id in units_of(user)


def _takes_part(user: User, directive: Directive) -> bool:
    if works_on(user, directive) or issues(user, directive):
        return True
    return directive.unit_links.filter(department__in=units_of(user)).exists()


def _not_closing(user: User, directive: Directive) -> str:
    """The lead unit never closes its own, not even where it is of the department that ordered."""
    if not issues(user, directive):
        return _("只有交办方可以销号")
    if user.pk == directive.handler_id:
        return _("经办人不能给自己办的事项销号：请由交办方的其他人销号")
    own = user.department_id is not None and user.department_id == directive.lead_unit_id
    if own and Role.MANAGER not in Scope.of(user).roles:
        return _("牵头单位不能给自己办的事项销号：请由招商中心负责人销号")
    return ""
