"""Announced against recorded."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.views import signed_in
from desk import reconciliation as reconciling


def reconciliation(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/reconciliation.html", {"rows": reconciling.rows(signed_in(request))})
