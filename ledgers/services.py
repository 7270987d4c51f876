"""A ledger from its upload to its undoing: upload, check, apply, undo."""

import datetime as dt
import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import changesets
from audit import services as audit
from audit.changesets import Undone
from audit.models import ChangeSet
from core.models import StaleRow
from documents.models import Document
from ledgers import applying, reading, reconciling, report
from ledgers.batches import Entangled
from ledgers.examining import Examination, Unfit
from ledgers.layouts.known import LAYOUTS
from ledgers.models import HeadAlias, HeaderMapping, ImportJob, Provenance
from ledgers.recognise import Table, recognise
from ledgers.report import Checked
from ledgers.sheets import Refused
from projects.models import Project
from projects.services import parties

logger = logging.getLogger(__name__)
LARGE = 200_000  # bytes: about 2,000 rows of a usual ledger
ATTEMPTS = 3  # plans made anew because somebody changed a row meanwhile
NAMED = ("layout", "unit", "rows")
STARTED = {"check": ImportJob.Status.CHECKING, "apply": ImportJob.Status.APPLYING, "undo": ImportJob.Status.UNDOING}
BEFORE = {"applying": ImportJob.Status.CHECKED, "undoing": ImportJob.Status.APPLIED}  # where an act that failed leaves a job
SLOW_UNDO = 200  # changes, above which the worker takes them back
ROUNDS = 5  # of leaving out rows whose parents were left out


@dataclass(frozen=True)
class Source:
    """A ledger file and what a person said about it."""

    path: Path
    name: str
    layout: str = ""  # the code of its kind; found by its heads when empty
    answers: Mapping[str, str] = field(default_factory=dict)
    blank_clears: bool = False

    @classmethod
    def of(cls, job: ImportJob) -> "Source":
        return cls(Path(job.document.file.path), job.file_name, job.layout, job.answers, job.blank_clears)


