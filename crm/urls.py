"""Addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from crm import health, metrics

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("changes/", include("audit.urls")),
    path("projects/", include("projects.urls")),
    path("companies/", include("companies.urls")),
    path("ledgers/", include("ledgers.urls")),
    path("", include("desk.urls")),
]
