"""Logging a contact, promising a next step, and keeping it."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activities.models import Attendance, FollowUp, Interaction, InteractionCompany
from audit import services as audit
from companies.models import Company
from core.working_days import Calendar
from events.models import Event
from projects.models import MilestoneTemplate


@transaction.atomic
def log_contact(
    interaction: Interaction,
    companies: Sequence[Company],
    *,
    by: User,
    people: Sequence[Attendance] = (),
    next_step: str = "",
    next_on: dt.date | None = None,
) -> Interaction:
    """Save a contact with its companies (the first is the one it was about), people and next step.

    Raises ValidationError: code "companies" when there is none, "next_on" for a next step without a date.
    """
    if not companies:
        raise ValidationError(_("请至少选择一家企业（单位）"), code="companies")
    if next_step.strip() and next_on is None:
        raise ValidationError(_("下一步请填写日期"), code="next_on")
    interaction.owner = interaction.owner or by
    interaction.save(by=by)
    for rank, company in enumerate(companies, 1):
        InteractionCompany(interaction=interaction, company=company, rank=rank).save(by=by)
    for rank, person in enumerate(people, 1):
        person.interaction, person.rank = interaction, rank
        person.save(by=by)
    if next_step.strip():
        promise(interaction, next_step, next_on, company=companies[0], by=by)
    audit.record("interaction.logged", interaction, by=by, rows=1 + len(companies) + len(people))
    return interaction


@transaction.atomic
def promise(interaction: Interaction, title: str, due_on: dt.date | None, *, company: Company | None, by: User) -> FollowUp:
    """The next step of a contact as a follow-up of the person who logged it."""
    follow_up = FollowUp(
        title=title.strip(),
        due_on=due_on,
        assignee=interaction.owner or by,
        owner=interaction.owner or by,
        department_id=interaction.department_id,
        company=company,
        project=interaction.project,
        event=interaction.event,
        interaction=interaction,
    )
    follow_up.save(by=by)
    audit.record("follow_up.promised", follow_up, by=by)
    return follow_up


@transaction.atomic
def complete_follow_up(follow_up: FollowUp, *, by: User, now: dt.datetime, result: str = "") -> FollowUp:
    """Note that a follow-up was kept, with its result."""
    follow_up = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    if follow_up.status != FollowUp.Status.OPEN:
        raise ValidationError(_("该事项已经办结或取消"), code="status")
    follow_up.status, follow_up.result = FollowUp.Status.DONE, result
    follow_up.completed_at, follow_up.completed_by = now, by
    follow_up.save(by=by, update_fields=["status", "result", "completed_at", "completed_by"])
    audit.record("follow_up.completed", follow_up, by=by)
    return follow_up


@transaction.atomic
def apply_event_template(event: Event, template: MilestoneTemplate, *, base_on: dt.date, by: User) -> list[FollowUp]:
    """The follow-ups after an event (M-E): one a template item, counted from the day the event ended."""
    if template.produces != MilestoneTemplate.Produces.FOLLOW_UP:
        raise ValidationError(_("模板“%(name)s”生成里程碑，请在项目页套用") % {"name": template}, code="produces")
    if FollowUp.objects.filter(event=event, template_item__template=template).exists():
        raise ValidationError(_("该活动已套用此模板"), code="duplicate")
    days = Calendar.load()
    due: dict[int, dt.date] = {}
    made = []
    for item in template.items.order_by("order", "id"):
        due[item.pk] = days.add(due.get(item.anchor_id or 0, base_on), item.offset, item.day_kind, item.day_off_rule)
        row = FollowUp(title=item.name, due_on=due[item.pk], assignee=event.owner or by, owner=event.owner or by)
        row.event, row.template_item, row.department_id = event, item, event.department_id
        row.save(by=by)
        made.append(row)
    audit.record("event.template_applied", event, by=by, rows=len(made))
    return made
