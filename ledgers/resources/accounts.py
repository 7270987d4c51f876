"""Departments and colleagues: linked to by every ledger, written by those of the accounts keepers only."""

import datetime as dt
import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import services
from accounts.models import Department, User
from accounts.roles import SEPARATE, Role
from audit import services as audit
from ledgers.layouts.base import Record
from ledgers.resources.base import LedgerResource
from ledgers.resources.entries import Entry, Unusable

WITH_LOGIN = re.compile(r"(?P<name>.+)（(?P<login>[^（）]+)）")  # 测试员甲（tester001）, beside a namesake


class Tree[M: models.Model](LedgerResource[M]):
    """A table whose rows have one above them (`above`), which may stand anywhere in the same ledger."""

    first: ClassVar[bool] = True
    above: ClassVar[str]

    @classmethod
    def ties(cls, record: Record) -> Iterator[Hashable]:
        """All, since each may stand above any other."""
        yield "all"

    def named(self, record: Record) -> M:
        """A new row with only what others name it by."""
        raise NotImplementedError

    def load(self, records: Sequence[Record]) -> None:
        super().load(records)
        saved = {row.pk: row for row in self.index.values()}
        for row in saved.values():
            if key := getattr(row, f"{self.above}_id"):
                setattr(row, self.above, saved.get(key))
        for record in records:
            if record.make and not any(key in self.index for key in self.record_keys(record)):
                self.remember(self.named(record))

    def prepare(self, entry: Entry, record: Record) -> None:
        if self._is_above_itself(entry.instance):
            setattr(entry.instance, self.above, entry.before.pop(self.above, None))
            raise Unusable(*self._circle(record))

    def finish(self, resources: dict[type[models.Model], LedgerResource[Any]]) -> Iterator[tuple[Record, str, str, str]]:
        """Once more, because what somebody typed by hand may have been kept instead of the ledger's word."""
        for entry in self.changed:
            if self._is_above_itself(entry.instance):
                yield entry.records[-1], *self._circle(entry.records[-1])

    def _is_above_itself(self, row: M) -> bool:
        seen, above = set[int](), getattr(row, self.above)
        while above is not None and above is not row and id(above) not in seen:
            seen.add(id(above))
            above = getattr(above, self.above)
        return above is row

    def _circle(self, record: Record) -> tuple[str, str, str]:
        text = _("“%(name)s”成了自己的上级或上级的上级：请核对这一格") % {"name": self._name(record)}
        return record.columns.get(self.above, ""), "cycle", text

    @property
    def created(self) -> list[Entry]:
        """The new rows, each after the one above it, so that undoing takes them back from below."""
        return [entry for tier in self._tiers() for entry in tier]

    def waves(self) -> Iterator[list[M]]:
        """The new rows as they can be inserted: those of a wave need no other of it."""
        for tier in self._tiers():
            yield [entry.instance for entry in tier]

    def _tiers(self) -> Iterator[list[Entry]]:
        left = [entry for entry in self.entries.values() if entry.new]
        while left:
            waiting = {id(entry.instance) for entry in left}
            yield [entry for entry in left if id(getattr(entry.instance, self.above)) not in waiting]
            left = [entry for entry in left if id(getattr(entry.instance, self.above)) in waiting]


class DepartmentResource(Tree[Department]):
    """Recognised by name."""

    unknown: ClassVar[str | Promise] = gettext_lazy("没有名为“%(name)s”的部门：请核对单位名称，或请系统管理员先建立部门")
    above = "parent"

    class Meta(LedgerResource.Meta):
        model = Department
        fields = ["name", "parent", "kind"]

    def keys(self, row: Department) -> Iterable[Hashable]:
        yield row.name

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        yield record.identity["name"]

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[Department]]:
        yield Department.objects.all()

    def named(self, record: Record) -> Department:
        return Department(name=record.identity["name"])


class UserResource(Tree[User]):
    """Recognised by user name, or by the name shown when only one active colleague has it.

    A new account has no password and may get roles, an existing one keeps those it has.
    """

    unknown: ClassVar[str | Promise] = gettext_lazy("系统里没有在岗的“%(name)s”：请核对姓名，或请系统管理员先建立账号")
    above = "reports_to"

    class Meta(LedgerResource.Meta):
        model = User
        fields = ["username", "display_name", "email", "mobile", "department", "reports_to", "is_active"]

    def keys(self, row: User) -> Iterable[Hashable]:
        yield "user", row.username
        yield "both", row.display, row.username
        yield "name" if row.is_active else "left", row.display

    def record_keys(self, record: Record) -> Iterable[Hashable]:
        if username := record.identity.get("username"):
            yield "user", username
            return
        name = record.identity["display_name"]
        if match := WITH_LOGIN.fullmatch(name):
            yield "both", match["name"], match["login"]
        yield "name", name
        if record.identity.get("left"):
            yield "left", name

    def candidates(self, records: Sequence[Record]) -> Iterator[models.QuerySet[User]]:
        yield User.objects.select_related("department")

    def load(self, records: Sequence[Record]) -> None:
        super().load(records)
        self.emails = {user.email: user for user in self.index.values() if user.email and user.pk}

    def named(self, record: Record) -> User:
        return User(username=record.identity["username"], display_name=record.values.get("display_name", ""))

    def prepare(self, entry: Entry, record: Record) -> None:
        super().prepare(entry, record)
        self._refuse_taken_email(entry, record)
        if entry.new:
            self._refuse_roles(record)
            entry.instance.set_unusable_password()
            entry.instance.is_staff = bool(_roles(record))
        else:
            entry.instance._history_user = self.context.user

    def _refuse_taken_email(self, entry: Entry, record: Record) -> None:
        """One address, one account; one that this very ledger gives up is not free before it is applied."""
        email = record.values.get("email")
        if email and self.emails.setdefault(email, entry.instance) is not entry.instance:
            text = _("邮箱 %(email)s 已被另一位用户使用：请核对")
            raise Unusable(record.columns.get("email", ""), "taken", text % {"email": email})

    def _refuse_roles(self, record: Record) -> None:
        """What the page of accounts refuses, and the roles that keep the system: those are given one by one."""
        column, held = record.columns.get("roles", ""), _roles(record)
        try:
            services.refuse_clash(held)
        except ValidationError as error:
            raise Unusable(column, "roles", " ".join(error.messages)) from error
        if keeping := sorted(SEPARATE & set(held)):
            text = _("角色“%(role)s”不由台账授予：请先去掉，建立账号后在用户页面单独设置")
            raise Unusable(column, "roles", text % {"role": Role(keeping[0]).label})

    def after_write(self, *, now: dt.datetime) -> list[models.Model]:
        """History and roles of new accounts; nobody is invited by mail."""
        by, new = self.context.user, self.created
        User.history.bulk_history_create([entry.instance for entry in new], default_user=by)
        for entry in new:
            if names := _roles(entry.records[-1]):
                services.set_roles(entry.instance, names, by=by)
            audit.record("user.created", entry.instance, by=by)
        return []


def _roles(record: Record) -> list[str]:
    return list(record.initial.get("roles", ()))
