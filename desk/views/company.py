"""The page of a company: who they are, what we did together; and the same on one sheet of paper."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import can_change, visible
from accounts.views import signed_in
from activities.models import Directive, FollowUp, Interaction, InteractionCompany
from companies.models import Company, NameStatus, Position, Qualification
from core.models import DomainModel
from core.working_days import Calendar
from desk.lists import Shown, first, limit
from desk.sources import files, imported, sources
from desk.timeline import timeline
from events.models import Participation
from parks.models import Tenancy
from projects.models import Commitment, ProjectParty
from projects.services import bottlenecks

ON_PAPER = 4  # rows of each list on the one page, so that it stays one


@dataclass(frozen=True)
class Touch:
    """Who changed something about a company last, and when."""

    at: dt.datetime
    by: User | None
    what: str


def company(request: HttpRequest, pk: int) -> HttpResponse:
    user, today, count = signed_in(request), timezone.localdate(), limit(request)
    row = _company(user, pk)
    positions = _positions(row, user, count)
    parties = _projects(row, user, count)
    context = {
        "company": row,
        "today": today,
        "may_change": user.has_perm("companies.change_company") and can_change(user, row),
        "warnings": row.warnings(),
        "aliases": row.aliases.all(),
        "qualifications": Qualification.objects.of(row)[:count],
        "related": visible(Company, user).filter(parent=row)[:count],
        "positions": positions,
        "projects": parties,
        "participations": first(_participations(row, user), count),
        "tenancies": Tenancy.objects.visible_to(user).filter(company=row).select_related("park")[:count],
        "directives": first(Directive.objects.visible_to(user).filter(company=row).select_related("lead_unit", "handler"), count),
        "timeline": timeline(
            _interactions(row, user), FollowUp.objects.visible_to(user).filter(company=row), today=today, count=count
        ),
        "files": first(files([row]), count),
        "sources": sources([row, *positions.rows], count=count),
        "imported": imported([row, *positions.rows], count=count),
        "similar_url": _similar(row),
    }
    return render(request, "desk/company.html", context)


def one_page(request: HttpRequest, pk: int) -> HttpResponse:
    """企业一页通: what a leader reads before a visit. Telephone numbers stay in the system: paper travels."""
    user, today = signed_in(request), timezone.localdate()
    row = _company(user, pk)
    projects = _projects(row, user, ON_PAPER)
    shown = {
        "ours": first(_promised(row, user).filter(side=Commitment.Side.OURS), ON_PAPER),
        "theirs": first(_promised(row, user).filter(side=Commitment.Side.THEIRS), ON_PAPER),
        "directives": first(_problems(row, user), ON_PAPER),
        "contacts": first(_interactions(row, user).select_related("owner", "updated_by"), ON_PAPER),
    }
    touched = [row, *(party.project for party in projects.rows), *(item for part in shown.values() for item in part.rows)]
    context = {
        "company": row,
        "today": today,
        "who": _who(row),
        "positions": _positions(row, user, ON_PAPER, former=False),
        "projects": projects,
        "stuck": bottlenecks([party.project_id for party in projects.rows], today=today, days=Calendar.load()),
        "touch": _last_touch(touched),
        **shown,
    }
    return render(request, "desk/one_page.html", context)


def _who(row: Company) -> list[str]:
    """What is known of a company, each a word or two; what is not known is left out."""
    said = [
        row.get_kind_display(),
        f"{row.get_region_display()} {row.city}",
        f"{row.get_industry_display() if row.industry else ''} {row.focus}",
        f"{'' if row.capital_source == Company.CapitalSource.UNKNOWN else row.get_capital_source_display()} {row.ownership}",
        _("上级单位 %(name)s") % {"name": row.parent} if row.parent else "",
        row.credit_code or "",
        "" if row.name_status == NameStatus.REGISTERED else row.get_name_status_display(),
    ]
    return [text.strip() for text in said if text.strip()]


def _company(user: User, pk: int) -> Company:
    rows = Company.objects.visible_to(user).select_related("owner", "department", "parent", "updated_by")
    return get_object_or_404(rows, pk=pk)


def _positions(row: Company, user: User, count: int, *, former: bool = True) -> Shown[Position]:
    """Offices held now before those that ended."""
    rows = Position.objects.visible_to(user).filter(company=row, person__deleted_at=None).select_related("person")
    if not former:
        rows = rows.filter(until_on=None)
    shown = first(rows.order_by("-is_primary", "until_on", "id"), count)
    return Shown(sorted(shown.rows, key=lambda position: position.until_on is not None), shown.more)


def _projects(row: Company, user: User, count: int) -> Shown[ProjectParty]:
    rows = ProjectParty.objects.visible_to(user).filter(company=row, project__deleted_at=None)
    related = rows.select_related("project__agreement", "project__owner", "project__updated_by")
    return first(related.order_by("project__status", "-project__created_at", "id"), count)


def _promised(row: Company, user: User) -> "QuerySet[Commitment]":
    """What both sides promised in every project of the company; what was kept stands last."""
    kept = Case(When(status=Commitment.Status.KEPT, then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = Commitment.objects.filter(project__in=_all_projects(row, user)).exclude(status=Commitment.Status.WITHDRAWN)
    return rows.select_related("updated_by").order_by(kept, "due_on", "id")


def _problems(row: Company, user: User) -> "QuerySet[Directive]":
    """What is open about the company itself or one of its projects."""
    rows = Directive.objects.visible_to(user).exclude(status=Directive.Status.CLOSED)
    mine = Q(company=row) | Q(project__in=_all_projects(row, user))
    return rows.filter(mine).select_related("lead_unit", "handler", "updated_by")


def _all_projects(row: Company, user: User) -> Any:
    return ProjectParty.objects.visible_to(user).filter(company=row, project__deleted_at=None).values("project")


def _participations(row: Company, user: User) -> "QuerySet[Participation]":
    rows = Participation.objects.visible_to(user).filter(company=row, event__deleted_at=None)
    return rows.select_related("event", "person").order_by("-event__starts_on", "rank", "id")


def _interactions(row: Company, user: User) -> "QuerySet[Interaction]":
    links = InteractionCompany.objects.filter(company=row).values("interaction")
    return Interaction.objects.visible_to(user).filter(pk__in=links)


def _last_touch(rows: Iterable[DomainModel]) -> Touch:
    last = max(rows, key=lambda row: row.updated_at)
    return Touch(last.updated_at, last.updated_by, str(last._meta.verbose_name))


def _similar(row: Company) -> str:
    """The address of the list of likely duplicates of this company."""
    return f"{reverse('companies:similar')}?{urlencode({'name': row.name, 'exclude': str(row.pk)})}"
