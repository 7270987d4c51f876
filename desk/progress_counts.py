"""报送情况: how far departments and people are with the reports of a week, and whom to remind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from core.periods import Week
from desk.progress import State
from projects.models import ProgressReport, Project

type Codes = Mapping[tuple[int, int | None], list[str]]  # department and owner → numbers of projects


def with_state(projects: QuerySet[Project], week: Week) -> Any:
    """Each project with `state` (missing, alike or filed) and `first_at`, when it was first reported."""
    reports = ProgressReport.objects.of(week).filter(project=OuterRef("pk"))
    newest = reports.filed().order_by("-revision")
    first = reports.filter(submitted_at__isnull=False).order_by("revision")
    rows = projects.annotate(
        is_filed=Exists(newest),
        likeness=Subquery(newest.values("likeness")[:1]),
        first_at=Subquery(first.values("submitted_at")[:1]),
    )
    found = Case(
        When(is_filed=False, then=Value(State.MISSING.value)),
        When(likeness__gte=settings.PROGRESS_ALIKE, then=Value(State.ALIKE.value)),
        default=Value(State.FILED.value),
        output_field=models.CharField(),
    )
    return rows.annotate(state=found)


@dataclass
class Tally:
    """How many reports are there, repeat the last one, are missing; `late` of those that are there."""

    name: str
    department: int
    owner: int | None = None
    whole: bool = True  # a department or all of them, not one person
    filed: int = 0
    alike: int = 0
    missing: int = 0
    late: int = 0

    @property
    def total(self) -> int:
        return self.filed + self.alike + self.missing

    @property
    def numbers(self) -> list[tuple[State, int]]:
        """The three numbers, best first."""
        return [(state, getattr(self, state)) for state in (State.FILED, State.ALIKE, State.MISSING)]

    @property
    def query(self) -> str:
        """What of an address names the projects that are counted here."""
        if not self.department:
            return ""
        whole = f"&department={self.department}"
        return whole if self.whole else f"{whole}&owner={self.owner or 'none'}"

    def add(self, state: str, n: int, late: int) -> None:
        setattr(self, state, getattr(self, state) + n)
        self.late += late


@dataclass
class Unit:
    """A department, its people, and its sum."""

    sum: Tally
    people: dict[int | None, Tally]


def counts(projects: QuerySet[Project], week: Week) -> list[Unit]:
    """How far each department and each person is (one query); a project without an owner stands under “—”."""
    names = ("department", "department__name", "owner", "owner__display_name", "owner__username", "state")
    rows = with_state(projects, week).order_by("department__name", "owner__display_name", "owner")
    late = Count("pk", filter=Q(first_at__gt=week.deadline_at))
    units: dict[int, Unit] = {}
    for row in rows.values(*names).annotate(n=Count("pk"), n_late=late):
        key, owner = row["department"], row["owner"]
        unit = units.setdefault(key, Unit(Tally(row["department__name"], key), {}))
        name = row["owner__display_name"] or row["owner__username"] or "—"
        person = unit.people.setdefault(owner, Tally(name, key, owner, whole=False))
        for part in (unit.sum, person):
            part.add(row["state"], row["n"], 0 if row["state"] == State.MISSING else row["n_late"])
    return list(units.values())


def total(units: Iterable[Unit]) -> Tally:
    """The sum of all departments."""
    whole = Tally(_("合计"), 0)
    for unit in units:
        for state in ("filed", "alike", "missing"):
            whole.add(state, getattr(unit.sum, state), 0)
        whole.late += unit.sum.late
    return whole


def codes(missing: Iterable[Project]) -> dict[tuple[int, int | None], list[str]]:
    """The numbers of the projects, under who has to report them."""
    found: dict[tuple[int, int | None], list[str]] = {}
    for project in missing:
        if project.code:
            found.setdefault((project.department_id, project.owner_id), []).append(project.code)
    return found


def reminder_text(units: Iterable[Unit], codes: Codes, week: Week) -> str:
    """催报名单 for a chat: people, how many, and the numbers of the projects; no names of projects, no telephone."""
    at = timezone.localtime(week.deadline_at)
    heading = _("【催报】%(start)s—%(end)s 项目进展，%(at)s 截止，以下未报：")
    found = [heading % {"start": f"{week.start_on:%m-%d}", "end": f"{week.end_on:%m-%d}", "at": f"{at:%m-%d %H:%M}"}]
    for unit in units:
        people = [_person(person, codes) for person in unit.people.values() if person.missing]
        if people:
            found.append(f"{unit.sum.name}：{'；'.join(people)}")
    return "\n".join(found) if len(found) > 1 else _("本期已全部报送。")


def _person(person: Tally, codes: Codes) -> str:
    name = person.name if person.owner else _("（无负责人）")
    said = _("%(name)s %(n)d 个") % {"name": name, "n": person.missing}
    known = codes.get((person.department, person.owner))
    return f"{said}（{'、'.join(known)}）" if known else said
