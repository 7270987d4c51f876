"""Months that were marked as verified before it was noted by whom: by whoever saved them last, else they wait again."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    rows = apps.get_model("projects", "InvestmentProgress").objects.filter(status="verified", verified_by=None)
    rows.exclude(updated_by=None).update(verified_by=F("updated_by"), verified_at=F("updated_at"))
    rows.filter(updated_by=None).exclude(created_by=None).update(verified_by=F("created_by"), verified_at=F("created_at"))
    rows.filter(verified_by=None).update(status="submitted")


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_investment_verified")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
