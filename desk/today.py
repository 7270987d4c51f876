"""What a person has to do: due steps, promises and orders in one list, and what went quiet or lacks papers."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from activities.models import Attendance, Directive, FollowUp, Interaction
from activities.silence import silent
from companies.models import Company, NameStatus
from core.working_days import Calendar
from projects.models import Evidence, Milestone, Project

SHOWN = 30  # of each kind; the rest is counted
SHOWN_LATER = 5  # of all kinds together
MOST = 1000  # of each kind, on the page of all there is to do
WEEK = dt.timedelta(days=7)
LATER = dt.timedelta(days=30)
LIGHTS = [Project.Light.RED, Project.Light.YELLOW, Project.Light.GREEN, Project.Light.BLUE, Project.Light.GREY]  # worst first
RECENT = dt.timedelta(days=30)  # contacts older than this are no longer asked to be completed


@dataclass(frozen=True)
class Item:
    """One line: what, of whom, until when; `late` in working days, `done` the address that ends it."""

    kind: str
    label: str
    title: str
    where: str
    due_on: dt.date
    late: int
    unit: str
    url: str
    done: str
    is_key: bool


@dataclass(frozen=True)
class Group:
    """The items of one stretch of time, and how many there are in all."""

    code: str
    label: str
    items: list[Item]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.items)


@dataclass(frozen=True)
class Gap:
    """A contact of mine that lacks something, and what."""

    interaction: Interaction
    lacks: list[str]


class Today:
    """The work of one person on one day; with `mine` only what he himself must act on.

    With `everything` nothing is left out that has a date, however far it lies.
    """

    def __init__(self, user: User, *, today: dt.date, mine: bool, everything: bool = False) -> None:
        self.user, self.today, self.mine, self.everything = user, today, mine, everything
        self.week_end, self.last = today + WEEK, dt.date.max if everything else today + LATER
        self.days = Calendar.load()

    def groups(self) -> list[Group]:
        """Overdue, today, the next seven days, and a few of what comes after them."""
        rows = (self._milestones(), self._follow_ups(), self._directives())
        counts = [self._counts(part) for part in rows]
        items = sorted((item for part in rows for item in self._items(part)), key=lambda item: (item.due_on, item.kind))
        later = _("以后") if self.everything else _("以后（30 天内）")
        labels = {"overdue": _("逾期"), "today": _("今天"), "week": _("七天内"), "later": later}
        found: dict[str, list[Item]] = {code: [] for code in labels}
        for item in items:
            found[self._stretch(item.due_on)].append(item)
        if not self.everything:
            found["later"] = found["later"][:SHOWN_LATER]
        return [Group(code, label, found[code], sum(n[code] for n in counts)) for code, label in labels.items()]

    def lights(self) -> list[dict[str, Any]]:
        """How many projects show each light; the number opens them."""
        found = dict(self.projects().order_by().values_list("light").annotate(n=Count("pk")))
        return [{"light": light, "label": light.label, "count": found.get(light, 0)} for light in LIGHTS]

    def projects(self) -> QuerySet[Project]:
        rows = Project.objects.visible_to(self.user)
        return rows.filter(owner=self.user) if self.mine else rows

    def silent(self) -> list[Project]:
        """Projects gone silent, the longest first; `quiet_days` says for how long."""
        rows = list(silent(self.projects(), today=self.today).select_related("lead_party", "owner")[:SHOWN])
        for row in rows:
            row.quiet_days = (self.today - row.heard_on).days  # type: ignore[attr-defined]
        return rows

    def missing_evidence(self) -> list[Evidence]:
        rows = Evidence.objects.visible_to(self.user).filter(status=Evidence.Status.MISSING, project__deleted_at=None)
        if self.mine:
            rows = rows.filter(project__owner=self.user)
        return list(rows.select_related("project").order_by("due_on", "id")[:SHOWN])

    def gaps(self) -> list[Gap]:
        """My contacts of the last days that say too little (待补)."""
        doubtful = Company.objects.filter(interaction_links__interaction=OuterRef("pk"), interaction_links__deleted_at=None)
        people = Attendance.objects.filter(interaction=OuterRef("pk"))
        own = Interaction.objects.filter(owner=self.user, created_at__date__gte=self.today - RECENT)
        rows = own.exclude(origin=Interaction.Origin.PRESS).annotate(
            with_people=Exists(people), unverified=Exists(doubtful.filter(name_status=NameStatus.UNVERIFIED))
        )
        rows = rows.filter(Q(with_people=False) | Q(unverified=True) | Q(happened_on=None))
        return [Gap(row, list(_lacks(row))) for row in rows.order_by("-created_at")[:SHOWN]]

    def text(self, groups: list[Group]) -> str:
        """The list as plain text for a chat: no telephone, no amount."""
        lines = [_("%(day)s 待办") % {"day": self.today}]
        for group in groups:
            if group.code == "later":
                continue
            if group.count:
                lines.append(f"【{group.label}】{group.count}")
            for item in group.items:
                late = _("，逾期 %(n)d 个工作日") % {"n": item.late} if item.late > 0 else ""
                where = f"（{item.where}）" if item.where else ""
                lines.append(f"· {item.due_on:%m-%d} {item.title}{where}{late}")
        return "\n".join(lines)

    def _milestones(self) -> QuerySet[Milestone]:
        rows = Milestone.objects.visible_to(self.user).of_running_projects().due_by(self.last)
        if self.mine:
            rows = rows.filter(Q(responsible=self.user) | Q(follower=self.user) | Q(project__owner=self.user))
        return rows.select_related("responsible_unit").prefetch_related("project")

    def _follow_ups(self) -> QuerySet[FollowUp]:
        rows = FollowUp.objects.visible_to(self.user).due_by(self.last)
        if self.mine:
            rows = rows.filter(Q(assignee=self.user) | Q(assignee=None, owner=self.user))
        return rows.select_related("company", "project")

    def _directives(self) -> QuerySet[Directive]:
        rows = Directive.objects.visible_to(self.user).due_by(self.last)
        if self.mine:
            rows = rows.filter(Q(handler=self.user) | Q(handler=None, owner=self.user))
        return rows.select_related("company", "project", "park", "lead_unit")

    def _counts(self, rows: QuerySet[Any]) -> dict[str, int]:
        return rows.order_by().aggregate(
            overdue=Count("pk", filter=Q(due_on__lt=self.today)),
            today=Count("pk", filter=Q(due_on=self.today)),
            week=Count("pk", filter=Q(due_on__gt=self.today, due_on__lte=self.week_end)),
            later=Count("pk", filter=Q(due_on__gt=self.week_end)),
        )

    def _items(self, rows: QuerySet[Any]) -> Iterator[Item]:
        """What is due today first, then the rest by date, so that old arrears do not hide today; later things apart."""
        near = Case(When(due_on=self.today, then=Value(0)), default=Value(1), output_field=IntegerField())
        soon, later = rows.filter(due_on__lte=self.week_end), rows.filter(due_on__gt=self.week_end)
        most, most_later = (MOST, MOST) if self.everything else (SHOWN, SHOWN_LATER)
        for row in [*soon.order_by(near, "due_on", "pk")[:most], *later.order_by("due_on", "pk")[:most_later]]:
            yield self._item(row)

    def _item(self, row: Any) -> Item:
        late = self.days.working_days_between(getattr(row, "overdue_from", row.due_on), self.today)
        subject = row.project or getattr(row, "company", None) or getattr(row, "park", None) or ""
        return Item(
            kind=row._meta.model_name,
            label=str(row._meta.verbose_name),
            title=row.name if isinstance(row, Milestone) else str(row),
            where=str(subject),
            due_on=row.due_on,
            late=max(late, 0),
            unit=row.unit_label if isinstance(row, Milestone) else str(getattr(row, "lead_unit", None) or ""),
            url=_address(row),
            done=reverse("desk:follow_up_done", args=[row.pk]) if isinstance(row, FollowUp) else "",
            is_key=getattr(row, "is_key", False),
        )

    def _stretch(self, day: dt.date) -> str:
        if day <= self.today:
            return "today" if day == self.today else "overdue"
        return "week" if day <= self.week_end else "later"


def silent_rule() -> str:
    """The days by grade, as people say them."""
    return "、".join(f"{grade} {days}" for grade, days in settings.SILENT_AFTER_DAYS.items())


def _address(row: Any) -> str:
    if isinstance(row, Milestone):
        return f"{reverse('projects:plan', args=[row.project_id])}#m{row.pk}"
    if isinstance(row, Directive):
        return str(row.get_absolute_url())
    return reverse(f"admin:activities_{row._meta.model_name}_change", args=[row.pk])


def _lacks(row: Any) -> Iterator[str]:
    if not row.with_people:
        yield _("参加人")
    if row.unverified:
        yield _("企业全称")
    if row.happened_on is None:
        yield _("日期")
