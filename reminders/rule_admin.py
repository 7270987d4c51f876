"""The page of a rule: nothing is saved before what it would send in the next days was shown."""

import json
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedAdmin
from core.working_days import Calendar
from reminders import rule_preview
from reminders.models import ReminderRule

SEEN = "preview_seen"
PREVIEW, DEFAULT = "_preview", "_default"
DECIDES = ["subject", "offset", "day_kind", "key_only", "recipient", "urgent", "enabled"]  # what a reminder follows from
SHOWN = 200  # changes on the page; the rest is counted
OWN = {SEEN, PREVIEW, DEFAULT, "csrfmiddlewaretoken"}


class PreviewedAdmin(ScopedAdmin[ReminderRule]):
    """Saving leads to the preview, and its button saves; `defaults` gives the values a rule came with, if it is one of ours."""

    def defaults(self, rule: ReminderRule) -> dict[str, Any] | None:
        return None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What stands in the keys of reminders does not change under them."""
        return [*super().get_readonly_fields(request, obj), *(["code", "subject"] if obj else [])]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        rule = self.get_object(request, object_id) if object_id else None
        may = self.has_change_permission(request, rule) if rule else self.has_add_permission(request) and not object_id
        if request.method == "POST" and may:
            if DEFAULT in request.POST and rule:
                request.POST = self._reset(request.POST, rule)  # type: ignore[assignment]
            if answer := self._previewed(request, rule):
                return answer
        context = {**(extra_context or {}), "default_differs": bool(rule and may and self._differs(rule))}
        return super().changeform_view(request, object_id, form_url, context)

    def _previewed(self, request: HttpRequest, rule: ReminderRule | None) -> HttpResponse | None:
        """The preview of what was typed; None when it was seen, changes nothing that is sent, or is not sound."""
        form = self.get_form(request, rule, change=rule is not None)(request.POST, request.FILES, instance=rule)
        if not form.is_valid():
            return None
        signature = sign(form.instance)
        seen = request.POST.get(SEEN) == signature and PREVIEW not in request.POST
        touched = rule is None or set(form.changed_data) & set(DECIDES)
        if seen or not (touched or PREVIEW in request.POST):
            return None
        return self._page(request, form.instance, signature)

    def _page(self, request: HttpRequest, rule: ReminderRule, signature: str) -> HttpResponse:
        found = rule_preview.preview_rule(rule, now=timezone.now())
        typed = [(name, value) for name in request.POST if name not in OWN for value in request.POST.getlist(name)]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("保存前先看：今后 %(n)d 天") % {"n": rule_preview.DAYS},
            "rule": rule,
            "preview": found,
            "changes": found.changes[:SHOWN],
            "hidden_changes": max(len(found.changes) - SHOWN, 0),
            "most": rule_preview.MOST_LINES,
            "gap": found.until.year if not Calendar.load().has_data(found.until.year) else None,
            "typed": typed,
            "seen": signature,
        }
        return TemplateResponse(request, "admin/reminders/reminderrule/preview.html", context)

    def _reset(self, posted: QueryDict, rule: ReminderRule) -> QueryDict:
        """The form as it would be sent with the values the rule came with."""
        typed = posted.copy()
        for name, value in (self.defaults(rule) or {}).items():
            if name in DECIDES:
                typed[name] = _written(name, value)
        for name in ("urgent", "enabled"):
            if typed.get(name) == "False":
                del typed[name]  # a box that is not ticked is not sent
        return typed

    def _differs(self, rule: ReminderRule) -> bool:
        ours = self.defaults(rule)
        return ours is not None and any(getattr(rule, name) != value for name, value in ours.items() if name in DECIDES)


def sign(rule: ReminderRule) -> str:
    """What was shown, so that only that is saved without being shown again."""
    values = json.dumps([rule.code, *(getattr(rule, name) for name in DECIDES)], ensure_ascii=True)
    return signing.Signer(salt="rule-preview").signature(values)


def _written(name: str, value: Any) -> str:
    """A value as a form sends it."""
    if name == "key_only":
        return {True: "true", False: "false"}.get(value, "unknown")
    return "on" if value is True else str(value)
