"""A number for every request, so that all events of one click can be found together."""

import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The number of the request under way, or an empty text outside one."""
    return _request_id.get()


class RequestIdMiddleware:
    """Give each request a number and tell it in the response header X-Request-ID."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _request_id.set(str(uuid.uuid4()))
        request.request_id = _request_id.get()  # type: ignore[attr-defined]  # for what is logged after this middleware
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = _request_id.get()
            return response
        finally:
            _request_id.reset(token)
