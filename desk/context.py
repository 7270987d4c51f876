"""What every page shows: unread reminders, whether mail goes out, and a warning when the holidays are unknown."""

from typing import Any

from django.http import HttpRequest

from accounts.models import User
from accounts.scope import Scope
from desk import pulse, undo
from desk.cockpit.part import READERS


def site(request: HttpRequest) -> dict[str, Any]:
    """Lazy, so that pages that do not show them do not ask."""
    return {
        "unread_reminders": lambda: pulse.of(request).unread,
        "page_head": lambda: pulse.of(request),
        "calendar_gap": lambda: pulse.of(request).missing_year,
        "undo_offer": lambda: undo.taken(request),
        "reads_cockpit": lambda: _reads_cockpit(request),
    }


def _reads_cockpit(request: HttpRequest) -> bool:
    """Whether the way to the cockpit is shown; who opens it sees what he may see."""
    user = getattr(request, "user", None)
    return isinstance(user, User) and bool(Scope.of(user).roles & READERS)
