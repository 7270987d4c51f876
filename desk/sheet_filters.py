"""Filters of the lists of agreements, milestones and capital; the same questions are put to a snapshot's rows."""

import datetime as dt
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import CharField, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.filters import ALL
from projects.models import Agreement, CapitalArrival, Milestone, Project

NULL = "null"  # what SQLite makes of the null of JSON
PLAIN = {"True": True, "False": False, "null": None}  # what a choice stands for in a row of a snapshot


def _one(label: Any, choices: Any, **options: Any) -> Any:
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label=ALL, **options)


def _day(label: Any, method: str) -> Any:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return django_filters.DateFilter(label=label, widget=widget, method=method)


class SheetFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`day` names the column that dates are about; `choices` are columns of that name, `texts` what is searched."""

    day: ClassVar[str] = ""
    choices: ClassVar[tuple[str, ...]] = ()
    texts: ClassVar[tuple[str, ...]] = ("project_name", "project_code")

    q = django_filters.CharFilter(label=_("项目名称、编号"), method="search", max_length=60)
    project = django_filters.NumberFilter(widget=forms.HiddenInput, method="of_project", label=_("项目"))

    def __init__(self, data: QueryDict | None, queryset: QuerySet[Any], *, user: User | None = None) -> None:
        super().__init__(data, queryset)
        self.user = user

    def search(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        for word in text.split():
            found = Project.objects.filter(Q(search_text__icontains=word) | Q(code__icontains=word))
            rows = rows.filter(project__in=found.values("pk"))
        return rows

    def of_project(self, rows: QuerySet[Any], name: str, key: Any) -> QuerySet[Any]:
        return rows.filter(project=int(key)) if 0 < key < 2**63 else rows.none()

    def frozen(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of a snapshot that answer the same questions; they know names as they were, and no pinyin."""
        asked = self.form.cleaned_data
        for word in (asked.get("q") or "").split():
            found = Q(label__icontains=word)
            for name in self.texts:
                found |= Q(**{f"values__{name}__icontains": word})
            rows = rows.filter(found)
        if asked.get("project"):
            rows = rows.filter(project_id=int(asked["project"]))
        for name in self.choices:
            if isinstance(value := asked.get(name), list):
                rows = rows.filter(**{f"values__{name}__in": value}) if value else rows
            elif value:
                rows = rows.filter(**{f"values__{name}": PLAIN.get(value, value)})
        return rows

    def between(self, rows: QuerySet[Any], first: dt.date | None, last: dt.date | None) -> QuerySet[Any]:
        """The rows of a snapshot whose day lies there; what has none lies nowhere."""
        for day, lookup in ((first, "gte"), (last, "lte")):
            if day:
                rows = rows.annotate(day=Cast(KT(f"values__{self.day}"), CharField())).exclude(day=NULL)
                rows = rows.filter(**{f"day__{lookup}": day.isoformat()})
        return rows


class DatedFilter(SheetFilter):
    """A list whose rows have one date that matters."""

    day_from = _day(_("日期从"), "since")
    day_to = _day(_("日期到"), "until")

    def since(self, rows: QuerySet[Any], name: str, day: Any) -> QuerySet[Any]:
        return rows.filter(**{f"{self.day}__gte": day})

    def until(self, rows: QuerySet[Any], name: str, day: Any) -> QuerySet[Any]:
        return rows.filter(**{f"{self.day}__lte": day})

    def frozen(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.form.cleaned_data
        return self.between(super().frozen(rows), asked.get("day_from"), asked.get("day_to"))


class AgreementFilter(DatedFilter):
    day = "signed_on"
    choices = ("kind", "counts_as")
    kind = _one(_("协议类型"), Agreement.Kind.choices)
    counts_as = _one(_("计入方式"), Agreement.CountsAs.choices)


class MilestoneFilter(DatedFilter):
    day = "due_on"
    choices = ("status", "is_key")
    status = _one(_("状态"), Milestone.Status.choices)
    is_key = _one(_("关键节点"), [("True", _("是")), ("False", _("否"))])


class CapitalFilter(DatedFilter):
    day = "arrived_on"
    choices = ("status", "origin", "side")
    status = _one(_("状态"), CapitalArrival.Status.choices)
    origin = _one(_("资金来源地"), CapitalArrival.Origin.choices)
    side = _one(_("出资一方"), CapitalArrival.Side.choices)
