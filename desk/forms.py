"""The form of 记一笔."""

import datetime as dt
import re
import uuid
from typing import Any, Self, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from activities.models import Interaction
from activities.sentences import Understood, understand
from companies.models import Company, Person
from core import phrases
from core.working_days import Calendar
from desk.contact import Entry, Who
from events.models import Event
from projects.forms import said_day
from projects.models import Project

SEPARATORS = re.compile(r"[、,，;；\n]+")
MOST_NAMES = 20


class Next:
    """The chips of the next step."""

    TOMORROW, MONDAY, FORTNIGHT, NONE, OTHER = "tomorrow", "monday", "fortnight", "none", "other"


def next_choices(today: dt.date) -> list[tuple[str, Any]]:
    """The chips with the day each stands for."""
    days = next_days(today)
    labels = {Next.TOMORROW: _("明天"), Next.MONDAY: _("下周一"), Next.FORTNIGHT: _("两周后")}
    dated = [(code, f"{label} {days[code]:%m-%d}") for code, label in labels.items()]
    return [*dated, (Next.NONE, _("无需跟进")), (Next.OTHER, _("其他日期"))]


def next_days(today: dt.date) -> dict[str, dt.date]:
    return {
        Next.TOMORROW: today + dt.timedelta(days=1),
        Next.MONDAY: today + dt.timedelta(days=7 - today.weekday()),
        Next.FORTNIGHT: today + dt.timedelta(days=14),
    }


