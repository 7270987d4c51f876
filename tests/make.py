"""Rows for tests, with visibly artificial names."""

import datetime as dt
import itertools
from typing import Any

from django.utils import timezone

from accounts import roles, services
from accounts.models import Department, User
from accounts.roles import Role
from activities.models import FollowUp, Interaction, InteractionCompany
from companies.models import Company, Person, Position
from events.models import Event
from projects.models import Agreement, Milestone, MilestoneTemplate, MilestoneTemplateItem, Project, ProjectParty

numbers = itertools.count(1)
TZ = timezone.get_default_timezone()


def at(text: str) -> dt.datetime:
    """A moment in Shanghai."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=TZ)


def department(name: str = "", **fields: Any) -> Department:
    row = Department(name=name or f"测试部门{next(numbers):03d}", **fields)
    row.save()
    return row


def user(*held: Role, **fields: Any) -> User:
    n = next(numbers)
    defaults = {"username": f"tester{n:03d}", "display_name": f"测试员{n:03d}", "email": f"tester{n:03d}@example.invalid"}
    row = User(**{**defaults, **fields})
    row.department = fields.get("department") or department()
    row.set_unusable_password()
    row.save()
    roles.sync_groups()
    return services.set_roles(row, [role.value for role in held], by=None)


def company(by: User | None = None, **fields: Any) -> Company:
    row = Company(**{"name": f"测试企业{next(numbers):04d}有限公司", "owner": by, **fields})
    row.department = fields.get("department") or (by.department if by else department())
    row.save(by=by)
    return row


def person(at_company: Company | None = None, **fields: Any) -> Person:
    row = Person(**{"name": f"联系人{next(numbers):05d}", **fields})
    row.save()
    if at_company:
        Position(person=row, company=at_company, title="测试职务").save()
    return row


def event(by: User, **fields: Any) -> Event:
    row = Event(**{"name": f"测试活动{next(numbers):03d}", "owner": by, **fields})
    row.save(by=by)
    return row


def project(by: User | None = None, **fields: Any) -> Project:
    defaults = {"name": f"测试项目{next(numbers):04d}", "track": "tenancy", "stage": "tenancy.signed", "owner": by}
    row = Project(**{**defaults, **fields})
    row.department = fields.get("department") or (by.department if by else department())
    row.save(by=by)
    return row


def party(of: Project, **fields: Any) -> ProjectParty:
    row = ProjectParty(**{"project": of, "company": fields.pop("company", None) or company(of.owner), **fields})
    row.save()
    return row


def agreement(of: Project, **fields: Any) -> Agreement:
    row = Agreement(**{"project": of, "kind": "formal", "signed_on": dt.date(2026, 11, 2), **fields})
    row.save()
    return row


def milestone(of: Project, due_on: dt.date, **fields: Any) -> Milestone:
    defaults = {
        "code": f"T{next(numbers):03d}",
        "name": "测试节点",
        "original_due_on": due_on,
        "due_on": due_on,
        "status": "planned",
        "confirmed_at": at("2026-01-05T09:00"),
        "follower": of.owner,
    }
    row = Milestone(project=of, **{**defaults, **fields})
    row.save()
    return row


def template(*steps: tuple[str, int], **fields: Any) -> MilestoneTemplate:
    """A template of (code, offset) steps counted from the base date."""
    row = MilestoneTemplate(**{"code": f"TEST-{next(numbers)}", "name": "测试模板", **fields})
    row.save()
    for order, (code, offset) in enumerate(steps, 1):
        MilestoneTemplateItem(template=row, order=order, code=code, name=f"节点{code}", offset=offset).save()
    return row


def interaction(by: User, *companies: Company, **fields: Any) -> Interaction:
    row = Interaction(**{"owner": by, "summary": "测试对接", "happened_on": dt.date(2026, 11, 20), **fields})
    row.save(by=by)
    for rank, each in enumerate(companies or (company(by),), 1):
        InteractionCompany(interaction=row, company=each, rank=rank).save(by=by)
    return row


def follow_up(by: User, due_on: dt.date, **fields: Any) -> FollowUp:
    row = FollowUp(**{"title": "测试待办", "due_on": due_on, "assignee": by, "owner": by, **fields})
    row.save(by=by)
    return row
