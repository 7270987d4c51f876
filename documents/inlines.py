"""Where a row's facts come from, and the files it carries, on the pages of other apps."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedGenericInline
from documents.models import Attachment, Citation


class CitationInline(ScopedGenericInline):
    """The phrases that prove a row."""

    model = Citation
    fields = ["document", "quote", "fields", "value", "line_from", "line_to", "agreement_with_row"]
    readonly_fields = ["agreement_with_row"]
    autocomplete_fields = ["document"]
    classes = ["collapse"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Citation]:
        return super().get_queryset(request).prefetch_related("target")

    @admin.display(description=_("与现值"))
    def agreement_with_row(self, row: Citation) -> str:
        return "—" if row.still_said else _("原文：%(quote)s") % {"quote": row.quote}


class AttachmentInline(ScopedGenericInline):
    """Files of a row."""

    model = Attachment
    fields = ["document", "label", "kind", "doc_no", "issued_on"]
    autocomplete_fields = ["document"]
    classes = ["collapse"]
