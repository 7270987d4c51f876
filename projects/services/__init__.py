"""Acts on projects, by subject; callers use the names of this package."""

from projects.services.commitments import add_commitment, review_commitment, settle_commitment
from projects.services.date_requests import accept_new_date, ask_new_date, decline_new_date, withdraw_request
from projects.services.milestones import (
    Act,
    allowed,
    complete_milestone,
    confirm_milestone,
    confirm_milestones,
    re_date_milestone,
    reopen_milestone,
    report_milestone,
    waive_milestone,
)
from projects.services.moves import choose_track, move_project, next_code, provide_evidence, set_status, waive_evidence
from projects.services.parties import keep_shares, refresh_project, sign_agreement
from projects.services.plans import apply_template, default_base, preview_template
from projects.services.progress import (
    accept,
    accept_all,
    correct,
    late,
    return_report,
    save_draft,
    submit,
    submit_no_change,
)
from projects.services.shifts import Shift, cascade, overtaken
from projects.services.stuck import Bottleneck, bottleneck, bottleneck_among, bottlenecks, lateness

__all__ = [
    "Act",
    "Bottleneck",
    "Shift",
    "accept",
    "accept_all",
    "accept_new_date",
    "add_commitment",
    "allowed",
    "apply_template",
    "ask_new_date",
    "bottleneck",
    "bottleneck_among",
    "bottlenecks",
    "cascade",
    "choose_track",
    "complete_milestone",
    "confirm_milestone",
    "confirm_milestones",
    "correct",
    "decline_new_date",
    "default_base",
    "keep_shares",
    "late",
    "lateness",
    "move_project",
    "next_code",
    "overtaken",
    "preview_template",
    "provide_evidence",
    "re_date_milestone",
    "refresh_project",
    "reopen_milestone",
    "report_milestone",
    "return_report",
    "review_commitment",
    "save_draft",
    "set_status",
    "settle_commitment",
    "sign_agreement",
    "submit",
    "submit_no_change",
    "waive_evidence",
    "waive_milestone",
    "withdraw_request",
]
