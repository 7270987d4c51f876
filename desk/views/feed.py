"""The private address of a calendar: made, told once and ended by its person, fetched by his telephone without signing in."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import feeds
from accounts.models import FeedToken
from accounts.views import signed_in
from desk.feed import calendar_of


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    return _page(request)


@never_cache
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    """Show the new address, this once: it is kept nowhere."""
    token = feeds.make_feed(signed_in(request), now=timezone.now())
    return _page(request, settings.SITE_URL + reverse("desk:feed", args=[token]))


@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    if feeds.revoke_feed(signed_in(request), now=timezone.now()):
        messages.success(request, _("日历订阅地址已停用"))
    return redirect("desk:feed_page")


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a secret; 404 for every other, whatever is wrong with it."""
    person = feeds.feed_owner(token)
    if person is None:
        raise Http404
    body = calendar_of(person)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    found = get_conditional_response(request, etag=etag, response=response) or response
    found["ETag"] = etag
    found["Cache-Control"] = "private, no-cache"
    found["X-Robots-Tag"] = "noindex, nofollow"
    return found


def _page(request: HttpRequest, address: str = "") -> HttpResponse:
    living = FeedToken.objects.living().filter(user=signed_in(request)).first()
    return render(request, "desk/feed.html", {"address": address, "living": living})
