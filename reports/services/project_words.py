"""A project as a snapshot keeps it: what the ledgers and the written report say of it, without asking the project again."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from accounts.owned import OwnedModel
from companies.industries import INDUSTRIES
from companies.models import Company
from companies.regions import REGIONS
from core.amounts import Qualifier, Total
from projects import stages
from projects.models import Agreement, CapitalArrival, InvestmentProgress, Project, ProjectMember, ProjectParty
from reports.services.words import Words, fuzzy_words, labelled, name_of

CHUNK = 2_000
FUZZY = ("planned_start_on", "planned_completion_on", "planned_production_on")
KEPT = (
    *("code", "name", "status_reason", "review_on", "site", "summary", "land_mu", "floor_m2", "focus", "approval_code"),
    *("stat_name", "expected_sign_on", "grade", "method", "lead_source", "referrer", "first_contact_on"),
    *("light_reason", "light_since_on"),
)
PARTS = tuple(f"{name}{part}" for name in FUZZY for part in ("", "_precision", "_inferred"))
SIGNED = ("signed_on", "signed_on_precision", "signed_on_inferred")
PAPER = ("kind", *SIGNED, "amount", "amount_qualifier", "amount_usd", "fixed_investment", "counts_as")
LEAD = {
    "lead_name": F("lead_party__name"),
    "lead_city": F("lead_party__city"),
    "lead_region": F("lead_party__region"),
    "lead_capital_source": F("lead_party__capital_source"),
    "lead_kind": F("lead_party__kind"),
    "lead_ownership": F("lead_party__ownership"),
}
NAMES: dict[str, Any] = {
    **LEAD,
    "park_name": F("park__name"),
    "department_name": F("department__name"),
    "owner_name": name_of("owner"),
    "event_name": F("agreement__event__name"),
    **{f"paper_{name}": F(f"agreement__{name}") for name in PAPER},
}
_INVESTED = InvestmentProgress.objects.filter(project=OuterRef("pk")).exclude(cumulative=None).order_by("-report_month")
INVESTED = {
    "invested": Subquery(_INVESTED.values("cumulative")[:1]),
    "invested_until": Subquery(_INVESTED.values("report_month")[:1]),
}
CODED: dict[str, dict[Any, Any]] = {
    "track": dict(stages.Track.choices),
    "stage": {code: stage.label for code, stage in stages.BY_CODE.items()},
    "status": dict(Project.Status.choices),
    "light": dict(Project.Light.choices),
    "land_mode": dict(Project.LandMode.choices),
    "build_nature": dict(Project.BuildNature.choices),
    "industry": dict(INDUSTRIES),
    "origin": dict(OwnedModel.Origin.choices),
    "confidentiality": dict(Project.Confidentiality.choices),
    "lead_capital_source": dict(Company.CapitalSource.choices),
    "lead_kind": dict(Company.Kind.choices),
    "lead_region": dict(REGIONS),
}
KINDS, COUNTS, QUALIFIERS = dict(Agreement.Kind.choices), dict(Agreement.CountsAs.choices), dict(Qualifier.choices)


def project_words() -> Iterator[tuple[dict[str, Any], Words]]:
    """Each living project, as its keys and its words, in the order of its key."""
    rows = Project.objects.order_by("pk").annotate(**NAMES, **INVESTED)
    coded = [name for name in CODED if name not in LEAD]
    found = rows.values("id", "department_id", "owner_id", *KEPT, *PARTS, *coded, *NAMES, *INVESTED)
    capital, parties, members = _capital(), _parties(), _members()
    for row in found.iterator(chunk_size=CHUNK):
        key = row["id"]
        yield row, _words(row) | NOTHING_ARRIVED | NOBODY | capital.get(key, {}) | parties.get(key, {}) | members.get(key, {})


def _words(row: dict[str, Any]) -> Words:
    words: Words = {name: row[name] for name in (*KEPT, "lead_city", *INVESTED, "lead_ownership")}
    for name, labels in CODED.items():
        words |= labelled(row, name, labels)
    for name in FUZZY:
        words |= fuzzy_words(row, name)
    named = {"lead_party": "lead_name", "event": "event_name", "park": "park_name", "department": "department_name"}
    words |= {name: row[column] for name, column in {**named, "owner": "owner_name"}.items()}
    return words | _paper(row)


def _paper(row: dict[str, Any]) -> Words:
    """The agreement in force: kind, date, amount with its word."""
    paper = {name: row[f"paper_{name}"] for name in PAPER}
    words = {name: paper[name] for name in ("amount", "amount_usd", "fixed_investment")}
    words |= {"agreement_kind": paper["kind"], "agreement_kind_label": str(KINDS.get(paper["kind"], ""))}
    words |= labelled(paper, "amount_qualifier", QUALIFIERS) | labelled(paper, "counts_as", COUNTS)
    return words | fuzzy_words(paper, "signed_on")


INVESTING = {
    ProjectParty.Role.INVESTOR: "investors",
    ProjectParty.Role.PARTNER: "partners",
    ProjectParty.Role.PROJECT_COMPANY: "project_companies",
}
CHARGED = {
    ProjectMember.Role.LEADER: "leaders",
    ProjectMember.Role.DEPUTY_LEADER: "deputy_leaders",
    ProjectMember.Role.CHIEF_SERVICE: "chief_service",
}
NOBODY: Words = dict.fromkeys([*INVESTING.values(), *CHARGED.values()], "")
NOTHING_ARRIVED: dict[str, Decimal | None] = {
    "capital_verified": None,
    "capital_waiting": None,
    "capital_verified_usd": None,
    "capital_waiting_usd": None,
}


def _capital() -> dict[int, Words]:
    """What arrived, by project: proven, and stated but not yet proven."""
    states = CapitalArrival.Status
    verified, waiting = Q(status=states.VERIFIED), Q(status__in=[states.DRAFT, states.SUBMITTED])
    rows = CapitalArrival.objects.order_by().values("project_id")
    sums: Any = rows.annotate(
        capital_verified=Total("amount", filter=verified),
        capital_waiting=Total("amount", filter=waiting),
        capital_verified_usd=Total("amount_usd", filter=verified),
        capital_waiting_usd=Total("amount_usd", filter=waiting),
    )
    return {row["project_id"]: {name: row[name] for name in NOTHING_ARRIVED} for row in sums.iterator(chunk_size=CHUNK)}


def _parties() -> dict[int, Words]:
    """Investors and the project company of each project, by rank."""
    rows = ProjectParty.objects.filter(role__in=INVESTING, company__isnull=False).order_by("rank", "pk")
    return _named(rows.values_list("project_id", "role", "company__name").iterator(), INVESTING)


def _members() -> dict[int, Words]:
    """The leaders and the service officer, in the given order."""
    rows = ProjectMember.objects.filter(role__in=CHARGED, until_on=None).order_by("rank", "pk")
    named = rows.values_list("project_id", "role", name_of("user"), "person__name", "name")
    return _named(((key, code, user or person or name) for key, code, user, person, name in named.iterator()), CHARGED)


def _named(rows: Any, columns: dict[Any, str]) -> dict[int, Words]:
    found: dict[int, Words] = defaultdict(dict)
    for key, role, name in rows:
        column = columns[role]
        found[key][column] = f"{found[key][column]}、{name}" if column in found[key] else name
    return found
