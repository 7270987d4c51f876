"""Where a project stands, what it lacks for the next stage, and which move its papers already suggest."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.dates import Precision, fuzzy
from documents.models import Attachment
from projects import gates, stages
from projects.models import Evidence, Milestone, Project
from projects.stages import Stage

# Where on the page of data entry each rule of `projects.gates` is met.
FIELDS = {"agreement": "agreements-group", "project_company": "parties-group"}
EVIDENCE, FILES = "evidence-group", "documents-attachment-content_type-object_id-group"


@dataclass(frozen=True)
class Step:
    """One stage on the bar."""

    label: str | Promise
    done: bool
    current: bool


@dataclass(frozen=True)
class Lack:
    """Something that is not there yet, and where to fill it in; a required one refuses the move."""

    text: str
    url: str
    required: bool = False


@dataclass(frozen=True)
class Proposal:
    """A later stage that seems to be reached, what shows it, and since when."""

    stage: Stage
    proofs: list[str]
    on: dt.date

    @property
    def note(self) -> str:
        """The sentence that stands in the record of the move."""
        return (_("依据：%(proofs)s") % {"proofs": "、".join(self.proofs)})[:200]


@dataclass(frozen=True)
class StageBar:
    """The bar of one project."""

    steps: list[Step]
    following: Stage | None
    lacks: list[Lack]
    owed: list[Lack]  # papers of the stages behind
    proposal: Proposal | None


@dataclass(frozen=True)
class Papers:
    """What speaks for a stage: reached milestones by name, papers by code, labels of files."""

    done: dict[str, Milestone]
    provided: frozenset[str]
    files: tuple[str, ...]

    @classmethod
    def of(cls, milestones: Sequence[Milestone], evidence: Sequence[Evidence], files: Sequence[Attachment]) -> "Papers":
        done = {part: row for row in milestones if row.status == Milestone.Status.DONE for part in _parts(row.name)}
        provided = frozenset(row.code for row in evidence if row.status == Evidence.Status.PROVIDED)
        return cls(done, provided, tuple(row.label for row in files))

    def milestone(self, stage: Stage) -> Milestone | None:
        """The reached milestone of a stage's name."""
        return next((self.done[part] for part in _parts(_chinese(stage.label)) if part in self.done), None)

    def has(self, stage: Stage, code: str, label: str | Promise) -> bool:
        return f"{stage.code}.{code}" in self.provided or any(_chinese(label) in name for name in self.files)

    def there(self, stage: Stage) -> list[str]:
        return [str(label) for code, label in stage.evidence if self.has(stage, code, label)]


def bar(project: Project, papers: Papers, evidence: Sequence[Evidence], *, may_change: bool, today: dt.date) -> StageBar:
    """The stage bar of a project; links lead to the fields only for who may fill them in."""
    here = stages.position(project.track, project.stage)
    steps = [Step(stage.label, place < here, place == here) for place, stage in enumerate(stages.of(project.track))]
    if project.status == Project.Status.TERMINATED:
        return StageBar(steps, None, [], [], None)
    following = next(stages.after(project.track, project.stage), None)
    unmet = gates.unmet(project, stages.of(project.track))
    lacks, owed = _lacks(project, following, papers, unmet), _owed(project, evidence, unmet)
    if not may_change:
        lacks, owed = ([replace(lack, url="") for lack in listed] for listed in (lacks, owed))
    return StageBar(steps, following, lacks, owed, _proposal(project, papers, unmet, today))


def _lacks(project: Project, following: Stage | None, papers: Papers, unmet: set[str]) -> list[Lack]:
    found = []
    if not project.track:
        url = reverse("projects:track", args=[project.pk])
        found.append(Lack(_("还没有选择推进路径：选定后才知道要经过哪些阶段"), url, required=True))
    if following:
        form = reverse("admin:projects_project_change", args=[project.pk])
        found += [_required(project, name) for name in following.required if name in unmet]
        labels = [label for code, label in following.evidence if not papers.has(following, code, label)]
        found += [Lack(_("凭据：%(label)s") % {"label": label}, f"{form}#{FILES}") for label in labels]
    return found


def _required(project: Project, name: str) -> Lack:
    form = reverse("admin:projects_project_change", args=[project.pk])
    return Lack(str(gates.RULES[name][1]), f"{form}#{FIELDS[name]}", required=True)


def _owed(project: Project, evidence: Sequence[Evidence], unmet: set[str]) -> list[Lack]:
    """What the stages up to here require and do not have, then their papers."""
    form = reverse("admin:projects_project_change", args=[project.pk])
    missing = [row for row in evidence if row.status == Evidence.Status.MISSING]
    behind = [name for name in _names_until(project, project.stage) if name in unmet]
    return [_required(project, name) for name in behind] + [
        Lack(f"{row.label} {row.due_on or ''}".strip(), f"{form}#{EVIDENCE}") for row in missing
    ]


def _names_until(project: Project, code: str) -> list[str]:
    """The rules that a stage and those before it require, each once."""
    passed = stages.of(project.track)[: stages.position(project.track, code) + 1]
    return list(dict.fromkeys(name for stage in passed for name in stage.required))


def _proposal(project: Project, papers: Papers, unmet: set[str], today: dt.date) -> Proposal | None:
    """The furthest later stage that a reached milestone, or every paper it asks for, speaks for.

    Nothing is proposed over a stage whose requirements are not met: the move would pass over what is missing.
    """
    for stage in reversed(list(stages.after(project.track, project.stage))):
        milestone, there = papers.milestone(stage), papers.there(stage)
        if milestone is None and (not there or len(there) < len(stage.evidence)):
            continue
        if unmet & {*_names_until(project, stage.code)}:
            continue
        on = milestone.completed_on if milestone and milestone.completed_on_precision == Precision.DAY else None
        proofs = [f"{milestone.name}（{fuzzy(milestone, 'completed_on')}）"] if milestone else []
        return Proposal(stage, proofs + there, min(on or today, today))
    return None


def _parts(name: str) -> list[str]:
    """The names in a name: 项目公司注册（迁入） is 公司注册 and 迁入."""
    return [part.removeprefix("项目") for part in re.split(r"[（）()、，/]", name) if part]


def _chinese(text: str | Promise) -> str:
    """The label as names in the rows are written, whatever language the page has."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(text)
