from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from accounts.scoped import ScopedAdmin
from audit.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(ScopedAdmin[AuditEvent]):
    form = ModelForm
    list_display = ["at", "actor_name", "action", "object_label", "object_type"]
    list_filter = ["action", "object_type", "at"]
    search_fields = ["actor_name", "object_label", "object_id", "request_id"]
    fields = ["at", "actor_name", "action", "object_type", "object_id", "object_label", "changes", "request_id"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        return False
