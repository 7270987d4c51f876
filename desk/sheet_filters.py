"""Filters of the lists of agreements, milestones and capital; the same questions are put to a snapshot's rows."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import CharField, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from projects import stages
from projects.filters import ALL
from projects.models import Agreement, CapitalArrival, Milestone, Project

NULL = "null"  # what SQLite makes of the null of JSON


def _one(label: Any, choices: Any, **options: Any) -> Any:
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label=ALL, **options)


def _day(label: Any, method: str) -> Any:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return django_filters.DateFilter(label=label, widget=widget, method=method)


class SheetFilter(django_filters.FilterSet):  # type: ignore[misc]
    """`day` names the column that the two dates are about; every other choice is a column of that name."""

    day: ClassVar[str] = ""
    choices: ClassVar[tuple[str, ...]] = ()

    q = django_filters.CharFilter(label=_("项目名称、编号"), method="search", max_length=60)
    project = django_filters.NumberFilter(widget=forms.HiddenInput, method="of_project", label=_("项目"))
    day_from = _day(_("日期从"), "since")
    day_to = _day(_("日期到"), "until")

    def __init__(self, data: QueryDict | None, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset)

    def search(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        for word in text.split():
            found = Project.objects.filter(Q(search_text__icontains=word) | Q(code__icontains=word))
            rows = rows.filter(project__in=found.values("pk"))
        return rows

    def of_project(self, rows: QuerySet[Any], name: str, key: Any) -> QuerySet[Any]:
        return rows.filter(project=int(key)) if 0 < key < 2**63 else rows.none()

    def since(self, rows: QuerySet[Any], name: str, day: Any) -> QuerySet[Any]:
        return rows.filter(**{f"{self.day}__gte": day})

    def until(self, rows: QuerySet[Any], name: str, day: Any) -> QuerySet[Any]:
        return rows.filter(**{f"{self.day}__lte": day})

    def frozen(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of a snapshot that answer the same questions; they know names as they were, and no pinyin."""
        asked = self.form.cleaned_data
        for word in (asked.get("q") or "").split():
            rows = rows.filter(
                Q(values__project_name__icontains=word) | Q(values__project_code__icontains=word) | Q(label__icontains=word)
            )
        if asked.get("project"):
            rows = rows.filter(project_id=int(asked["project"]))
        for name in self.choices:
            if asked.get(name):
                rows = rows.filter(**{f"values__{name}": _plain(asked[name])})
        for name, lookup in (("day_from", "gte"), ("day_to", "lte")):
            if asked.get(name):
                rows = rows.annotate(day=Cast(KT(f"values__{self.day}"), CharField())).exclude(day=NULL)
                rows = rows.filter(**{f"day__{lookup}": asked[name].isoformat()})
        return rows


def _plain(value: str) -> Any:
    return {"True": True, "False": False}.get(value, value)


class AgreementFilter(SheetFilter):
    day = "signed_on"
    choices = ("kind", "counts_as")
    kind = _one(_("协议类型"), Agreement.Kind.choices)
    counts_as = _one(_("计入方式"), Agreement.CountsAs.choices)


class MilestoneFilter(SheetFilter):
    day = "due_on"
    choices = ("status", "is_key")
    status = _one(_("状态"), Milestone.Status.choices)
    is_key = _one(_("关键节点"), [("True", _("是")), ("False", _("否"))])


class CapitalFilter(SheetFilter):
    day = "arrived_on"
    choices = ("status", "origin", "side")
    status = _one(_("状态"), CapitalArrival.Status.choices)
    origin = _one(_("资金来源地"), CapitalArrival.Origin.choices)
    side = _one(_("出资一方"), CapitalArrival.Side.choices)


class FrozenProjectFilter(SheetFilter):
    """The project ledger has a filter of its own for rows of today."""

    day = "signed_on"
    choices = ("status", "light", "track", "stage")
    status = _one(_("状态"), Project.Status.choices)
    light = _one(_("灯"), Project.Light.choices)
    track = _one(_("推进路径"), stages.Track.choices)
    stage = _one(_("阶段"), stages.CHOICES)
