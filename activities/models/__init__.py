"""What happened (Interaction), what was promised (FollowUp), what was ordered (Directive)."""

from activities.models.contact import Attendance, Interaction, InteractionCompany
from activities.models.directive import Directive, DirectiveNote, DirectiveUnit
from activities.models.follow_up import FollowUp
from activities.models.light import LightRule

__all__ = [
    "Attendance",
    "Directive",
    "DirectiveNote",
    "DirectiveUnit",
    "FollowUp",
    "Interaction",
    "InteractionCompany",
    "LightRule",
]
