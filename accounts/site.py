"""The admin site: Chinese titles, scoped autocompletes, our own sign-in."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedAdmin, choices


class ScopedAutocomplete(AutocompleteJsonView):
    """Offers what a person may choose, found by name, pinyin or initials."""

    def get_queryset(self) -> models.QuerySet[Any]:
        rows = choices(self.model_admin.model, self.request.user)
        rows = rows.complex_filter(self.source_field.get_limit_choices_to())
        rows, doubled = self.model_admin.get_search_results(self.request, rows, self.term.strip())
        return rows.distinct() if doubled else rows


class ScopedAdminSite(AdminSite):
    """数据录入: completeness and repair; the day's work is at the desk."""

    site_header = _("焦作国家高新区 · 招商项目跟踪")
    site_title = _("招商项目跟踪")
    index_title = _("数据录入")
    site_url = "/"
    enable_nav_sidebar = False  # a list and its filters need the width of an office screen

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Pages of other packages know no scope; roles, for one, are given on the user's page."""
        if admin_class is not None and issubclass(admin_class, ScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return ScopedAutocomplete.as_view(admin_site=self)(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect("desk:home")
        return redirect_to_login(request.get_full_path())

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("accounts:logout")
