"""What a snapshot keeps of each table, written out in plain values; each row is read once, in the order of its key.

Only an agreement, a milestone or a payment that changed has other values than before: nothing here depends on the day,
but the light of a project, which is shown as it shone.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery

from core.amounts import Qualifier
from projects.models import Agreement, CapitalArrival, Milestone, ProgressReport, Project
from reports.models import SnapshotRow
from reports.services.project_words import project_words
from reports.services.words import Words, fuzzy_words, labelled, name_of, plain

CHUNK = 2_000
Table = SnapshotRow.Table
# Read with every child row; they become the row's keys and not its words.
PLACE = {"department_id": F("project__department_id"), "owner_id": F("project__owner_id")}
PROJECT = {"project_name": F("project__name"), "project_code": F("project__code")}


class Frozen(NamedTuple):
    """A row as it will be kept."""

    table: str
    object_id: int
    project_id: int
    department_id: int | None
    owner_id: int | None
    label: str
    values: Words

    def record(self) -> dict[str, Any]:
        """What the hash is over."""
        return self._asdict()


def frozen() -> Iterator[Frozen]:
    """Every living row, by the name of its table and its key; to be read in one transaction."""
    yield from agreements(Agreement.objects.all())
    yield from capital(CapitalArrival.objects.all())
    yield from milestones(Milestone.objects.all())
    yield from reports(ProgressReport.objects.filter(pk__in=_counting_reports()))
    for row, words in project_words():
        yield _frozen(Table.PROJECT, {**row, "project_id": row["id"]}, words["name"], words)


def agreements(rows: QuerySet[Any]) -> Iterator[Frozen]:
    """Agreements in the words of a snapshot, by their key."""
    return map(_agreement, _rows(rows, *AGREEMENT, **AGREEMENT_NAMES))


def capital(rows: QuerySet[Any]) -> Iterator[Frozen]:
    """Payments in the words of a snapshot, by their key."""
    return map(_capital, _rows(rows, *CAPITAL, **CAPITAL_NAMES))


def milestones(rows: QuerySet[Any]) -> Iterator[Frozen]:
    """Milestones in the words of a snapshot, by their key."""
    return map(_milestone, _rows(rows, *MILESTONE, **MILESTONE_NAMES))


def reports(rows: QuerySet[Any]) -> Iterator[Frozen]:
    """Reports of progress in the words of a snapshot, by their key."""
    return map(_progress, _rows(rows, *PROGRESS, **PROGRESS_NAMES))


def _rows(rows: QuerySet[Any], *fields: str, **names: Any) -> Iterator[dict[str, Any]]:
    found = rows.order_by("pk").annotate(**PLACE, **PROJECT, **names)
    keys = ("id", "project_id", *PLACE, *PROJECT, *fields, *names)
    yield from found.values(*keys).iterator(chunk_size=CHUNK)


def _frozen(table: str, row: dict[str, Any], label: str, words: Words) -> Frozen:
    values = {name: plain(value) for name, value in words.items()}
    return Frozen(str(table), row["id"], row["project_id"], row["department_id"], row["owner_id"], label[:300], values)


def _kept(row: dict[str, Any], *names: str) -> Words:
    return {name: row[name] for name in (*PROJECT, *names)}


# Agreements

AGREEMENT = (
    *("kind", "title", "signed_on", "signed_on_precision", "signed_on_inferred", "our_unit_name", "amount"),
    *("amount_qualifier", "amount_usd", "fx_rate", "fx_on", "fixed_investment", "counts_as", "increment"),
    *("valid_until_on", "superseded_by_id", "terminated_on"),
)
AGREEMENT_NAMES = {"event_name": F("event__name"), "unit_name": F("our_unit__name"), "in_force_id": F("project__agreement_id")}
KINDS, COUNTS, QUALIFIERS = dict(Agreement.Kind.choices), dict(Agreement.CountsAs.choices), dict(Qualifier.choices)


def _agreement(row: dict[str, Any]) -> Frozen:
    words = {
        **_kept(row, "title", "amount", "amount_usd", "fx_rate", "fx_on", "fixed_investment", "increment"),
        **_kept(row, "valid_until_on", "terminated_on"),
        **labelled(row, "kind", KINDS),
        **labelled(row, "counts_as", COUNTS),
        **labelled(row, "amount_qualifier", QUALIFIERS),
        **fuzzy_words(row, "signed_on"),
        "event": row["event_name"] or "",
        "our_unit": row["unit_name"] or row["our_unit_name"],
        "in_force": row["in_force_id"] == row["id"],
        "superseded": row["superseded_by_id"] is not None,
    }
    return _frozen(Table.AGREEMENT, row, row["title"] or words["kind_label"], words)


# Milestones

MILESTONE = (
    *("code", "name", "is_key", "original_due_on", "due_on", "completed_on", "completed_on_precision"),
    *("completed_on_inferred", "status", "waived_reason", "responsible_unit_name"),
)
MILESTONE_NAMES = {
    "unit_name": F("responsible_unit__name"),
    "responsible_name": name_of("responsible"),
    "follower_name": name_of("follower"),
}
MILESTONE_STATES = dict(Milestone.Status.choices)


def _milestone(row: dict[str, Any]) -> Frozen:
    words = {
        **_kept(row, "code", "name", "is_key", "original_due_on", "due_on", "waived_reason"),
        **labelled(row, "status", MILESTONE_STATES),
        **fuzzy_words(row, "completed_on"),
        "responsible_unit": row["unit_name"] or row["responsible_unit_name"],
        "responsible": row["responsible_name"] or "",
        "follower": row["follower_name"] or "",
    }
    return _frozen(Table.MILESTONE, row, row["name"], words)


# Capital

CAPITAL = (
    *("arrived_on", "report_month", "amount", "amount_usd", "fx_rate", "fx_on", "origin", "side", "use", "status"),
    *("verified_at", "corrects_id", "note", "return_reason"),
)
CAPITAL_NAMES = {"payer_name": F("payer__name"), "verified_by_name": name_of("verified_by")}
ORIGINS, SIDES = dict(CapitalArrival.Origin.choices), dict(CapitalArrival.Side.choices)
CAPITAL_STATES = dict(CapitalArrival.Status.choices)


def _capital(row: dict[str, Any]) -> Frozen:
    words = {
        **_kept(row, "arrived_on", "report_month", "amount", "amount_usd", "fx_rate", "fx_on", "use", "verified_at"),
        **_kept(row, "note", "return_reason"),
        **labelled(row, "origin", ORIGINS),
        **labelled(row, "side", SIDES),
        **labelled(row, "status", CAPITAL_STATES),
        "payer": row["payer_name"] or "",
        "verified_by": row["verified_by_name"] or "",
        "corrects": row["corrects_id"],
    }
    return _frozen(Table.CAPITAL, row, f"{row['project_name']} {row['arrived_on']}", words)


# Progress reports

PROGRESS = (
    *("period_start_on", "period_end_on", "revision", "status", "no_change_reason", "progress", "problems"),
    *("needs_coordination", "next_plan", "submitted_at", "accepted_at"),
)
PROGRESS_NAMES = {"submitted_by_name": name_of("submitted_by"), "accepted_by_name": name_of("accepted_by")}
PROGRESS_STATES = dict(ProgressReport.Status.choices)


def _counting_reports() -> QuerySet[Any]:
    """Of each project the report of its latest period: the highest accepted revision."""
    accepted = ProgressReport.objects.filter(project=OuterRef("pk"), status=ProgressReport.Status.ACCEPTED)
    latest = accepted.order_by("-period_end_on", "-period_start_on", "-revision").values("pk")[:1]
    return Project.objects.order_by().annotate(latest=Subquery(latest)).exclude(latest=None).values("latest")


def _progress(row: dict[str, Any]) -> Frozen:
    words = {
        **_kept(row, "period_start_on", "period_end_on", "revision", "no_change_reason", "progress", "problems"),
        **_kept(row, "needs_coordination", "next_plan", "submitted_at", "accepted_at"),
        **labelled(row, "status", PROGRESS_STATES),
        "submitted_by": row["submitted_by_name"] or "",
        "accepted_by": row["accepted_by_name"] or "",
    }
    return _frozen(Table.PROGRESS, row, f"{row['project_name']} {row['period_end_on']}", words)
