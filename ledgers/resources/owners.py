"""In whose name a ledger may file a new row, and to whose rows it may add one."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import Scope, can_change
from ledgers.layouts.base import Record
from ledgers.resources.base import LedgerResource
from ledgers.resources.entries import Entry, Unusable
from ledgers.resources.links import linked

SHOWN = 20  # signs of a text that has no name


def refuse_owner(entry: Entry, record: Record, user: User, *, left: bool = False) -> None:
    """Raise Unusable (code "scope", "left") for a new row in the name of somebody whose rows the person does not see.

    He would not find it again. `left` allows those who have left: they wrote what is only noted now.
    """
    owner = entry.instance.owner if entry.new else None
    if owner is None or owner.pk == user.pk:
        return
    scope, column = Scope.of(user), record.columns.get("owner", "")
    if not scope.sees_all and owner.department_id not in scope.departments:
        text = _("您只能导入由自己负责的记录：“%(name)s”的请由其本人、其部门负责人或招商中心负责人导入")
        raise Unusable(column, "scope", text % {"name": owner})
    if not owner.is_active and not left:
        raise Unusable(column, "left", _("“%(name)s”已离岗：请改填在岗的负责人，或留空由您负责") % {"name": owner})


def added_to_others(resource: LedgerResource[Any], link: str) -> Iterator[tuple[Record, str, str, str]]:
    """A refusal for each new row that would be added to a row the person may not change; `link` leads to that."""
    user, allowed = resource.context.user, dict[int, bool]()
    for entry in resource.created:
        record = entry.records[0]
        parent = linked(record, link)
        if parent.pk is None:
            continue
        if parent.pk not in allowed:
            allowed[parent.pk] = can_change(user, parent)
        if not allowed[parent.pk]:
            text = _("“%(name)s”由同事负责，不能由您添加：请交由其负责人导入，或留空这一格")
            column = record.columns.get(link) or next(iter(record.columns.values()), "")
            yield record, column, "scope", text % {"name": _called(record.identity[link])}


def _called(parent: Any) -> str:
    """The row as the ledger calls it, not as the system does."""
    if not isinstance(parent, Record):
        return str(parent)
    named = parent.identity.get("name") or parent.identity.get("summary") or ""
    return str(named)[:SHOWN]
