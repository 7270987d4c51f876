"""What is asked: of which projects, for which days, and narrowed to what."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Self

from django.db.models import Q, QuerySet

from accounts.models import User
from projects.models import Agreement, Project
from reports.indicators.dimensions import narrowed


@dataclass(frozen=True)
class Window:
    """The days a figure is about, both included; what is cumulative counts until `end`."""

    start: dt.date
    end: dt.date

    @classmethod
    def year_to(cls, day: dt.date) -> Self:
        """From the first of January."""
        return cls(day.replace(month=1, day=1), day)

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        return self.start, self.end

    @property
    def months(self) -> int:
        """The months that have passed of the year, the present one included."""
        return self.end.month

    def year_before(self) -> Self:
        """The same days a year earlier (29 February becomes the 28th)."""
        return type(self)(_year_before(self.start), _year_before(self.end))


def _year_before(day: dt.date) -> dt.date:
    if (day.month, day.day) == (2, 29):
        return day.replace(year=day.year - 1, day=28)
    return day.replace(year=day.year - 1)


@dataclass(frozen=True)
class Asked:
    """Rows are of `projects` (already what a person may see). An event asks for its batch instead of for days.

    `cases` name a value of a dimension each (kind → formal): see `dimensions`. `user` limits what belongs to no project.
    """

    projects: QuerySet[Project]
    window: Window
    user: User | None = None
    event: int | None = None
    cases: dict[str, str] = field(default_factory=dict)

    def only[R: QuerySet[Any]](self, rows: R) -> R:
        """The rows narrowed by the cases asked for, as far as they are told apart by them."""
        return narrowed(rows, self.cases, self.window.end)

    def signings(self) -> QuerySet[Agreement]:
        """The papers by which projects belong together: first contracts of the days, or all papers of the event."""
        if self.event is not None:
            rows = Agreement.objects.filter(event=self.event)
        else:
            rows = Agreement.objects.first_contracts(*self.window.days)
        return self.only(rows.filter(project__in=self.projects))

    def batch(self, **reached: Any) -> QuerySet[Project]:
        """The projects of those papers, and of them only what was reached."""
        return self.projects.filter(Q(**reached), pk__in=self.signings().order_by().values("project"))
