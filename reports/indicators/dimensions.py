"""How rows are told apart: by the kind of paper, its size, where the investor's capital comes from, who has to act."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activities.models import Directive, Interaction
from companies.models import Company
from core.amounts import YI
from events.models import AgendaItem
from projects.models import Agreement, Milestone, Project, ProjectMember

type Label = str | Promise


@dataclass(frozen=True)
class Case:
    """One value of a dimension: its word, and the condition that holds for its rows."""

    label: Label
    holds: Q


def _amount(low: int | None, high: int | None) -> Q:
    """Between two limits of 亿元, the lower one included; of a later paper only its increment counts."""
    limits = {"gte": low, "lt": high}
    new = Q(counts_as=Agreement.CountsAs.NEW)
    parts = []
    for condition, name in ((new, "amount"), (~new, "increment")):
        bounds = {f"{name}__{way}": Decimal(limit) * YI for way, limit in limits.items() if limit is not None}
        parts.append(condition & Q(**bounds))
    return parts[0] | parts[1]


KIND = {
    "formal": Case(_("投资协议（正式合同）"), Q(kind=Agreement.Kind.FORMAL)),
    "tenancy": Case(_("入驻（租赁）协议"), Q(kind=Agreement.Kind.TENANCY)),
    "framework": Case(_("框架/战略合作协议"), Q(kind=Agreement.Kind.FRAMEWORK)),
    "intent": Case(_("意向书、备忘录"), Q(kind__in=[Agreement.Kind.INTENT, Agreement.Kind.MOU])),
    "supplement": Case(_("补充协议"), Q(kind=Agreement.Kind.SUPPLEMENT)),
    "unknown": Case(_("类型待核"), Q(kind=Agreement.Kind.UNKNOWN)),
}
UNSTATED = Q(counts_as=Agreement.CountsAs.NEW, amount=None) | (~Q(counts_as=Agreement.CountsAs.NEW) & Q(increment=None))
BAND = {
    "20": Case(_("20 亿元以上（含）"), _amount(20, None)),
    "10": Case(_("10–20 亿元"), _amount(10, 20)),
    "5": Case(_("5–10 亿元"), _amount(5, 10)),
    "1": Case(_("1–5 亿元"), _amount(1, 5)),
    "0": Case(_("1 亿元以下"), _amount(None, 1)),
    "none": Case(_("未填金额"), UNSTATED),
}
_SOURCE = "project__lead_party__capital_source"
ORIGIN = {
    "domestic": Case(_("内资"), Q(**{_SOURCE: Company.CapitalSource.DOMESTIC})),
    "hmt": Case(_("港澳台"), Q(**{_SOURCE: Company.CapitalSource.HMT})),
    "foreign": Case(_("外资（不含港澳台）"), Q(**{_SOURCE: Company.CapitalSource.FOREIGN})),
    "unknown": Case(_("未核"), Q(project__lead_party=None) | Q(**{_SOURCE: Company.CapitalSource.UNKNOWN})),
}
CASES: dict[tuple[type[Model], str], Mapping[str, Case]] = {
    (Agreement, "kind"): KIND,
    (Agreement, "band"): BAND,
    (Agreement, "origin"): ORIGIN,
}


type Made = Callable[[str, dt.date], Q]  # from a value, and the last day asked for


def _by_key(path: str) -> Made:
    """A dimension whose values are the keys of rows; “none” is nobody's."""
    return lambda key, _day: Q(**{path: None if key == "none" else int(key)})


def _by_value(path: str) -> Made:
    return lambda value, _day: Q(**{path: value})


def _led_by(name: str, day: dt.date) -> Q:
    """The projects one leader answers for on a day; he is given as user:12, person:4 or name:某某."""
    kind, _colon, value = name.partition(":")
    path = {"user": "user", "person": "person", "name": "name"}[kind]
    rows = ProjectMember.objects.leading(day).filter(**{path: value if kind == "name" else int(value)})
    return Q(pk__in=rows.order_by().values("project"))


def midnight(day: dt.date) -> dt.datetime:
    """The moment a day begins here."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _late_since(day: str, _day: dt.date) -> Q:
    """Lateness counts from this day or a later one: from the date, or from the day of a later confirmation."""
    first = dt.date.fromisoformat(day)
    return Q(due_on__gte=first) | Q(confirmed_at__gte=midnight(first))


def _late_until(day: str, _day: dt.date) -> Q:
    """Lateness counts from this day or an earlier one."""
    last = dt.date.fromisoformat(day)
    return Q(due_on__lte=last, confirmed_at__lt=midnight(last + dt.timedelta(days=1)))


def _unit(key: str, _day: dt.date) -> Q:
    """A department of ours; “none” is neither a department nor a name."""
    return Q(responsible_unit=None, responsible_unit_name="") if key == "none" else Q(responsible_unit=int(key))


OPEN_ENDED: dict[tuple[type[Model], str], Made] = {
    (Project, "owner"): _by_key("owner"),
    (Project, "department"): _by_key("department"),
    (Project, "track"): _by_value("track"),
    (Project, "leader"): _led_by,
    (Milestone, "unit"): _unit,
    (Milestone, "unit_name"): lambda name, _day: Q(responsible_unit=None, responsible_unit_name=name),
    (Milestone, "late_since"): _late_since,
    (Milestone, "late_until"): _late_until,
    (Interaction, "owner"): _by_key("owner"),
    (Interaction, "department"): _by_key("department"),
    (Directive, "meeting"): _by_key("agenda_item__event"),
    (AgendaItem, "meeting"): _by_key("event"),
}


def condition(model: type[Model], dimension: str, value: str, day: dt.date) -> Q | None:
    """What holds for the rows of one value, or None where rows of this table are not told apart by the dimension.

    Raises KeyError or ValueError for a value the dimension does not have.
    """
    if (model, dimension) in CASES:
        return CASES[model, dimension][value].holds
    made = OPEN_ENDED.get((model, dimension))
    return made(value, day) if made else None


def narrowed[R: QuerySet[Any]](rows: R, cases: Mapping[str, str], day: dt.date) -> R:
    """The rows of which all the cases hold; who leads a project is told of the day."""
    for dimension, value in cases.items():
        holds = condition(rows.model, dimension, value, day)
        if holds is not None:
            rows = rows.filter(holds)
    return rows


DIMENSIONS = frozenset(name for _model, name in (*CASES, *OPEN_ENDED))
