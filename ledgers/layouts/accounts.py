"""部门 and 人员: the units and accounts of our own office, for those who keep the accounts."""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.roles import Role
from ledgers.layouts import parts
from ledgers.layouts.base import Column, Context, Kind, Layout, Record, Row, record
from ledgers.layouts.colleagues import Names, colleague
from ledgers.layouts.telephones import stated, telephone

BATCH = 500  # rows written back at once

DEPARTMENT_COLUMNS = (
    Column("name", "部门名称", to="accounts.Department.name", required=True, width=24),
    Column("parent", "上级部门", to="accounts.Department.parent", width=24),
    Column("kind", "类别", Kind.CHOICE, to="accounts.Department.kind", choices=dict(Department.Kind.choices), width=16),
)

ROLES = Column("roles", "角色", Kind.NAMES, to="accounts.User.groups", choices=dict(Role.choices), width=26)
USER_COLUMNS = (
    Column("username", "登录名", Kind.CODE, to="accounts.User.username", required=True, width=16),
    Column("display_name", "姓名", to="accounts.User.display_name"),
    Column("department", "部门", to="accounts.User.department", width=22),
    Column("email", "邮箱", to="accounts.User.email", width=28, personal=True),
    Column("mobile", "手机", to="accounts.User.mobile", width=16, personal=True),
    Column("reports_to", "直接上级", to="accounts.User.reports_to"),
    ROLES,
)


def department_records(row: Row, context: Context) -> Iterator[Record]:
    """The department; the one above it may stand anywhere in the file."""
    above = parts.department(row, "parent")
    if above:
        yield above
    known = {"parent": above} if above else {}
    columns = {"name": "name", "parent": "parent"}
    yield record(Department, row, {"name": row.get("name")}, {"kind": "kind"}, columns=columns, fixed=known)


def department_rows(departments: models.QuerySet[Department], context: Context) -> Iterator[dict[str, Any]]:
    """One row a department."""
    for department in departments.select_related("parent").iterator(BATCH):
        above = department.parent
        yield {"name": department.name, "parent": above.name if above else None, "kind": department.kind}


def user_records(row: Row, context: Context) -> Iterator[Record]:
    """The account, without a password; its roles are for a new one only."""
    known: dict[str, Any] = {"department": parts.department(row, "department"), "reports_to": colleague(row, "reports_to")}
    known = {name: found for name, found in known.items() if found}
    yield from known.values()
    if email := stated(row, "email"):
        known["email"] = User.objects.normalize_email(email)
    if mobile := telephone(row, "mobile"):
        known["mobile"] = mobile
    identity = {"username": User.normalize_username(row.get("username"))}
    columns = {column.key: column.key for column in USER_COLUMNS}
    said, initial = {"display_name": "display_name"}, {"roles": _roles(row)}
    found = record(User, row, identity, said, columns=columns, initial=initial, fixed=known)
    found.blanks |= {name: name for name in ("email", "mobile") if name in row.blank}
    yield found


def _roles(row: Row) -> list[str]:
    """The roles a cell names, by label or code; says so when there is no such role."""
    codes = {name: code for code, label in ROLES.labels.items() for name in (code, label)}
    named: Sequence[str] = row.get("roles") or ()
    if unknown := [name for name in named if name not in codes]:
        text = _("没有角色“%(name)s”：请填 %(allowed)s")
        row.refuse("roles", "choice", text % {"name": unknown[0], "allowed": "、".join(ROLES.labels.values())})
    return sorted({codes[name] for name in named if name in codes})


def user_rows(users: models.QuerySet[User], context: Context) -> Iterator[dict[str, Any]]:
    """One row for each colleague who is here; raises PermissionDenied for who may not open the page of accounts."""
    if not context.user.has_perm("accounts.view_user"):
        raise PermissionDenied
    names, labels = Names(), ROLES.labels
    fetched = users.filter(is_active=True).select_related("department", "reports_to").prefetch_related("groups")
    for some in batched(fetched.iterator(BATCH), BATCH):
        yield from (_user_row(user, names, labels) for user in some)


def _user_row(user: User, names: Names, labels: dict[str, str]) -> dict[str, Any]:
    held = sorted(group.name for group in user.groups.all())
    return {
        "username": user.username,
        "display_name": user.display_name or None,
        "department": user.department.name if user.department else None,
        "email": user.email or None,
        "mobile": user.mobile or None,
        "reports_to": names.of(user.reports_to),
        "roles": [labels.get(name, name) for name in held] or None,
    }


DEPARTMENTS = Layout(
    code="departments",
    name="部门",
    title="{zone}部门",
    model=Department,
    columns=DEPARTMENT_COLUMNS,
    records=department_records,
    rows=department_rows,
)

USERS = Layout(
    code="users",
    name="人员",
    title="{zone}人员",
    model=User,
    columns=USER_COLUMNS,
    records=user_records,
    rows=user_rows,
    notes=(
        "密码不随台账导入：新账号没有密码，请用“发送设置密码的邮件”。",
        "角色只用于新账号；已有账号的角色，以及系统管理员、安全管理员、审计员，请在用户页面逐人设置。",
    ),
)
