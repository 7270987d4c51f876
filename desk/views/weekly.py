"""周报: drafted from a snapshot, edited, previewed, issued; taken as Word, PDF, ledgers of the same snapshot, or all in one."""

import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.views import signed_in
from audit import services as audit
from core.files import safe_name
from core.models import StaleRow
from desk import frozen_ledgers
from ledgers.layouts.known import LAYOUTS
from reports.models import Snapshot, WrittenReport
from reports.services import writing

SHOWN = 60  # reports and snapshots of the list


def reports(request: HttpRequest) -> HttpResponse:
    """The reports that were written, and the snapshots one can be written from."""
    user = signed_in(request)
    successors = WrittenReport.objects.filter(supersedes=OuterRef("pk"))
    rows = WrittenReport.objects.visible_to(user).select_related("snapshot", "created_by", "issued_by", "document")
    context = {
        "reports": rows.annotate(superseded=Exists(successors))[:SHOWN],
        "snapshots": Snapshot.objects.visible_to(user)[:SHOWN],
        "may_write": writing.may_write(user),
    }
    return render(request, "desk/weekly_reports.html", context)


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Draft a report from the snapshot that was chosen."""
    user = signed_in(request)
    key = request.POST.get("snapshot", "")
    snapshot = get_object_or_404(Snapshot.objects.visible_to(user), pk=int(key) if key.isdecimal() else 0)
    return _done(
        request, lambda: writing.draft(snapshot, by=user), _("已按快照起草，数字由系统填，文字可以修改。"), "desk:weekly"
    )


def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: its text, open to changes until it is issued."""
    user = signed_in(request)
    row = _report(user, pk)
    texts = {key.removeprefix("text-"): str(text) for key, text in request.POST.items() if key.startswith("text-")}
    if request.method == "POST":
        try:
            _save(row, request.POST.get("title", ""), texts, request.POST.get("version", ""), user)
        except StaleRow:
            problem = _("您打开以后，别人改过这份报告：您写的还在下面，请复制后刷新页面再改。")
        except ValidationError as error:
            problem = "；".join(error.messages)
        else:
            messages.success(request, _("已保存。"))
            return redirect(row)
        return render(request, "desk/weekly_report.html", _context(row, user, texts, problem), status=422)
    return render(request, "desk/weekly_report.html", _context(row, user))


def _save(row: WrittenReport, title: str, texts: dict[str, str], version: str, user: User) -> None:
    row.version = int(version) if version.isdecimal() else 0  # what the page was made from; `save` compares
    writing.edit(row, title, texts, by=user)


def _context(row: WrittenReport, user: User, typed: dict[str, str] | None = None, problem: str = "") -> dict[str, Any]:
    sections = writing.told(row).sections
    return {
        "report": row,
        "problem": problem,
        "sections": [(section, (typed or {}).get(section.key, section.text)) for section in sections],
        "may_change": writing.may_change(user, row),
        "successor": row.successors.filter(deleted_at=None).first(),
        "ledgers": [(code, LAYOUTS[code].name, frozen_ledgers.heads(code)) for code in frozen_ledgers.CODES],
    }


@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the report and keep it."""
    user = signed_in(request)
    row = _report(user, pk)
    return _done(
        request, lambda: writing.issue(row, by=user, now=timezone.now()), _("已印发并存档，不能再改；要更正请另起一版。"), row
    )


@require_POST
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next version of an issued report."""
    user = signed_in(request)
    row = _report(user, pk)
    return _done(request, lambda: writing.revise(row, by=user), _("已另起一版，印发后取代上一版。"), row)


def _done(request: HttpRequest, act: Callable[[], WrittenReport], said: str, otherwise: Any) -> HttpResponse:
    """Do it and go to the report, or go back and say why not."""
    try:
        row = act()
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect(otherwise)
    messages.success(request, said)
    return redirect(row)


@require_GET
def download(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """One file of a report: `docx`, `pdf`, a ledger of its snapshot, or `zip`: all of them."""
    user, now = signed_in(request), timezone.now()
    row = _report(user, pk)
    name = safe_name(row.title)
    if kind == "docx":
        return _sent(row, writing.docx(row, now=now), f"{name}.docx", user)
    if kind == "pdf":
        return _sent(row, writing.pdf(row), f"{name}.pdf", user, inline="inline" in request.GET)
    with tempfile.TemporaryDirectory() as folder:
        if kind == "zip":
            target = Path(folder) / f"{name}.zip"
            others = {f"{name}.docx": writing.docx(row, now=now), f"{name}.pdf": writing.pdf(row)}
            frozen_ledgers.archive(row.snapshot, others, target, by=user, now=now)
        elif kind in frozen_ledgers.CODES:
            target = frozen_ledgers.write_ledger(kind, row.snapshot, Path(folder), by=user, now=now)
        else:
            raise Http404
        return _sent(row, target.read_bytes(), target.name, user)


def _sent(row: WrittenReport, content: bytes, name: str, user: User, *, inline: bool = False) -> HttpResponseBase:
    """The file; that it was taken is noted."""
    audit.record("report.taken", row, by=user, changes={"file": name})
    return FileResponse(BytesIO(content), as_attachment=not inline, filename=name)


def _report(user: User, pk: int) -> WrittenReport:
    rows = WrittenReport.objects.visible_to(user).select_related("snapshot", "before", "document", "issued_by", "supersedes")
    return get_object_or_404(rows, pk=pk)
