"""联系人及电话: the investor's people who belong to one project, not all whom we know there.

They are the project's 联络员; else whom its contacts (对接记录) met; else, where the investor has no other project, his
main contacts. Only people with an office at the investor which the person sees: a ledger that comes back finds no others.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Count

from accounts.models import User
from accounts.scope import visible
from activities.models import Attendance
from companies.models import Person, Position
from events.models import Side
from ledgers.layouts import parts
from ledgers.layouts.base import Record, Row, record
from projects.models import Project, ProjectMember

LIAISON = ProjectMember.Role.LIAISON

type People = dict[int, list[Person]]  # key of a project → its people


def contacts(row: Row, investor: Record, project: Record, key: str) -> Iterator[Record]:
    """The investor's people of a “联系人及电话” cell."""
    yield from tied(row, parts.contacts(row, investor, key), project, key)


def tied(row: Row, people: Iterable[Record], project: Record, key: str) -> Iterator[Record]:
    """These records, and each person among them as 联络员 of the project."""
    rank = 0
    for found in people:
        yield found
        if found.model is Person:
            rank += 1
            identity = {"project": project, "role": LIAISON, "name": found.identity["name"]}
            columns = {"name": key, "person": key}
            yield record(ProjectMember, row, identity, columns=columns, initial={"rank": rank}, fixed={"person": found})


def people_of(projects: Sequence[Project], user: User) -> People:
    """Whom a ledger names as contacts of each project, in a constant number of queries."""
    offices = _offices(projects, user)
    known = {project.pk: {person.pk for person, _main in offices[project.lead_party_id]} for project in projects}
    told, met, single = _liaisons(projects), _met(projects, user), _single(projects)
    found: People = {}
    for project in projects:
        main = [person for person, is_main in offices[project.lead_party_id] if is_main] if project.pk in single else []
        choices = ([one for one in some if one.pk in known[project.pk]] for some in (told[project.pk], met[project.pk], main))
        found[project.pk] = next(filter(None, choices), [])
    return found


def _offices(projects: Sequence[Project], user: User) -> Mapping[int | None, list[tuple[Person, bool]]]:
    """The people at each investor, and whether they are its main contacts."""
    offices = visible(Position, user).filter(company__in={project.lead_party_id for project in projects} - {None})
    found: dict[int | None, list[tuple[Person, bool]]] = defaultdict(list)
    for office in offices.filter(person__deleted_at=None).select_related("person"):
        found[office.company_id].append((office.person, office.is_primary))
    return found


def _liaisons(projects: Sequence[Project]) -> Mapping[int, list[Person]]:
    rows = ProjectMember.objects.filter(project__in=projects, role=LIAISON, person__deleted_at=None, person__isnull=False)
    return _by_project((row.project_id, row.person) for row in rows.select_related("person").order_by("rank", "pk"))


def _met(projects: Sequence[Project], user: User) -> Mapping[int, list[Person]]:
    """Whom we met about each project, those met last first."""
    rows = visible(Attendance, user).filter(interaction__project__in=projects, interaction__deleted_at=None, side=Side.THEIRS)
    rows = rows.filter(person__isnull=False, person__deleted_at=None).select_related("person", "interaction")
    ordered = rows.order_by("-interaction__happened_on", "rank", "pk")
    return _by_project((row.interaction.project_id, row.person) for row in ordered)


def _single(projects: Sequence[Project]) -> set[int]:
    """The projects that are the only living one of their investor."""
    led = Project.objects.filter(lead_party__in={project.lead_party_id for project in projects} - {None}).order_by()
    alone = {investor for investor, number in led.values_list("lead_party").annotate(Count("pk")) if number == 1}
    return {project.pk for project in projects if project.lead_party_id in alone}


def _by_project(pairs: Iterable[tuple[int | None, Any]]) -> Mapping[int, list[Person]]:
    found: dict[int, list[Person]] = defaultdict(list)
    for key, person in pairs:
        if key is not None and person not in found[key]:
            found[key].append(person)
    return found


def written(people: Iterable[Person]) -> list[tuple[str, str]] | None:
    """Names and first numbers as a cell holds them."""
    return [(person.name, person.mobile or person.phone) for person in people] or None
