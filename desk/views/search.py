"""One box for companies, people, projects and events."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.views import signed_in
from desk import finder

MOST = 20


def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:60]
    found = finder.find(query, signed_in(request), limit=MOST)
    return render(request, "desk/search.html", {"query": query, "found": found})
