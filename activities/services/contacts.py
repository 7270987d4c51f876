"""Logging a contact, promising a next step, and keeping it."""

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from activities.models import Attendance, FollowUp, Interaction, InteractionCompany
from audit import changesets
from audit import services as audit
from audit.models import ChangeSet
from companies.models import Company
from projects.services.wording import short

COMPLETED = ["status", "result", "completed_at", "completed_by"]


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
def complete_follow_up(
    follow_up: FollowUp, *, by: User, now: dt.datetime, result: str = "", into: ChangeSet | None = None
) -> FollowUp:
    """Note that a follow-up was kept, with its result. Raises ValidationError: code "status", "too_long"."""
    follow_up = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    if follow_up.status != FollowUp.Status.OPEN:
        raise ValidationError(_("该事项已经办结或取消"), code="status")
    before = changesets.before(follow_up, COMPLETED)
    follow_up.status, follow_up.result = FollowUp.Status.DONE, short(result)
    follow_up.completed_at, follow_up.completed_by = now, by
    follow_up.save(by=by, update_fields=COMPLETED)
    if into:
        changesets.record_change(into, follow_up, before)
    audit.record("follow_up.completed", follow_up, by=by)
    return follow_up
