"""The form that gives orders: from an agenda, about a project or a company, or free."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseFormSet, formset_factory
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import visible
from accounts.views import signed_in
from activities import services
from activities.models import Directive
from companies.models import Company
from desk.directive_forms import Choices, IssueForm, LineForm, first_due
from desk.views.progress import number
from events.models import AgendaItem, Event
from parks.models import Park
from projects.models import Project

Source = Directive.Source
FREE = (Source.NOTE, Source.SUPERVISION, Source.INSPECTION)
MOST_LINES = 40
LineFormSet = formset_factory(LineForm, extra=1, max_num=MOST_LINES, absolute_max=MOST_LINES)


@dataclass
class Origin:
    """What the orders come from."""

    sources: tuple[str, ...] = FREE
    event: Event | None = None
    project: Project | None = None
    company: Company | None = None
    park: Park | None = None
    agenda: list[AgendaItem] = field(default_factory=list)


def issue(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if not user.has_perm("activities.add_directive"):
        raise PermissionDenied(_("您的角色不能交办事项"))
    origin = _origin(request, user)
    posted = request.POST if request.method == "POST" else None
    options = {
        "choices": Choices.load(user),
        "user": user,
        "fixed": bool(origin.project or origin.company or origin.park),
        "agenda": origin.agenda,
    }
    form = IssueForm(posted, sources=origin.sources, initial=_first(request, origin))
    lines = LineFormSet(posted, initial=_decided(origin), form_kwargs=options)
    if posted is not None and form.is_valid() and lines.is_valid():
        made = _issue(request, user, origin, form, lines)
        if made:
            return redirect(made[0].get_absolute_url() if len(made) == 1 else _list_of(origin))
    context = {"form": form, "lines": lines, "origin": origin, "asked": bool(form.non_field_errors())}
    return render(request, "desk/directive_issue.html", context)


def _issue(request: HttpRequest, user: User, origin: Origin, form: IssueForm, lines: "BaseFormSet[Any]") -> list[Directive]:
    """Give the orders in one act; what is refused stands above the form."""
    now, agenda = timezone.now(), {str(item.pk): item for item in origin.agenda}
    filled = [line for line in lines if line.cleaned_data.get("text")]
    about = {"project": origin.project, "company": origin.company, "park": origin.park}
    orders = [line.order(form.cleaned_data, agenda=agenda, about=about) for line in filled]
    confirmed = form.cleaned_data["confirmed"]
    try:
        made = services.issue(orders, by=user, now=now, today=timezone.localdate(), confirmed=confirmed)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return []
    messages.success(request, _("已交办 %(n)d 项；有误的在签收之前可以撤回") % {"n": len(made)})
    return made


def _origin(request: HttpRequest, user: User) -> Origin:
    """What the address names; 404 for what this person does not see."""
    asked = request.GET
    if key := number(asked.get("agenda")):
        item = get_object_or_404(AgendaItem.objects.visible_to(user).select_related("event"), pk=key)
        return Origin((Source.MEETING,), event=item.event, agenda=[item])
    if key := number(asked.get("event")):
        event = get_object_or_404(Event.objects.visible_to(user), pk=key)
        agenda = list(event.agenda.all()[:MOST_LINES])
        if not agenda:
            raise Http404
        return Origin((Source.MEETING,), event=event, agenda=agenda)
    if key := number(asked.get("project")):
        project = get_object_or_404(Project.objects.visible_to(user), pk=key)
        return Origin((Source.PROBLEM, *FREE), project=project)
    if key := number(asked.get("company")):
        company = get_object_or_404(Company.objects.visible_to(user), pk=key)
        return Origin((Source.APPEAL, *FREE), company=company)
    if key := number(asked.get("park")):
        return Origin(FREE, park=get_object_or_404(visible(Park, user), pk=key))
    return Origin()


def _first(request: HttpRequest, origin: Origin) -> dict[str, Any]:
    asked = request.GET.get("source", "")
    return {
        "source": asked if asked in origin.sources else origin.sources[0],
        "from_name": str(origin.event)[:60] if origin.event is not None else "",
    }


def _decided(origin: Origin) -> list[dict[str, Any]]:
    """A line for each sentence that was decided; an item without a decision gives its title."""
    due = first_due(timezone.localdate())
    said = [
        {"text": text.strip(), "agenda_item": str(item.pk), "due_on": due}
        for item in origin.agenda
        for text in (item.decision or item.title).splitlines()
        if text.strip()
    ]
    return said[: MOST_LINES - 1]


def _list_of(origin: Origin) -> str:
    named = {"event": origin.event, "project": origin.project, "company": origin.company, "park": origin.park}
    asked = "&".join(f"{name}={row.pk}" for name, row in named.items() if row)
    return f"{reverse('desk:directives')}?{asked}"
