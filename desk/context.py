"""What every page shows: unread reminders, and a warning when the holidays of this year are unknown."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.scope import Scope
from core.working_days import Calendar
from desk import undo
from desk.cockpit.part import READERS
from reminders.models import Reminder


def site(request: HttpRequest) -> dict[str, Any]:
    """Lazy, so that pages that do not show them do not ask."""
    return {
        "unread_reminders": lambda: _unread(request),
        "calendar_gap": _calendar_gap,
        "undo_offer": lambda: undo.taken(request),
        "reads_cockpit": lambda: _reads_cockpit(request),
    }


def _unread(request: HttpRequest) -> int:
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return 0
    return Reminder.objects.current().filter(recipient=request.user, draft=False, read_at=None).count()


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
