"""驾驶舱: the leader's questions, each a part of its own; and the rows behind every figure."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.views import signed_in
from desk.cockpit import batches, rows
from desk.cockpit.numbers import Number, Slice, number, rate
from desk.cockpit.part import Part, Viewer
from desk.cockpit.parts import PARTS
from desk.targets import distance, seen
from events.models import Event
from reports.indicators import QUANTITIES, Figure, Quantity, compute_many, measure
from reports.indicators.targets import targets_reached
from reports.models import Target

PAGE = 50


def _viewer(request: HttpRequest) -> Viewer:
    chosen = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    now = timezone.now()
    return Viewer(signed_in(request), now, timezone.localdate(now), chosen)


def cockpit(request: HttpRequest) -> HttpResponse:
    """The questions; each answer is fetched after the page, or opened by its own link without scripts."""
    viewer = _viewer(request)
    parts = [part for part in PARTS.values() if part.open_to(viewer)]
    return render(request, "desk/cockpit/cockpit.html", {"parts": parts, "today": viewer.today})


def part(request: HttpRequest, code: str) -> HttpResponse:
    """One answer: a fragment for the cockpit, a page for everybody else."""
    if code not in PARTS:
        raise Http404
    chosen, viewer = PARTS[code], _viewer(request)
    if not chosen.open_to(viewer):
        raise PermissionDenied
    context = {"part": chosen, "today": viewer.today, **_read(chosen, viewer)}
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, chosen.template if fragment else "desk/cockpit/part.html", context)


def _read(chosen: Part, viewer: Viewer) -> dict[str, Any]:
    try:
        return chosen.read(viewer)
    except (KeyError, ValueError) as error:  # an address somebody typed
        raise Http404 from error


def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """The batch of one event: announced beside recorded."""
    viewer = _viewer(request)
    event = get_object_or_404(Event.objects.visible_to(viewer.user), pk=pk)
    context = {"event": event, "today": viewer.today, **batches.page(event, viewer)}
    return render(request, "desk/cockpit/batch.html", context)


def target(request: HttpRequest, pk: int) -> HttpResponse:
    """A target as it was set, and what was done of it."""
    viewer = _viewer(request)
    year = get_object_or_404(Target, pk=pk).year
    row = get_object_or_404(seen(viewer.user, year).select_related("updated_by"), pk=pk)
    projects = Slice.year_to(viewer.today).asked(viewer.user).projects
    reached = targets_reached([row], projects, today=viewer.today)
    if not reached:
        raise Http404
    return render(request, "desk/cockpit/target.html", {"line": distance(reached[0]), "today": viewer.today})


@dataclass(frozen=True)
class Behind:
    """What a page of rows is about: a quantity, and the indicator it is a part of."""

    quantity: Quantity
    figure: Figure | None = None
    part: str = ""


def figure(request: HttpRequest, code: str) -> HttpResponse:
    """The rows a figure counts: as many as it says, under the same question and the same scope."""
    viewer = _viewer(request)
    try:
        cut = Slice.read(request.GET, today=viewer.today)
        behind = _behind(code, cut, viewer)
        context = _rows(behind, cut, viewer)
    except (KeyError, ValueError) as error:  # an address somebody typed
        raise Http404 from error
    return render(request, "desk/cockpit/rows.html", {**context, "behind": behind, "cut": cut, "today": viewer.today})


def _behind(code: str, cut: Slice, viewer: Viewer) -> Behind:
    """An indicator is meant where an address names a variant, else a quantity of this name."""
    variant = viewer.chosen.get("variant", "")
    if code in QUANTITIES and not variant:
        return Behind(QUANTITIES[code])
    found = compute_many([(code, variant)], cut.asked(viewer.user))[0]
    wanted = viewer.chosen.get("part", "numerator")
    codes = {"numerator": found.parts.numerator, "denominator": found.parts.denominator or found.parts.numerator}
    return Behind(QUANTITIES[codes[wanted]], found, wanted)


def _rows(behind: Behind, cut: Slice, viewer: Viewer) -> dict[str, Any]:
    quantity = behind.quantity
    asked = cut.asked(viewer.user)
    measured = measure([("rows", quantity, asked)])["rows"]
    page = max(int(viewer.chosen.get("page", "1")), 1)
    table, shown = rows.lines(quantity.rows(asked), (page - 1) * PAGE, PAGE)
    return {
        "total": measured.count,
        "number": number(quantity, measured, cut),
        "rate": rate(behind.figure, cut) if behind.figure else None,
        "parts": _parts(behind, cut),
        "table": table,
        "lines": shown,
        "page": page,
        "pages": -(-measured.count // PAGE),
        "previous": cut.query(**_kept(viewer), page=page - 1) if page > 1 else "",
        "following": cut.query(**_kept(viewer), page=page + 1) if page * PAGE < measured.count else "",
    }


def _kept(viewer: Viewer) -> dict[str, str]:
    return {name: viewer.chosen[name] for name in ("variant", "part") if viewer.chosen.get(name)}


def _parts(behind: Behind, cut: Slice) -> list[tuple[str, Quantity, Number]]:
    """The numerator and the denominator of a rate, each with its rows; and what stands beside it."""
    found = behind.figure
    if found is None:
        return []
    listed = [("numerator", found.parts.numerator, found.numerator)]
    if found.parts.denominator and found.denominator is not None:
        listed.append(("denominator", found.parts.denominator, found.denominator))
    return [(name, QUANTITIES[code], number(QUANTITIES[code], measured, cut)) for name, code, measured in listed]
