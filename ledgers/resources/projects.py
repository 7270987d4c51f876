"""Projects: recognised, put on a track by what a ledger says of them, and moved by the rules of their stages."""

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts.models import User
from companies.names import normal_form
from core.working_days import Calendar
from ledgers.layouts.base import Record
from ledgers.resources import tracks
from ledgers.resources.accounts import UserResource
from ledgers.resources.base import LedgerResource
from ledgers.resources.entries import Entry, Unusable
from ledgers.resources.links import chunks, link_ref, linked, ref, saved
from ledgers.resources.owners import refuse_owner
from projects import gates, stages
from projects.models import (
    Agreement,
    Evidence,
    Project,
    ProjectParty,
    StageChange,
)
from projects.services.moves import EVIDENCE_DAYS
from projects.stages import Track


class ProjectResource(LedgerResource[Project]):
    """Recognised by its number, then by name and investor, then by the name when one side names no investor."""

    given = frozenset({"code"})

    class Meta(LedgerResource.Meta):
        model = Project
        fields = [
            "code", "name", "track", "stage", "park", "site", "summary", "build_nature", "land_mode", "land_mu", "floor_m2",
            "industry", "focus", "approval_code", "stat_name",
            "planned_start_on", "planned_start_on_precision", "planned_start_on_inferred",
            "planned_completion_on", "planned_completion_on_precision", "planned_completion_on_inferred",
            "planned_production_on", "planned_production_on_precision", "planned_production_on_inferred",
            "expected_sign_on", "grade", "method", "lead_source", "referrer", "first_reported_by", "first_contact_on",
            "owner", "department", "extra",
        ]  # fmt: skip

    def keys(self, row: Project) -> Iterable[Hashable]:
        name = normal_form(row.name)
        if row.code:
            yield "code", row.code
        yield "name", name
        yield ("with", name, row.lead_party_id) if row.lead_party_id else ("without", name)

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        name, investor = normal_form(record.identity["name"]), linked(record, "investor")
        if code := record.identity.get("code"):
            yield "code", code
        if investor is None:
            yield "name", name
        else:
            yield "with", name, ref(investor)
            yield "without", name

    def new_keys(self, record: Record) -> Iterable[Hashable]:
        name, investor = normal_form(record.identity["name"]), linked(record, "investor")
        yield "name", name
        yield ("with", name, ref(investor)) if investor is not None else ("without", name)

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[Project]]:
        rows = Project.objects.select_related("owner", "department", "first_reported_by")
        yield from chunks(rows, "code", [record.identity.get("code") for record in records])
        yield from chunks(rows, "name", [record.identity["name"] for record in records])
        yield from chunks(rows, "lead_party", saved(records, "investor"))

    @classmethod
    def ties(cls, record: Record) -> Iterator[Hashable]:
        yield "name", normal_form(record.identity["name"])
        if code := record.identity.get("code"):
            yield "code", code

    def find(self, record: Record) -> Project | None:
        found, code = super().find(record), record.identity.get("code")
        if found is None or found._state.adding or not code:
            return found
        if found.code != code or normal_form(found.name) != normal_form(record.identity["name"]):
            text = _("编号“%(code)s”与项目“%(name)s”对不上（系统里是 %(number)s %(found)s）：请核对编号或名称，改名请在系统里改")
            told = {"code": code, "name": record.identity["name"], "number": found.code or "—", "found": found.name}
            raise Unusable(record.columns.get("code", ""), "identity", text % told)
        return found

    def get_or_init_instance(self, instance_loader: Any, row: dict[str, Any]) -> tuple[Project, bool]:
        record: Record = row["record"]
        found, new = super().get_or_init_instance(instance_loader, row)
        code = record.identity.get("code")
        if new and code and found.code != code:
            text = _("没有编号为“%(code)s”的项目，或不在您的范围：新项目请不要填编号，由系统给出")
            raise Unusable(record.columns.get("code", ""), "unknown", text % {"code": code})
        return found, new

    def _set(self, entry: Entry, record: Record, name: str, value: Any) -> None:
        if name == "stage":
            value = self._stage(entry.instance, record, value)
        if name == "extra":
            if self._agrees(entry, record, value):
                entry.said.pop("extra", None)  # another ledger of the workbook may say more columns
            value = {**entry.instance.extra, **value}
        super()._set(entry, record, name, value)

    def _agrees(self, entry: Entry, record: Record, kept: dict[str, str]) -> bool:
        """Whether no other row said something else in one of these columns."""
        others = (other.values.get("extra", {}) for other in entry.records if other.row is not record.row)
        return all(told.get(key, value) == value for told in others for key, value in kept.items())

    def prepare(self, entry: Entry, record: Record) -> None:
        """Whose project it is (of a new one only) and who reported it first, by the names shown."""
        project = entry.instance
        if name := record.identity.get("owner_name"):
            if entry.new:
                self._set(entry, record, "owner", self._colleague(record, "owner", name))
                refuse_owner(entry, record, self.context.user)
            elif project.owner is None or project.owner.display != name:
                text = _("“%(project)s”现由%(owner)s负责，导入不换人：请在系统里用“改负责人”，或把这一格改回")
                told = {"project": project.name, "owner": project.owner or "—"}
                raise Unusable(record.columns.get("owner", ""), "owner", text % told)
        name = record.identity.get("reporter_name")
        if name and (project.first_reported_by is None or project.first_reported_by.display != name):
            self._set(entry, record, "first_reported_by", self._colleague(record, "first_reported_by", name))

    def _colleague(self, record: Record, field: str, name: str) -> User:
        if name not in self.context.colleagues:
            raise Unusable(record.columns.get(field, ""), "unknown", str(UserResource.unknown) % {"name": name})
        return self.context.colleagues[name]

    def _stage(self, project: Project, record: Record, label: str) -> str:
        """The code of a stage as the ledger names it, on the project's track or on the one that it shows."""
        track = project.track or tracks.named(record)
        if code := self.stages[track].get(label):
            if track and not project.track:
                self.set(self.entries[id(project)], "track", track)
            return code
        if not project.track and (found := self._track(project, record, label)):
            return found
        allowed = "、".join(str(stage.label) for stage in stages.of(track or tracks.chosen(record, self.answers) or Track.LAND))
        text = _("阶段“%(stage)s”不在推进路径内：请写 %(allowed)s 之一")
        raise Unusable(record.columns.get("stage", ""), "stage", text % {"stage": label, "allowed": allowed})

    def _track(self, project: Project, record: Record, label: str) -> str:
        """Put a project on the track that the ledger or the person says, if its stage lies on it; may ask."""
        having = [track for track in Track if label in self.stages[track]]
        if not having:
            return ""
        track = tracks.decide(project, record, having, self.answers, label)
        if track in having:
            self.set(self.entries[id(project)], "track", track)
        return self.stages[track].get(label, "")

    @cached_property
    def stages(self) -> dict[str | None, dict[str, str]]:
        """Track → code or label of its stages → code; 开工（设备进场） is called 开工 too."""
        return {track: {name: stage.code for stage in stages.of(track) for name in _names(stage)} for track in (None, *Track)}

    def finish(self, resources: dict[type[models.Model], LedgerResource[Any]]) -> Iterator[tuple[Record, str, str, str]]:
        """What a stage requires (必备); papers are only asked for."""
        moved = [entry for entry in self.entries.values() if entry.new or "stage" in entry.before]
        met = _met(resources)
        for entry in moved:
            to = stages.BY_CODE[entry.instance.stage]
            for rule in to.required:
                if ref(entry.instance) not in met[rule] and (entry.new or rule in gates.missing(entry.instance, to)):
                    record = entry.said["stage"][1] if "stage" in entry.said else entry.records[0]
                    yield record, record.columns.get("stage", ""), "required", gates.missing_error(rule, to).messages[0]

    def after_write(self, *, now: dt.datetime) -> list[models.Model]:
        """A StageChange for each move, and the papers that the stage asks for."""
        moved = [entry for entry in self.entries.values() if entry.new or "stage" in entry.before]
        on = self.context.today
        due_on = Calendar.load().add_working_days(on, EVIDENCE_DAYS) if moved else on
        known = self._known_papers([entry.instance.pk for entry in moved])
        made: list[models.Model] = []
        for entry in moved:
            project = entry.instance
            made.append(self._change(entry, on))
            for code, label in stages.BY_CODE[project.stage].evidence:
                if (project.pk, f"{project.stage}.{code}") not in known:
                    made.append(Evidence(project=project, code=f"{project.stage}.{code}", label=str(label), due_on=due_on))
        return made

    def _change(self, entry: Entry, on: dt.date) -> StageChange:
        project = entry.instance
        before = stages.first(project.track) if entry.new else entry.before["stage"]
        state = {"from_status": project.status, "to_status": project.status}
        return StageChange(project=project, from_stage=before, to_stage=project.stage, moved_on=on, note=_("台账导入"), **state)

    def _known_papers(self, projects: Iterable[int]) -> set[tuple[int, str]]:
        rows = chunks(Evidence.objects.all(), "project", projects)
        return {pair for some in rows for pair in some.values_list("project", "code")}


def _names(stage: stages.Stage) -> tuple[str, ...]:
    label = str(stage.label)
    return stage.code, label, label.partition("（")[0]


def _met(resources: dict[type[models.Model], LedgerResource[Any]]) -> dict[str, set[Hashable]]:
    """The requirements that the plan itself meets: rule → projects."""
    agreements = resources[Agreement].entries.values() if Agreement in resources else ()
    parties = resources[ProjectParty].entries.values() if ProjectParty in resources else ()
    return {
        "agreement": {link_ref(entry.instance, "project") for entry in agreements if entry.instance.signed_on},
        "project_company": {
            link_ref(entry.instance, "project")
            for entry in parties
            if entry.instance.role in (ProjectParty.Role.PROJECT_COMPANY, ProjectParty.Role.INVESTOR)
        },
    }
