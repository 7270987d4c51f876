"""台账: bring a ledger in step by step, and take one away."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.views import signed_in
from ledgers import exporting, services, tasks, undoing
from ledgers.forms import UploadForm
from ledgers.layouts.known import LAYOUTS
from ledgers.models import ImportJob
from ledgers.recognise import Problem
from ledgers.resources import tracks
from ledgers.services import Source
from ledgers.sheets import Refused
from ledgers.writing import file_name, mark_errors

JOBS = 30  # of the list
LINKED = ("document", "created_by", "applied_by", "changeset")
PROBLEMS = 200  # shown on the page; all of them are in the marked workbook


def ledgers(request: HttpRequest) -> HttpResponse:
    """The first page: upload, what was brought, what can be taken away."""
    user = signed_in(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _uploaded(form.cleaned_data, user)
        except ValidationError as error:
            form.add_error("file", error)
    jobs = ImportJob.objects.visible_to(user).select_related("created_by")[:JOBS]
    context = {"form": form, "jobs": jobs, "layouts": LAYOUTS.values()}
    return render(request, "ledgers/ledgers.html", context, status=422 if form.errors else 200)


def _uploaded(told: dict[str, Any], user: User) -> HttpResponse:
    job = services.upload(told["file"].name, told["file"], by=user)
    job.layout, job.blank_clears = told["layout"], told["blank_clears"]
    job.save(by=user, update_fields=["layout", "blank_clears"])
    return _do(job, "check", user)


def _act(request: HttpRequest, job: ImportJob, act: str, *, only_good: bool = False) -> HttpResponse:
    """Begin an act of a job from its page; a page left open may ask for one that is over."""
    try:
        return _do(job, act, signed_in(request), only_good=only_good)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect(job)


def _do(job: ImportJob, act: str, user: User, *, only_good: bool = False) -> HttpResponse:
    """Check or apply at once, or by the worker when the file is large."""
    job = services.start(job, act, by=user)
    if not services.is_large(job):
        services.run(job, act, now=timezone.now(), only_good=only_good)
    elif act == "check":
        tasks.check.delay(job.pk)
    else:
        tasks.apply.delay(job.pk, only_good)
    return redirect(job)


@require_GET
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found in a ledger, and what to do about it."""
    row = _job(request, pk)
    return render(request, "ledgers/job.html", _context(row, signed_in(request)))


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar of a job that the worker does; the page is loaded anew when it is done."""
    row = _job(request, pk)
    if row.running:
        return render(request, "ledgers/_progress.html", {"job": row})
    return HttpResponse(headers={"HX-Refresh": "true"})


def _context(row: ImportJob, user: User) -> dict[str, Any]:
    found = row.report
    tables = [{**table, "columns": LAYOUTS[table["layout"]].columns} for table in found.get("tables", ())]
    return {
        "job": row,
        "report": found,
        "tables": tables,
        "counts": list(_counts(found)),
        "created": list(_created(found)),
        "created_count": sum(found.get("create", {}).values()),
        "errors": found.get("errors", [])[:PROBLEMS],
        "error_count": found.get("error_count", 0),
        "good_rows": (row.rows or 0) - found.get("bad_rows", 0),
        "track_questions": tracks.questions(found.get("errors", ()), row.answers),
        "tracks": [(track.value, track.label) for track in tracks.OFFERED],
        "mine": row.created_by_id == user.pk,
        "heads_open": any(table["unknown"] for table in tables),
        "open_gone": [one for one in found.get("gone", ()) if not row.answers.get(one["key"])],
    }


def _counts(found: dict[str, Any]) -> Any:
    """(table, new, changed, unchanged) in the words of the tables."""
    kinds = [found.get(kind, {}) for kind in ("create", "update", "unchanged")]
    for label in dict.fromkeys(name for kind in kinds for name in kind):
        yield (apps.get_model(label)._meta.verbose_name, *(kind.get(label, 0) for kind in kinds))


def _created(found: dict[str, Any]) -> Any:
    """(table, its first new rows, how many others there are)."""
    for label, rows in found.get("created", {}).items():
        if rows:
            yield apps.get_model(label)._meta.verbose_name, rows, found["create"].get(label, 0) - len(rows)


@require_POST
def map_heads(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what a person said the heads of a sheet mean, and check again."""
    user, row = signed_in(request), _own_job(request, pk)
    try:
        tables = services.read_tables(Source.of(row))
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect(row)
    for place, table in enumerate(tables):
        told = {head.path: request.POST.get(f"head-{place}-{head.column}", "") for head in table.heads}
        if any(f"head-{place}-{head.column}" in request.POST for head in table.heads):
            services.correct_mapping(row, table, told, by=user)
    return _act(request, row, "check")


