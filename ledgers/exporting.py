"""Ledgers out: the rows a person may see, in the official layout, each export noted."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import visible
from audit import services as audit
from ledgers.layouts.base import Context, Layout
from ledgers.writing import write_csv, write_xlsx
from projects.filters import ProjectFilter
from projects.models import Project


def rows_for(layout: Layout, user: User, filters: Mapping[str, str] | QueryDict, *, today: dt.date) -> models.QuerySet[Any]:
    """The objects of a ledger that a person may see, narrowed by the filters of the project ledger.

    Raises ValidationError (code "filter") for a filter that is unknown or cannot be read.
    """
    rows = visible(layout.model, user)
    if layout.model is not Project:
        if filters:
            raise ValidationError(_("这种台账没有筛选条件：请去掉筛选后再导出"), code="filter")
        return rows.order_by("pk")
    asked = filters if isinstance(filters, QueryDict) else _query(filters)
    found = ProjectFilter(asked, user=user, today=today, queryset=rows)
    if unknown := set(filters) - set(found.filters):
        raise ValidationError(_("没有这些筛选条件：%(names)s") % {"names": "、".join(sorted(unknown))}, code="filter")
    if not found.is_valid():
        raise ValidationError([message for messages in found.errors.values() for message in messages])
    chosen: models.QuerySet[Any] = found.qs.order_by("pk")
    return chosen


def _query(filters: Mapping[str, str]) -> QueryDict:
    asked = QueryDict(mutable=True)
    asked.update(filters)
    return asked


def export(
    layout: Layout, target: Path, *, by: User, now: dt.datetime, filters: Mapping[str, str] | QueryDict, unit: str = ""
) -> int:
    """Write a ledger for one person and note it with its conditions; returns the number of rows.

    Raises PermissionDenied, and ValidationError as `rows_for` does. A `.csv` target is written as CSV.
    """
    today = timezone.localdate(now)
    return write(layout, target, rows_for(layout, by, filters, today=today), by=by, now=now, conditions=_said(filters), unit=unit)


def _said(filters: Mapping[str, str] | QueryDict) -> dict[str, str]:
    """The filters as they were asked for, several values of one joined."""
    if isinstance(filters, QueryDict):
        return {name: "、".join(filters.getlist(name)) for name in filters}
    return dict(filters)


def write(
    layout: Layout,
    target: Path,
    rows: models.QuerySet[Any],
    *,
    by: User,
    now: dt.datetime,
    conditions: Mapping[str, Any],
    unit: str = "",
) -> int:
    """Write these rows as a ledger and note it; telephones are whole for who may take them, masked for others."""
    if not by.has_perm("ledgers.export_ledger"):
        raise PermissionDenied
    asked = context(by, now=now, unit=unit)
    unmasked = by.has_perm("ledgers.export_telephones")
    writer = write_csv if target.suffix.lower() == ".csv" else write_xlsx
    with translation.override(settings.LANGUAGE_CODE):  # a ledger is Chinese, whoever takes it
        count = writer(target, layout, layout.rows(rows, asked), context=asked, unmasked=unmasked)
    changes = {"layout": layout.code, "conditions": {key: str(value) for key, value in conditions.items()}}
    audit.record("ledger.exported", by, by=by, changes={**changes, "unmasked": unmasked}, rows=count)
    return count


def context(by: User, *, now: dt.datetime, unit: str = "") -> Context:
    """For whom a ledger is written: 填报单位 is the person's department unless another is named."""
    today = timezone.localdate(now)
    return Context(by, today, today, unit or (by.department.name if by.department else ""))
