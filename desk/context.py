"""What every page shows: unread reminders, whether mail goes out, and a warning when the holidays are unknown."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.scope import Scope
from core.working_days import Calendar
from desk import pulse, undo
from desk.cockpit.part import READERS


def site(request: HttpRequest) -> dict[str, Any]:
    """Lazy, so that pages that do not show them do not ask."""
    return {
        "unread_reminders": lambda: pulse.of(request).unread,
        "page_head": lambda: pulse.of(request),
        "calendar_gap": _calendar_gap,
        "undo_offer": lambda: undo.taken(request),
        "reads_cockpit": lambda: _reads_cockpit(request),
    }


def _reads_cockpit(request: HttpRequest) -> bool:
    """Whether the way to the cockpit is shown; who opens it sees what he may see."""
    user = getattr(request, "user", None)
    return isinstance(user, User) and bool(Scope.of(user).roles & READERS)


def _calendar_gap() -> int | None:
    """The next year without holiday data once it is near, or None; looked up once an hour."""
    today = timezone.localdate()
    year = today.year if today.month < 12 else today.year + 1
    found = cache.get_or_set(f"calendar-{year}", lambda: Calendar.load().has_data(year), 3600)
    return None if found else year
