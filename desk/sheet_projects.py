"""The questions of the project ledger that can be put to a snapshot; of the others it is said that they cannot."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from companies.industries import INDUSTRIES
from core.amounts import MoneyField
from desk.sheet_filters import SheetFilter
from projects import stages
from projects.filters import NOT_CHOSEN, STAGES, Flag, Money, ProjectFilter, Several, day_filter, one_of
from projects.models import Agreement, Project

NOBODY = "null"  # of a choice that was not made, as in the ledger


def _people() -> list[tuple[str, str]]:
    """All: whoever owned a project on that day may own none today."""
    return [(str(row.pk), row.display) for row in User.objects.order_by("display_name", "username")]


def _departments() -> list[tuple[str, str]]:
    return [(str(row.pk), row.name) for row in Department.objects.order_by("name")]


class FrozenProjectFilter(SheetFilter):
    """Named as the fields of `ProjectFilter`, so that one address asks both; rows of today have a filter of their own."""

    day = "signed_on"
    choices: ClassVar[tuple[str, ...]] = ("status", "light", "track", "stage", "grade", "origin")
    texts: ClassVar[tuple[str, ...]] = ("code", "lead_party")
    track = one_of(_("推进路径"), stages.Track.choices, null_label=NOT_CHOSEN)
    status = Several(label=_("状态"), choices=Project.Status.choices)
    light = Several(label=_("灯"), choices=Project.Light.choices)
    grade = one_of(_("重要程度"), Project.Grade.choices)
    owner = one_of(_("负责人"), _people, null_label=NOT_CHOSEN)
    department = one_of(_("所属部门"), _departments)
    industry = one_of(_("行业"), INDUSTRIES)
    origin = one_of(_("数据来由"), Project.Origin.choices)
    agreement = one_of(_("协议类型"), Agreement.Kind.choices)
    signed_from = day_filter(_("签约日期从"))
    signed_to = day_filter(_("签约日期到"))
    amount_from = Money(label=_("总投资从"))
    amount_to = Money(label=_("总投资到"))
    mine = Flag(label=_("我负责的"))
    stage = Several(label=_("阶段"), choices=STAGES)

    def frozen(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.form.cleaned_data
        rows = _of_whom(super().frozen(rows), asked, self.user)
        if asked.get("agreement"):
            rows = rows.filter(values__agreement_kind=asked["agreement"])
        if asked.get("industry"):
            rows = rows.filter(values__industry__startswith=asked["industry"])
        rows = self.between(rows, asked.get("signed_from"), asked.get("signed_to"))
        return _of_amount(rows, asked.get("amount_from"), asked.get("amount_to"))


def _of_whom(rows: QuerySet[Any], asked: Mapping[str, Any], user: User | None) -> QuerySet[Any]:
    """The owner and the department of that day."""
    if owner := asked.get("owner"):
        rows = rows.filter(owner_id=None if owner == NOBODY else int(owner))
    if department := asked.get("department"):
        rows = rows.filter(department_id=int(department))
    return rows.filter(owner_id=user.pk) if asked.get("mine") and user else rows


def _of_amount(rows: QuerySet[Any], least: Decimal | None, most: Decimal | None) -> QuerySet[Any]:
    if least is None and most is None:
        return rows
    stated = rows.exclude(values__amount=None).annotate(said=Cast(KT("values__amount"), MoneyField()))
    limits = {"said__gte": least, "said__lte": most}
    found: QuerySet[Any] = stated.filter(**{name: value for name, value in limits.items() if value is not None})
    return found


# What a snapshot keeps no words of, or says otherwise: label by the name of the filter.
UNANSWERED: dict[str, str | Promise] = {
    name: found.label for name, found in ProjectFilter.base_filters.items() if name not in FrozenProjectFilter.base_filters
}
