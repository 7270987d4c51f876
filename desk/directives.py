"""The list of orders: which rows, in which stretch, how many of each; and its text for a chat."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from activities.models import Directive
from activities.services import escalation
from core.working_days import Calendar

STRETCHES = {
    "open": gettext_lazy("未销号"),
    "sign": gettext_lazy("待我签收"),
    "work": gettext_lazy("待我办理"),
    "issued": gettext_lazy("我方交办"),
    "decide": gettext_lazy("待我方销号"),
    "overdue": gettext_lazy("逾期"),
    "proposed": gettext_lazy("建议升级"),
    "all": gettext_lazy("全部"),
}

SUBJECTS = (
    ("unit", "lead_unit"),
    ("project", "project"),
    ("company", "company"),
    ("park", "park"),
    ("event", "agenda_item__event"),
)


@dataclass(frozen=True)
class Line:
    """An order as the list shows it: working days late, and the level that is proposed."""

    directive: Directive
    late: int
    proposed: str

    @property
    def proposed_label(self) -> str:
        return str(Directive.Level(self.proposed).label) if self.proposed else ""


def stretch(rows: Any, code: str, user: User, today: dt.date, *, days: Calendar, rules: Mapping[str, int]) -> Any:
    """The orders of one tab; an unknown one is that of all open orders. What is proposed is a draft: nothing is sent."""
    asked: dict[str, Callable[[], Any]] = {
        "sign": lambda: rows.to_sign(user),
        "work": lambda: rows.to_work(user),
        "issued": lambda: rows.issued_by(user).unclosed(),
        "decide": lambda: rows.issued_by(user).filter(status=Directive.Status.REPORTED),
        "overdue": lambda: rows.overdue(today),
        "proposed": lambda: escalation.proposable(rows, today=today, days=days, rules=rules),
        "all": lambda: rows,
    }
    return asked.get(code, rows.unclosed)()


def counts(rows: Any, user: User, today: dt.date, *, days: Calendar, rules: Mapping[str, int]) -> list[dict[str, Any]]:
    """How many orders each tab holds, in one query."""
    every = {code: stretch(Directive.objects.all(), code, user, today, days=days, rules=rules) for code in STRETCHES}
    asked = {code: Count("pk", filter=Q(pk__in=found.values("pk"))) for code, found in every.items()}
    found = rows.order_by().aggregate(**asked)
    return [{"code": code, "label": label, "count": found[code]} for code, label in STRETCHES.items()]


def narrowed(rows: Any, asked: QueryDict) -> Any:
    """The rows a person filtered for; what is no known value is left out."""
    if (source := asked.get("source", "")) in Directive.Source.values:
        rows = rows.filter(source=source)
    if (status := asked.get("status", "")) in Directive.Status.values:
        rows = rows.filter(status=status)
    for name, column in SUBJECTS:
        if (key := asked.get(name, "")).isdecimal() and len(key) < 19:
            rows = rows.filter(**{column: int(key)})
    if words := asked.get("q", "").strip()[:60]:
        rows = rows.filter(Q(text__icontains=words) | Q(from_name__icontains=words))
    return rows


def lines(rows: "QuerySet[Directive]", *, today: dt.date, days: Calendar, count: int, rules: Mapping[str, int]) -> list[Line]:
    """The rows by their date, those without one last."""
    named = rows.select_related("project", "company", "park", "lead_unit", "handler")
    found = named.order_by(F("due_on").asc(nulls_last=True), "pk")[:count]
    return [Line(row, late(row, today, days), escalation.proposed(row, today=today, days=days, rules=rules)) for row in found]


def late(row: Directive, today: dt.date, days: Calendar) -> int:
    """Working days by which an open order is overdue; 0 when it is not."""
    if not row.is_open or row.due_on is None:
        return 0
    return max(days.working_days_between(row.due_on, today), 0)


def text(found: Iterable[Line], today: dt.date) -> str:
    """The list for a group chat: numbers, units, dates and states. What was ordered stays in the system,
    since its words may name companies, amounts and telephones."""
    said = [_("%(day)s 交办事项") % {"day": today}]
    for n, line in enumerate(found, 1):
        row = line.directive
        parts = [row.number, str(row.lead_unit or "—"), _("时限 %(day)s") % {"day": row.due_on or "—"}, row.get_status_display()]
        if line.late:
            parts.append(_("逾期 %(n)d 个工作日") % {"n": line.late})
        if row.level != Directive.Level.NONE:
            parts.append(row.get_level_display())
        said.append(f"{n}. " + "，".join(parts))
    said.append(_("事项内容请登录系统查看。"))
    return "\n".join(said)
