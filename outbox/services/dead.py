"""Messages that were given up are never silent: counted, told to somebody above, and tried again with one click."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.roles import Role
from audit import services as audit
from outbox.models import Message, MessageQuerySet
from outbox.robot import Robot
from outbox.services.queue import ring
from outbox.words import CAUSES, Cause, cause_of, codes_of

LEVELS = (Role.MANAGER, Role.SYSADMIN)  # who hears of it when nobody nearer can


@dataclass(frozen=True)
class Undelivered:
    """A person, or the robot of a group, whose messages did not arrive: how many were given up, and why the last one."""

    receiver: User | Robot
    count: int
    cause: Cause

    @property
    def name(self) -> str:
        return self.receiver.display if isinstance(self.receiver, User) else _("群机器人“%(name)s”") % {"name": self.receiver}


@dataclass(frozen=True)
class Reason:
    """One cause among the dead messages, and how many have it."""

    cause: Cause
    count: int


@dataclass
class Above:
    """Who stands above whom, read once."""

    parents: dict[int, int | None] = field(default_factory=dict)
    heads: dict[int, list[User]] = field(default_factory=dict)
    others: dict[str, list[User]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Above":
        found = cls(parents=dict(Department.objects.values_list("pk", "parent")))
        links = User.groups.through.objects.filter(group__name__in=[Role.HEAD, *LEVELS], user__is_active=True)
        for link in links.select_related("user", "group").order_by("user_id"):
            if link.group.name != Role.HEAD:
                found.others.setdefault(link.group.name, []).append(link.user)
            elif link.user.department_id:
                found.heads.setdefault(link.user.department_id, []).append(link.user)
        return found

    def of(self, receiver: User | Robot, *, unreachable: set[int]) -> list[User]:
        """The nearest people above somebody who can be reached: his superior, a head, the manager, the administrator.

        Nobody is told of himself: he is unreachable.
        """
        for level in self._levels(receiver):
            if reached := [user for user in level if user.is_active and user.pk not in unreachable]:
                return reached
        return []

    def _levels(self, receiver: User | Robot) -> Iterable[list[User]]:
        if isinstance(receiver, User) and receiver.reports_to:
            yield [receiver.reports_to]
        department, seen = receiver.department_id, set[int]()
        while department and department not in seen:
            seen.add(department)
            yield self.heads.get(department, [])
            department = self.parents.get(department)
        for role in LEVELS:
            yield self.others.get(role, [])


def undelivered() -> list[Undelivered]:
    """Active people and robots in use with messages that were given up, in the order of their names (two queries)."""
    in_use = Q(recipient__is_active=True) | Q(robot__enabled=True, robot__deleted_at=None)
    groups = Message.objects.dead().filter(in_use).order_by().values("recipient", "robot")
    counts = {row["last"]: row["n"] for row in groups.annotate(n=Count("pk"), last=Max("pk"))}
    if not counts:
        return []
    last = Message.objects.filter(pk__in=counts).with_code().select_related("recipient__reports_to", "robot")
    found = [Undelivered(row.receiver, counts[row.pk], cause_of(row.code)) for row in last if row.receiver]
    return sorted(found, key=lambda item: item.name)


def undelivered_by_head() -> dict[int, list[Undelivered]]:
    """For each person above, whose mail did not arrive; whoever cannot be reached himself is passed over."""
    found = undelivered()
    if not found:
        return {}
    above, unreachable = Above.load(), {item.receiver.pk for item in found if isinstance(item.receiver, User)}
    told: dict[int, list[Undelivered]] = {}
    for item in found:
        for head in above.of(item.receiver, unreachable=unreachable):
            told.setdefault(head.pk, []).append(item)
    return told


def reasons(rows: MessageQuerySet) -> list[Reason]:
    """The causes among dead messages, the commonest first (one query)."""
    counts: dict[str, int] = {}
    for code, count in rows.dead().with_code().order_by().values_list("code").annotate(n=Count("pk")):
        slug = cause_of(code).slug
        counts[slug] = counts.get(slug, 0) + count
    return sorted((Reason(CAUSES[slug], n) for slug, n in counts.items()), key=lambda reason: -reason.count)


@transaction.atomic
def retry_all(rows: MessageQuerySet, cause: str, *, by: User, now: dt.datetime) -> int:
    """Put all dead messages of one cause back into the queue; returns how many."""
    dead = rows.dead().with_code()
    codes = codes_of(cause, set(dead.order_by().values_list("code", flat=True)))
    chosen = list(dead.filter(code__in=codes).order_by("pk").values_list("pk", flat=True))
    if not chosen:
        return 0
    again = Message.objects.filter(pk__in=chosen, status=Message.Status.DEAD)
    count = again.update(status=Message.Status.PENDING, next_at=now, failures=0)
    audit.record("message.retried", Message.objects.get(pk=chosen[0]), by=by, rows=count, changes={"cause": cause})
    transaction.on_commit(ring)
    return count
