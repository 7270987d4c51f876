"""The Celery application. The broker only rings the bell: what is due stands in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

app = Celery("crm")
app.config_from_object("crm.celeryconfig")
app.autodiscover_tasks()
