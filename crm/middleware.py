"""What the site does with every request before anything else looks at it."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class TrustedProxyMiddleware:
    """Take client address and scheme from X-Forwarded-* only when a trusted proxy sent them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.networks = [ipaddress.ip_network(text, strict=False) for text in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.networks and self._trusted(request.META.get("REMOTE_ADDR", "")):
            self._unwrap(request)
        return self.get_response(request)

    def _unwrap(self, request: HttpRequest) -> None:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        while hops and self._trusted(hops[-1]) and len(hops) > 1:
            hops.pop()
        if hops:
            request.META["REMOTE_ADDR"] = hops[-1]
        if request.META.get("HTTP_X_FORWARDED_PROTO") == "https":
            request.META["wsgi.url_scheme"] = "https"

    def _trusted(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.networks)
