"""Who is party to a project, what was signed, and who therefore sees it."""

from collections.abc import Iterable, Iterator
from itertools import batched

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from accounts import services as accounts
from accounts.models import Share, User
from audit import services as audit
from core import bulk
from core.actor import Actor
from core.models import DomainModel
from projects.models import Agreement, AgreementParty, Project, ProjectMember, ProjectParty

BATCH = 500  # projects of one query


@transaction.atomic
def refresh_project(project: Project, *, by: Actor | None = None) -> Project:
    """Keep `lead_party` (company of the first investor by rank) and `agreement` (the one in force) true."""
    for changed in refresh_projects([project.pk], by=by):
        audit.record(
            "project.refreshed", changed, by=by, changes={"lead_party": changed.lead_party_id, "agreement": changed.agreement_id}
        )
    return Project.objects.get(pk=project.pk)


@transaction.atomic
def refresh_projects(keys: Iterable[int], *, by: Actor | None = None) -> list[Project]:
    """Keep `lead_party` and `agreement` of many projects true; returns those that changed, without an audit event."""
    changed: list[Project] = []
    for some in batched(sorted(set(keys)), BATCH):
        lead = dict(_leads(some))
        strongest = dict(_in_force(some))
        for project in Project.objects.select_for_update(of=("self",)).filter(pk__in=some).order_by("pk"):
            wanted = lead.get(project.pk), strongest.get(project.pk)
            if (project.lead_party_id, project.agreement_id) != wanted:
                project.lead_party_id, project.agreement_id = wanted
                changed.append(project)
    return bulk.change(changed, ["lead_party", "agreement"], by=by)


@transaction.atomic
def point_new_projects(keys: Iterable[int]) -> None:
    """Set `lead_party` and `agreement` of projects inserted in this act: part of their first version, so without history."""
    investor = {"project": OuterRef("pk"), "role": ProjectParty.Role.INVESTOR, "company__isnull": False}
    lead = ProjectParty.objects.filter(**investor).order_by("rank", "id").values("company")[:1]
    agreement = Agreement.objects.filter(project=OuterRef("pk")).in_force().values("pk")[:1]
    for some in batched(keys, BATCH):
        rows = Project.objects.filter(pk__in=some)
        rows.update(lead_party=Subquery(lead), agreement=Subquery(agreement), version=F("version"))


def _leads(projects: Iterable[int]) -> Iterator[tuple[int, int]]:
    """(project, company) of the investors, the first one of each project last, so that a dict keeps it."""
    investors = ProjectParty.objects.filter(project__in=projects, role=ProjectParty.Role.INVESTOR, company__isnull=False)
    yield from investors.order_by("-rank", "-id").values_list("project", "company")


def _in_force(projects: Iterable[int]) -> Iterator[tuple[int, int]]:
    """(project, agreement), the one in force last of each project."""
    yield from reversed(Agreement.objects.filter(project__in=projects).in_force().values_list("project", "pk"))


@transaction.atomic
def sign_agreement(agreement: Agreement, parties: list[ProjectParty], *, by: Actor | None) -> Agreement:
    """Save a signed paper with its parties in order, and refresh the project."""
    agreement.save(by=by)
    for rank, party in enumerate(parties, 1):
        AgreementParty(agreement=agreement, party=party, rank=rank).save(by=by)
    refresh_project(agreement.project, by=by)
    audit.record("agreement.signed", agreement, by=by, rows=1 + len(parties))
    return agreement


@transaction.atomic
def keep_shares(project: Project, *, by: User | None = None) -> int:
    """Members see the project, its companies and thereby their people; who is none any more loses just that.

    Returns how many shares changed.
    """
    companies = [party.company for party in project.parties.select_related("company") if party.company]
    changed = 0
    for member in ProjectMember.all_objects.filter(project=project, user__isnull=False).select_related("user"):
        wanted: list[tuple[User, DomainModel, str]] = []
        if member.deleted_at is None and member.user is not None:
            wanted = [(member.user, project, Share.Level.EDIT), *((member.user, row, Share.Level.VIEW) for row in companies)]
        changed += accounts.set_shares(member, wanted, reason=Share.Reason.MEMBER, by=by)
    return changed
