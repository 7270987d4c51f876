"""Who hears of what: heads, managers, leaders and patrons, and who stands in for those who are away."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import User
from accounts.roles import Role
from projects.models import ProjectMember
from reminders.models import Reminder, ReminderRule
from reminders.subjects.base import Due

Recipient = ReminderRule.Recipient
Relation = Reminder.Relation


@dataclass(frozen=True)
class Hearer:
    """A person who is to hear of something, his relation to it, and for whom he stands in."""

    user: User
    relation: str
    on_behalf_of: User | None = None


@dataclass
class People:
    """Read once a round."""

    heads: dict[int, list[User]] = field(default_factory=dict)
    managers: list[User] = field(default_factory=list)
    leaders: list[User] = field(default_factory=list)
    patrons: dict[int, list[User]] = field(default_factory=dict)  # project → 包联领导 in their order
    away: dict[int, User | None] = field(default_factory=dict)  # a person away today → his deputy

    @classmethod
    def load(cls, today: dt.date, rules: Iterable[ReminderRule]) -> "People":
        """Whoever these rules may reach; the 包联领导 of all projects only when a rule is for them."""
        names = [Role.HEAD, Role.MANAGER, Role.LEADER]
        links = User.groups.through.objects.filter(group__name__in=names, user__is_active=True)
        found = cls()
        for link in links.select_related("user", "user__department", "group").order_by("user_id"):
            found._add(link.user, link.group.name)
        if any(rule.recipient == Recipient.PATRON for rule in rules):
            found._add_patrons()
        found.away = {user.pk: user.deputy for user in User.objects.away_on(today).select_related("deputy")}
        return found

    def _add_patrons(self) -> None:
        rows = ProjectMember.objects.filter(role=ProjectMember.Role.LEADER, user__is_active=True)
        for member in rows.select_related("user").order_by("rank", "id"):
            if member.user:
                self.patrons.setdefault(member.project_id, []).append(member.user)

    def _add(self, user: User, role: str) -> None:
        if role == Role.HEAD and user.department_id:
            self.heads.setdefault(user.department_id, []).append(user)
        elif role == Role.MANAGER:
            self.managers.append(user)
        elif role == Role.LEADER:
            self.leaders.append(user)

    def hearers(self, due: Due, rule: ReminderRule) -> list[Hearer]:
        """Whom a rule tells of a subject. Drafts for leaders keep their reader: the manager decides about them."""
        pairs = self._named(due, rule)
        if rule.recipient in Recipient.drafts():
            return [Hearer(user, relation) for user, relation in pairs]
        present = {user.pk for user, _relation in pairs if user.pk not in self.away}
        found: dict[int, Hearer] = {}
        for user, relation in pairs:
            for hearer in self._present(user, relation):
                if hearer.on_behalf_of is None or hearer.user.pk not in present:
                    found.setdefault(hearer.user.pk, hearer)
        return list(found.values())

    def _named(self, due: Due, rule: ReminderRule) -> list[tuple[User, str]]:
        if rule.recipient == Recipient.RESPONSIBLE:
            return self._responsible(due)
        if rule.recipient == Recipient.HEAD:
            return [(user, Relation.HEAD) for user in self.heads.get(due.department_id or 0, [])]
        if rule.recipient == Recipient.MANAGER:
            return [(user, Relation.MANAGER) for user in self.managers]
        if rule.recipient == Recipient.PATRON:
            patrons = self.patrons.get(due.project.pk) if due.project else None
            return [(user, Relation.PATRON) for user in patrons or self.managers]
        return [(user, Relation.LEADER) for user in self.leaders or self.managers]

    def _responsible(self, due: Due) -> list[tuple[User, str]]:
        """Those who answer for it, each once; without any the heads of the department, else the managers."""
        found: dict[int, tuple[User, str]] = {}
        for user, relation in due.answerable:
            if user and user.is_active:
                found.setdefault(user.pk, (user, str(relation)))
        if found:
            return list(found.values())
        above = self.heads.get(due.department_id or 0) or self.managers
        return [(user, str(Relation.FOLLOWER)) for user in above]

    def _present(self, user: User, relation: str) -> list[Hearer]:
        """The person, or whoever stands in for him while he is away.

        One step only, so that no chain can loop: his deputy; when that one is away too, inactive or not named,
        the heads of his department; then the managers; and when nobody is there, he himself.
        """
        if user.pk not in self.away:
            return [Hearer(user, relation)]
        deputy = self.away[user.pk]
        heads = self.heads.get(user.department_id or 0, [])
        for those in ([deputy] if deputy else [], heads, self.managers):
            there = [other for other in those if self._is_there(other) and other.pk != user.pk]
            if there:
                return [Hearer(other, relation, on_behalf_of=user) for other in there]
        return [Hearer(user, relation)]

    def _is_there(self, user: User) -> bool:
        return user.is_active and user.pk not in self.away
