from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import roles, services
from accounts.models import Department, User
from accounts.roles import Role
from accounts.scoped import ScopedAdmin
from desk import services as desk


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    role_names = forms.MultipleChoiceField(
        label=_("角色"), choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = User
        fields = ["username", "display_name", "email", "department", "reports_to", "mobile", "digest_at", "is_active"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.initial["role_names"] = list(self.instance.groups.values_list("name", flat=True))

    def clean_role_names(self) -> list[str]:
        names: list[str] = self.cleaned_data["role_names"]
        services.refuse_clash(names)
        return names


@admin.register(User)
class UserAdmin(ScopedAdmin[User]):
    """Adding a user invites him by mail; nobody sees or sets another's password."""

    form = UserForm
    list_display = ["username", "display_name", "department", "role_list", "email", "is_active", "last_login"]
    list_filter = ["is_active", "department"]
    list_select_related = ["department"]
    search_fields = ["username", "display_name", "email"]
    autocomplete_fields = ["department", "reports_to"]
    fieldsets = [
        (None, {"fields": ["username", "display_name", "email", "mobile", "department", "reports_to"]}),
        (_("权限"), {"fields": ["role_names", "is_active"]}),
        (_("提醒"), {"fields": ["digest_at"]}),
    ]
    actions = ["invite"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("角色"))
    def role_list(self, user: User) -> str:
        labels = dict(Role.choices)
        return "、".join(str(labels.get(group.name, group.name)) for group in user.groups.all()) or "—"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        held = [{group.name for group in user.groups.all()} for user in self.get_queryset(request).filter(is_active=True)]
        if any(roles.mixes_business_and_system(names) for names in held):
            messages.warning(request, _("目前一人兼任业务与系统管理，请增设人员"))
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "role_names" in form.changed_data:
            services.set_roles(form.instance, form.cleaned_data["role_names"], by=request.user)  # type: ignore[arg-type]

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        self._invite(request, obj)
        return super().response_add(request, obj, post_url_continue)

    @admin.action(description=_("发送设置密码的邮件"))
    def invite(self, request: HttpRequest, queryset: models.QuerySet[User]) -> None:
        for user in queryset:
            self._invite(request, user)

    def _invite(self, request: HttpRequest, user: User) -> None:
        if not user.email:
            messages.warning(request, _("%(user)s 没有邮箱，未能发出邀请：请补填邮箱后用“发送设置密码的邮件”") % {"user": user})
            return
        desk.send_password_link(user, invited=True, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("已向 %(user)s 发出设置密码的邮件，三天内有效") % {"user": user})


@admin.register(Department)
class DepartmentAdmin(ScopedAdmin[Department]):
    list_display = ["name", "parent", "kind"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    autocomplete_fields = ["parent"]
    fields = ["name", "parent", "kind"]
