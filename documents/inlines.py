"""Where a row's facts come from, and the files it carries, on the pages of other apps."""

from accounts.scoped import ScopedGenericInline
from documents.models import Attachment, Citation


class CitationInline(ScopedGenericInline):
    """The phrases that prove a row."""

    model = Citation
    fields = ["document", "quote", "fields", "value", "line_from", "line_to"]
    autocomplete_fields = ["document"]
    classes = ["collapse"]


class AttachmentInline(ScopedGenericInline):
    """Files of a row."""

    model = Attachment
    fields = ["document", "label", "kind", "doc_no", "issued_on"]
    autocomplete_fields = ["document"]
    classes = ["collapse"]
