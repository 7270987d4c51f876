"""The site: settings, urls, health, commands. It holds no models."""

from crm.celery import app as celery_app

__all__ = ["celery_app"]
