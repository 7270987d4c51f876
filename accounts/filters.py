"""Filters of admin lists by a range: two inputs, each bound included."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from core.amounts import MoneyField
from core.dates import month_end

FIRST_YEAR = 1900  # a year written with two digits reaches us as one of the first century


class RangeFilter(admin.FieldListFilter):
    """From … to … of a column. What cannot be read, or runs backwards, is said and filters nothing."""

    template = "admin/range_filter.html"
    input_type = "text"

    def __init__(self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, *, field_path: str) -> None:
        self.lower, self.upper, self.unset = (f"{field_path}__{name}" for name in ("gte", "lte", "isnull"))
        super().__init__(field, request, params, model, model_admin, field_path)
        used: dict[str, Any] = self.used_parameters
        self.typed = {name: str(values[-1]).strip() for name, values in used.items()}
        self.errors: list[str] = []
        try:
            self.bounds = self._bounds()
        except ValidationError as error:
            self.bounds, self.errors = {}, error.messages

    def expected_parameters(self) -> list[Any]:
        return [self.lower, self.upper] + ([self.unset] if self.field.null else [])

    def value_of(self, text: str) -> Any:
        """A bound as it was typed; raises ValidationError with a sentence that says what to do."""
        field: Any = self.field.formfield(required=False)
        return field.clean(text)

    def lookups(self, bounds: dict[str, Any]) -> dict[str, Any]:
        """What a query is asked for these bounds."""
        return bounds

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return queryset.filter(**self.lookups(self.bounds))

    def choices(self, changelist: Any) -> Iterator[Any]:
        for display, bounds in self.shortcuts():
            chosen = {name: str(value) for name, value in bounds.items()}
            yield {
                "selected": {name: text for name, text in self.typed.items() if text} == chosen,
                "query_string": changelist.get_query_string(chosen, self.expected_parameters()),
                "display": display,
            }

    def shortcuts(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Links that spare the typing; the first of them clears the filter."""
        yield _("全部"), {}
        yield from self.ready_ranges()
        if self.field.null:
            yield _("未填"), {self.unset: True}

    def ready_ranges(self) -> Iterator[tuple[str, dict[str, Any]]]:
        yield from ()

    @property
    def inputs(self) -> list[dict[str, str]]:
        """The two inputs, as they were typed."""
        labels = {self.lower: _("从"), self.upper: _("到")}
        return [{"name": name, "label": label, "value": self.typed.get(name, "")} for name, label in labels.items()]

    @property
    def others(self) -> list[tuple[str, str]]:
        """Every other parameter of the address, which the form hands on; the page begins anew."""
        own = {*self.expected_parameters(), PAGE_VAR, ERROR_FLAG}
        return [(name, value) for name, values in self.request.GET.lists() if name not in own for value in values]

    def _bounds(self) -> dict[str, Any]:
        bounds = {name: self.value_of(self.typed[name]) for name in (self.lower, self.upper) if self.typed.get(name)}
        bounds = {name: value for name, value in bounds.items() if value is not None}
        if len(bounds) == 2 and bounds[self.lower] > bounds[self.upper]:
            raise ValidationError(_("“从”不能大于“到”，请对调后再筛选"), code="order")
        if self.unset in self.typed:
            bounds[self.unset] = self.typed[self.unset] == "True"
        return bounds


class NumberRangeFilter(RangeFilter):
    """A range of numbers; amounts are typed as people write them (1.5亿), 万元 without a unit."""

    @property
    def hint(self) -> str:
        return _("不写单位按万元，也可写 1.5亿") if isinstance(self.field, MoneyField) else ""


class DateRangeFilter(RangeFilter):
    """A range of days; of a moment the whole day counts."""

    input_type = "date"

    def value_of(self, text: str) -> Any:
        try:
            day = forms.DateField().clean(text)
        except ValidationError:
            day = dt.date.min
        if day.year < FIRST_YEAR:
            raise ValidationError(_("看不懂日期“%(text)s”：请写成 2026-11-24") % {"text": text}, code="date")
        return day

    def lookups(self, bounds: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(self.field, models.DateTimeField):
            return bounds
        edges = {self.lower: dt.time.min, self.upper: dt.time.max}
        whole = {name: timezone.make_aware(dt.datetime.combine(bounds[name], edges[name])) for name in edges if name in bounds}
        return bounds | whole

    def ready_ranges(self) -> Iterator[tuple[str, dict[str, Any]]]:
        today = timezone.localdate()
        monday = today - dt.timedelta(days=today.weekday())
        month, year = today.replace(day=1), today.replace(month=1, day=1)
        ranges = [
            (_("今天"), today, today),
            (_("本周"), monday, monday + dt.timedelta(days=6)),
            (_("本月"), month, month_end(today.year, today.month)),
            (_("本年"), year, month_end(today.year, 12)),
        ]
        for display, first, last in ranges:
            yield display, {self.lower: first, self.upper: last}
