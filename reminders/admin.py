from typing import Any

from django.contrib import admin
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedAdmin
from crm import seeding
from reminders.models import Reminder, ReminderRule
from reminders.rule_admin import PreviewedAdmin


@admin.register(ReminderRule)
class ReminderRuleAdmin(PreviewedAdmin):
    list_display = ["code", "subject", "offset", "day_kind", "recipient", "key_only", "urgent", "enabled"]
    list_filter = ["subject", "recipient", "enabled"]
    search_fields = ["code"]
    fields = ["code", "subject", "offset", "day_kind", "key_only", "recipient", "urgent", "enabled", "to_mend"]
    readonly_fields = ["to_mend"]

    def defaults(self, rule: ReminderRule) -> dict[str, Any] | None:
        """The values of the seed; of a rule that somebody added there are none."""
        rows = (row["fields"] for row in seeding.Loader(seeding.REFERENCE).rows() if row["model"] == "reminders.ReminderRule")
        ours = next((fields for fields in rows if fields["code"] == rule.code), None)
        return {"urgent": False, "enabled": True, **ours} if ours else None

    @admin.display(description=_("需要改正的"))
    def to_mend(self, rule: ReminderRule) -> str:
        return "；".join(row.text for row in rule.troubles.all()) if rule.pk else ""


@admin.register(Reminder)
class ReminderAdmin(ScopedAdmin[Reminder]):
    form = ModelForm
    list_display = ["key", "recipient", "due_on", "remind_on", "status", "draft", "sent_at"]
    list_filter = ["status", "draft", "remind_on"]
    list_select_related = ["recipient"]
    search_fields = ["key", "recipient__username", "recipient__display_name"]
    fields = ["key", "rule", "recipient", "due_on", "remind_on", "relation", "draft", "status", "message", "sent_at", "read_at"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Reminder]:
        return Reminder.objects.order_by("-id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
