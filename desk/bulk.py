"""One act on many projects: who may be touched and why others not, done as one change set that can be undone."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import services as accounts
from accounts.models import User
from accounts.scope import can_change
from activities import lights
from activities.models import FollowUp
from audit import changesets
from audit import services as audit
from audit.models import ChangeSet
from projects import services
from projects.models import Milestone, MilestoneTemplate, Plan, Project

MOST = 500  # projects of one act: it runs while its person waits

type Left = dict[str, list[Project]]  # sentence that says why → the projects that stay as they are


class Act(Protocol):
    """What is done to each project; `str()` says it as a sentence."""

    @property
    def kind(self) -> str:
        """The name of the act in audit and change set."""

    def obstacles(self, projects: Sequence[Project]) -> Mapping[int, str]:
        """Why it has nothing to do for some of them, by key."""

    def foretold(self, projects: Sequence[Project]) -> list[str]:
        """What it means for those it reaches, as sentences to be read before it is done."""

    def apply(self, project: Project, changeset: ChangeSet, *, by: User, now: dt.datetime) -> None:
        """Do it to one and note it in the change set."""


@dataclass(frozen=True)
class Reassign:
    """Hand projects to another owner and to his department."""

    owner: User
    kind = "projects.reassigned"

    def __str__(self) -> str:
        return _("改由%(name)s负责") % {"name": self.owner.display}

    def obstacles(self, projects: Sequence[Project]) -> Mapping[int, str]:
        said = _("已由%(name)s负责") % {"name": self.owner.display}
        return {project.pk: said for project in projects if project.owner_id == self.owner.pk}

    def foretold(self, projects: Sequence[Project]) -> list[str]:
        """Who hands over what, and that promises stay with whoever made them."""
        changes = Counter(project.owner.display if project.owner else _("无人负责") for project in projects)
        said = [
            _("原负责人 %(old)s → %(new)s：%(n)d 个") % {"old": old, "new": self.owner.display, "n": n}
            for old, n in changes.most_common()
        ]
        waiting = FollowUp.objects.filter(project__in=[row.pk for row in projects], status=FollowUp.Status.OPEN).count()
        if waiting:
            said.append(_("这些项目有 %(n)d 条未办的待办，仍由原承办人办理，不随项目移交") % {"n": waiting})
        return said

    def apply(self, project: Project, changeset: ChangeSet, *, by: User, now: dt.datetime) -> None:
        before = changesets.before(project, ["owner", "department"])
        changesets.record_change(changeset, accounts.reassign(project, owner=self.owner, by=by), before)


@dataclass(frozen=True)
class AddFollowUp:
    """Give each project a follow-up, of one person or of its own owner."""

    title: str
    due_on: dt.date
    assignee: User | None = None
    kind = "projects.follow_ups_added"

    def __str__(self) -> str:
        who = self.assignee.display if self.assignee else _("各项目负责人")
        return _("各加一条待办“%(title)s”，%(day)s 前由%(who)s办理") % {"title": self.title, "day": self.due_on, "who": who}

    def obstacles(self, projects: Sequence[Project]) -> Mapping[int, str]:
        return {}

    def foretold(self, projects: Sequence[Project]) -> list[str]:
        return []

    def apply(self, project: Project, changeset: ChangeSet, *, by: User, now: dt.datetime) -> None:
        who = self.assignee or project.owner or by
        row = FollowUp(title=self.title, due_on=self.due_on, assignee=who, owner=who, department_id=project.department_id)
        row.project, row.company = project, project.lead_party
        row.save(by=by)
        audit.record("follow_up.promised", row, by=by)
        changesets.record_created(changeset, row)


@dataclass(frozen=True)
class ApplyTemplate:
    """Give each project the milestones of a template, counted from one day."""

    template: MilestoneTemplate
    base_on: dt.date
    kind = "projects.template_applied"

    def __str__(self) -> str:
        return _("套用模板“%(template)s”，从 %(day)s 起算；节点列为待核实") % {"template": self.template, "day": self.base_on}

    def obstacles(self, projects: Sequence[Project]) -> Mapping[int, str]:
        there = Plan.objects.filter(template=self.template, project__in=[project.pk for project in projects])
        return dict.fromkeys(there.values_list("project", flat=True), _("已套用此模板"))

    def foretold(self, projects: Sequence[Project]) -> list[str]:
        return []

    def apply(self, project: Project, changeset: ChangeSet, *, by: User, now: dt.datetime) -> None:
        plan = services.apply_template(project, self.template, self.base_on, by=by, today=timezone.localdate(now))
        changesets.record_created(changeset, plan)
        for milestone in Milestone.objects.filter(plan=plan).order_by("pk"):
            changesets.record_created(changeset, milestone)


@dataclass(frozen=True)
class Choice:
    """The projects an act reaches, and the others by reason."""

    able: list[Project]
    left: Left


def sift(projects: Iterable[Project], act: Act | None, *, by: User) -> Choice:
    """Tell the projects this person may change, and for which the act has something to do, from the others."""
    choice, mine = Choice([], defaultdict(list)), []
    for project in projects:
        if can_change(by, project):
            mine.append(project)
        else:
            choice.left[_not_yours(project)].append(project)
    obstacles = act.obstacles(mine) if act else {}
    for project in mine:
        if project.pk in obstacles:
            choice.left[obstacles[project.pk]].append(project)
        else:
            choice.able.append(project)
    return choice


@transaction.atomic
def run(act: Act, projects: Iterable[Project], *, by: User, now: dt.datetime) -> tuple[ChangeSet, Choice]:
    """Do it to every project it reaches, in one change set; a project whose rules refuse it stays as it is.

    Raises ValidationError (code "many") for more than MOST projects, and (code "nothing") when it reaches none.
    """
    rows = list(projects)
    if len(rows) > MOST:
        raise ValidationError(_("一次最多处理 %(n)d 个项目：请先缩小筛选范围") % {"n": MOST}, code="many")
    asked, changeset = sift(rows, act, by=by), changesets.open(act.kind, by=by, now=now)
    done = Choice([], asked.left)
    for project in asked.able:
        try:
            with transaction.atomic():
                act.apply(project, changeset, by=by, now=now)
            done.able.append(project)
        except ValidationError as error:
            done.left["；".join(error.messages)].append(project)
    if not done.able:
        raise ValidationError(_("没有可以处理的项目"), code="nothing")
    lights.refresh(Project.objects.filter(pk__in=[project.pk for project in done.able]), today=timezone.localdate(now))
    audit.record(act.kind, changeset, by=by, rows=len(done.able))
    return changeset, done


def _not_yours(project: Project) -> str:
    if project.owner is None:
        return _("您可以查看，不能修改：请联系%(department)s") % {"department": project.department}
    return _("您可以查看，不能修改：请联系%(owner)s") % {"owner": project.owner.display}
