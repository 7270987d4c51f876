"""Reference data of the ledgers."""

from django.contrib import admin

from accounts.scoped import ScopedAdmin
from ledgers.models import HeadAlias


@admin.register(HeadAlias)
class HeadAliasAdmin(ScopedAdmin[HeadAlias]):
    list_display = ["layout", "column", "head"]
    list_filter = ["layout"]
    search_fields = ["head", "column"]