class LogForm(forms.Form):
    """One contact: who, one sentence, the next step; the rest may come later."""

    use_required_attribute = False  # what is missing is said in our words, with everything typed kept

    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    text = forms.CharField(
        label=_("一句话"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True}),
        error_messages={"required": _("请写一句话：谈了什么、对方怎么说")},
    )
    kind = forms.ChoiceField(
        label=_("方式"),
        choices=Interaction.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": _("请点一下方式：这句话没有说是电话、微信还是见面")},
    )
    day = forms.CharField(label=_("日期"), required=False, max_length=30, help_text=_("空着就是今天；可写 昨天、上周五、12.5"))
    outcome = forms.ChoiceField(
        label=_("结果"), choices=Interaction.Outcome, initial=Interaction.Outcome.EFFECTIVE, widget=forms.RadioSelect
    )
    next_choice = forms.ChoiceField(label=_("下一步"), required=False, widget=forms.RadioSelect)
    next_when = forms.CharField(
        label=_("哪一天"), required=False, max_length=30, help_text=_("下周三、月底、12.5、节后第一个工作日")
    )
    next_step = forms.CharField(label=_("做什么"), required=False, max_length=200)
    project = forms.ModelChoiceField(Project.objects.none(), required=False, widget=forms.HiddenInput)
    event = forms.ModelChoiceField(Event.objects.none(), required=False, widget=forms.HiddenInput)
    place = forms.CharField(label=_("地点"), required=False, max_length=100)
    ours = forms.CharField(label=_("我方参加人"), required=False, help_text=_("按次序，用、隔开；空着就是您自己"))
    theirs = forms.CharField(label=_("对方其他参加人"), required=False, help_text=_("不必建档的人，按次序，用、隔开"))

    def __init__(self, data: QueryDict | None, *, user: User, today: dt.date, **options: Any) -> None:
        super().__init__(data, **options)
        self.user, self.today, self.days = user, today, Calendar.load()
        self.chosen = _chosen(data, user) if data is not None else Who()
        self.said: Understood | None = None
        self.fields["next_choice"].choices = next_choices(today)  # type: ignore[attr-defined]
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]
        self.fields["event"].queryset = Event.objects.visible_to(user)  # type: ignore[attr-defined]

    def filled(self) -> Self:
        """This form with what its sentence says in the places left open; what was typed or chosen stays."""
        said = understand(self.data.get("text", ""), self.user, today=self.today, days=self.days)
        typed = cast(QueryDict, self.data).copy()
        if not self.chosen:
            self.chosen = Who(list(said.companies), list(said.people), new_people=list(said.unknown_people))
        if not typed.get("kind"):
            typed["kind"] = said.kind
        if not typed.get("day") and said.happened_on != self.today:
            typed["day"] = f"{said.happened_on:%Y-%m-%d}"
        if said.next_step and not typed.get("next_choice"):
            typed["next_choice"], typed["next_step"] = Next.OTHER, typed.get("next_step") or said.next_step.title
            typed["next_when"] = typed.get("next_when") or str(said.next_step.due_on or "")
        for name, found in (("project", said.project), ("event", said.event)):
            if found and not typed.get(name):
                typed[name] = str(found.pk)
        self.data, self.said = typed, said
        self.full_clean()  # again: what was missing may have been in the sentence
        return self

    def ask_nothing(self) -> None:
        """Show what was read without the errors of what is still open: nobody wanted to save yet."""
        self.errors.clear()

    def clean_day(self) -> dt.date:
        typed = self.cleaned_data["day"].strip()
        day = self._read(typed, "past") if typed else self.today
        if day > self.today:
            raise ValidationError(_("对接日期不能晚于今天：以后的事请填在“下一步”"), code="future")
        return day

    def clean_ours(self) -> list[str]:
        return _names(self.cleaned_data["ours"])

    def clean_theirs(self) -> list[str]:
        return _names(self.cleaned_data["theirs"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.chosen:
            self.add_error(None, ValidationError(_("请说明是谁：选一个最近的、搜索，或写上名称新建"), code="companies"))
        try:
            cleaned["next_on"] = self._next_on(cleaned)
        except ValidationError as error:
            self.add_error("next_when", error)
        if cleaned.get("next_step") and not cleaned.get("next_on") and not self.errors:
            self.add_error("next_when", ValidationError(_("下一步请选一个日期"), code="next_on"))
        return cleaned

    def _next_on(self, cleaned: dict[str, Any]) -> dt.date | None:
        choice, typed = cleaned.get("next_choice", ""), cleaned.get("next_when", "").strip()
        if choice in (days := next_days(self.today)):
            return days[choice]
        if choice == Next.NONE or not typed:
            return None
        day = self._read(typed, "future")
        if day < self.today:
            raise ValidationError(_("下一步的日期 %(day)s 已经过去"), code="past", params={"day": day})
        return day

    def _read(self, typed: str, prefer: phrases.Preference) -> dt.date:
        return said_day(typed, today=self.today, days=self.days, prefer=prefer)

    def entry(self) -> Entry:
        """What was typed, once it is valid."""
        found = self.cleaned_data
        return Entry(
            token=found["token"],
            text=found["text"],
            kind=found["kind"],
            happened_on=found["day"],
            outcome=found["outcome"],
            who=self.chosen,
            next_step=found["next_step"],
            next_on=found["next_on"],
            project=found["project"],
            event=found["event"],
            place=found["place"],
            ours=found["ours"],
            theirs=found["theirs"],
        )


def _chosen(data: QueryDict, user: User) -> Who:
    """The chips that came back, in their order; a row the person may not name is left out."""
    companies = Company.objects.named_for(user).in_bulk(_keys(data, "company"))
    people = Person.objects.visible_to(user).in_bulk(_keys(data, "person"))
    return Who(
        companies=[companies[key] for key in _keys(data, "company") if key in companies],
        people=[people[key] for key in _keys(data, "person") if key in people],
        new_companies=[name.strip()[:120] for name in data.getlist("new_company") if name.strip()],
        new_people=[name.strip()[:50] for name in data.getlist("new_person") if name.strip()],
    )


def _keys(data: QueryDict, name: str) -> list[int]:
    return [int(key) for key in dict.fromkeys(data.getlist(name)) if key.isdecimal()]


def _names(typed: str) -> list[str]:
    return [name.strip()[:60] for name in SEPARATORS.split(typed) if name.strip()][:MOST_NAMES]
