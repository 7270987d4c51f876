"""The admin site."""

from django.contrib.admin import AdminSite


class ScopedAdminSite(AdminSite):
    """Our admin."""
