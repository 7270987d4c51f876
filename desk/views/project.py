"""The page that tells a project's story."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import can_change, visible
from accounts.views import signed_in
from activities.models import Directive, FollowUp, Interaction
from companies.models import Company
from core.dates import fuzzy
from core.working_days import Calendar
from desk import gantt, stage_bar
from desk.figures import figures, with_invested
from desk.lists import MOST, Shown, first, limit
from desk.sources import files, imported, sources
from desk.timeline import Entry, timeline
from events.models import Event
from projects.models import AgreementParty, Milestone, MilestoneRevision, ProgressReport, Project, ProjectMember
from projects.services import bottleneck_among

STATES = {"done": "done", "reported": "open", "waived": "waived", "to_confirm": "unsure"}  # else by its date
ROLES = {role: place for place, role in enumerate(ProjectMember.Role.values)}


def project(request: HttpRequest, pk: int) -> HttpResponse:
    user, today, count = signed_in(request), timezone.localdate(), limit(request)
    rows = Project.objects.visible_to(user).select_related("lead_party", "agreement", "park", "owner", "department")
    row = get_object_or_404(with_invested(rows).annotate(lead_opens=_opens(user, "lead_party")), pk=pk)
    may_change = user.has_perm("projects.change_project") and can_change(user, row)
    revisions = Prefetch("revisions", MilestoneRevision.objects.select_related("revised_by"))
    milestones = list(row.milestones.select_related("responsible_unit").prefetch_related(revisions)[:MOST])
    evidence = list(row.evidence.all())
    line = _timeline(row, user, today=today, count=count)
    story = _story(row, milestones, user, today=today, count=count)
    papers = stage_bar.Papers.of(milestones, evidence, story["files"].rows)
    context = {
        "project": row,
        "today": today,
        "may_change": may_change,
        "bar": stage_bar.bar(row, papers, evidence, may_change=may_change, today=today),
        "figures": list(figures(row, milestones, evidence, line.rows, today=today)),
        "bottleneck": bottleneck_among(milestones, today=today, days=Calendar.load()),
        "timeline": line,
        **_plan(milestones, today),
        **story,
    }
    return render(request, "desk/project.html", context)


def _plan(milestones: Sequence[Milestone], today: dt.date) -> dict[str, Any]:
    """The milestones as rows and as pictures, for the screen and for paper."""
    drawn = [_drawn(row, today) for row in milestones]
    return {
        "milestones": milestones,
        "screen": gantt.screen(drawn, today=today),
        "phone": gantt.phone(drawn, today=today),
        "sheets": gantt.sheets(drawn, today=today),
    }


def _drawn(row: Milestone, today: dt.date) -> gantt.Row:
    state = STATES.get(row.status, "late" if row.overdue_from < today else "open")
    said = [row.name, _("现计划 %(day)s") % {"day": row.due_on}]
    if row.original_due_on != row.due_on:
        said.append(_("原计划 %(day)s") % {"day": row.original_due_on})
    if row.completed_on:
        said.append(_("完成 %(day)s") % {"day": fuzzy(row, "completed_on")})
    label = f"★ {row.name}" if row.is_key else row.name
    return gantt.Row(label, row.original_due_on, row.due_on, row.completed_on, state, " · ".join(said))


def _timeline(row: Project, user: User, *, today: dt.date, count: int) -> Shown[Entry]:
    return timeline(
        Interaction.objects.visible_to(user).filter(project=row),
        FollowUp.objects.visible_to(user).filter(project=row),
        row.stage_changes.select_related("moved_by")[:count],
        today=today,
        count=count,
    )


def _story(row: Project, milestones: Sequence[Milestone], user: User, *, today: dt.date, count: int) -> dict[str, Any]:
    """Who and what belongs to the project, each list cut at `count`."""
    parties = first(row.parties.select_related("company", "park").annotate(opens=_opens(user, "company")), count)
    signed = Prefetch("parties", AgreementParty.objects.select_related("party__company", "party__park"))
    events = Exists(Event.objects.visible_to(user).filter(pk=OuterRef("event")))
    papers = row.agreements.select_related("event", "our_unit").prefetch_related(signed).annotate(event_opens=events)
    agreements = first(papers, count)
    cited = [row, *agreements.rows, *parties.rows]
    return {
        "parties": parties,
        "agreements": agreements,
        "members": _members(first(row.members.select_related("user", "person"), count), today),
        "capital": first(row.capital_arrivals.select_related("payer"), count),
        "directives": first(_directives(row, user), count),
        "commitments": first(row.commitments.order_by("side", "due_on", "id"), count),
        "reports": first(_reports(row), count),
        "files": first(files([*cited, *milestones]), count),
        "sources": sources(cited, count=count),
        "imported": imported(cited, count=count),
    }


def _reports(row: Project) -> Any:
    """What stands of each period, and what was handed in and waits, as ledgers bring it; the newest first."""
    filed = ProgressReport.objects.filed().filter(project=row)
    replaced = filed.filter(
        status=ProgressReport.Status.ACCEPTED,
        period_start_on=OuterRef("period_start_on"),
        period_end_on=OuterRef("period_end_on"),
        revision__gt=OuterRef("revision"),
    )
    return filed.exclude(Exists(replaced.order_by())).select_related("submitted_by")


def _opens(user: User, path: str) -> Exists:
    """Whether the page of a company named in `path` opens for this person."""
    return Exists(visible(Company, user).filter(pk=OuterRef(path)))


def _members(shown: Shown[ProjectMember], today: dt.date) -> Shown[ProjectMember]:
    """Those in charge now in the order of their parts, then the former ones, the last first."""
    now = [row for row in shown.rows if row.until_on is None or row.until_on >= today]
    before = [row for row in shown.rows if row not in now]
    now.sort(key=lambda row: (ROLES[row.role], row.rank, row.pk))
    before.sort(key=lambda row: (row.until_on or today, row.pk), reverse=True)
    return Shown(now + before, shown.more)


def _directives(row: Project, user: User) -> Any:
    """Orders about a project: what is open first, problems before the rest."""
    rank = Case(
        When(status=Directive.Status.CLOSED, then=Value(2)),
        When(Q(source=Directive.Source.PROBLEM), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = Directive.objects.visible_to(user).filter(project=row).select_related("lead_unit", "handler")
    return rows.order_by(rank, "due_on", "id")
