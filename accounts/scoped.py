"""The base of every admin page: rows, choices, filters, actions and history keep to what a person may see.

Every save goes through `save(by=)`, every deletion is soft, and each act leaves one audit event.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.contenttypes.admin import GenericTabularInline
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Model
from django.forms import BaseModelFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from accounts import services
from accounts.filters import DateRangeFilter, NumberRangeFilter
from accounts.forms import TOKEN, VersionedForm
from accounts.owned import OwnedModel
from accounts.scope import can_change, visible
from audit import services as audit
from core import services as core
from core.models import DomainModel, StaleRow

OWNED_FIELDS = ("owner", "department", "origin")
ANY: Sequence[str] = ()  # of `shown_when`: whatever the other field holds, as long as it holds something


def choices(model: type[Model], user: Any) -> models.QuerySet[Any]:
    """The rows a person may choose from: named ones for companies, visible ones else."""
    rows = model._default_manager.all()
    named = getattr(rows, "named_for", None)
    return named(user) if named else visible(model, user)


def may_change(request: HttpRequest, row: Any) -> bool:
    """Whether the person may change a row (a new one always), asked once a request for each row."""
    if row is None or row.pk is None:
        return True
    known: dict[Any, bool] = request.__dict__.setdefault("_may_change", {})
    place = (row._meta.label, row.pk)
    if place not in known:
        known[place] = can_change(request.user, row)  # type: ignore[arg-type]
    return known[place]


class ScopedChoices:
    """Form choices of related rows, shared by pages and inlines.

    `shown_when` names fields that matter only beside some values of another one, as
    `{"land_mu": ("land_mode", ["sale", "lease"])}`, or beside any value of it (`ANY`). The page says so on
    the input and admin.js hides it while it is empty and not called for; without JavaScript all are shown.
    """

    empty_value_display = "—"
    shown_when: Mapping[str, tuple[str, Sequence[str]]] = {}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]
        if field and db_field.name in self.shown_when:
            other, values = self.shown_when[db_field.name]
            blank = "" if field.initial is None else field.initial
            field.widget.attrs |= {"data-shown-when": other, "data-shown-for": " ".join(values), "data-blank": blank}
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        options.setdefault("queryset", choices(db_field.related_model, request.user))
        return super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]


class HistoryValues(HistoricalRecordContextHelper):  # type: ignore[misc]
    """Values in the history as people read them: the label of a choice, — for nothing."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        labels = dict(self.model._meta.get_field(change.field).flatchoices or ())
        prepared = labels.get(value, super().prepare_delta_change_value(change, value))
        return "—" if prepared in (None, "") else prepared


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """A filter by a related row offers only rows the person may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        rows = choices(field.related_model, request.user)
        return [(row.pk, str(row)) for row in rows.order_by(*self.field_admin_ordering(field, request, model_admin))[:200]]


admin.FieldListFilter.register(lambda field: bool(field.remote_field), ScopedRelatedFilter, take_priority=True)
admin.FieldListFilter.register(lambda field: isinstance(field, models.DateField), DateRangeFilter, take_priority=True)
admin.FieldListFilter.register(lambda field: isinstance(field, models.DecimalField), NumberRangeFilter, take_priority=True)


class ScopedAdmin[M: Model](ScopedChoices, SimpleHistoryAdmin, admin.ModelAdmin[M]):  # type: ignore[misc]
    """A page for one table. `extra_lookups` are query parameters that links of ours may use."""

    form: Any = VersionedForm
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    view_on_site = False
    list_per_page = 50
    extra_lookups: tuple[str, ...] = ()
    history_list_display: list[str] = []

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[M]:
        rows = visible(self.model, request.user)  # type: ignore[arg-type]
        return rows.order_by(*self.get_ordering(request)) if self.get_ordering(request) else rows

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        filters: list[Any] = [item if isinstance(item, str) else item[0] for item in self.get_list_filter(request)]  # type: ignore[index]
        named = [*filters, *self.extra_lookups, self.date_hierarchy]
        known = any(lookup == name or lookup.startswith(f"{name}__") for name in named if isinstance(name, str))
        return known and (lookup in self.extra_lookups or super().lookup_allowed(lookup, value, request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        deletable = issubclass(self.model, DomainModel)
        return deletable and super().has_delete_permission(request, obj) and may_change(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        fields = [str(name) for name in super().get_readonly_fields(request, obj)]
        if issubclass(self.model, OwnedModel):
            fields += [name for name in OWNED_FIELDS if name not in fields]
        return fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        editable = issubclass(self.form, VersionedForm) and self.has_change_permission(request, obj)
        return with_token(super().get_fieldsets(request, obj), editable)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if isinstance(obj, OwnedModel) and not change and obj.owner_id is None:
            obj.owner_id = request.user.pk
        save_row(obj, request)

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseModelFormSet[Any, Any], change: bool) -> None:
        rows = formset.save(commit=False)
        for row in formset.deleted_objects:
            core.delete(row, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        for row in rows:
            save_row(row, request)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self.after_save(request, form.instance)

    def after_save(self, request: HttpRequest, obj: Any) -> None:
        """What must hold once the row and its children are saved; warnings of the row are shown."""
        for sentence in obj.warnings() if hasattr(obj, "warnings") else ():
            messages.warning(request, sentence)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except StaleRow as error:  # somebody saved between our check and our write
            messages.error(request, str(error))
            request.method = "GET"
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        services.delete_row(obj, by=request.user)  # type: ignore[arg-type]

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[M]) -> None:
        for row in queryset:
            self.delete_model(request, row)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        leaving = [item for row in objs for item in core.collect(row)]
        counts: dict[Any, int] = {}
        for item in leaving:
            counts[item._meta.verbose_name_plural] = counts.get(item._meta.verbose_name_plural, 0) + 1
        refused = [row for row in objs if not self.has_delete_permission(request, row)]
        protected = [str(row) for row in core.blocking(leaving)] + core.closed(leaving)
        return [str(item) for item in leaving], counts, {str(row._meta.verbose_name) for row in refused}, protected

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return self._record(request, "added", obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return self._record(request, "changed", obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Nothing: `services.delete_row` leaves the event."""

    def _record(self, request: HttpRequest, what: str, obj: Any, message: Any) -> Any:
        rows = len(message) if isinstance(message, list) else 1
        changes = {"form": message} if isinstance(message, list) else {}
        return audit.record(f"{self.model._meta.model_name}.{what}", obj, by=request.user, changes=changes, rows=max(rows, 1))  # type: ignore[arg-type]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        self._refuse_unseen(request, object_id)
        if not hasattr(self.model, "history"):
            raise Http404
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None) -> HttpResponse:
        self._refuse_unseen(request, object_id)
        return super().history_form_view(request, object_id, version_id, extra_context)  # type: ignore[no-any-return]

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> HistoryValues:
        return HistoryValues(self.model, historical_record)

    def _refuse_unseen(self, request: HttpRequest, object_id: str) -> None:
        if self.get_object(request, object_id) is None:
            raise Http404

    @admin.action(description=_("标为由我负责"))
    def take_over(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        taken = [
            services.reassign(row, owner=request.user, by=request.user)  # type: ignore[arg-type]
            for row in queryset
            if self.has_change_permission(request, row)
        ]
        messages.success(request, _("已由您负责 %(n)d 条") % {"n": len(taken)})


class ScopedInline(ScopedChoices, InlineModelAdmin):  # type: ignore[type-arg]
    """Child rows on a parent's page: visible with it, changed by whoever may change it."""

    form: Any = VersionedForm
    extra = 0
    show_change_link = False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """A cell of a table has no label of its own, so its input carries the head of the column."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field:
            field.widget.attrs.setdefault("aria-label", field.label)
        return field

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return visible(self.model, request.user)  # type: ignore[arg-type]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and may_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and may_change(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        editable = issubclass(self.form, VersionedForm) and self.has_change_permission(request, obj)
        return with_token(super().get_fieldsets(request, obj), editable)


class ScopedTabularInline(ScopedInline, admin.TabularInline):  # type: ignore[type-arg]
    """Child rows as a table."""


class ScopedStackedInline(ScopedInline, admin.StackedInline):  # type: ignore[type-arg]
    """Child rows one under the other."""


class ScopedGenericInline(ScopedInline, GenericTabularInline):
    """Rows tied to a row of any kind: seen with it, so the page that shows it has already asked."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = self.model._default_manager.all()
        return rows


def save_row(row: Any, request: HttpRequest) -> None:
    """Save a row with its author; a plain model takes him for its history only."""
    if isinstance(row, DomainModel):
        row.save(by=request.user)  # type: ignore[arg-type]
    else:
        row._history_user = request.user
        row.save()


def with_token(fieldsets: Any, editable: bool) -> Any:
    """Fieldsets with the hidden version in the first of them, where the form can be sent."""
    listed = [(name, {**options, "fields": [*options["fields"]]}) for name, options in fieldsets]
    there = any(TOKEN in options["fields"] for _name, options in listed)
    for _name, options in listed:
        if not editable:
            options["fields"] = [field for field in options["fields"] if field != TOKEN]
    if editable and listed and not there:
        listed[0][1]["fields"].append(TOKEN)
    return listed


def refused(request: HttpRequest, error: ValidationError) -> None:
    """Show every sentence of a refusal."""
    for sentence in error.messages:
        messages.error(request, sentence)
