"""The parts of a project."""

from typing import Any

from django.http import HttpRequest

from accounts.scoped import ScopedStackedInline, ScopedTabularInline
from projects.models import (
    Agreement,
    CapitalArrival,
    Commitment,
    Evidence,
    Milestone,
    ProjectMember,
    ProjectParty,
    StageChange,
)


class PartyInline(ScopedTabularInline):
    model = ProjectParty
    fields = ["rank", "role", "company", "park", "share_percent"]
    autocomplete_fields = ["company", "park"]


class MemberInline(ScopedTabularInline):
    model = ProjectMember
    fields = ["rank", "role", "user", "person", "name", "since_on", "until_on"]
    autocomplete_fields = ["user", "person"]


class AgreementInline(ScopedStackedInline):
    model = Agreement
    fields = [
        ("kind", "title", "counts_as"),
        ("signed_on", "signed_on_precision", "signed_on_inferred"),
        ("event", "our_unit", "our_unit_name"),
        ("amount", "amount_qualifier", "increment"),
        ("fixed_investment", "fixed_investment_qualifier"),
        ("valid_until_on", "terminated_on"),
    ]
    autocomplete_fields = ["event", "our_unit"]


class MilestoneInline(ScopedTabularInline):
    """Dates and states change by the buttons of the plan page, which ask for the reason."""

    model = Milestone
    fields = ["code", "name", "due_on", "completed_on", "status", "is_key", "responsible_unit", "responsible", "follower"]
    readonly_fields = ["code", "name", "due_on", "completed_on", "status"]
    autocomplete_fields = ["responsible_unit", "responsible", "follower"]
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EvidenceInline(ScopedTabularInline):
    model = Evidence
    fields = ["label", "due_on", "status", "attachment", "waived_reason"]
    readonly_fields = ["label"]
    raw_id_fields = ["attachment"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CommitmentInline(ScopedTabularInline):
    model = Commitment
    fields = ["side", "text", "due_on", "status", "fair_review"]


class CapitalInline(ScopedTabularInline):
    """What arrived; new rows are drafts. Rows that are there change on their own page, which knows what was verified."""

    model = CapitalArrival
    fields = ["arrived_on", "payer", "amount", "amount_usd", "origin", "side", "use", "status"]
    readonly_fields = ["status"]
    autocomplete_fields = ["payer"]
    show_change_link = True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StageChangeInline(ScopedTabularInline):
    model = StageChange
    fields = ["moved_on", "from_stage", "to_stage", "from_status", "to_status", "moved_by", "note"]
    readonly_fields = ["moved_on", "from_stage", "to_stage", "from_status", "to_status", "moved_by", "note"]
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
