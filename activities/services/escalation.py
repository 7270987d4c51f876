"""三色督办: how long an order is overdue proposes a level; the manager confirms it, and nothing is sent."""

import datetime as dt
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from accounts.models import User
from activities.duties import Act
from activities.models import Directive, DirectiveNote, LightRule
from activities.services.directives import done, locked, needed
from core.working_days import Calendar

Level = Directive.Level
RISING = [Level.NONE, Level.BLUE, Level.YELLOW, Level.RED]
DEFAULTS = {Level.BLUE: 1, Level.YELLOW: 7, Level.RED: 15}  # working days overdue (domain.md 2.3)


def thresholds() -> dict[str, int]:
    """Working days overdue at which each level is proposed: the enabled rows of LightRule, else the defaults."""
    codes = {f"directive_{level}": level for level in DEFAULTS}
    rows = list(LightRule.objects.filter(code__in=codes).values_list("code", "threshold", "enabled"))
    if not rows:
        return {str(level): n for level, n in DEFAULTS.items()}
    return {str(codes[code]): max(n, 1) for code, n, enabled in rows if enabled}


def proposed(directive: Directive, *, today: dt.date, days: Calendar, rules: Mapping[str, int]) -> str:
    """The level an order should rise to, or nothing when it has it already or is in time."""
    if not directive.is_open or directive.due_on is None:
        return ""
    late = days.working_days_between(directive.due_on, today)
    reached = [level for level in RISING[1:] if level in rules and late >= rules[level]]
    highest = reached[-1] if reached else Level.NONE
    return str(highest) if RISING.index(highest) > RISING.index(Level(directive.level)) else ""


def proposable(rows: "QuerySet[Directive]", *, today: dt.date, days: Calendar, rules: Mapping[str, int]) -> "QuerySet[Directive]":
    """Those among the open orders for which a higher level is proposed."""
    cuts = [
        When(due_on__lt=_cut(rules[level], today, days), then=Value(RISING.index(level)))
        for level in reversed(RISING)
        if level in rules
    ]
    held = [When(level=level, then=Value(place)) for place, level in enumerate(RISING)]
    whole = IntegerField()
    marked = rows.open().annotate(  # type: ignore[attr-defined]
        reached=Case(*cuts, default=Value(0), output_field=whole), held=Case(*held, default=Value(0), output_field=whole)
    )
    found: QuerySet[Directive] = marked.filter(reached__gt=F("held"))
    return found


def _cut(count: int, today: dt.date, days: Calendar) -> dt.date:
    """The day before which something must have been due to be `count` working days late today."""
    return days.add_working_days(days.previous_working_day(today), 1 - count)


@transaction.atomic
def escalate(
    directive: Directive, level: str, *, by: User, now: dt.datetime, version: int | None = None, reason: str = ""
) -> Directive:
    """Set the level of an order: the manager's decision. Lowering it needs a reason."""
    row = locked(directive, Act.ESCALATE, by, version)
    if level not in RISING or level == row.level:
        raise ValidationError(_("请选择与现在不同的督办级别"), code="level")
    if RISING.index(Level(level)) < RISING.index(Level(row.level)):
        needed(reason, _("降低督办级别请写明原因"))
    said = f"{row.get_level_display()} → {Level(level).label}"
    row.level = level
    return done(row, ["level"], DirectiveNote.Kind.ESCALATED, f"{said} {reason}", by=by, now=now)
