"""记一笔: a contact logged in seconds, from a phone too."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import User
from accounts.views import next_address, signed_in
from companies.duplicates import similar
from companies.models import Company
from desk import contact, finder, undo
from desk.forms import LogForm
from events.models import Event
from projects.models import Project

MOST_PROJECTS = 6
MOST_SAID = 30  # characters of the note that the bar repeats
ENDING = " ，。；、,.;!！"


def log(request: HttpRequest) -> HttpResponse:
    user, today = signed_in(request), timezone.localdate()
    if request.method == "POST":
        form = LogForm(request.POST, user=user, today=today)
        return _save(request, form) if form.is_valid() else _page(request, form.filled())
    form = LogForm(None, user=user, today=today, initial=_preset(request, user))
    form.chosen = _preset_companies(request, user)
    return _page(request, form)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """The form's facts again, with what the sentence says filled into what was left open; nothing is saved."""
    user, today = signed_in(request), timezone.localdate()
    form = LogForm(request.POST, user=user, today=today).filled()
    form.ask_nothing()
    return render(request, "desk/_log_facts.html", _context(form))


def who(request: HttpRequest) -> HttpResponse:
    """Companies and people for the letters typed, and the offer to make a new one."""
    user, query = signed_in(request), request.GET.get("who", "").strip()
    found = finder.find(query, user, limit=6) if query else None
    exact = found and any(hit.label == query for hit in (*found.companies, *found.people))
    context = {"query": query, "found": found, "exact": exact, "similar": similar(query) if query and not exact else []}
    return render(request, "desk/_log_who.html", context)


def _save(request: HttpRequest, form: LogForm) -> HttpResponse:
    user = signed_in(request)
    entry = form.entry()
    if contact.saved_before(entry.token, user):
        messages.info(request, _("这条记录刚才已经保存过了"))
        return _leave(request)
    try:
        interaction, changeset = contact.log(entry, by=user, now=timezone.now())
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, form)
    follow_up = interaction.follow_ups.first()
    text = _("已记下：%(text)s") % {"text": _shortened(entry.text)}
    if follow_up:
        text += _("；%(day)s %(title)s") % {"day": follow_up.due_on, "title": follow_up.title}
    undo.offer(request, changeset, text, saved=str(entry.token), url=interaction.get_absolute_url())
    return _leave(request)


def _shortened(text: str) -> str:
    """The beginning of a note, without the punctuation it was cut at."""
    start = " ".join(text.split())
    return start.rstrip(ENDING) if len(start) <= MOST_SAID else f"{start[:MOST_SAID].rstrip(ENDING)}…"


def _leave(request: HttpRequest) -> HttpResponse:
    target = next_address(request)
    return HttpResponseClientRedirect(target) if getattr(request, "htmx", False) else redirect(target)


def _page(request: HttpRequest, form: LogForm) -> HttpResponse:
    user = form.user
    context = _context(form) | {
        "recent": contact.recent(user),
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "unresolved": request.POST.get("who", ""),
    }
    return render(request, "desk/log.html", context)


def _context(form: LogForm) -> dict[str, Any]:
    project, event = (form[name].value() for name in ("project", "event"))
    projects = _projects_of(form) if not _key(project) else []
    return {
        "form": form,
        "chosen": form.chosen,
        "projects": projects,
        "projects_of": _companies_key(form),
        "only_project": projects[0] if len(projects) == 1 and _asks_anew(form) else None,
        "project": Project.objects.visible_to(form.user).filter(pk=_key(project) or 0).first(),
        "event": Event.objects.visible_to(form.user).filter(pk=_key(event) or 0).first(),
        "was_read": form.said is not None,
        "questions": form.said.questions if form.said else [],
    }


def _projects_of(form: LogForm) -> list[Project]:
    """Projects of the companies chosen, to be named with one touch."""
    companies = form.chosen.companies
    if not companies:
        return []
    rows = Project.objects.visible_to(form.user).filter(lead_party__in=[row.pk for row in companies])
    return list(rows.running()[:MOST_PROJECTS])


def _companies_key(form: LogForm) -> str:
    return ",".join(str(row.pk) for row in form.chosen.companies)


def _asks_anew(form: LogForm) -> bool:
    """Whether the question of the project was not answered yet for these companies."""
    return form.data.get("projects_of") != _companies_key(form)


def _preset(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the page that led here already knows; on the day of an event, the event."""
    event = request.GET.get("event") or getattr(contact.event_of_today(user, timezone.localdate()), "pk", None)
    return {"project": _key(request.GET.get("project")), "event": _key(event), "next_choice": ""}


def _preset_companies(request: HttpRequest, user: User) -> contact.Who:
    keys = [_key(key) for key in request.GET.getlist("company")]
    project = Project.objects.visible_to(user).filter(pk=_key(request.GET.get("project")) or 0).first()
    if project and project.lead_party_id:
        keys.append(project.lead_party_id)
    return contact.Who(companies=list(Company.objects.named_for(user).filter(pk__in=[key for key in keys if key])))


def _key(value: Any) -> int | None:
    return int(value) if str(value or "").isdecimal() else None