@require_POST
def answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the choices about conflicts, duplicates, missing rows and tracks, and check again."""
    user, row = signed_in(request), _own_job(request, pk)
    asked = ("conflict:", "company:", "gone:", tracks.PREFIX)
    told = {key: value[:40] for key, value in request.POST.items() if key.startswith(asked) and isinstance(value, str)}
    return _act(request, services.answer(row, told, by=user), "check")


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the ledger: all of it, or only its rows without problems."""
    return _act(request, _own_job(request, pk), "apply", only_good="only_good" in request.POST)


@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what undoing an import would do; take it back once that is confirmed."""
    row = _own_job(request, pk)
    return _undo(request, row) if request.method == "POST" else _ask_undo(request, row)


def _ask_undo(request: HttpRequest, row: ImportJob) -> HttpResponse:
    try:
        changeset = services.undoable(row, now=timezone.now())
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect(row)
    return render(request, "ledgers/undo.html", {"job": row, "prospect": undoing.prospect(changeset), "shown": JOBS})


def _undo(request: HttpRequest, row: ImportJob) -> HttpResponse:
    user = signed_in(request)
    if row.changeset and row.changeset.changes.count() > services.SLOW_UNDO and row.status == ImportJob.Status.APPLIED:
        tasks.undo.delay(services.start(row, "undo", by=user).pk)
        return redirect(row)
    try:
        undone = services.undo(row, by=user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect(row)
    messages.success(request, _("已撤销这次导入：恢复了 %(n)d 处。") % {"n": undone.restored})
    for sentence in undone.refused[:JOBS]:
        messages.warning(request, sentence)
    return redirect(row)


@require_GET
def marked(request: HttpRequest, pk: int) -> FileResponse:
    """The workbook as it was brought, with its bad cells coloured and one column of reasons."""
    row = _job(request, pk)
    problems = [Problem(**found) for found in row.report.get("errors", ())]
    target = _temporary(".xlsx")
    mark_errors(Path(row.document.file.path), target, problems)
    return _sent(target, f"{Path(row.file_name).stem}（标出问题）.xlsx")


@require_GET
def export(request: HttpRequest, code: str) -> HttpResponseBase:
    """A ledger in the official layout, narrowed by the filters of the address."""
    user, layout = signed_in(request), LAYOUTS.get(code)
    if layout is None:
        raise Http404
    suffix = ".csv" if request.GET.get("format") == "csv" else ".xlsx"
    asked = request.GET.copy()
    for name in ("format", "sort", "cols", "unit", "page"):
        asked.pop(name, None)
    target = _temporary(suffix)
    try:
        exporting.export(layout, target, by=user, now=timezone.now(), filters=asked)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return redirect("ledgers:ledgers")
    return _sent(target, file_name(layout, exporting.context(user, now=timezone.now()), suffix))


@require_GET
def export_list(request: HttpRequest, app_label: str, model_name: str) -> FileResponse:
    """What a list of the admin shows, with its filters, as a ledger."""
    user = signed_in(request)
    page = next((page for model, page in admin.site._registry.items() if _is(model, app_label, model_name)), None)
    layout = next((known for known in LAYOUTS.values() if _is(known.model, app_label, model_name)), None)
    if page is None or layout is None or not page.has_view_permission(request):
        raise Http404
    rows = page.get_changelist_instance(request).get_queryset(request)
    target = _temporary(".xlsx")
    exporting.write(layout, target, rows.order_by("pk"), by=user, now=timezone.now(), conditions=request.GET.dict())
    return _sent(target, file_name(layout, exporting.context(user, now=timezone.now()), ".xlsx"))


def _is(model: Any, app_label: str, model_name: str) -> bool:
    return (model._meta.app_label, model._meta.model_name) == (app_label, model_name)


def _job(request: HttpRequest, pk: int) -> ImportJob:
    return get_object_or_404(ImportJob.objects.visible_to(signed_in(request)).select_related(*LINKED), pk=pk)


def _own_job(request: HttpRequest, pk: int) -> ImportJob:
    """A job that the person brought: others may look at it, not act on it."""
    row = _job(request, pk)
    if row.created_by_id != request.user.pk or not signed_in(request).has_perm("ledgers.import_ledger"):
        raise PermissionDenied
    return row


def _temporary(suffix: str) -> Path:
    """A private file that is gone once it was sent."""
    handle, name = tempfile.mkstemp(suffix=suffix)
    os.close(handle)
    return Path(name)


def _sent(path: Path, name: str) -> FileResponse:
    content = path.open("rb")
    path.unlink()  # the open file lives until it is sent
    return FileResponse(content, as_attachment=True, filename=name)
