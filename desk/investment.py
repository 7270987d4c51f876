"""投资完成: the months a person sees, what each offers him, and the form that states one."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.amounts import MoneyFormField
from desk.capital import OfProject, changeable
from desk.sheet_filters import DatedFilter
from projects.filters import ALL
from projects.models import InvestmentProgress
from projects.services import capital, investment

Status = InvestmentProgress.Status
MONTH = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")


class MonthFilter(DatedFilter):
    """The months of a state; the two dates are about the month they report."""

    day = "report_month"
    choices = ("status",)
    status = django_filters.ChoiceFilter(label=_("状态"), choices=Status.choices, empty_label=ALL)


class MonthForm(OfProject):
    """What was invested in one month, stated and handed in."""

    report_month = forms.DateField(label=_("月份"), widget=MONTH, input_formats=["%Y-%m", "%Y-%m-%d"])
    completed = MoneyFormField(label=_("本月完成投资（万元，可写 1.5亿）"), required=False)
    cumulative = MoneyFormField(label=_("累计完成投资（万元）"), required=False)
    stat_value = MoneyFormField(label=_("统计部门数（万元）"), required=False)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("report_month", *investment.AMOUNTS)}


def acts(rows: Sequence[InvestmentProgress], user: User) -> dict[int, list[str]]:
    """What can be done to each row by a person: submit, verify, return. One query at most."""
    mine, verifies = changeable(rows, user), capital.may_verify(user)
    found: dict[int, list[str]] = {}
    for row in rows:
        offered = found.setdefault(row.pk, [])
        if row.status == Status.DRAFT and row.project_id in mine:
            offered.append("submit")
        if verifies and row.status == Status.SUBMITTED and not capital.stated_by(row, user):
            offered.append("verify")
        if verifies and row.status != Status.DRAFT:
            offered.append("return")
    return found


def last_month(today: dt.date) -> dt.date:
    """What is reported now: the month that is over."""
    return (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
