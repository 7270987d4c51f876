"""Offer to take back what was just done: a bar on the next page, until another page is opened."""

from django.http import HttpRequest

from audit.models import ChangeSet

KEY = "undo_offer"


def offer(request: HttpRequest, changeset: ChangeSet, text: str, *, saved: str = "", url: str = "") -> None:
    """Show `text` with a button that undoes the change set; `saved` names the form whose draft may go, `url` what was made."""
    request.session[KEY] = {"pk": changeset.pk, "text": text, "saved": saved, "url": url}


def taken(request: HttpRequest) -> dict[str, object] | None:
    """The offer to show now; shown once."""
    found: dict[str, object] | None = request.session.pop(KEY, None) if hasattr(request, "session") else None
    return found
