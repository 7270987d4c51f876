"""Taking a project's dossier away: for who may see the project, marked with his name and the minute, and logged."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import IO, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Prefetch, Q
from django.utils import timezone, translation

from accounts.models import User
from accounts.scope import can_see
from audit import services as audit
from core.amounts import format_amount
from core.files import distinct, safe_name
from documents.models import Attachment
from projects.models import AgreementParty, MilestoneRevision, ProgressReport, Project
from reports.documents import dossier_parts as parts
from reports.documents.dossier import Dossier, Part, write_dossier
from reports.documents.dossier_missing import missing
from reports.documents.printed import lacking

FOLDER = "附件"
ALTERED = "校验不符.txt"  # in the archive, when a file is not what was filed
BLOCK = 1 << 20


class File(NamedTuple):
    """A paper tied to the project: its name in the archive, empty when there is no file."""

    attachment: Attachment
    name: str


def watermark(by: User, now: dt.datetime) -> str:
    """Who took it, and the minute."""
    return f"{by.display} {timezone.localtime(now):%Y-%m-%d %H:%M}"


def write_pdf(project: Project, *, by: User, now: dt.datetime) -> bytes:
    """The dossier as PDF. Raises PermissionDenied for who may not see the project or take things away."""
    _refuse(project, by)
    found = read(project)
    content = _pdf(project, found, files(found, by), by=by, now=now)
    audit.record("dossier.taken", project, by=by, changes={"kind": "pdf"})
    return content


def write_archive(project: Project, target: IO[bytes], *, by: User, now: dt.datetime) -> int:
    """The dossier and every file tied to the project, as one archive; returns the number of files.

    Raises PermissionDenied as `write_pdf` does.
    """
    _refuse(project, by)
    found = read(project)
    known = files(found, by)
    kept = [file for file in known if file.name]
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr(f"{safe_name(project.name)} 一项一档.pdf", _pdf(project, found, known, by=by, now=now))
        altered = [file.name for file in kept if not _copy(file, archive)]
        if altered:
            archive.writestr(ALTERED, "以下文件与归档时的校验值（SHA-256）不符：\n" + "\n".join(altered))
    changes = {"kind": "zip", "files": [file.name for file in kept]} | ({"altered": altered} if altered else {})
    audit.record("dossier.taken", project, by=by, changes=changes)
    return len(kept)


def _copy(file: File, archive: ZipFile) -> bool:
    """Copy a file block by block; whether it still is what was filed, as far as its hash was noted."""
    document, digest = file.attachment.document, hashlib.sha256()
    with archive.open(file.name, "w", force_zip64=True) as copy, document.file.open("rb") as source:
        for block in source.chunks(BLOCK):
            digest.update(block)
            copy.write(block)
    return not document.sha256 or digest.hexdigest() == document.sha256


def preview(project: Project, by: User) -> tuple[list[Part], list[File]]:
    """The parts and the files that a dossier would hold now; the last part is what is missing."""
    found = read(project)
    known = files(found, by)
    return list(_parts(project, found, known)), known


def _refuse(project: Project, by: User) -> None:
    if not by.has_perm("ledgers.export_ledger") or not can_see(by, project):
        raise PermissionDenied


def read(project: Project) -> dict[str, Sequence[Any]]:
    """The rows of every part; the same number of queries whatever there is."""
    signed = Prefetch("parties", AgreementParty.objects.select_related("party__company", "party__park"))
    revisions = Prefetch("revisions", MilestoneRevision.objects.select_related("revised_by").order_by("revised_on", "id"))
    accepted = project.progress_reports.filter(status=ProgressReport.Status.ACCEPTED)
    rows = {
        "project": [project],
        "parties": project.parties.select_related("company", "park"),
        "members": project.members.select_related("user", "person"),
        "agreements": project.agreements.select_related("our_unit").prefetch_related(signed).order_by("signed_on", "id"),
        "stages": project.stage_changes.select_related("moved_by").order_by("moved_on", "id"),
        "milestones": project.milestones.select_related("responsible_unit").prefetch_related(revisions),
        "evidence": project.evidence.select_related("attachment"),
        "commitments": project.commitments.order_by("side", "due_on", "id"),
        "capital": project.capital_arrivals.select_related("payer", "corrects", "voucher").order_by("arrived_on", "id"),
        "investment": project.investment_progress.order_by("report_month"),
        "progress": accepted.order_by("period_start_on", "period_end_on", "revision"),
    }
    return {name: list(found) for name, found in rows.items()}


def files(found: dict[str, Sequence[Any]], by: User) -> list[File]:
    """The papers tied to these rows, oldest first, as far as the person may see them; names are safe and distinct."""
    tied = Q(pk__in=_linked(found))
    for name in ("project", "parties", "agreements", "milestones", "commitments", "capital", "investment", "progress"):
        tied |= _tied(found[name])
    taken: set[str] = set()
    known = Attachment.objects.visible_to(by).filter(tied).select_related("document").order_by("issued_on", "id")
    return [File(row, _name(row, at, taken)) for at, row in enumerate(known, 1)]


def _linked(found: dict[str, Sequence[Any]]) -> set[int]:
    """The attachments that rows name themselves."""
    named = [row.attachment_id for name in ("evidence", "commitments") for row in found[name]]
    named += [row.voucher_id for row in found["capital"]]
    return {key for key in named if key}


def _tied(rows: Sequence[Model]) -> Q:
    if not rows:
        return Q(pk__in=[])
    return Q(content_type=ContentType.objects.get_for_model(rows[0]), object_id__in=[row.pk for row in rows])


def _name(row: Attachment, at: int, taken: set[str]) -> str:
    """“附件/001 营业执照.pdf”; empty when there is nothing to put there."""
    file = row.document.file
    if not file.name or not file.storage.exists(file.name):
        return ""
    return distinct(f"{FOLDER}/{at:03d} {safe_name(row.label)}{PurePath(safe_name(file.name)).suffix}", taken)


def _pdf(project: Project, found: dict[str, Sequence[Any]], known: list[File], *, by: User, now: dt.datetime) -> bytes:
    with translation.override(settings.LANGUAGE_CODE):  # the paper is Chinese, whoever takes it
        told = tuple(_parts(project, found, known))
        return write_dossier(Dossier(project.name, tuple(_facts(project, found)), told, watermark(by, now)), lacking())


def _facts(project: Project, found: dict[str, Sequence[Any]]) -> Iterator[tuple[str, str]]:
    """What stands under the name."""
    paper = project.agreement
    yield "项目编号", project.code or ""
    yield "路径与阶段", f"{project.get_track_display() if project.track else '未选路径'}　{project.get_stage_display()}"
    yield "状态", f"{project.get_status_display()} {project.status_reason}".strip()
    yield "亮灯", f"{project.get_light_display()} {project.light_reason}".strip()
    yield "责任单位与负责人", f"{project.department} {project.owner or ''}".strip()
    yield "参与方", "；".join(f"{row.get_role_display()} {row}" for row in found["parties"])
    yield "包联与服务", "；".join(f"{row.get_role_display()} {row.user or row.person or row.name}" for row in found["members"])
    yield "协议总投资", format_amount(paper.amount, paper.amount_qualifier) if paper else ""
    yield "选址与用地", " ".join(str(part) for part in (project.park, project.site, _land(project)) if part)
    yield "建设内容", project.summary
    yield "密级", f"{project.get_confidentiality_display()}（工作用，不是国家秘密定级）"


def _land(project: Project) -> str:
    return f"{project.get_land_mode_display()} {project.land_mu.normalize():f}亩" if project.land_mu is not None else ""


def _parts(project: Project, found: dict[str, Sequence[Any]], known: list[File]) -> Iterator[Part]:
    yield parts.agreements(found["agreements"], project.agreement_id)
    yield parts.stage_changes(found["stages"])
    yield from parts.milestones(found["milestones"])
    yield parts.evidence(found["evidence"])
    yield parts.commitments(found["commitments"])
    yield parts.capital(found["capital"])
    yield parts.investment(found["investment"])
    yield parts.progress(found["progress"])
    yield _papers(known)
    yield missing(project, found, [file.attachment.label for file in known if not file.name])


def _papers(known: list[File]) -> Part:
    told = tuple(
        (
            str(at),
            file.attachment.label,
            file.attachment.get_kind_display(),
            " ".join(part for part in (file.attachment.doc_no, file.attachment.issued_by) if part),
            parts.day(file.attachment.issued_on),
            file.attachment.document.sha256[:12],
            file.name.removeprefix(f"{FOLDER}/") or "只有登记，没有文件",
        )
        for at, file in enumerate(known, 1)
    )
    heads = ("序号", "名称", "类别", "文号与发文单位", "日期", "SHA-256", "打包文件名")
    return Part("十、附件目录", heads, told, (10, 34, 16, 34, 22, 26, 34))
