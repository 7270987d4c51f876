"""What stands in the calendar that a person's telephone fetches: his own milestones and follow-ups that are open."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from activities.models import FollowUp
from core import ics
from projects.discreet import Discretion, names_of, names_of_company
from projects.models import Milestone, Project

MOST = 2_000  # of each kind, the nearest dates first


def calendar_of(person: User) -> bytes:
    """The file, in the person's language; what is done, put off to no date or given to somebody else is not in it.

    Anybody who has the address can read it, so it says no more than a post into a group: number and milestone,
    of sensitive projects not even these.
    """
    with translation.override(person.language):
        discretion = Discretion.load()
        return ics.calendar(_("招商事项"), [*_milestones(person, discretion), *_follow_ups(person, discretion)])


def _milestones(person: User, discretion: Discretion) -> Iterator[ics.Event]:
    follower = Q(follower=person) | Q(follower=None, project__owner=person)
    rows = Milestone.objects.open().of_running_projects().filter(Q(responsible=person) | follower)
    rows = rows.select_related("project").prefetch_related("project__parties__company").order_by("due_on", "id")
    for row in rows[:MOST]:
        plain = row.project.confidentiality != Project.Confidentiality.SENSITIVE
        words = f"{row.project.code or ''} {discretion.milestone(row, _('节点'))}" if plain else _("节点")
        yield _event("milestone", row, words.strip(), row.project.get_absolute_url())


def _follow_ups(person: User, discretion: Discretion) -> Iterator[ics.Event]:
    mine = Q(assignee=person) | Q(assignee=None, owner=person)
    rows = FollowUp.objects.open().filter(mine, due_on__isnull=False).select_related("company", "project")
    for row in rows.prefetch_related("project__parties__company").order_by("due_on", "id")[:MOST]:
        names = [*(names_of(row.project) if row.project else ()), *(names_of_company(row.company) if row.company else ())]
        plain = row.project is None or row.project.confidentiality != Project.Confidentiality.SENSITIVE
        words = discretion.words(row.title, names, _("待办事项")) if plain else _("待办事项")
        yield _event(
            "follow-up", row, _("待办：%(what)s") % {"what": words}, reverse("admin:activities_followup_change", args=[row.pk])
        )


def _event(kind: str, row: Milestone | FollowUp, summary: str, address: str) -> ics.Event:
    if row.due_on is None:
        raise ValueError(f"{kind} {row.pk} has no date")
    uid = f"{kind}-{row.public_id}@{urlsplit(settings.SITE_URL).hostname}"
    return ics.Event(uid, row.due_on, summary, settings.SITE_URL + address, row.version, row.updated_at)
