"""What every page of the site shows: the unread count of the bell and the state of the calendar."""

from typing import Any

from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    return {}
