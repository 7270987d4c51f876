"""The parts of an event."""

from accounts.scoped import ScopedTabularInline
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


class PromotionInline(ScopedTabularInline):
    model = EventPromotion
    fields = ["rank", "project"]
    autocomplete_fields = ["project"]
