from django.contrib import admin

from accounts.scoped import ScopedAdmin
from documents.models import Document


@admin.register(Document)
class DocumentAdmin(ScopedAdmin[Document]):
    list_display = ["title", "kind", "publisher", "published_on", "created_at"]
    list_filter = ["kind", "published_on"]
    search_fields = ["title", "publisher"]
    readonly_fields = ["sha256"]
    fields = ["title", "kind", "publisher", "published_on", "file", "text", "sha256"]
