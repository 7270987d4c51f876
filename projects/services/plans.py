"""Giving a project its plan from a template."""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from audit import services as audit
from core.working_days import Calendar
from projects.models import Milestone, MilestoneTemplate, MilestoneTemplateItem, Plan, Project

RECENT = dt.timedelta(days=30)  # an agreement signed within them is the natural base date


@dataclass(frozen=True)
class Step:
    """One item of a template with the date it would get, and whether that is already past."""

    item: MilestoneTemplateItem
    due_on: dt.date
    past: bool


def default_base(project: Project, *, today: dt.date) -> dt.date:
    """The base date to propose: the signing date if at most 30 days ago, else today."""
    signed = project.agreement.signed_on if project.agreement else None
    return signed if signed and dt.timedelta(0) <= today - signed <= RECENT else today


def preview_template(
    template: MilestoneTemplate, base_on: dt.date, *, today: dt.date, days: Calendar | None = None
) -> list[Step]:
    """Every date a template would give, in order; nothing is saved."""
    days = days or Calendar.load()
    due: dict[int, dt.date] = {}
    steps = []
    for item in template.items.order_by("order", "id"):
        start = due.get(item.anchor_id or 0, base_on)
        due[item.pk] = days.add(start, item.offset, item.day_kind, item.day_off_rule)
        steps.append(Step(item, due[item.pk], past=due[item.pk] < today))
    return steps


@transaction.atomic
def apply_template(project: Project, template: MilestoneTemplate, base_on: dt.date, *, by: User | None, today: dt.date) -> Plan:
    """Give a project the milestones of a template, all still to be confirmed.

    Raises ValidationError (code "duplicate") when the template, or one of its codes, is there already.
    """
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    _refuse_duplicates(project, template)
    plan = Plan(project=project, template=template, base_on=base_on, applied_on=today, applied_by=by)
    plan.save(by=by)
    made: dict[int, Milestone] = {}
    units = {unit.name: unit for unit in Department.objects.all()}
    for step in preview_template(template, base_on, today=today):
        row = _milestone(plan, step, made, units)
        row.save(by=by)
        made[step.item.pk] = row
    audit.record("plan.applied", plan, by=by, changes={"base_on": str(base_on)}, rows=1 + len(made))
    return plan


def _milestone(plan: Plan, step: Step, made: dict[int, Milestone], units: dict[str, Department]) -> Milestone:
    item = step.item
    unit = units.get(item.unit)
    return Milestone(
        project=plan.project,
        plan=plan,
        anchor=made.get(item.anchor_id or 0),
        code=item.code,
        name=item.name,
        offset=item.offset,
        day_kind=item.day_kind,
        day_off_rule=item.day_off_rule,
        is_key=item.is_key,
        evidence=item.evidence,
        original_due_on=step.due_on,
        due_on=step.due_on,
        status=Milestone.Status.TO_CONFIRM,
        responsible_unit=unit,
        responsible_unit_name="" if unit else item.unit,
        follower=plan.project.owner,
    )


def _refuse_duplicates(project: Project, template: MilestoneTemplate) -> None:
    if template.produces != MilestoneTemplate.Produces.MILESTONE:
        raise ValidationError(_("模板“%(name)s”生成待办事项，请在活动页套用") % {"name": template}, code="produces")
    if Plan.objects.filter(project=project, template=template).exists():
        raise ValidationError(_("该项目已套用模板“%(name)s”") % {"name": template}, code="duplicate")
    codes = template.items.values_list("code", flat=True)
    there = list(Milestone.objects.filter(project=project, code__in=codes).values_list("code", flat=True))
    if there:
        raise ValidationError(_("该项目已有这些编码的里程碑：%(codes)s") % {"codes": "、".join(there)}, code="duplicate")
