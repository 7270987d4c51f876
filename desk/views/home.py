"""今日: what is due, what waits, and one click to log a contact."""

import datetime as dt
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.views import signed_in
from activities.models import FollowUp, Interaction
from events.models import Event
from projects.models import Milestone, Project

SHOWN = 20


def home(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    today = timezone.localdate()
    week = today + dt.timedelta(days=7)
    milestones = Milestone.objects.visible_to(user).of_running_projects().due_by(week)
    follow_ups = FollowUp.objects.visible_to(user).due_by(week)
    projects = Project.objects.visible_to(user)
    context = {
        "today": today,
        "milestones": milestones.select_related("project", "responsible_unit")[:SHOWN],
        "follow_ups": follow_ups.select_related("company", "project", "assignee")[:SHOWN],
        "contacts": Interaction.objects.visible_to(user).select_related("project")[:8],
        "events": Event.objects.visible_to(user)[:5],
        "lights": _lights(projects),
        "to_confirm": Milestone.objects.visible_to(user).filter(status=Milestone.Status.TO_CONFIRM).count(),
    }
    return render(request, "desk/home.html", context)


def _lights(projects: Any) -> list[dict[str, Any]]:
    """How many projects show each light; the number opens them."""
    found = dict(projects.order_by().values_list("light").annotate(n=Count("pk")))
    return [{"light": light, "label": label, "count": found.get(light, 0)} for light, label in Project.Light.choices]
