from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ANY, ScopedAdmin, ScopedTabularInline, refused
from activities.inlines import ProjectFollowUpInline, ProjectInteractionInline
from documents.inlines import AttachmentInline, CitationInline
from projects import services
from projects.capital_admin import AnnualPlanAdmin, CapitalArrivalAdmin, InvestmentProgressAdmin
from projects.inlines import (
    AgreementInline,
    CapitalInline,
    CommitmentInline,
    EvidenceInline,
    MemberInline,
    MilestoneInline,
    PartyInline,
    StageChangeInline,
)
from projects.models import (
    AnnualPlan,
    CapitalArrival,
    InvestmentProgress,
    Milestone,
    MilestoneRevision,
    MilestoneTemplate,
    MilestoneTemplateItem,
    ProgressReport,
    Project,
)
from projects.progress_admin import ProgressReportAdmin

PLAN_CHANGES = 50  # that the history shows


@admin.register(Project)
class ProjectAdmin(ScopedAdmin[Project]):
    list_display = ["name", "code", "lead_party", "stage", "status", "lamp", "next_milestone", "owner", "department"]
    list_filter = ["light", "status", "track", "stage", "grade", "park", "department", "origin"]
    list_select_related = ["lead_party", "owner", "department"]
    search_fields = ["search_text", "code", "lead_party__search_text"]
    autocomplete_fields = ["park"]
    shown_when = {
        "land_mu": ("land_mode", ["sale", "lease", "other"]),
        "planned_start_on_precision": ("planned_start_on", ANY),
        "planned_completion_on_precision": ("planned_completion_on", ANY),
        "planned_production_on_precision": ("planned_production_on", ANY),
        "approval_code": ("track", ["land", "expansion"]),
    }
    readonly_fields = ["code", "stage", "status", "lead_party", "agreement", "light", "light_reason"]  # moved by services
    fieldsets = [
        (None, {"fields": [("name", "name_status"), ("code", "track"), ("stage", "status"), ("light", "light_reason")]}),
        (
            "谁来投、签了什么",
            {"fields": [("lead_party", "agreement"), ("grade", "confidentiality"), "method", ("lead_source", "referrer")]},
        ),
        (
            "建什么、在哪里",
            {
                "fields": [
                    ("park", "site"),
                    "summary",
                    ("build_nature", "land_mode"),
                    ("land_mu", "floor_m2"),
                    ("industry", "focus"),
                ]
            },
        ),
        (
            "计划时间",
            {
                "fields": [
                    ("planned_start_on", "planned_start_on_precision"),
                    ("planned_completion_on", "planned_completion_on_precision"),
                    ("planned_production_on", "planned_production_on_precision"),
                    ("expected_sign_on", "first_contact_on"),
                    ("approval_code", "stat_name"),
                ]
            },
        ),
        ("归属", {"fields": [("owner", "department", "origin")]}),
    ]
    inlines = [
        PartyInline,
        AgreementInline,
        MilestoneInline,
        EvidenceInline,
        ProjectInteractionInline,
        ProjectFollowUpInline,
        MemberInline,
        CapitalInline,
        CommitmentInline,
        StageChangeInline,
        CitationInline,
        AttachmentInline,
    ]
    actions = ["take_over", "confirm", "apply_template", "give_code"]
    change_form_template = "admin/projects/project/change_form.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Project]:
        first = Milestone.objects.open().filter(project=OuterRef("pk")).order_by("due_on", "code")
        return (
            super()
            .get_queryset(request)
            .annotate(next_name=Subquery(first.values("name")[:1]), next_due_on=Subquery(first.values("due_on")[:1]))
        )

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """With the decisions about its plan: they are rows of their own, which the history of the project does not know."""
        rows = MilestoneRevision.objects.visible_to(request.user).filter(caused_by=None)  # type: ignore[arg-type]
        rows = rows.filter(milestone__project=self.get_object(request, object_id)).select_related("milestone", "revised_by")
        decisions = rows[:PLAN_CHANGES]
        return super().history_view(request, object_id, {"decisions": decisions, **(extra_context or {})})

    @admin.display(description=_("灯"), ordering="light")
    def lamp(self, project: Project) -> str:
        return f"{LAMPS[project.light]} {project.get_light_display()}"

    @admin.display(description=_("卡点"))
    def next_milestone(self, project: Any) -> str:
        return f"{project.next_name} {project.next_due_on}" if project.next_name else "—"

    def after_save(self, request: HttpRequest, obj: Project) -> None:
        services.refresh_project(obj, by=request.user)  # type: ignore[arg-type]
        services.keep_shares(obj, by=request.user)  # type: ignore[arg-type]

    @admin.action(description=_("确认里程碑计划"))
    def confirm(self, request: HttpRequest, queryset: models.QuerySet[Project]) -> None:
        allowed = [row for row in queryset if self.has_change_permission(request, row)]
        rows = Milestone.objects.filter(project__in=allowed)
        done, left = services.confirm_milestones(rows, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("已确认 %(done)d 个节点，%(left)d 个日期已过，请逐个处理") % {"done": done, "left": left})

    @admin.action(description=_("给项目编号"))
    def give_code(self, request: HttpRequest, queryset: models.QuerySet[Project]) -> None:
        rows = [row for row in queryset.filter(code=None) if self.has_change_permission(request, row)]
        for row in rows:
            services.next_code(row, on=timezone.localdate(), by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("已编号 %(n)d 个") % {"n": len(rows)})

    @admin.action(description=_("套用里程碑模板…"))
    def apply_template(self, request: HttpRequest, queryset: models.QuerySet[Project]) -> HttpResponse:
        keys = ",".join(str(pk) for pk in queryset.values_list("pk", flat=True))
        return redirect(f"{reverse('projects:apply_many')}?{urlencode({'projects': keys})}")