def upload(name: str, content: File[bytes], *, by: User) -> ImportJob:
    """Keep an uploaded ledger; it is read later. Raises PermissionDenied, and ValidationError (code "too_big")."""
    if not by.has_perm("ledgers.import_ledger"):
        raise PermissionDenied
    limit = reading.Caps.from_settings().file_bytes
    if content.size > limit:
        text = _("文件超过 %(size)d MB：请分成几份，或删去图片后再上传") % {"size": limit // 2**20}
        raise ValidationError(text, code="too_big")
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    content.seek(0)
    with transaction.atomic():
        document = Document(title=Path(name).name[:200], kind=Document.Kind.LEDGER, sha256=digest)
        document.file.save(f"{digest[:16]}{Path(name).suffix.lower()[:6]}", content, save=False)
        document.save(by=by)
        job = ImportJob(file_name=document.title, document=document, sha256=digest)
        job.save(by=by)
        audit.record("ledger.uploaded", job, by=by, changes={"sha256": digest})
    return job


def read_tables(source: Source) -> list[Table]:
    """The ledgers in a workbook, sheet by sheet.

    Raises Refused when the file is not read at all, or holds no ledger (code "no_ledger").
    """
    workbook = reading.read(source.path, source.name)
    layout = LAYOUTS.get(source.layout)
    aliases, saved = head_aliases(), saved_mappings()
    sheets = [sheet for sheet in workbook.sheets if sheet.rows and not sheet.hidden]
    found = [recognise(sheet, list(LAYOUTS.values()), aliases, saved, layout=layout) for sheet in sheets]
    if tables := [table for table in found if table is not None]:
        return tables
    text = _("没有找到台账：请确认表头在前几行、列名与模板一致，或先选定台账种类再上传")
    raise Refused("no_ledger", text)


def head_aliases() -> dict[tuple[str, str], list[str]]:
    """(layout, column key) → other heads, from the reference data."""
    found: dict[tuple[str, str], list[str]] = {}
    for layout, column, head in HeadAlias.objects.values_list("layout", "column", "head"):
        found.setdefault((layout, column), []).append(head)
    return found


def saved_mappings() -> dict[str, dict[str, str]]:
    """Signature of the heads → what a person said they mean."""
    return dict(HeaderMapping.objects.values_list("signature", "mapping"))


@transaction.atomic
def correct_mapping(job: ImportJob, table: Table, mapping: Mapping[str, str], *, by: User) -> HeaderMapping:
    """Remember how the heads of a table are meant (head path → column key, "" = leave out), for this job and later ones."""
    row = HeaderMapping.objects.filter(layout=table.layout.code, signature=table.signature).first()
    row = row or HeaderMapping(layout=table.layout.code, signature=table.signature)
    row.mapping = dict(mapping)
    row.save(by=by)
    audit.record("ledger.heads_mapped", row, by=by)
    return row


def check(job: ImportJob, *, by: User, today: dt.date, progress: Callable[[int], None] | None = None) -> Checked:
    """Examine the ledger of a job, and keep what was found with it. Raises Refused as `read_tables` does."""
    checked = examine(Source.of(job), by=by, today=today, progress=progress)
    _name(job, checked.tables[0], checked.plan.rows)
    job.report = report.of(checked)
    job.status, job.failure = ImportJob.Status.CHECKED, ""
    job.save(by=by, update_fields=[*NAMED, "report", "status", "failure"])
    return checked


def _name(job: ImportJob, table: Table, rows: int) -> None:
    """What kind of ledger of which unit it is: by these the next one finds it."""
    job.layout, job.unit, job.rows = job.layout or table.layout.code, table.unit_name[:100], rows


def examine(
    source: Source,
    *,
    by: User,
    today: dt.date,
    progress: Callable[[int], None] | None = None,
    skip: Iterable[tuple[str, int]] = (),
) -> Checked:
    """Read a ledger and compare it with the database for one person, without the rows of `skip`; writes nothing."""
    looked = _examination(source, by=by, today=today, skip=skip)
    findings, tables = looked.check(progress), looked.tables
    totals = [total for table, part in zip(tables, looked.parts, strict=True) for total in reconciling.totals(table, part.rows)]
    here = findings.named.get(tables[0].layout.model, set())
    gone = [] if looked.problems else reconciling.gone(source.answers, here, tables[0], by=by)  # a refused row is not gone
    return Checked(tables, findings, looked.problems, totals, gone)


def _examination(source: Source, *, by: User, today: dt.date, skip: Iterable[tuple[str, int]] = ()) -> Examination:
    tables = read_tables(source)
    return Examination(tables, by=by, today=today, answers=source.answers, blank_clears=source.blank_clears, skip=skip)


def apply(job: ImportJob, *, by: User, now: dt.datetime, only_good: bool = False) -> ImportJob:
    """Write what the ledger says, in one transaction; rows with problems only left out when `only_good` says so.

    Raises ValidationError: code "problems" when there are any, "applied" when it is in the database already,
    "stale" when rows kept changing under the hands. Raises Refused as `check` does.
    """
    for _attempt in range(ATTEMPTS):
        try:
            return _write_fit(job, by=by, now=now, only_good=only_good)
        except (StaleRow, IntegrityError):
            job.refresh_from_db()
    raise ValidationError(_("有人同时在改同样的记录，本次没有导入：请稍后再点一次“导入”。"), code="stale")


def _write_fit(job: ImportJob, *, by: User, now: dt.datetime, only_good: bool) -> ImportJob:
    """Write all rows or, for `only_good`, those that are left when no row has a problem nor hangs on one that has."""
    skip: set[tuple[str, int]] = set()
    for _round in range(ROUNDS):
        looked = _examination(Source.of(job), by=by, today=timezone.localdate(now), skip=skip)
        try:
            return _write(job, looked, by=by, now=now)
        except Unfit:
            bad = {(found.sheet, found.row) for found in looked.problems}
            whole_sheet = any(row == 0 for _sheet, row in bad)  # such as a column that is not there
            if not only_good or whole_sheet or not bad - skip:
                break
            skip |= bad
    text = _("还有 %(count)d 处问题，没有导入：请改好后重新上传，或选择只导入无误的行。") % {"count": len(looked.problems)}
    raise ValidationError(text, code="problems")


def _write(job: ImportJob, looked: Examination, *, by: User, now: dt.datetime) -> ImportJob:
    def finish(changeset: ChangeSet) -> None:
        if ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk).status == ImportJob.Status.APPLIED:
            raise ValidationError(_("这份台账已经导入过了。"), code="applied")
        counts = looked.findings.counts
        _name(job, looked.tables[0], looked.findings.rows)
        job.changeset, job.applied_at, job.applied_by, job.report = changeset, now, by, job.report | counts
        job.status = ImportJob.Status.APPLIED
        job.save(by=by, update_fields=[*NAMED, "changeset", "applied_at", "applied_by", "report", "status"])
        reconciling.answer_gone(job, changeset, by=by, now=now)
        audit.record("ledger.applied", job, by=by, changes=counts, rows=changeset.changes.count())

    while True:
        try:
            applying.write(looked.plans(), job, by=by, now=now, then=finish)
        except Entangled:  # rows that have to be planned together, and now will be
            continue
        return job


