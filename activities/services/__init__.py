"""Acts on contacts, promises and orders, by subject; callers use the names of this package."""

from activities.services.contacts import complete_follow_up, log_contact, promise
from activities.services.directives import (
    add_note,
    change_handler,
    close,
    move_due,
    reopen,
    report_done,
    return_directive,
    sign_for,
    withdraw,
)
from activities.services.escalation import escalate
from activities.services.event_follow_ups import apply_event_template, follow_up_events
from activities.services.lights import refresh_light, refresh_lights
from activities.services.orders import Order, issue

__all__ = [
    "Order",
    "add_note",
    "apply_event_template",
    "change_handler",
    "close",
    "complete_follow_up",
    "escalate",
    "follow_up_events",
    "issue",
    "log_contact",
    "move_due",
    "promise",
    "refresh_light",
    "refresh_lights",
    "reopen",
    "report_done",
    "return_directive",
    "sign_for",
    "withdraw",
]
