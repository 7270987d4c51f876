"""责任单位: a department that somebody said, not the one a row got from who brought it."""

from collections.abc import Sequence

from django.contrib.contenttypes.models import ContentType

from ledgers.models import Provenance
from projects.models import Project


def told(projects: Sequence[Project]) -> dict[int, str]:
    """The departments that a ledger writes: key of a project → name.

    A project that was imported without 责任单位 got the department of its owner, which nobody charged with it: it is
    left out until a ledger names one or somebody gives the project to another department.
    """
    imported = [project.pk for project in projects if project.origin == Project.Origin.IMPORTED]
    kind = ContentType.objects.get_for_model(Project)
    rows = Provenance.objects.filter(content_type=kind, object_id__in=imported, job__status="applied")
    named = set(rows.filter(cells__has_key="department").values_list("object_id", flat=True))
    said = [one for one in projects if one.pk not in imported or one.pk in named or one.department_id != _given(one)]
    return {project.pk: project.department.name for project in said}


def _given(project: Project) -> int | None:
    """The department that a project gets when a ledger names none, as `OwnedModel.fill_department` does."""
    brought = project.created_by
    owner = project.owner or brought
    return (owner.department_id if owner else None) or (brought.department_id if brought else None)
