"""The reference data and the press data, in a tenth of the time that checking and saving each row takes."""

from typing import Any

from core.models import DomainModel
from crm import seeding
from projects import services as projects
from projects.models import Project


class Quick(seeding.Loader):
    """Inserts the same rows without checks and history: tests/crm/test_seed.py proves those."""

    def _save(self, key: str, instance: DomainModel) -> None:
        row: Any = instance
        if hasattr(row, "fill_derived"):
            row.fill_derived()
        elif type(row).save is not DomainModel.save:  # it derives something there
            row.save()
        if row.pk is None:
            type(row)._base_manager.bulk_create([row])
        self.found[key] = instance
        self.inserted.append(instance)


def load_reference() -> seeding.Loader:
    """Stages, templates, rules, regions and all else that every installation begins with."""
    loader = Quick(seeding.REFERENCE)
    loader.load()
    return loader


def load_press() -> None:
    """The reference data, and the Shenzhen signing as the press told it."""
    press = Quick(seeding.PRESS, others={seeding.REFERENCE: load_reference()})
    for row in press.load():
        if isinstance(row, Project):
            projects.refresh_project(row)
