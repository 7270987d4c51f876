"""The form that gives orders: what they have in common, and a line for each."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from accounts.scope import visible
from activities.models import Directive
from activities.services import Order
from events.models import AgendaItem
from parks.models import Park
from projects.models import Project

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


@dataclass(frozen=True)
class Choices:
    """Units and people to choose from, read once for all lines."""

    units: dict[str, Department]
    people: dict[str, User]
    parks: dict[str, Park]

    @classmethod
    def load(cls, user: User) -> "Choices":
        people = User.objects.active().select_related("department").order_by("department__name", "display_name", "username")
        units, parks = Department.objects.all(), visible(Park, user).order_by("name")
        return cls({str(row.pk): row for row in units}, {str(row.pk): row for row in people}, {str(row.pk): row for row in parks})

    @property
    def named_people(self) -> list[tuple[str, str]]:
        return [(key, f"{row.display}（{row.department or '—'}）") for key, row in self.people.items()]


class IssueForm(forms.Form):
    """What all orders of one sheet have in common."""

    use_required_attribute = False

    source = forms.ChoiceField(label=_("来源"))
    from_name = forms.CharField(
        label=_("交办人（单位）"), required=False, max_length=60, help_text=_("批示的领导、督查的单位、提出诉求的人")
    )
    confirmed = forms.BooleanField(label=_("确认：时限已过或牵头单位无人签收也照此交办"), required=False)

    def __init__(self, *args: Any, sources: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        labels = dict(Directive.Source.choices)
        cast(forms.ChoiceField, self.fields["source"]).choices = [(code, labels[code]) for code in sources]


class LineForm(forms.Form):
    """One order. A line without words counts as not filled in."""

    use_required_attribute = False

    text = forms.CharField(label=_("事项"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    lead_unit = forms.ChoiceField(label=_("牵头单位"), required=False)
    support_units = forms.MultipleChoiceField(
        label=_("配合单位"), required=False, widget=forms.SelectMultiple(attrs={"size": 3}), help_text=_("按住 Ctrl 可多选")
    )
    handler = forms.ChoiceField(label=_("经办人"), required=False)
    due_on = forms.DateField(label=_("办结时限"), required=False, widget=DATE)
    about = forms.CharField(label=_("项目"), required=False, max_length=120, help_text=_("编号或名称，可不填"))
    about_park = forms.ChoiceField(label=_("园区"), required=False, help_text=_("涉及园区而不是项目时选，可不填"))
    agenda_item = forms.ChoiceField(label=_("会议议题"))

    def __init__(
        self, *args: Any, choices: Choices, user: User, fixed: bool, agenda: Sequence[AgendaItem], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.choices, self.user = choices, user
        units = [(key, row.name) for key, row in choices.units.items()]
        cast(forms.ChoiceField, self.fields["lead_unit"]).choices = [("", "—"), *units]
        cast(forms.MultipleChoiceField, self.fields["support_units"]).choices = units
        cast(forms.ChoiceField, self.fields["handler"]).choices = [("", "—"), *choices.named_people]
        cast(forms.ChoiceField, self.fields["about_park"]).choices = [
            ("", "—"),
            *((key, row.name) for key, row in choices.parks.items()),
        ]
        if fixed:
            del self.fields["about"], self.fields["about_park"]
        self._choose_agenda(agenda)

    def _choose_agenda(self, agenda: Sequence[AgendaItem]) -> None:
        """One item needs no choice, none no field."""
        if not agenda:
            del self.fields["agenda_item"]
            return
        item = cast(forms.ChoiceField, self.fields["agenda_item"])
        item.choices = [(str(row.pk), row.title) for row in agenda]
        item.initial = str(agenda[0].pk)
        if len(agenda) == 1:
            item.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("text"):
            if not cleaned.get("lead_unit"):
                self.add_error("lead_unit", ValidationError(_("请指定牵头单位：没有责任单位的事项无人签收"), code="lead_unit"))
            if not cleaned.get("due_on") and "due_on" not in self.errors:
                self.add_error("due_on", ValidationError(_("请填写办结时限"), code="due_on"))
        if cleaned.get("about") and cleaned.get("about_park"):
            self.add_error("about_park", ValidationError(_("项目和园区只能选一个"), code="subject"))
        return cleaned

    def clean_about_park(self) -> Park | None:
        return self.choices.parks.get(self.cleaned_data["about_park"])

    def clean_about(self) -> Project | None:
        """The one visible project of that code or name."""
        words = self.cleaned_data["about"].strip()
        if not words:
            return None
        rows = Project.objects.visible_to(self.user)
        exact = list(rows.filter(Q(code=words) | Q(name=words))[:2])
        found = exact or list(rows.filter(Q(code__icontains=words) | Q(name__icontains=words)).order_by("name")[:4])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("没有这个编号或名称的项目"), code="about")
        names = "、".join(row.name for row in found[:3])
        raise ValidationError(_("不止一个项目符合：%(names)s，请写全") % {"names": names}, code="about")

    def order(self, common: dict[str, Any], *, agenda: dict[str, AgendaItem], about: dict[str, Any]) -> Order:
        """What was typed; `about` names the project, company or park all lines are about, if one was fixed."""
        filled = self.cleaned_data
        chosen = about if any(about.values()) else {"project": filled.get("about"), "park": filled.get("about_park")}
        return Order(
            source=common["source"],
            from_name=common["from_name"],
            text=filled["text"],
            lead_unit=self.choices.units.get(filled["lead_unit"]),
            support_units=[self.choices.units[key] for key in filled["support_units"]],
            handler=self.choices.people.get(filled["handler"]),
            due_on=filled["due_on"],
            agenda_item=agenda.get(filled.get("agenda_item", "")),
            **chosen,
        )


class ActForm(forms.Form):
    """What an act on an order may say besides its button."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(required=False, max_length=5000)
    due_on = forms.DateField(required=False)
    handler = forms.IntegerField(required=False)
    level = forms.CharField(required=False, max_length=6)


def first_due(today: dt.date) -> dt.date:
    """What the form proposes: a fortnight."""
    return today + dt.timedelta(days=14)
