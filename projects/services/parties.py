"""Who is party to a project, what was signed, and who therefore sees it."""

from django.db import transaction

from accounts import services as accounts
from accounts.models import Share, User
from audit import services as audit
from core.actor import Actor
from core.models import DomainModel
from projects.models import Agreement, AgreementParty, Project, ProjectMember, ProjectParty


@transaction.atomic
def refresh_project(project: Project, *, by: Actor | None = None) -> Project:
    """Keep `lead_party` (company of the first investor by rank) and `agreement` (the one in force) true."""
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    investors = ProjectParty.objects.filter(project=project, role=ProjectParty.Role.INVESTOR, company__isnull=False)
    lead = investors.order_by("rank", "id").values_list("company", flat=True).first()
    agreement = Agreement.objects.filter(project=project).in_force().values_list("pk", flat=True).first()
    if (project.lead_party_id, project.agreement_id) != (lead, agreement):
        project.lead_party_id, project.agreement_id = lead, agreement
        project.save(by=by, update_fields=["lead_party", "agreement"])
        audit.record("project.refreshed", project, by=by, changes={"lead_party": lead, "agreement": agreement})
    return project


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
