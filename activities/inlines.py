"""Contacts and next steps on the pages of companies and projects, and the parts of a contact."""

from typing import Any

from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from accounts.forms import VersionedForm
from accounts.scoped import ScopedTabularInline
from activities.models import Attendance, DirectiveNote, DirectiveUnit, FollowUp, Interaction, InteractionCompany


class ReadOnly(ScopedTabularInline):
    """Rows that are only shown here; the link leads to their own page."""

    can_delete = False
    show_change_link = True
    max_shown = 20

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CompanyInteractionInline(ReadOnly):
    model = InteractionCompany
    fields = ["interaction"]
    verbose_name_plural = "对接记录"


class ProjectInteractionInline(ReadOnly):
    model = Interaction
    fields = ["happened_on", "kind", "outcome", "summary", "owner"]


class ProjectFollowUpInline(ReadOnly):
    model = FollowUp
    fields = ["title", "due_on", "assignee", "status", "result"]


class PresetForm(VersionedForm):
    """A new row that was filled in for the person counts as typed."""

    def has_changed(self) -> bool:
        return super().has_changed() or (not self.instance.pk and bool(self.data.get(self.add_prefix("company"))))


class AtLeastOne(BaseInlineFormSet[Any, Any, Any]):
    """A contact is with somebody: at least one company."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.validate_min = True
        self.min_num = 1


class InteractionCompanyInline(ScopedTabularInline):
    model = InteractionCompany
    form = PresetForm
    formset = AtLeastOne
    fields = ["rank", "company"]
    autocomplete_fields = ["company"]
    classes = ["first-tab"]  # a contact is not told without them
    min_num = 1


class AttendanceInline(ScopedTabularInline):
    model = Attendance
    fields = ["rank", "side", "person", "user", "name", "title_then"]
    autocomplete_fields = ["person", "user"]
    classes = ["first-tab"]
    extra = 1


class DirectiveUnitInline(ScopedTabularInline):
    model = DirectiveUnit
    fields = ["rank", "department"]
    autocomplete_fields = ["department"]


class DirectiveNoteInline(ReadOnly):
    model = DirectiveNote
    fields = ["noted_at", "noted_by", "kind", "text", "old_due_on", "new_due_on"]
    show_change_link = False
