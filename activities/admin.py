from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms import VersionedForm
from accounts.scoped import ScopedAdmin
from activities import services
from activities.inlines import AttendanceInline, DirectiveNoteInline, DirectiveUnitInline, InteractionCompanyInline
from activities.models import Directive, FollowUp, Interaction, LightRule
from documents.inlines import AttachmentInline, CitationInline

OUTSIDE = ["visit", "reception", "site_visit", "talks", "forum", "research", "other"]  # all but telephone and screen
ORDERED = ["meeting", "note", "supervision", "appeal", "inspection"]


class InteractionForm(VersionedForm):
    next_step = forms.CharField(label=_("下一步"), required=False, max_length=200, help_text=_("填写后自动生成我的待办事项"))
    next_on = forms.DateField(label=_("下一步日期"), required=False, widget=AdminDateWidget)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("next_step") and not self.cleaned_data.get("next_on"):
            self.add_error("next_on", ValidationError(_("下一步请填写日期"), code="next_on"))
        return cleaned


@admin.register(Interaction)
class InteractionAdmin(ScopedAdmin[Interaction]):
    form = InteractionForm
    list_display = ["happened_on", "kind", "company_names", "project", "outcome", "short", "owner"]
    list_display_links = ["happened_on", "short"]
    list_filter = ["kind", "outcome", "happened_on", "department", "origin"]
    list_select_related = ["project", "owner"]
    search_fields = ["summary", "company_links__company__search_text"]
    autocomplete_fields = ["project", "event"]
    shown_when = {"place": ("kind", OUTSIDE), "outcome": ("kind", ["call", "online"])}
    fieldsets = [
        (None, {"fields": [("kind", "happened_on"), "summary", ("next_step", "next_on"), ("project", "event")]}),
        (
            "补充",
            {
                "classes": ["collapse"],
                "fields": [
                    ("happened_on_precision", "happened_on_inferred"),
                    ("happened_time", "place"),
                    "outcome",
                    ("owner", "department", "origin"),
                ],
            },
        ),
    ]
    inlines = [InteractionCompanyInline, AttendanceInline, CitationInline, AttachmentInline]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Interaction]:
        return (
            super()
            .get_queryset(request)
            .prefetch_related(models.Prefetch("company_links", InteractionCompanyInline.model.objects.select_related("company")))
        )

    @admin.display(description=_("企业（单位）"))
    def company_names(self, row: Interaction) -> str:
        return "、".join(link.company.name for link in row.company_links.all()) or "—"

    @admin.display(description=_("内容"))
    def short(self, row: Interaction) -> str:
        return row.summary[:40]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"happened_on": timezone.localdate(), **super().get_changeform_initial_data(request)}

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        options = super().get_formset_kwargs(request, obj, inline, prefix)
        company = request.GET.get("company", "")
        if isinstance(inline, InteractionCompanyInline) and company.isdigit() and obj.pk is None:
            options["initial"] = [{"company": company, "rank": 1}]
        return options

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if step := form.cleaned_data.get("next_step"):
            first = form.instance.company_links.order_by("rank", "id").first()
            company = first.company if first else None
            services.promise(form.instance, step, form.cleaned_data["next_on"], company=company, by=request.user)  # type: ignore[arg-type]
            messages.success(request, _("已生成待办事项：%(title)s") % {"title": step})


@admin.register(FollowUp)
class FollowUpAdmin(ScopedAdmin[FollowUp]):
    list_display = ["title", "due_on", "assignee", "status", "company", "project", "priority"]
    list_filter = ["status", "priority", "due_on", "assignee", "department"]
    list_select_related = ["assignee", "company", "project"]
    search_fields = ["title", "company__search_text", "project__search_text"]
    autocomplete_fields = ["assignee", "company", "project", "event"]
    readonly_fields = ["status", "completed_at", "completed_by", "interaction"]
    fields = [
        "title",
        ("due_on", "priority"),
        "assignee",
        ("company", "project", "event"),
        "interaction",
        ("status", "completed_at", "completed_by"),
        "result",
        ("owner", "department", "origin"),
    ]
    actions = ["complete"]

    @admin.action(description=_("标为已办"))
    def complete(self, request: HttpRequest, queryset: models.QuerySet[FollowUp]) -> None:
        rows = [row for row in queryset.filter(status=FollowUp.Status.OPEN) if self.has_change_permission(request, row)]
        for row in rows:
            services.complete_follow_up(row, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("已办结 %(n)d 项") % {"n": len(rows)})


@admin.register(Directive)
class DirectiveAdmin(ScopedAdmin[Directive]):
    list_display = ["text", "source", "project", "lead_unit", "handler", "due_on", "status", "level"]
    list_filter = ["source", "status", "level", "due_on", "department"]
    list_select_related = ["project", "lead_unit", "handler"]
    search_fields = ["text", "from_name", "project__search_text"]
    autocomplete_fields = ["project", "company", "park", "lead_unit", "handler"]
    raw_id_fields = ["agenda_item"]
    readonly_fields = ["status", "level"]  # moved by services on the order's own page, never by hand
    shown_when = {
        "agenda_item": ("source", ["meeting"]),
        "from_name": ("source", ORDERED),
        "company": ("source", ORDERED),  # a problem is always a project's
        "park": ("source", ORDERED),
    }
    fields = [
        ("source", "from_name"),
        "agenda_item",
        "text",
        ("project", "company", "park"),
        ("lead_unit", "handler"),
        ("due_on", "status", "level"),
        ("owner", "department", "origin"),
    ]
    inlines = [DirectiveUnitInline, DirectiveNoteInline, CitationInline, AttachmentInline]


@admin.register(LightRule)
class LightRuleAdmin(ScopedAdmin[LightRule]):
    list_display = ["code", "colour", "condition", "threshold", "enabled"]
    list_filter = ["colour", "enabled"]
    search_fields = ["code", "condition"]
    fields = ["code", "colour", "condition", "threshold", "enabled"]
