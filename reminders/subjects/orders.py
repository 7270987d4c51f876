"""What was ordered (交办事项)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from activities.models import Directive
from projects.models import Project
from reminders.models import Reminder, ReminderRule
from reminders.subjects.base import Due, Source, Span, in_one_line

Relation = Reminder.Relation


def _open_orders() -> QuerySet[Directive]:
    """Orders the lead unit still has to act on; an order outlives the hold of its project, not its end."""
    living = Q(project=None) | (~Q(project__status=Project.Status.TERMINATED) & Q(project__deleted_at=None))
    return Directive.objects.open().filter(living).select_related("project").prefetch_related("handler", "owner")


def _due_orders(span: Span) -> Iterator[Due]:
    """The handler answers for an order, else whoever signs for the lead unit; the issuer follows."""
    rows = list(span.narrow(_open_orders().filter(due_on__lte=span.upto)))
    signers = _signers(rows)
    for row in rows:
        if row.due_on:
            workers = [row.handler] if row.handler and row.handler.is_active else signers.get(row.lead_unit_id or 0, [])
            answerable = (*((user, Relation.HANDLER) for user in workers), (row.owner, Relation.FOLLOWER))
            unit = row.lead_unit_id or row.department_id
            yield Due(row, row.due_on, row.due_on, answerable, unit, project=row.project)


def _signers(rows: Iterable[Directive]) -> dict[int, list[User]]:
    """Who signs for each lead unit whose order has no handler (one query)."""
    units = {row.lead_unit_id for row in rows if row.lead_unit_id}
    found: dict[int, list[User]] = defaultdict(list)
    if units:
        people = User.objects.with_role(Role.HEAD, Role.LIAISON).filter(department__in=units)
        for user in people.order_by("pk"):
            found[user.department_id or 0].append(user)
    return found


ORDERS = Source(
    ReminderRule.Subject.DIRECTIVE,
    Directive,
    _due_orders,
    title=lambda row: in_one_line(f"{row.number} {row}"),
    address=lambda row: row.get_absolute_url(),
    open=_open_orders,
)
