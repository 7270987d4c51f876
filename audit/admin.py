from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedAdmin
from audit.models import AuditEvent, ChangeSet


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


@admin.register(ChangeSet)
class ChangeSetAdmin(ScopedAdmin[ChangeSet]):
    """What was done and can be undone, for whoever reads the audit trail; never the values, which may be personal."""

    form = ModelForm
    list_display = ["at", "by_name", "kind", "rows", "expires_at", "undone_at"]
    list_filter = ["kind", "at"]
    search_fields = ["by_name", "kind"]
    fields = ["at", "by_name", "kind", "expires_at", "undone_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChangeSet]:
        return super().get_queryset(request).annotate(rows=Count("changes"))

    @admin.display(description=_("行数"))
    def rows(self, changeset: ChangeSet) -> int:
        return changeset.rows  # type: ignore[attr-defined, no-any-return]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: ChangeSet | None = None) -> bool:
        return request.user.has_perm("audit.view_auditevent")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ChangeSet | None = None) -> bool:
        return False
