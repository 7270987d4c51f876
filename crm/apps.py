"""The site itself, and the admin with our site object."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CrmConfig(AppConfig):
    """Commands and settings; no models."""

    name = "crm"
    default = True


class SiteAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site object."""

    default_site = "accounts.site.ScopedAdminSite"
    default = False
