from django.contrib import admin
from django.forms import ModelForm

from accounts.scoped import ScopedAdmin
from core.models import Holiday


@admin.register(Holiday)
class HolidayAdmin(ScopedAdmin[Holiday]):
    form = ModelForm
    list_display = ["date", "kind", "name"]
    list_filter = ["kind", "date"]
    search_fields = ["name"]
    fields = ["date", "kind", "name"]
