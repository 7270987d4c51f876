"""Which reminders are due now: every open subject, each rule whose moment has come, each recipient.

Based on state, never on "today equals": a missed beat, a weekend off or ten beats at once heal themselves.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from activities.models import FollowUp
from core.working_days import Calendar
from outbox.models import Channel
from projects.models import Milestone, ProjectMember
from reminders.models import Reminder, ReminderRule

Recipient = ReminderRule.Recipient
Relation = Reminder.Relation
QUIET_DAYS = 5  # working days after a bulk confirmation in which only owner and manager hear
BUFFER = dt.timedelta(days=12)  # the longest holiday a before-due moment can be moved across


@dataclass(frozen=True)
class Wanted:
    """A reminder that should exist: its key makes it unique for ever."""

    subject: Milestone | FollowUp
    rule: ReminderRule
    recipient: User
    relation: str
    due_on: dt.date
    remind_on: dt.date

    @property
    def draft(self) -> bool:
        return self.rule.recipient in Recipient.drafts()

    @property
    def key(self) -> str:
        parts = (self.rule.code, self.due_on, self.recipient.public_id, Channel.EMAIL)
        return "|".join([f"{self.rule.subject}:{self.subject.public_id}", *map(str, parts)])

    def row(self, now: dt.datetime) -> Reminder:
        return Reminder(
            key=self.key,
            rule=self.rule,
            content_type=ContentType.objects.get_for_model(self.subject),
            object_id=self.subject.pk,
            recipient=self.recipient,
            due_on=self.due_on,
            remind_on=self.remind_on,
            relation=self.relation,
            draft=self.draft,
            created_at=now,
        )


@dataclass
class People:
    """Heads, managers, leaders and patrons, read once a round."""

    heads: dict[int, list[User]] = field(default_factory=dict)
    managers: list[User] = field(default_factory=list)
    leaders: list[User] = field(default_factory=list)
    patrons: dict[int, list[User]] = field(default_factory=dict)  # project → 包联领导 in their order

    @classmethod
    def load(cls) -> "People":
        names = [Role.HEAD, Role.MANAGER, Role.LEADER]
        links = User.groups.through.objects.filter(group__name__in=names, user__is_active=True)
        found = cls()
        for link in links.select_related("user", "user__department", "group").order_by("user_id"):
            found._add(link.user, link.group.name)
        patrons = ProjectMember.objects.filter(role=ProjectMember.Role.LEADER, user__is_active=True)
        for member in patrons.select_related("user").order_by("rank", "id"):
            if member.user:
                found.patrons.setdefault(member.project_id, []).append(member.user)
        return found

    def _add(self, user: User, role: str) -> None:
        if role == Role.HEAD and user.department_id:
            self.heads.setdefault(user.department_id, []).append(user)
        elif role == Role.MANAGER:
            self.managers.append(user)
        elif role == Role.LEADER:
            self.leaders.append(user)


def wanted(today: dt.date, *, days: Calendar, rules: Iterable[ReminderRule] | None = None) -> dict[str, Wanted]:
    """Every reminder that should exist on a day, by key; offsets collapse to the latest moment."""
    active = list(ReminderRule.objects.filter(enabled=True) if rules is None else rules)
    people = People.load()
    latest: dict[tuple[str, int, bool], Wanted] = {}
    for item in (*_milestones(today, days, active, people), *_follow_ups(today, days, active)):
        place = (f"{item.rule.subject}:{item.subject.pk}", item.recipient.pk, item.draft)
        if place not in latest or latest[place].remind_on <= item.remind_on:
            latest[place] = item
    return {item.key: item for item in latest.values()}


def remind_on(rule: ReminderRule, due_on: dt.date, overdue_from: dt.date, days: Calendar) -> dt.date:
    """When a rule speaks: before the date moved to the previous working day, after it from the day it is late."""
    if rule.offset > 0:
        return days.add(overdue_from, rule.offset, rule.day_kind, "next")
    return days.previous_working_day(days.add(due_on, rule.offset, rule.day_kind, "keep"))


def _milestones(today: dt.date, days: Calendar, rules: list[ReminderRule], people: People) -> Iterator[Wanted]:
    mine = [rule for rule in rules if rule.subject == ReminderRule.Subject.MILESTONE]
    if not mine:
        return
    horizon = today + BUFFER + dt.timedelta(days=-min(rule.offset for rule in mine))
    rows = Milestone.objects.due_by(horizon).of_running_projects()
    rows = rows.select_related("responsible", "follower", "responsible_unit").prefetch_related("project__owner")
    for row in rows:
        for rule in mine:
            if rule.key_only is not None and rule.key_only != row.is_key:
                continue
            moment = remind_on(rule, row.due_on, row.overdue_from, days)
            if moment > today:
                continue
            for user, relation in _recipients(row, rule, people):
                if _may_hear(row, user, rule, people, today=today, days=days):
                    yield Wanted(row, rule, user, relation, row.due_on, moment)


def _recipients(row: Milestone, rule: ReminderRule, people: People) -> list[tuple[User, str]]:
    project = row.project
    if rule.recipient == Recipient.RESPONSIBLE:
        return _responsible(row, people)
    if rule.recipient == Recipient.HEAD:
        return [(user, Relation.HEAD) for user in people.heads.get(project.department_id, [])]
    if rule.recipient == Recipient.MANAGER:
        return [(user, Relation.MANAGER) for user in people.managers]
    if rule.recipient == Recipient.PATRON:
        return [(user, Relation.PATRON) for user in people.patrons.get(project.pk) or people.managers]
    return [(user, Relation.LEADER) for user in people.leaders or people.managers]


def _responsible(row: Milestone, people: People) -> list[tuple[User, str]]:
    """Handler and follower, each once; without either the heads of the department, else the managers."""
    follower = row.follower or row.project.owner
    pairs = [(row.responsible, Relation.HANDLER), (follower, Relation.FOLLOWER)]
    found = {user.pk: (user, relation) for user, relation in reversed(pairs) if user and user.is_active}
    if found:
        return [(user, str(relation)) for user, relation in found.values()]
    above = people.heads.get(row.project.department_id) or people.managers
    return [(user, Relation.FOLLOWER) for user in above]


def _may_hear(row: Milestone, user: User, rule: ReminderRule, people: People, *, today: dt.date, days: Calendar) -> bool:
    """In the first days after a bulk confirmation only the owner and the manager get anything."""
    if not row.bulk_confirmed or row.confirmed_at is None:
        return True
    if days.working_days_between(timezone.localdate(row.confirmed_at), today) > QUIET_DAYS:
        return True
    close = {row.project.owner_id, *(manager.pk for manager in people.managers)}
    return user.pk in close and rule.recipient not in Recipient.drafts()


def _follow_ups(today: dt.date, days: Calendar, rules: list[ReminderRule]) -> Iterator[Wanted]:
    mine = [rule for rule in rules if rule.subject == ReminderRule.Subject.FOLLOW_UP]
    if not mine:
        return
    horizon = today + BUFFER + dt.timedelta(days=-min(rule.offset for rule in mine))
    rows = FollowUp.objects.due_by(horizon).select_related("assignee", "owner", "project", "company")
    for row in rows.filter(Q(project=None) | Q(project__status="active", project__deleted_at=None)):
        user = row.assignee or row.owner
        if user is None or not user.is_active or row.due_on is None:
            continue
        for rule in mine:
            moment = remind_on(rule, row.due_on, row.due_on, days)
            if moment <= today:
                yield Wanted(row, rule, user, Relation.HANDLER, row.due_on, moment)
