"""Snapshots: what changed between two, taking one, closing months."""

import datetime as dt
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.roles import Role
from accounts.scope import Scope
from accounts.views import signed_in
from desk.cockpit.numbers import Number
from reports.models import Period, Snapshot
from reports.services import months as closing
from reports.services import periods, snapshots
from reports.services.difference import MOST, Difference, Lines

MAY_TAKE = frozenset({Role.MANAGER, Role.HEAD, Role.STATISTICIAN})
CHOICES = 60
MONTHS = 13


def changes(request: HttpRequest) -> HttpResponse:
    """本周 vs 上周: two snapshots side by side, the last two weekly ones unless others are picked."""
    user = signed_in(request)
    known = list(Snapshot.objects.visible_to(user).select_related("period")[:CHOICES])
    old, new, problem = _picked(request, known)
    found = snapshots.difference(old, new, user=user) if old and new else None
    context: dict[str, Any] = {"known": known, "old": old, "new": new, "found": found, "problem": problem, "most": MOST}
    chosen = request.GET.get("part", "")
    parts = _parts(found) if found else []
    context["part"] = next((part for part in parts if part.code == chosen), None)
    context["parts"] = [part for part in parts if part.code == chosen] or parts
    context["total"] = _total(found) if found else None
    context["may_take"] = _may_take(user)
    return render(request, "desk/changes.html", context)


class Changed(NamedTuple):
    """The changes of one kind: how many, and the rows that make them."""

    code: str
    label: str
    definition: str
    lines: Lines
    number: Number


def _parts(found: Difference) -> list[Changed]:
    listed = [
        ("added", _("新增"), _("后一快照里有、前一快照里没有的项目"), found.added),
        ("gone", _("减少"), _("前一快照里有、后一快照里没有的项目"), found.gone),
        ("stage", _("阶段变动"), _("两个快照里阶段或状态不同的项目"), found.stage_moved),
        ("amount", _("金额变动"), _("两个快照里有效协议总投资不同的项目"), found.amount_changed),
        ("date", _("日期变动"), _("两个快照里计划日期不同的项目和节点，一个日期算一处"), found.date_moved),
    ]
    return [
        Changed(code, label, said, lines, Number(str(lines.count), _address(found, part=code), f"{said}；{_days(found)}"))
        for code, label, said, lines in listed
    ]


def _total(found: Difference) -> Number:
    said = _("新增、减少、阶段、金额、日期各类变动之和")
    return Number(str(found.total), _address(found), f"{said}；{_days(found)}")


def _address(found: Difference, **more: str) -> str:
    return "?" + urlencode({"old": str(found.old.pk), "new": str(found.new.pk), **more})


def _days(found: Difference) -> str:
    return f"{found.old.as_of_on} → {found.new.as_of_on}"


def _picked(request: HttpRequest, known: list[Snapshot]) -> tuple[Snapshot | None, Snapshot | None, str]:
    """The two that were asked for, in the order of their taking; else the last two of the week, else the last two."""
    by_key = {str(row.pk): row for row in known}
    asked = [request.GET.get(name, "") for name in ("old", "new")]
    if any(asked):
        chosen = [by_key.get(key) for key in asked]
        if None in chosen:
            return None, None, _("没有找到所选的快照：请从下面重新选择")
        if chosen[0] == chosen[1]:
            return None, None, _("两边是同一个快照：请选两个不同的")
        older, newer = sorted((row for row in chosen if row), key=lambda row: (row.taken_at, row.pk))
        return older, newer, ""
    weekly = [row for row in known if row.kind == Snapshot.Kind.WEEKLY]
    newest = weekly if len(weekly) > 1 else known
    return (newest[1], newest[0], "") if len(newest) > 1 else (None, None, "")


def _may_take(user: User) -> bool:
    return bool(Scope.of(user).roles & MAY_TAKE)


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """A snapshot of this moment."""
    user = signed_in(request)
    if not _may_take(user):
        raise PermissionDenied(_("只有部门负责人、招商中心负责人和统计员可以生成快照"))
    snapshot = snapshots.take_snapshot(Snapshot.Kind.MANUAL, now=timezone.now(), by=user)
    words = {"day": snapshot.as_of_on, "n": snapshot.counts.get("project", 0), "hash": snapshot.short_hash}
    messages.success(request, _("已生成 %(day)s 的快照：%(n)d 个项目，校验 %(hash)s") % words)
    return redirect("desk:changes")


def months(request: HttpRequest) -> HttpResponse:
    """The last months: open or locked, by whom, with their snapshots."""
    user, today = signed_in(request), timezone.localdate()
    starts = _last_months(today)
    known = {row.start_on: row for row in _periods(starts)}
    lines = [(start, known.get(start), start.replace(day=1) == today.replace(day=1)) for start in starts]
    return render(request, "desk/months.html", {"lines": lines, "may_lock": periods.may_lock(user)})


def _periods(starts: list[dt.date]) -> Any:
    rows = Period.objects.filter(kind=Period.Kind.MONTH, start_on__in=starts)
    return rows.select_related("locked_by").prefetch_related("snapshots")


def _last_months(today: dt.date) -> list[dt.date]:
    found = [today.replace(day=1)]
    while len(found) < MONTHS:
        found.append((found[-1] - dt.timedelta(days=1)).replace(day=1))
    return found


@require_POST
def month_act(request: HttpRequest) -> HttpResponse:
    """Lock a month or open it again."""
    user = signed_in(request)
    try:
        day = dt.date.fromisoformat(request.POST.get("month", ""))
        period = periods.month_of(day)
        if request.POST.get("act") == "unlock":
            periods.unlock(period, request.POST.get("reason", ""), by=user)
            messages.success(request, _("已解锁 %(month)s，原因已记入审计") % {"month": period})
        else:
            snapshot = closing.lock_month(period, by=user, now=timezone.now())
            messages.success(
                request, _("已锁定 %(month)s 并生成月快照，校验 %(hash)s") % {"month": period, "hash": snapshot.short_hash}
            )
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    except ValueError:
        messages.error(request, _("看不懂月份，请从列表里操作"))
    return redirect("desk:months")