LAMPS = {"grey": "○", "green": "●", "yellow": "▲", "red": "■", "blue": "◆"}


class TemplateItemInline(ScopedTabularInline):
    model = MilestoneTemplateItem
    fields = ["order", "code", "name", "anchor", "offset", "day_kind", "day_off_rule", "is_key", "evidence", "unit"]


@admin.register(MilestoneTemplate)
class MilestoneTemplateAdmin(ScopedAdmin[MilestoneTemplate]):
    """Editing a template changes no plan that was already applied."""

    list_display = ["code", "name", "track", "basis", "produces"]
    list_filter = ["track", "produces"]
    search_fields = ["code", "name"]
    fields = ["code", "name", "track", "basis", "produces"]
    inlines = [TemplateItemInline]


@admin.register(Milestone)
class MilestoneAdmin(ScopedAdmin[Milestone]):
    """All milestones as one list; dates and states change on the project's plan page."""

    list_display = ["name", "project", "due_on", "completed_on", "status", "is_key", "unit_label", "follower"]
    list_filter = ["status", "is_key", "due_on"]
    list_select_related = ["responsible_unit", "follower"]
    ordering = ["due_on", "code", "pk"]  # as the index has them
    search_fields = ["name", "project"]  # see get_search_results
    extra_lookups = ("project__id__exact", "project")
    autocomplete_fields = ["responsible_unit", "responsible", "follower"]
    readonly_fields = ["project", "code", "name", "original_due_on", "due_on", "completed_on", "status", "waived_reason"]
    fields = [
        "project",
        ("code", "name", "is_key"),
        ("original_due_on", "due_on", "completed_on"),
        ("status", "waived_reason"),
        ("responsible_unit", "responsible_unit_name"),
        ("responsible", "follower"),
        "evidence",
    ]
    inlines = [CitationInline, AttachmentInline]
    actions = ["confirm"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Milestone]:
        """Projects apart: joined, SQLite walks through all of them and sorts every milestone."""
        return super().get_queryset(request).prefetch_related("project")

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Milestone], search_term: str
    ) -> tuple[models.QuerySet[Milestone], bool]:
        """By the name of the step or of its project; projects are looked up once, for the same reason."""
        for word in search_term.split():
            projects = Project.objects.filter(search_text__icontains=word).values("pk")
            queryset = queryset.filter(models.Q(name__icontains=word) | models.Q(project__in=projects))
        return queryset, False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description=_("确认（日期未过的）"))
    def confirm(self, request: HttpRequest, queryset: models.QuerySet[Milestone]) -> None:
        rows = [row for row in queryset if self.has_change_permission(request, row)]
        try:
            done, left = services.confirm_milestones(rows, by=request.user, now=timezone.now())  # type: ignore[arg-type]
        except ValidationError as error:
            return refused(request, error)
        messages.success(request, _("已确认 %(done)d 个，%(left)d 个日期已过，请逐个处理") % {"done": done, "left": left})
        return None


admin.site.register(CapitalArrival, CapitalArrivalAdmin)
admin.site.register(InvestmentProgress, InvestmentProgressAdmin)
admin.site.register(AnnualPlan, AnnualPlanAdmin)
admin.site.register(ProgressReport, ProgressReportAdmin)
