"""Moving a project between stages, and setting its status."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import services as audit
from core.working_days import Calendar
from documents.models import Attachment
from projects import gates, stages
from projects.models import Evidence, Project, StageChange
from projects.stages import Stage

EVIDENCE_DAYS = 10  # working days in which the papers of a stage should be there


@transaction.atomic
def move_project(project: Project, to: Stage, *, on: dt.date, by: User | None, note: str = "") -> Project:
    """Move a project to a stage of its track; the argument is stale afterwards, use the row returned.

    Raises ValidationError naming every missing thing (code "missing_for_stage"), for a stage of another
    track (code "stage"), and for skipping or going back without a sentence (code "note").
    """
    project = _locked(project)
    _refuse_move(project, to, note)
    if errors := [gates.missing_error(name, to) for name in gates.missing(project, to)]:
        raise ValidationError(errors)
    change = _record(project, to_stage=to.code, to_status=project.status, on=on, by=by, note=note)
    _ask_for_evidence(project, to, change)
    project.stage = to.code
    project.save(by=by, update_fields=["stage"])
    audit.record("project.moved", project, by=by, changes={"stage": [change.from_stage, to.code]})
    return project


def _refuse_move(project: Project, to: Stage, note: str) -> None:
    here, there = (stages.position(project.track, code) for code in (project.stage, to.code))
    if there < 0:
        raise ValidationError(_("“%(stage)s”不在该项目的推进路径内") % {"stage": to.label}, code="stage")
    if there == here:
        raise ValidationError(_("项目已在“%(stage)s”阶段") % {"stage": to.label}, code="stage")
    if project.status == Project.Status.TERMINATED:
        raise ValidationError(_("项目已终止，请先恢复为推进中"), code="status")
    if there != here + 1 and not note.strip():
        raise ValidationError(_("跳过阶段或退回时请用一句话说明原因"), code="note")


@transaction.atomic
def set_status(
    project: Project, status: str, *, on: dt.date, by: User, reason: str = "", review_on: dt.date | None = None
) -> Project:
    """Put a project on hold (with a day of review), end it (with a reason) or take it up again.

    Raises ValidationError (code "review_on", "reason") when that is missing.
    """
    project = _locked(project)
    if status == Project.Status.ON_HOLD and review_on is None:
        raise ValidationError({"review_on": ValidationError(_("暂缓的项目请填复核日"), code="review_on")})
    if status == Project.Status.TERMINATED and not reason.strip():
        raise ValidationError({"reason": ValidationError(_("终止项目请写明原因"), code="reason")})
    change = _record(project, to_stage=project.stage, to_status=status, on=on, by=by, note=reason)
    project.status, project.status_reason = status, reason
    project.review_on = review_on if status == Project.Status.ON_HOLD else None
    project.save(by=by, update_fields=["status", "status_reason", "review_on"])
    audit.record("project.status_set", project, by=by, changes={"status": [change.from_status, status]})
    return project


@transaction.atomic
def choose_track(project: Project, track: str, *, on: dt.date, by: User) -> Project:
    """Put a project on a track; it stands at the stage of the same name there, else at the first."""
    project = _locked(project)
    to_stage = stages.same_place(track, project.stage)
    note = _("选择推进路径：%(track)s") % {"track": stages.Track(track).label}
    if to_stage != project.stage:
        _record(project, to_stage=to_stage, to_status=project.status, on=on, by=by, note=note)
    project.track, project.stage = track, to_stage
    project.save(by=by, update_fields=["track", "stage"])
    audit.record("project.track_chosen", project, by=by, changes={"track": track})
    return project


@transaction.atomic
def next_code(project: Project, *, on: dt.date, by: User | None) -> Project:
    """Give a project the next number of the year, such as 2026-017; one that has a number keeps it."""
    project = _locked(project)
    if project.code:
        return project
    codes = Project.all_objects.select_for_update(of=("self",)).filter(code__startswith=f"{on.year}-")
    last = codes.order_by("-code").values_list("code", flat=True).first()
    project.code = f"{on.year}-{int(last.rpartition('-')[2]) + 1 if last else 1:03d}"
    project.save(by=by, update_fields=["code"])
    audit.record("project.code_given", project, by=by, changes={"code": project.code})
    return project


@transaction.atomic
def provide_evidence(evidence: Evidence, attachment: Attachment | None, *, by: User) -> Evidence:
    """Note that a paper is there."""
    evidence.status, evidence.attachment = Evidence.Status.PROVIDED, attachment
    evidence.save(by=by, update_fields=["status", "attachment"])
    audit.record("evidence.provided", evidence, by=by)
    return evidence


@transaction.atomic
def waive_evidence(evidence: Evidence, reason: str, *, by: User) -> Evidence:
    """Note that a paper is not needed, and why; raises ValidationError (code "reason") without a reason."""
    if not reason.strip():
        raise ValidationError(_("请写明不适用的原因"), code="reason")
    evidence.status, evidence.waived_reason = Evidence.Status.WAIVED, reason
    evidence.save(by=by, update_fields=["status", "waived_reason"])
    audit.record("evidence.waived", evidence, by=by)
    return evidence


def _locked(project: Project) -> Project:
    return Project.objects.select_for_update(of=("self",)).get(pk=project.pk)


def _record(project: Project, *, to_stage: str, to_status: str, on: dt.date, by: User | None, note: str) -> StageChange:
    change = StageChange(
        project=project,
        from_stage=project.stage,
        to_stage=to_stage,
        from_status=project.status,
        to_status=to_status,
        moved_on=on,
        moved_by=by,
        note=note,
    )
    change.save()
    return change


def _ask_for_evidence(project: Project, to: Stage, change: StageChange) -> None:
    if not to.evidence:
        return
    due_on = Calendar.load().add_working_days(change.moved_on, EVIDENCE_DAYS)
    known = set(Evidence.objects.filter(project=project).values_list("code", flat=True))
    for code, label in to.evidence:
        if f"{to.code}.{code}" not in known:
            row = Evidence(project=project, stage_change=change, code=f"{to.code}.{code}", label=str(label), due_on=due_on)
            row.save(by=change.moved_by)
