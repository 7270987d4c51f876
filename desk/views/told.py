"""“Was I told?”, of one milestone."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.scope import can_see
from accounts.views import signed_in
from desk import telling
from desk.lists import MOST
from projects.models import Milestone


def told(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was told when; a person who does not see the project sees only what was sent to himself."""
    user = signed_in(request)
    milestone = get_object_or_404(Milestone.objects.select_related("project"), pk=pk)
    sees = can_see(user, milestone)
    found = telling.told(telling.visible_reminders(milestone, user, sees=sees), user, count=MOST)
    if not sees and not found:
        raise Http404
    context = {"milestone": milestone, "sees": sees, "told": found, "to_me": telling.to_me(found, user)}
    return render(request, "desk/told.html", context)
