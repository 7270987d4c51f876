"""What is reported, frozen and looked at from above: moves, progress, money, leaders, targets, meetings."""

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from accounts.models import User
from activities.models import Directive
from core.models import DomainModel
from core.periods import week_before, week_of
from events.models import AgendaItem, Event
from projects import stages
from projects.models import CapitalArrival, InvestmentProgress, ProgressReport, Project, ProjectMember, StageChange
from reports.models import Target

MOVES, MONTHS, LEADERS, MEETINGS, ITEMS = 2, 4, 30, 50, 10
ORIGINS = list(CapitalArrival.Origin)


class Reported:
    """Rows that hang on the projects; the same numbers make the same rows."""

    def __init__(self, projects: Sequence[Project], officers: Sequence[User], now: dt.datetime) -> None:
        self.projects, self.officers, self.now, self.today = projects, officers, now, now.date()

    def moves(self) -> list[StageChange]:
        """Two moves of each project in the last seven hundred days."""
        path = [stage.code for stage in stages.of(stages.Track.LAND)]
        return [self._move(path, n, step) for n in range(len(self.projects)) for step in range(MOVES)]

    def _move(self, path: list[str], n: int, step: int) -> StageChange:
        project = self.projects[n]
        place = path.index(project.stage) - step
        return StageChange(
            project=project,
            from_stage=path[place - 1],
            to_stage=path[place],
            from_status=Project.Status.ACTIVE,
            to_status=Project.Status.ACTIVE,
            moved_on=self.today - dt.timedelta(days=(n * 7 + step * 311) % 700),
            moved_by=project.owner,
        )

    def tables(self) -> Iterator[Iterator[DomainModel]]:
        """All the others, table by table."""
        yield self._progress()
        yield self._capital()
        yield self._investment()
        yield self._members()
        yield self._targets()

    def _progress(self) -> Iterator[ProgressReport]:
        """The week that closed last from seven projects in eight, the one before from every second."""
        last = week_before(week_of(self.now))
        for week, left_out in ((week_before(last), 2), (last, 8)):
            for n, project in enumerate(self.projects):
                if n % left_out:
                    yield ProgressReport(
                        project=project,
                        period_start_on=week.start_on,
                        period_end_on=week.end_on,
                        progress=f"测试进展{n + 1:05d}：完成厂房基础，设备订货{n % 90}台",
                        problems="用电增容未批复" if n % 9 == 0 else "",
                        next_plan="办理施工许可",
                        status=ProgressReport.Status.ACCEPTED,
                        submitted_at=week.deadline_at,
                        submitted_by=project.owner,
                        accepted_at=week.deadline_at,
                        accepted_by=self.officers[0],
                    )

    def _capital(self) -> Iterator[CapitalArrival]:
        """A payment for every second project; three in four are verified."""
        for n, project in enumerate(self.projects[::2]):
            day = self.today - dt.timedelta(days=n % 700)
            proven: dict[str, Any] = {"status": CapitalArrival.Status.SUBMITTED}
            if n % 4:
                proven = {"status": "verified", "verified_at": self.now, "verified_by": self.officers[0]}
            amount = {"amount": Decimal(100 + n % 900), "origin": ORIGINS[n % len(ORIGINS)]}
            payer = project.lead_party
            yield CapitalArrival(
                project=project, payer=payer, arrived_on=day, report_month=day.replace(day=1), **amount, **proven
            )

    def _investment(self) -> Iterator[InvestmentProgress]:
        """Four months of every fourth project."""
        for n, project in enumerate(self.projects[::4]):
            for step in range(MONTHS):
                month, done = dt.date(self.today.year, 7 + step, 1), Decimal(10 + n % 70)
                told = {"completed": done, "cumulative": done * (step + 1), "status": "submitted"}
                yield InvestmentProgress(project=project, report_month=month, **told)

    def _members(self) -> Iterator[ProjectMember]:
        """A leader for every tenth project."""
        for n, project in enumerate(self.projects[::10]):
            yield ProjectMember(project=project, name=f"测试领导{n % LEADERS + 1:02d}", role="leader", rank=n % LEADERS + 1)

    def _targets(self) -> Iterator[Target]:
        """What the zone, its departments and its officers have to reach."""
        year = self.today.year
        departments = list({user.department_id: user.department for user in self.officers}.values())
        for indicator in ("signing", "signing_amount", "capital", "started"):
            yield Target(indicator=indicator, year=year, value=Decimal(5_000))
            for department in departments:
                yield Target(indicator=indicator, year=year, value=Decimal(800), department=department)
        for user in self.officers[:20]:
            yield Target(indicator="signing", year=year, value=Decimal(100), user=user)

    # Meetings

    def meetings(self) -> Iterator[Event]:
        for n in range(MEETINGS):
            owner = self.officers[n % len(self.officers)]
            day = self.today - dt.timedelta(days=7 * n)
            yield Event(name=f"测试调度会{n + 1:03d}", kind="meeting", starts_on=day, owner=owner, department=owner.department)

    def agenda(self, meetings: Sequence[Event]) -> Iterator[AgendaItem]:
        for event in meetings:
            for rank in range(ITEMS):
                yield AgendaItem(event=event, rank=rank + 1, title=f"测试议题{rank + 1}", decision="同意")

    def directives(self, agenda: Sequence[AgendaItem]) -> Iterator[Directive]:
        """Of nine items in ten an order, every third one closed."""
        for n, item in enumerate(agenda):
            if n % ITEMS:
                owner = self.officers[n % len(self.officers)]
                yield Directive(
                    source=Directive.Source.MEETING,
                    agenda_item=item,
                    text=f"测试交办{n + 1:04d}",
                    due_on=self.today - dt.timedelta(days=60 - n % 90),
                    status="closed" if n % 3 == 0 else "accepted",
                    lead_unit=owner.department,
                    owner=owner,
                    department=owner.department,
                )
