"""Field values over time, for people. Personal and derived fields stay out of it."""

from django.db import models
from simple_history.models import HistoricalRecords


class DomainRecords(HistoricalRecords):  # type: ignore[misc]
    """One history table a model; `Model.history_excluded` names the fields that are not kept."""

    def fields_included(self, model: type[models.Model]) -> list[models.Field]:  # type: ignore[type-arg]
        excluded = getattr(model, "history_excluded", ())
        return [field for field in model._meta.fields if field.name not in excluded]

    def create_history_model(self, model: type[models.Model], inherited: bool) -> type[models.Model]:
        self.excluded_fields = list(getattr(model, "history_excluded", ()))
        created: type[models.Model] = super().create_history_model(model, inherited)
        return created
