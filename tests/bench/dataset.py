"""20,000 companies and projects with their milestones and contacts, visibly artificial, by the bulk path.

The same numbers make the same rows: nothing here depends on the machine or the hour.
"""

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import batched
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models import OuterRef, Subquery

from accounts.models import Department, User
from accounts.roles import Role, group
from activities import services as activities
from activities.models import FollowUp, Interaction, InteractionCompany
from companies.models import Company, Person, Position
from core import bulk
from core.models import DomainModel
from projects import stages
from projects.models import Agreement, Milestone, Project, ProjectParty, StageChange
from tests.bench.reported import Reported

TODAY = dt.date(2026, 11, 24)  # a Tuesday, a working day
NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
LONG_AGO = NOW - dt.timedelta(days=400)
MILESTONES = 10  # a project
BATCH = 5_000
FIELDS = ["光电", "精密", "新材", "医药", "装备", "电子", "能源", "数控", "软件", "物流", "云蝶", "轮胎"]
STEPS = ["公司注册", "立项备案", "土地摘牌", "规划许可", "施工许可", "开工", "主体封顶", "竣工验收", "投产", "达产达效"]


@dataclass(frozen=True)
class Sizes:
    """How many rows of each kind; a project has ten milestones."""

    companies: int = 20_000
    projects: int = 20_000
    people: int = 10_000
    interactions: int = 50_000
    follow_ups: int = 5_000
    officers: int = 40