def undoable(job: ImportJob, *, now: dt.datetime) -> ChangeSet:
    """What an import did; raises ValidationError (code "not_applied", "undone", "expired") when it cannot be taken back."""
    if job.changeset is None or job.status not in (ImportJob.Status.APPLIED, ImportJob.Status.UNDOING):
        raise ValidationError(_("这份台账没有导入，无可撤销。"), code="not_applied")
    changesets.refuse_closed(job.changeset, now)
    return job.changeset


@transaction.atomic
def undo(job: ImportJob, *, by: User, now: dt.datetime) -> Undone:
    """Take an import back: everything as it was, but for rows that were edited since, which are named.

    Raises ValidationError as audit.changesets.undo does, and code "not_applied".
    """
    changeset = undoable(job, now=now)
    kind = ContentType.objects.get_for_model(Project)
    projects = Provenance.objects.filter(job=job, content_type=kind).values_list("object_id", flat=True)
    undone = changesets.undo(changeset, by=by, now=now)
    parties.refresh_projects(projects, by=by)
    job.status, job.report = ImportJob.Status.UNDONE, job.report | {"not_restored": undone.refused}
    job.save(by=by, update_fields=["status", "report"])
    audit.record("ledger.undone", job, by=by, changes={"refused": len(undone.refused)}, rows=undone.restored)
    return undone


def run(job: ImportJob, act: str, *, now: dt.datetime, only_good: bool = False) -> ImportJob:
    """Check, apply or undo a job for the person who brought it; what goes wrong is kept with the job, as a sentence."""
    by = cast(User, job.created_by)
    try:
        if act == "check":
            check(job, by=by, today=timezone.localdate(now), progress=lambda done: _progress(job, done))
        elif act == "apply":
            job = apply(job, by=by, now=now, only_good=only_good)
        else:
            undo(job, by=by, now=now)
    except (Refused, ValidationError) as error:
        _fail(job, error.message if isinstance(error, Refused) else "；".join(error.messages), by=by)
    except Exception:
        logger.exception("ledger job %s", job.pk)
        _fail(job, _("没有完成：系统出错，数据没有改动。请再试一次；仍不行请把文件交给系统管理员。"), by=by)
    return job


def start(job: ImportJob, act: str, *, by: User) -> ImportJob:
    """Say that a job is about to be checked, applied or undone, so that its page shows progress.

    Raises ValidationError (code "state") for an act that is over or under way, as a page left open may ask for.
    """
    over = job.status in (ImportJob.Status.APPLIED, ImportJob.Status.UNDOING, ImportJob.Status.UNDONE)
    if (job.running and not job.stuck) or over != (act == "undo") or job.status == ImportJob.Status.UNDONE:
        raise ValidationError(_("这份台账已经在处理或处理完了：请刷新页面，看它现在的状态。"), code="state")
    job.status = STARTED[act]
    job.done, job.failure = 0, ""
    job.save(by=by, update_fields=["status", "done", "failure"])
    return job


def _progress(job: ImportJob, done: int) -> None:
    """Past version and history: a figure on a page, not a fact."""
    ImportJob.objects.filter(pk=job.pk).update(done=done, version=job.version)


def _fail(job: ImportJob, sentence: str, *, by: User) -> None:
    job.refresh_from_db()
    job.status = BEFORE.get(job.status, ImportJob.Status.FAILED) if job.report else ImportJob.Status.FAILED
    job.failure = sentence[:300]
    job.save(by=by, update_fields=["status", "failure"])


def answer(job: ImportJob, answers: Mapping[str, str], *, by: User) -> ImportJob:
    """Keep what a person chose about conflicts, possible duplicates and rows no longer in the ledger."""
    job.answers = {**job.answers, **answers}
    job.save(by=by, update_fields=["answers"])
    return job


def is_large(job: ImportJob) -> bool:
    """Whether the worker should do it; read from the size of the file, before anything is opened."""
    return job.document.file.size > LARGE
