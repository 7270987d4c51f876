"""The signed-in person's language, and the first password that must be changed."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation


class LanguageMiddleware:
    """The language of the signed-in person's profile; Chinese for everybody else, whatever the browser says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        translation.activate(getattr(request.user, "language", "zh-hans"))
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or "zh-hans")
        return response


class FirstPasswordMiddleware:
    """Whoever holds a one-time password goes to the page that changes it, and nowhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        allowed = (reverse("accounts:password_change"), reverse("accounts:logout"), "/static/", "/livez", "/healthz")
        if getattr(request.user, "must_change_password", False) and not request.path.startswith(allowed):
            return redirect("accounts:password_change")
        return self.get_response(request)
