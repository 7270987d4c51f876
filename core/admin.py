from django.contrib import admin

from accounts.scoped import ScopedAdmin
from core.models import Holiday


@admin.register(Holiday)
class HolidayAdmin(ScopedAdmin[Holiday]):
    form = admin.ModelAdmin.form
    list_display = ["date", "kind", "name"]
    list_filter = ["kind", "date"]
    search_fields = ["name"]
    fields = ["date", "kind", "name"]
