"""Which projects: one filter for the ledger, the report and the API."""

import datetime as dt
from collections import defaultdict
from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from companies.industries import INDUSTRIES
from companies.models import Company
from core.amounts import MoneyFormField
from events.models import Event
from parks.models import Park
from projects import stages
from projects.models import Agreement, Evidence, Milestone, Project

ALL, NOT_CHOSEN = _("全部"), _("未填")
STAGES = [
    *((track.label, [(stage.code, stage.label) for stage in stages.of(track)]) for track in stages.Track),
    (_("未选定路径"), [(stage.code, stage.label) for stage in stages.WITHOUT_TRACK]),
]


class Money(django_filters.Filter):
    """An amount as people write it: 1.5亿, 3000万; a bare number is 万元."""

    field_class = MoneyFormField

    def __init__(self, *args: Any, **options: Any) -> None:
        hint = {"placeholder": _("如 1.5亿；只写数字是万元")}
        super().__init__(*args, widget=forms.TextInput(attrs=hint), **options)


class Days(django_filters.Filter):
    """A number of days."""

    field_class = forms.IntegerField


class Flag(django_filters.Filter):
    """A box to tick; the method named in it is asked only when it is."""

    field_class = forms.BooleanField


class Several(django_filters.MultipleChoiceFilter):
    """Any of the ticked ones."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, distinct=False, widget=forms.CheckboxSelectMultiple, **options)


def one_of(label: Any, choices: Any = (), **options: Any) -> Any:
    """One of the choices, or all."""
    return django_filters.ChoiceFilter(label=label, choices=choices, empty_label=ALL, **options)


def day_filter(label: Any, **options: Any) -> Any:
    """A day, typed or picked."""
    return django_filters.DateFilter(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class ProjectFilter(django_filters.FilterSet):
    """The projects a person may see, narrowed by what was asked; a wrong value is an error of its field and narrows nothing.

    Amount, date and kind are those of the agreement in force; the event may be that of any agreement.
    """

    q = django_filters.CharFilter(label=_("名称、编号、投资方（可用拼音）"), method="search", max_length=60)
    track = one_of(_("推进路径"), stages.Track.choices, null_label=NOT_CHOSEN)
    status = Several(label=_("状态"), choices=Project.Status.choices)
    light = Several(label=_("灯"), choices=Project.Light.choices)
    grade = one_of(_("重要程度"), Project.Grade.choices)
    owner = one_of(_("负责人"), null_label=NOT_CHOSEN)
    department = one_of(_("所属部门"))
    park = one_of(_("园区"), null_label=NOT_CHOSEN)
    industry = one_of(_("行业"), INDUSTRIES, lookup_expr="startswith")
    origin = one_of(_("数据来由"), Project.Origin.choices)
    agreement = one_of(_("协议类型"), Agreement.Kind.choices, field_name="agreement__kind")
    event = one_of(_("签约活动"), method="signed_at")
    signed_from = day_filter(_("签约日期从"), field_name="agreement__signed_on", lookup_expr="gte")
    signed_to = day_filter(_("签约日期到"), field_name="agreement__signed_on", lookup_expr="lte")
    amount_from = Money(label=_("总投资从"), field_name="agreement__amount", lookup_expr="gte")
    amount_to = Money(label=_("总投资到"), field_name="agreement__amount", lookup_expr="lte")
    silent = Days(label=_("超过多少天没有有效对接"), method="without_contact", min_value=1, max_value=3650)
    missing = Flag(label=_("缺凭据"), method="lacking_evidence")
    overdue = Flag(label=_("有逾期节点"), method="with_overdue")
    mine = Flag(label=_("我负责的"), method="owned_by_me")
    stage = Several(label=_("阶段"), choices=STAGES)

    class Meta:
        model = Project
        fields: list[str] = []

    def __init__(self, data: QueryDict | None, *, user: User, today: dt.date, queryset: QuerySet[Project] | None = None) -> None:
        super().__init__(data, Project.objects.visible_to(user) if queryset is None else queryset)
        self.user, self.today = user, today
        for name in ("park", "owner", "department", "event"):
            self.filters[name].extra["choices"] = lambda name=name: self._names[name]

    def search(self, rows: QuerySet[Project], name: str, text: str) -> QuerySet[Project]:
        for word in text.split():
            companies = Company.objects.filter(search_text__icontains=word)
            found = Q(search_text__icontains=word) | Q(code__icontains=word) | Q(lead_party__in=companies.values("pk"))
            rows = rows.filter(found)
        return rows

    def signed_at(self, rows: QuerySet[Project], name: str, event: Event) -> QuerySet[Project]:
        return rows.filter(pk__in=Agreement.objects.filter(event=event).values("project"))

    def without_contact(self, rows: QuerySet[Project], name: str, days: int) -> QuerySet[Project]:
        """Entered more than `days` ago and no effective contact since; contacts lie above and are known by relation only."""
        since = self.today - dt.timedelta(days=days)
        heard = Project.objects.filter(
            interactions__outcome="effective", interactions__happened_on__gte=since, interactions__deleted_at=None
        )
        return rows.filter(created_at__lt=_midnight(since)).exclude(pk__in=heard.values("pk"))

    def lacking_evidence(self, rows: QuerySet[Project], name: str, wanted: bool) -> QuerySet[Project]:
        missing = Evidence.objects.filter(status=Evidence.Status.MISSING)
        return rows.filter(pk__in=missing.values("project")) if wanted else rows

    def with_overdue(self, rows: QuerySet[Project], name: str, wanted: bool) -> QuerySet[Project]:
        """Running, with an open milestone late in the sense of `Milestone.overdue_from`."""
        late = Milestone.objects.open().filter(due_on__lt=self.today, confirmed_at__lt=_midnight(self.today))
        return rows.filter(status=Project.Status.ACTIVE, pk__in=late.values("project")) if wanted else rows

    def owned_by_me(self, rows: QuerySet[Project], name: str, wanted: bool) -> QuerySet[Project]:
        return rows.filter(owner=self.user) if wanted else rows

    @cached_property
    def _names(self) -> dict[str, list[tuple[str, str]]]:
        """The rows to choose from, by filter: all kinds in one query, because every page asks for them."""
        owners = User.objects.filter(Exists(Project.objects.filter(owner=OuterRef("pk"))) | Q(pk=self.user.pk))
        signings = Event.objects.visible_to(self.user).filter(Exists(Agreement.objects.filter(event=OuterRef("pk"))))
        parts = [
            _named("park", Park.objects.all(), F("name")),
            _named("owner", owners, Coalesce(NullIf("display_name", Value("")), "username")),
            _named("department", Department.objects.all(), F("name")),
            _named("event", signings, F("name")),
        ]
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for kind, key, label in parts[0].union(*parts[1:], all=True).order_by():
            found[kind].append((str(key), label))
        return defaultdict(list, {kind: sorted(rows, key=lambda row: row[1]) for kind, rows in found.items()})


def _midnight(day: dt.date) -> dt.datetime:
    """When a day begins here: compared by the database itself, where the date of a moment would be computed row by row."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _named(kind: str, rows: QuerySet[Any], label: Any) -> Any:
    return rows.order_by().values_list(Value(kind, output_field=CharField()), "pk", label)
