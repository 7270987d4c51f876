"""One contact to be read: what was said, by whom, and what was promised."""

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.scope import can_change, visible
from accounts.views import signed_in
from activities.models import Attendance, FollowUp, Interaction, InteractionCompany
from companies.models import Company
from projects.models import Project


def contact(request: HttpRequest, pk: int) -> HttpResponse:
    user = signed_in(request)
    opens = Exists(visible(Company, user).filter(pk=OuterRef("company")))
    companies: Any = Prefetch("company_links", InteractionCompany.objects.select_related("company").annotate(opens=opens))
    people: Any = Prefetch("attendances", Attendance.objects.select_related("person", "user"))
    rows = Interaction.objects.visible_to(user).select_related("owner", "event").prefetch_related(companies, people)
    row: Any = get_object_or_404(rows, pk=pk)
    context = {
        "contact": row,
        "today": timezone.localdate(),
        "project": Project.objects.visible_to(user).filter(pk=row.project_id or 0).first(),
        "follow_ups": FollowUp.objects.visible_to(user).filter(interaction=row).select_related("assignee"),
        "may_change": user.has_perm("activities.change_interaction") and can_change(user, row),
    }
    return render(request, "desk/contact.html", context)
