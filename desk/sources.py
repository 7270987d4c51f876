"""Where the facts of a page come from: the phrase, the document, the lines; and whether the row still says so."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from audit import changesets
from desk.lists import Shown, first
from documents.models import Attachment, Citation
from ledgers.models import ImportJob, Provenance


@dataclass(frozen=True)
class Source:
    """One citation; `about` names the row and the fields it proves."""

    citation: Citation
    about: str
    said: bool


def sources(rows: Iterable[Model], *, count: int) -> Shown[Source]:
    """The citations of rows that the page shows, in the order of the text (one query)."""
    targets = {(type(row), row.pk): row for row in rows}
    found = first(
        Citation.objects.filter(_tied(targets)).select_related("document").order_by("document", "line_from", "id"), count
    )
    return Shown([_source(citation, targets) for citation in found.rows], found.more)


@dataclass(frozen=True)
class Imported:
    """What one import said of one row: which fields, from which cells."""

    job: ImportJob
    about: str
    cells: str


def imported(rows: Iterable[Model], *, count: int) -> Shown[Imported]:
    """What imports that stand wrote into rows of the page, the latest first (one query)."""
    targets = {(type(row), row.pk): row for row in rows}
    told = Provenance.objects.filter(_tied(targets), job__status=ImportJob.Status.APPLIED).exclude(cells={})
    found = first(told.select_related("job__applied_by").order_by("-id"), count)
    return Shown([_imported(one, targets) for one in found.rows], found.more)


def _imported(told: Provenance, targets: dict[tuple[type[Model], int], Model]) -> Imported:
    kind = ContentType.objects.get_for_id(told.content_type_id).model_class()
    row = targets[kind, told.object_id]  # type: ignore[index]
    cells = {_label(row, name): f"{cell}{_changed(row, name, text)}" for name, (cell, text) in told.cells.items() if cell}
    text = "、".join(f"{label} {cell}" for label, cell in cells.items())
    return Imported(told.job, str(row._meta.verbose_name), f"{told.sheet}：{text}" if text else told.sheet)


def _changed(row: Model, name: str, text: Any) -> str:
    """Said beside a cell whose value somebody has replaced by hand."""
    still = changesets.kept(row._meta.get_field(name), row) == text  # type: ignore[arg-type]
    return "" if still else _("（之后手工修改）")


def files(rows: Iterable[Model]) -> Any:
    """The files tied to rows that the page shows, newest first."""
    return Attachment.objects.filter(_tied((type(row), row.pk) for row in rows)).select_related("document")


def _source(citation: Citation, targets: dict[tuple[type[Model], int], Model]) -> Source:
    kind = ContentType.objects.get_for_id(citation.content_type_id).model_class()
    row = targets[kind, citation.object_id]  # type: ignore[index]
    citation.target = row
    labels = "、".join(_label(row, name) for name in citation.fields)
    return Source(citation, " · ".join(part for part in (str(row._meta.verbose_name), labels) if part), citation.still_said)


def _label(row: Model, name: str) -> str:
    try:
        return str(getattr(row._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        return name


def _tied(keys: Iterable[tuple[type[Model], int]]) -> Q:
    condition = Q(pk__in=[])
    grouped: dict[type[Model], list[int]] = {}
    for model, key in keys:
        grouped.setdefault(model, []).append(key)
    for model, found in grouped.items():
        condition |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=found)
    return condition
