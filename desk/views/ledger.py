"""项目台账: every project, filtered, counted and added up; its saved views."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.roles import EXPORTERS, IMPORTERS, WRITERS
from accounts.scope import Scope
from accounts.views import signed_in
from desk import bulk, filter_fields, saved_views
from desk.columns import COLUMNS, UNITS
from desk.ledger import MOST_COPIED, PER_PAGE, Ledger
from desk.models import SavedView
from desk.sheet_kinds import PROJECTS
from desk.views import sheets


def ledger(request: HttpRequest) -> HttpResponse:
    """The table, or with `?as_of=DATE` what a snapshot keeps of it; `?format=tsv` and `?format=text` give the same projects to be copied."""
    user = signed_in(request)
    if request.GET.get("as_of", "").strip():
        return sheets.show(request, PROJECTS)
    book = Ledger(request.GET, user=user, today=timezone.localdate())
    if request.GET.get("format") == "tsv":
        return _plain(book.tsv(), "text/tab-separated-values")
    if request.GET.get("format") == "text":
        return _plain(book.text(), "text/plain")
    return render(request, "desk/ledger.html", _context(book, user))


def _context(book: Ledger, user: User) -> dict[str, Any]:
    heads, start = book.heads(), (book.page - 1) * PER_PAGE
    lines = book.lines(start, start + PER_PAGE)
    views = SavedView.objects.visible_to(user).filter(page=SavedView.Page.PROJECTS).select_related("owner")
    return {
        "book": book,
        "form": book.filter.form,
        "fields": list(filter_fields.of(book.filter)),
        "query": book.query(),
        "heads": heads,
        "rows": [(line, [(head, head.column.cell(line)) for head in heads]) for line in lines],
        "chips": list(book.chips()),
        "quick": [(label, book.query(**{name: value})) for label, name, value in _quick() if not _at_work(book, name, value)],
        "pager": _pager(book),
        "columns": [(column, column in book.columns) for column in COLUMNS],
        "orders": _orders(),
        "units": [(code, label, book.query(unit=code if code != "yi" else None)) for code, label in UNITS.items()],
        "views": list(views),
        "may_change": bool(Scope.of(user).roles & WRITERS),
        "may_export": bool(Scope.of(user).roles & EXPORTERS),
        "may_import": bool(Scope.of(user).roles & IMPORTERS),
        "most": bulk.MOST,
        "most_copied": MOST_COPIED,
    }


def _quick() -> list[tuple[str, str, str]]:
    """What is asked for most, one click away: label, filter, value."""
    return [
        (_("我负责的"), "mine", "on"),
        (_("红灯"), "light", "red"),
        (_("有逾期节点"), "overdue", "on"),
        (_("缺凭据"), "missing", "on"),
        (_("30 天没有有效对接"), "silent", "30"),
    ]


def _at_work(book: Ledger, name: str, value: str) -> bool:
    """Whether a quick filter is one of the filters at work, which stand beside it with their ×."""
    asked = book.filter.form.cleaned_data.get(name)
    return asked is True or str(asked) == value or asked == [value]


def _orders() -> list[tuple[str, str]]:
    """What can be ordered by, for a phone, whose table has no heads to click."""
    signs = (("", _("升序")), ("-", _("降序")))
    return [(sign + row.code, f"{row.label}（{way}）") for row in COLUMNS if row.sort is not None for sign, way in signs]


def _pager(book: Ledger) -> list[tuple[str, str]]:
    """The pages one can go to from here, each with its address."""
    here, last = book.page, book.pages
    steps = [(_("首页"), 1), (_("上一页"), here - 1), (_("下一页"), here + 1), (_("末页"), last)]
    return [(label, book.query(page=str(page))) for label, page in steps if 1 <= page <= last and page != here]


def _plain(lines: Iterable[str], kind: str) -> HttpResponse:
    return HttpResponse("\n".join(lines) + "\n", content_type=f"{kind}; charset=utf-8")


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the address under a name, for oneself or for all."""
    user = signed_in(request)
    asked = QueryDict(request.POST.get("query", ""))
    query = Ledger(asked, user=user, today=timezone.localdate()).query()
    try:
        view = saved_views.save_view(request.POST.get("name", ""), query, by=user, shared="shared" in request.POST)
        messages.success(request, _("已保存视图“%(name)s”") % {"name": view})
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    return redirect(f"{reverse('desk:projects')}?{query}")


@require_POST
def change_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename, share or delete one of one's own views."""
    user = signed_in(request)
    view = get_object_or_404(SavedView.objects.visible_to(user).select_related("owner"), pk=pk)
    try:
        if "delete" in request.POST:
            saved_views.delete_view(view, by=user)
            messages.success(request, _("已删除视图“%(name)s”") % {"name": view})
        else:
            saved_views.change_view(view, name=request.POST.get("name", ""), shared="shared" in request.POST, by=user)
            messages.success(request, _("视图已更新"))
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    return redirect(f"{reverse('desk:projects')}?{view.query}")
