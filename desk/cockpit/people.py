"""The projects a leader sponsors, in their given order; what each officer has done, for those above him."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from core.working_days import Calendar
from desk.cockpit.numbers import Number, Slice, number, numbers
from desk.cockpit.part import Viewer
from desk.lists import MOST, Shown, first
from projects.models import Project, ProjectMember
from projects.services import Bottleneck, bottlenecks
from reports.indicators import QUANTITIES, Measured

PEOPLE = 60
LEADERS = 30


@dataclass(frozen=True)
class Led:
    """A project under a leader, with what it waits for."""

    project: Project
    role: str
    bottleneck: Bottleneck | None


def sponsored_part(viewer: Viewer) -> dict[str, Any]:
    """My projects; whoever has none, or chooses one, sees a leader's."""
    cut = Slice(viewer.today, viewer.today)
    leading = _leading(viewer)
    chosen = viewer.chosen.get("leader") or f"user:{viewer.user.pk}"
    rows = first(_of_leader(leading, chosen), MOST)
    return {
        "leaders": _leaders(leading, cut),
        "chosen": chosen,
        "mine": chosen == f"user:{viewer.user.pk}",
        "number": numbers(viewer.user, {"led": ("led", cut.where(leader=chosen))})["led"],
        "led": Shown(_with_bottlenecks(rows.rows, viewer), rows.more),
    }


def _leading(viewer: Viewer) -> QuerySet[ProjectMember]:
    """Who leads what, of the projects the viewer sees and that a figure counts."""
    projects = Slice(viewer.today, viewer.today).asked(viewer.user).projects.exclude(status=Project.Status.TERMINATED)
    return ProjectMember.objects.leading(viewer.today).filter(project__in=projects)


def _of_leader(leading: QuerySet[ProjectMember], chosen: str) -> QuerySet[ProjectMember]:
    """In the given order: the place of the leader, then as they were entered."""
    kind, _colon, value = chosen.partition(":")
    path = {"user": "user", "person": "person", "name": "name"}[kind]
    rows = leading.filter(**{path: value if kind == "name" else int(value)})
    return rows.select_related("project__lead_party", "project__agreement", "project__owner").order_by("rank", "id")


def _with_bottlenecks(rows: list[ProjectMember], viewer: Viewer) -> list[Led]:
    """Each project once, with its 卡点."""
    once = {row.project_id: row for row in reversed(rows)}
    found = bottlenecks(list(once), today=viewer.today, days=Calendar.load())
    return [Led(row.project, row.get_role_display(), found.get(row.project_id)) for row in rows if once[row.project_id] is row]


def _leaders(leading: QuerySet[ProjectMember], cut: Slice) -> list[tuple[str, str, Number]]:
    """All leaders by their given rank, never by name: key, name, how many projects."""
    fields = ("user", "user__display_name", "user__username", "person", "person__name", "name")
    rows = leading.order_by().values(*fields).annotate(n=Count("project", distinct=True), place=Min("rank"), entered=Min("id"))
    return [_leader(row, cut) for row in rows.order_by("place", "entered")[:LEADERS]]


def _leader(row: dict[str, Any], cut: Slice) -> tuple[str, str, Number]:
    key = f"user:{row['user']}" if row["user"] else f"person:{row['person']}" if row["person"] else f"name:{row['name']}"
    name = row["user__display_name"] or row["user__username"] or row["person__name"] or row["name"]
    return key, name, number(QUANTITIES["led"], Measured(row["n"]), cut.where(leader=key))


@dataclass(frozen=True)
class Officer:
    """One officer and his figures, in the order of the columns."""

    user: User
    numbers: list[Number]


COLUMNS = ("running", "signed", "stuck", "moved", "contacts")


def officers_part(viewer: Viewer) -> dict[str, Any]:
    """Officers' figures by name; a head sees his departments only."""
    today = viewer.today
    now, month = Slice(today, today), Slice(today.replace(day=1), today)
    cuts = {"running": now, "signed": Slice.year_to(today), "stuck": now, "moved": month, "contacts": month}
    officers = list(_officers(viewer)[: PEOPLE + 1])
    counted = {code: _by_owner(code, cuts[code], viewer) for code in COLUMNS}
    rows = [
        Officer(
            user,
            [
                number(QUANTITIES[code], Measured(counted[code].get(user.pk, 0)), cuts[code].where(owner=user.pk))
                for code in COLUMNS
            ],
        )
        for user in officers[:PEOPLE]
    ]
    return {"officers": rows, "more": len(officers) > PEOPLE, "heads": [QUANTITIES[code] for code in COLUMNS], "cuts": cuts}


def _officers(viewer: Viewer) -> QuerySet[User]:
    scope = Scope.of(viewer.user)
    near = Q() if scope.sees_all else Q(department__in=scope.departments)
    rows: QuerySet[User] = User.objects.filter(near, is_active=True, groups__name=Role.OFFICER).distinct()
    return rows.select_related("department").order_by("department", "id")


def _by_owner(code: str, cut: Slice, viewer: Viewer) -> dict[int, int]:
    rows = QUANTITIES[code].rows(cut.asked(viewer.user))
    path = "owner" if hasattr(rows.model, "owner") else "project__owner"
    return dict(rows.order_by().values_list(path).annotate(n=Count("pk")))
