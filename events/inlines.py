"""The parts of an event."""

from accounts.scoped import ANY, ScopedTabularInline
from events.models import AgendaItem, EventPromotion, Participation


class AgendaInline(ScopedTabularInline):
    model = AgendaItem
    fields = ["rank", "title", "decision"]


class ParticipationInline(ScopedTabularInline):
    model = Participation
    fields = [
        "rank",
        "side",
        "role",
        "company",
        "person",
        "user",
        "name",
        "group_label",
        "title_then",
        "headcount",
        "headcount_qualifier",
    ]
    autocomplete_fields = ["company", "person", "user"]
    shown_when = {"headcount": ("group_label", ANY), "headcount_qualifier": ("headcount", ANY)}


class PromotionInline(ScopedTabularInline):
    model = EventPromotion
    fields = ["rank", "project"]
    autocomplete_fields = ["project"]
