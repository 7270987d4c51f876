"""Acts on projects, by subject; callers use the names of this package."""

from projects.services.milestones import (
    Bottleneck,
    Shift,
    bottleneck,
    bottlenecks,
    cascade,
    complete_milestone,
    confirm_milestone,
    confirm_milestones,
    re_date_milestone,
    report_milestone,
    waive_milestone,
)
from projects.services.moves import choose_track, move_project, next_code, provide_evidence, set_status, waive_evidence
from projects.services.parties import keep_shares, refresh_project, sign_agreement
from projects.services.plans import apply_template, default_base, preview_template

__all__ = [
    "Bottleneck",
    "Shift",
    "apply_template",
    "bottleneck",
    "bottlenecks",
    "cascade",
    "choose_track",
    "complete_milestone",
    "confirm_milestone",
    "confirm_milestones",
    "default_base",
    "keep_shares",
    "move_project",
    "next_code",
    "preview_template",
    "provide_evidence",
    "re_date_milestone",
    "refresh_project",
    "report_milestone",
    "set_status",
    "sign_agreement",
    "waive_evidence",
    "waive_milestone",
]
