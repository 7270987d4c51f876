"""Import and export beside the lists of the admin whose rows a ledger holds."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from ledgers.layouts.known import LAYOUTS

register = template.Library()


@register.inclusion_tag("ledgers/_links.html", takes_context=True)
def ledger_links(context: dict[str, Any], page: Any) -> dict[str, Any]:
    """The buttons for a change list, by permission; none where no ledger holds its rows."""
    user, model = context["request"].user, page.model
    if page.is_popup or not any(layout.model is model for layout in LAYOUTS.values()):
        return {"links": []}
    query = context["request"].GET.urlencode()
    export = reverse("ledgers:export_list", args=[model._meta.app_label, model._meta.model_name])
    links = [
        ("ledgers.import_ledger", reverse("ledgers:ledgers"), _("导入台账")),
        ("ledgers.export_ledger", f"{export}?{query}" if query else export, _("导出台账")),
    ]
    return {"links": [(address, label) for permission, address, label in links if user.has_perm(permission)]}
