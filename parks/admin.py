from django.contrib import admin
from django.http import HttpRequest

from accounts.scoped import ScopedAdmin, ScopedTabularInline
from companies.inlines import QualificationInline
from documents.inlines import CitationInline
from parks import services
from parks.models import Park, ParkStaff, Space, Tenancy


class SpaceInline(ScopedTabularInline):
    model = Space
    fields = ["name", "kind", "area", "unit", "height_m", "ready_on", "status"]


class TenancyInline(ScopedTabularInline):
    model = Tenancy
    fields = ["company", "since_on", "until_on"]
    autocomplete_fields = ["company"]


class ParkStaffInline(ScopedTabularInline):
    model = ParkStaff
    fields = ["user"]
    autocomplete_fields = ["user"]


@admin.register(Park)
class ParkAdmin(ScopedAdmin[Park]):
    list_display = ["name", "kind", "parent", "operator", "city"]
    list_filter = ["kind"]
    list_select_related = ["parent", "operator"]
    search_fields = ["name", "city"]
    autocomplete_fields = ["parent", "operator"]
    fields = ["name", "kind", "parent", "operator", "city", "focus"]
    inlines = [SpaceInline, TenancyInline, ParkStaffInline, QualificationInline, CitationInline]

    def after_save(self, request: HttpRequest, obj: Park) -> None:
        services.keep_shares(obj, by=request.user)  # type: ignore[arg-type]
