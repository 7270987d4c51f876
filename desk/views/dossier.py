"""一项一档: what the package of a project holds, and the package itself."""

import tempfile
from io import BytesIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.views import signed_in
from core.files import safe_name
from projects.models import Project
from reports.services import dossiers


@require_GET
def dossier(request: HttpRequest, pk: int) -> HttpResponse:
    """What will be in the package, and what is missing, before anything is taken."""
    user = signed_in(request)
    row = _project(user, pk)
    parts, files = dossiers.preview(row, user)
    context = {
        "project": row,
        "parts": parts[:-1],
        "missing": parts[-1],
        "files": files,
        "mark": dossiers.watermark(user, timezone.now()),
        "may_take": user.has_perm("ledgers.export_ledger"),
    }
    return render(request, "desk/dossier.html", context)


@require_GET
def download(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The package as PDF, or with every file as an archive."""
    user, now = signed_in(request), timezone.now()
    row = _project(user, pk)
    name = f"{safe_name(row.name)} 一项一档"
    if kind == "pdf":
        return FileResponse(BytesIO(dossiers.write_pdf(row, by=user, now=now)), as_attachment=True, filename=f"{name}.pdf")
    if kind != "zip":
        raise Http404
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    try:
        dossiers.write_archive(row, target, by=user, now=now)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{name}.zip")


def _project(user: User, pk: int) -> Project:
    rows = Project.objects.visible_to(user).select_related("agreement", "department", "owner", "park")
    return get_object_or_404(rows, pk=pk)
