"""The signed-in person's language, and the first password that must be changed."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation

LANGUAGE_COOKIE = "language"


class LanguageMiddleware:
    """Chinese unless the person, or before sign-in the visitor, chose English; whatever the browser says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", None) or request.COOKIES.get(LANGUAGE_COOKIE)
        language = "en" if chosen == "en" else "zh-hans"
        with translation.override(language):  # and nothing of it for the next request of this thread
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
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
