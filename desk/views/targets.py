"""目标完成情况."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.views import signed_in
from desk import targets as desk
from reports.indicators import INDICATORS, TARGETS

YEARS = range(2000, 2101)


def targets(request: HttpRequest) -> HttpResponse:
    """Value, achieved, 完成率, 序时进度 and what is ahead or behind, of a year; one indicator, if it is asked for."""
    user, today = signed_in(request), timezone.localdate()
    asked, indicator = request.GET.get("year", ""), request.GET.get("indicator", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 and int(asked) in YEARS else today.year
    indicator = indicator if indicator in TARGETS else ""
    context = {
        "page": desk.page(user, year, today=today, indicator=indicator),
        "indicators": [INDICATORS[code] for code in TARGETS],
        "indicator": indicator,
        "year": year,
        "today": today,
        "may_set": user.has_perm("reports.add_target"),
        "unclear": asked if asked and asked != str(year) else "",
    }
    return render(request, "desk/targets.html", context)