class Dataset:
    """Builds the rows floor by floor; `say` hears what was made."""

    def __init__(self, sizes: Sizes, say: Callable[[str], None]) -> None:
        self.sizes, self.say, self.began = sizes, say, time.perf_counter()
        self.dice = random.Random(2026)

    def build(self) -> None:
        """Make everything; some minutes at full size."""
        self.officers = self._officers()
        self.by = self.officers[0]
        self.companies = self._insert(self._companies())
        self.people = self._insert(self._people())
        self._insert(self._positions())
        self.projects = self._insert(self._projects())
        self._insert(self._parties())
        self._insert(self._agreements())
        self._point_at_agreements()
        self._insert(self._milestones())
        self.interactions = self._insert(self._interactions())
        self._insert(self._links())
        self._insert(self._follow_ups())
        self._report()
        activities.refresh_lights(today=TODAY)

    def _report(self) -> None:
        told = Reported(self.projects, self.officers, NOW)
        StageChange.objects.bulk_create(told.moves(), batch_size=BATCH)
        for rows in told.tables():
            self._insert(rows)
        self._insert(told.directives(self._insert(told.agenda(self._insert(told.meetings())))))

    def _insert[M: DomainModel](self, rows: Iterator[M]) -> list[M]:
        """Only companies get a history: no page measured reads the others', and it takes as long again."""
        made: list[M] = []
        for batch in batched(rows, BATCH):
            kept = isinstance(batch[0], Company)
            made += bulk.insert(batch, by=self.by) if kept else type(batch[0]).all_objects.bulk_create(batch)
        self.say(f"{time.perf_counter() - self.began:>6.0f} s  {made[0]._meta.verbose_name_plural} {len(made):,}")
        return made

    def _officers(self) -> list[User]:
        centre = Department.objects.filter(parent=None).first()
        departments = [Department(name=f"测试招商{n + 1}部", parent=centre, kind=Department.Kind.CENTRE) for n in range(6)]
        for department in departments:
            department.save()
        users = [self._officer(n, departments[n % 6]) for n in range(self.sizes.officers)]
        User.objects.bulk_create(users)
        group(Role.OFFICER).user_set.set(users)
        boss = User(username="bench-manager", display_name="测试负责人", email="manager@example.invalid", department=centre)
        boss.password, boss.is_staff = make_password(None), True
        boss.save()
        boss.groups.set([group(Role.MANAGER), group(Role.SYSADMIN)])
        return users

    def _officer(self, n: int, department: Department) -> User:
        return User(
            username=f"bench{n + 1:03d}",
            display_name=f"测试员{n + 1:03d}",
            email=f"bench{n + 1:03d}@example.invalid",
            department=department,
            password=make_password(None),
            is_staff=True,
        )

    def _owned(self, n: int) -> dict[str, Any]:
        owner = self.officers[n % len(self.officers)]
        return {"owner": owner, "department_id": owner.department_id}

    def _companies(self) -> Iterator[Company]:
        for n in range(self.sizes.companies):
            name = f"测试{FIELDS[n % len(FIELDS)]}{n + 1:05d}有限公司"
            row = Company(name=name, name_status="registered", city="测试市", **self._owned(n))
            row.fill_derived()
            yield row

    def _people(self) -> Iterator[Person]:
        for n in range(self.sizes.people):
            row = Person(name=f"联系人{n + 1:05d}", email=f"contact{n + 1:05d}@example.invalid", source="测试")
            row.fill_derived()
            yield row

    def _positions(self) -> Iterator[Position]:
        for n, person in enumerate(self.people):
            yield Position(person=person, company=self.companies[n], title="经理", is_primary=True)

    def _projects(self) -> Iterator[Project]:
        path = stages.of(stages.Track.LAND)
        for n in range(self.sizes.projects):
            row = Project(
                name=f"测试{FIELDS[n % len(FIELDS)]}项目{n + 1:05d}",
                code=f"T{n + 1:06d}",
                track=stages.Track.LAND,
                stage=path[4 + n % (len(path) - 4)].code,
                lead_party=self.companies[n % len(self.companies)],
                grade="ABC"[n % 3],
                origin=Project.Origin.IMPORTED,
                **self._owned(n),
            )
            row.fill_derived()
            yield row

    def _parties(self) -> Iterator[ProjectParty]:
        for project in self.projects:
            yield ProjectParty(project=project, company=project.lead_party, role="investor")

    def _agreements(self) -> Iterator[Agreement]:
        for n, project in enumerate(self.projects):
            signed = TODAY - dt.timedelta(days=30 + n % 1500)
            yield Agreement(project=project, kind="formal", signed_on=signed, amount=Decimal(1000 + n % 90_000), counts_as="new")

    def _point_at_agreements(self) -> None:
        own = Agreement.objects.filter(project=OuterRef("pk")).values("pk")
        Project.objects.filter(agreement=None).update(agreement=Subquery(own[:1]))

    def _milestones(self) -> Iterator[Milestone]:
        """One project in four still runs; of its open steps one in fifty is late."""
        for n, project in enumerate(self.projects):
            done = MILESTONES if n % 4 else self.dice.randrange(2, MILESTONES)
            for step in range(MILESTONES):
                yield self._milestone(project, step, is_done=step < done, first_open=step == done)

    def _milestone(self, project: Project, step: int, *, is_done: bool, first_open: bool) -> Milestone:
        late = first_open and self.dice.random() < 0.05
        ahead = -self.dice.randrange(5, 40) if late else self.dice.randrange(40, 90) + 30 * step
        due = TODAY - dt.timedelta(days=400 - 30 * step) if is_done else TODAY + dt.timedelta(days=ahead)
        return Milestone(
            project=project,
            code=f"T{step + 1:02d}",
            name=STEPS[step],
            due_on=due,
            original_due_on=due,
            completed_on=due if is_done else None,
            status=Milestone.Status.DONE if is_done else Milestone.Status.PLANNED,
            confirmed_at=LONG_AGO,
            is_key=step % 3 == 0,
        )

    def _interactions(self) -> Iterator[Interaction]:
        kinds = list(Interaction.Kind)
        for n in range(self.sizes.interactions):
            yield Interaction(
                kind=kinds[n % len(kinds)],
                happened_on=TODAY - dt.timedelta(days=n % 700),
                project=self.projects[n % len(self.projects)],
                summary=f"测试内容{n + 1:05d}：厂房面积与交付时间",
                **self._owned(n),
            )

    def _links(self) -> Iterator[InteractionCompany]:
        for interaction in self.interactions:
            company = interaction.project.lead_party if interaction.project else None
            yield InteractionCompany(interaction=interaction, company=company)

    def _follow_ups(self) -> Iterator[FollowUp]:
        for n in range(self.sizes.follow_ups):
            owned = self._owned(n)
            day = TODAY + dt.timedelta(days=20 + n % 300)
            project = self.projects[n % len(self.projects)]
            yield FollowUp(title=f"测试回访{n + 1:05d}", due_on=day, assignee=owned["owner"], project=project, **owned)


def bring_due(count: int) -> int:
    """Date `count` open milestones, spread over all owners, three days ahead: each is due for a reminder today."""
    rows = Milestone.objects.open().filter(due_on__gt=TODAY + dt.timedelta(days=30)).order_by("code", "id")
    keys = list(rows.values_list("pk", flat=True)[:count])
    day = TODAY + dt.timedelta(days=3)
    changed = 0
    for batch in batched(keys, 500):
        chosen: models.QuerySet[Milestone] = Milestone.objects.filter(pk__in=batch)
        changed += chosen.update(due_on=day)
    return changed
