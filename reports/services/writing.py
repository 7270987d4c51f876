"""Writing a report: drafted from a snapshot, its text changed by people, issued once, and kept as it went up."""

import datetime as dt
import hashlib
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from audit import services as audit
from documents.models import Attachment, Document
from reports.documents.printed import write_pdf
from reports.documents.weekly import WeeklyReport, from_body, weekly_report
from reports.documents.word import write_docx
from reports.models import Snapshot, WrittenReport

MAY_WRITE = frozenset({Role.MANAGER, Role.HEAD})
LONGEST_TITLE, LONGEST_TEXT = 100, 50_000


def may_write(user: User) -> bool:
    """Whether a person may write reports: the manager for the zone, a head for his departments."""
    return bool(Scope.of(user).roles & MAY_WRITE)


def may_change(user: User, report: WrittenReport) -> bool:
    """Whether a person may edit, issue or revise a report: its author, and the manager."""
    scope = Scope.of(user)
    return Role.MANAGER in scope.roles or (bool(scope.roles & MAY_WRITE) and report.created_by_id == user.pk)


def before(snapshot: Snapshot) -> Snapshot | None:
    """The snapshot a report compares with: the last weekly one that closed an earlier week, else any older one."""
    older = Snapshot.objects.filter(taken_at__lt=snapshot.taken_at).order_by("-taken_at", "-id")
    weekly = older.filter(kind=Snapshot.Kind.WEEKLY)
    return weekly.first() or older.filter(as_of_on__lt=snapshot.as_of_on).first()


@transaction.atomic
def draft(snapshot: Snapshot, *, by: User) -> WrittenReport:
    """Write the weekly report of a snapshot. Raises ValidationError (code "role").

    A head's report is about the projects of his departments, and says so in its title.
    """
    if not may_write(by):
        raise ValidationError(_("周报由招商中心负责人或部门负责人起草"), code="role")
    earlier, department = before(snapshot), None if Scope.of(by).sees_all else by.department
    told = weekly_report(snapshot, earlier, user=by, unit=by.department.name if by.department else "")
    title = f"{department.name}{told.title}" if department else told.title
    report = WrittenReport(snapshot=snapshot, before=earlier, department=department)
    report.title, report.body = title[:LONGEST_TITLE], told.body()
    report.save(by=by)
    audit.record("report.drafted", report, by=by, changes={"snapshot": snapshot.sha256})
    return report


@transaction.atomic
def edit(report: WrittenReport, title: str, texts: Mapping[str, str], *, by: User) -> WrittenReport:
    """Change the title and the text of sections (key → text) of a draft.

    Raises ValidationError: code "role", "issued", "title", "too_long". The version of the row given is checked.
    """
    _refuse_stranger(report, by)
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise ValidationError(_("标题请写 1 到 %(n)d 字") % {"n": LONGEST_TITLE}, code="title")
    if any(len(text) > LONGEST_TEXT for text in texts.values()):
        raise ValidationError(_("每一部分请写在 %(n)d 字以内") % {"n": LONGEST_TEXT}, code="too_long")
    sections = [{**row, "text": _tidied(texts.get(row["key"], row["text"]))} for row in report.body["sections"]]
    report.title, report.body = title, {**report.body, "sections": sections}
    report.save(by=by, update_fields=["title", "body"])
    audit.record("report.edited", report, by=by, changes={"altered": altered(report)})
    return report


def _tidied(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()


@transaction.atomic
def issue(report: WrittenReport, *, by: User, now: dt.datetime) -> WrittenReport:
    """Close a draft and keep the Word file as it goes up. Raises ValidationError: code "role", "issued"."""
    report = WrittenReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    _refuse_stranger(report, by)
    if report.is_issued:
        raise ValidationError(_("“%(report)s”已经印发") % {"report": report}, code="issued")
    content = docx(report, now=now)
    document = Document(title=report.title, kind=Document.Kind.REPORT, sha256=hashlib.sha256(content).hexdigest())
    document.published_on = timezone.localdate(now)
    document.publisher = told(report).unit
    document.file.save(f"{report.public_id}.docx", ContentFile(content), save=False)
    document.save(by=by)
    report.status, report.issued_at, report.issued_by, report.document = WrittenReport.Status.ISSUED, now, by, document
    report.save(by=by, update_fields=["status", "issued_at", "issued_by", "document"])
    Attachment(document=document, target=report, label=report.title, kind=Document.Kind.REPORT).save(by=by)
    audit.record("report.issued", report, by=by, changes={"sha256": document.sha256, "altered": altered(report)})
    return report


@transaction.atomic
def revise(report: WrittenReport, *, by: User) -> WrittenReport:
    """A new draft with the same text that takes the place of an issued report.

    Raises ValidationError: code "role", "draft", "superseded" when there is a next version already.
    """
    report = WrittenReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    _refuse_stranger(report, by)
    if not report.is_issued:
        raise ValidationError(_("草稿可直接修改，不用另起一版"), code="draft")
    if report.successors.filter(deleted_at=None).exists():
        raise ValidationError(_("这一版已有下一版"), code="superseded")
    row = WrittenReport(snapshot=report.snapshot, before=report.before, department=report.department, kind=report.kind)
    row.title, row.body, row.supersedes = report.title, report.body, report
    row.save(by=by)
    audit.record("report.revised", row, by=by, changes={"supersedes": str(report.public_id)})
    return row


def _refuse_stranger(report: WrittenReport, by: User) -> None:
    if not may_change(by, report):
        raise ValidationError(_("只有起草人和招商中心负责人可以修改或印发这份报告"), code="role")


def told(report: WrittenReport) -> WeeklyReport:
    """What a report says."""
    return from_body(report.title, report.body)


def altered(report: WrittenReport) -> dict[str, list[str]]:
    """Section → figures that differ from what the snapshot says (`Section.altered`)."""
    return {section.heading: section.altered for section in told(report).sections if section.altered}


def docx(report: WrittenReport, *, now: dt.datetime) -> bytes:
    """The Word file: of an issued report the one that was kept."""
    if report.document is not None:
        with report.document.file.open("rb") as file:
            return bytes(file.read())
    return write_docx(told(report).official(), now=now)


def pdf(report: WrittenReport, *, watermark: str = "") -> bytes:
    """The same as PDF."""
    return write_pdf(told(report).official(), watermark=watermark)
