"""到位资金: what each row of the page offers to its reader, and the form that states an arrival."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Share, User
from accounts.roles import WRITERS, Role
from accounts.scope import Scope
from core.amounts import MoneyFormField
from projects.forms import DayInput
from projects.models import CapitalArrival, Project
from projects.services import capital

Status = CapitalArrival.Status


def acts(rows: Iterable[CapitalArrival], user: User) -> dict[int, list[str]]:
    """What can be done to each row by a person: verify, return, submit, correct. One query at most."""
    rows = list(rows)
    mine, verifies = changeable(rows, user), capital.may_verify(user)
    found: dict[int, list[str]] = {}
    for row in rows:
        offered = found.setdefault(row.pk, [])
        if row.status == Status.SUBMITTED and verifies:
            offered += ["return"] if capital.stated_by(row, user) else ["verify", "return"]
        if row.status in capital.WAITING and row.project_id in mine:
            offered.append("submit")
        if row.status == Status.VERIFIED and row.corrects_id is None and row.project_id in mine:
            offered.append("correct")
    return found


def changeable(rows: Sequence[Any], user: User) -> set[int]:
    """The projects of these rows that a person may change, as `accounts.scope.can_change` says of one."""
    scope = Scope.of(user)
    projects = {row.project_id: row.project for row in rows}
    if not scope.roles & WRITERS:
        return set()
    if Role.MANAGER in scope.roles:
        return {*projects}
    own = {key for key, row in projects.items() if row.owner_id == user.pk or row.department_id in scope.departments}
    if not (others := projects.keys() - own):
        return own
    until = Q(until_on=None) | Q(until_on__gte=timezone.localdate())
    kind = ContentType.objects.get_for_model(Project)
    shares = Share.objects.filter(until, user=user, content_type=kind, object_id__in=others, level=Share.Level.EDIT)
    return own | {*shares.values_list("object_id", flat=True)}


class OfProject(forms.Form):
    """A form about one project that the person sees, named by its number or name."""

    project = forms.CharField(label=_("项目编号或名称"), max_length=120)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_project(self) -> Project:
        """By number, else by the whole name, else the only one whose name contains it."""
        text = self.cleaned_data["project"].strip()
        seen = Project.objects.visible_to(self.user)
        for condition in (Q(code__iexact=text), Q(name=text), Q(name__icontains=text)):
            found = list(seen.filter(condition).order_by("pk")[:6])
            if len(found) == 1:
                return found[0]
            if found:
                names = "、".join(f"{row.code or ''} {row.name}".strip() for row in found[:5])
                raise ValidationError(_now("不止一个项目符合：%(names)s。请写全名称或项目编号") % {"names": names})
        raise ValidationError(_now("没有找到项目“%(text)s”：请核对名称，或用项目编号") % {"text": text})


class ArrivalForm(OfProject):
    """One arrival, stated and handed in; the rest (voucher, rate of exchange) stands on its own page."""

    arrived_on = forms.DateField(label=_("到账日期"), widget=DayInput)
    amount = MoneyFormField(label=_("到位资金（万元，可写 1.5亿）"))
    origin = forms.ChoiceField(label=_("资金来源地"), choices=[("", "—"), *CapitalArrival.Origin.choices])
    use = forms.CharField(label=_("用途"), max_length=100, required=False)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("arrived_on", "amount", "origin", "use")}


class CorrectionForm(forms.Form):
    """What is taken back of a verified row, as a positive number, and why."""

    amount = MoneyFormField(label=_("冲减（万元）"), required=False)
    amount_usd = forms.DecimalField(
        label=_("冲减外资（万美元）"), required=False, min_value=Decimal(0), max_digits=16, decimal_places=4
    )
    note = forms.CharField(label=_("更正原因"), max_length=200)


def initial(params: Any, user: User, today: dt.date) -> dict[str, Any]:
    """What the form begins with: today, and the project the address names."""
    key = params.get("project", "")
    known = (
        Project.objects.visible_to(user).filter(pk=int(key)).first()
        if key.isascii() and key.isdigit() and len(key) < 19
        else None
    )
    return {"arrived_on": today, "project": (known.code or known.name) if known else ""}
