"""The project, who invests in it, and who is charged with it."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.owned import OwnedModel, owned_indexes
from accounts.scope import ChildQuerySet, OwnedQuerySet
from companies.industries import INDUSTRIES
from companies.models import Company, NameStatus, Person
from core import pinyin
from core.dates import Precision
from core.models import DomainManager, DomainModel
from core.periods import Week
from documents.models import Sourced
from parks.models import Park
from projects import stages


class ProjectQuerySet(OwnedQuerySet["Project"]):
    """Investment projects."""

    def running(self) -> Self:
        """Neither on hold nor terminated."""
        return self.filter(status=Project.Status.ACTIVE)

    def entered(self) -> Self:
        """Without the rows told by the press, which stay out of this year's figures."""
        return self.exclude(origin=OwnedModel.Origin.PRESS)

    def owing(self, week: Week) -> Self:
        """Those that have to report a week: running, ours (the press reports nothing), known before it closed."""
        return self.running().entered().filter(created_at__lt=week.closes_at)


class Project(OwnedModel, Sourced):
    """An investment that is courted, signed and followed until it runs."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("推进中")
        ON_HOLD = "on_hold", _("暂缓")
        TERMINATED = "terminated", _("终止")

    class Grade(models.TextChoices):
        A = "A", "A"
        B = "B", "B"
        C = "C", "C"

    class Confidentiality(models.TextChoices):
        PUBLIC = "public", _("公开")
        INTERNAL = "internal", _("内部")
        SENSITIVE = "sensitive", _("敏感")

    class BuildNature(models.TextChoices):
        NEW = "new", _("新建")
        EXPANSION = "expansion", _("扩建")
        RECONSTRUCTION = "reconstruction", _("改建和技术改造")
        RELOCATION = "relocation", _("迁建")
        OTHER = "other", _("其他")

    class LandMode(models.TextChoices):
        SALE = "sale", _("出让")
        LEASE = "lease", _("租赁")
        STANDARD = "standard", _("标准厂房")
        NONE = "none", _("不用地")
        OTHER = "other", _("其他")

    class Light(models.TextChoices):
        GREY = "grey", _("灰")
        GREEN = "green", _("绿")
        YELLOW = "yellow", _("黄")
        RED = "red", _("红")
        BLUE = "blue", _("蓝")

    history_excluded: ClassVar[tuple[str, ...]] = ("search_text", "light", "light_reason", "light_since_on")

    code = models.CharField(_("项目编号"), max_length=20, null=True, blank=True, editable=False)
    name = models.CharField(_("项目名称"), max_length=120)
    name_status = models.CharField(_("名称状态"), max_length=10, choices=NameStatus, default=NameStatus.REGISTERED)
    track = models.CharField(
        _("推进路径"), max_length=12, choices=stages.Track, null=True, blank=True, help_text=_("决定项目走哪些阶段")
    )
    stage = models.CharField(_("阶段"), max_length=30, choices=stages.CHOICES, default=stages.FIRST)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.ACTIVE)
    status_reason = models.CharField(_("状态原因"), max_length=200, blank=True)
    review_on = models.DateField(_("复核日"), null=True, blank=True)
    lead_party = models.ForeignKey(
        Company, models.PROTECT, null=True, editable=False, related_name="led_projects", verbose_name=_("投资方")
    )
    agreement = models.ForeignKey(
        "projects.Agreement", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("有效协议")
    )
    park = models.ForeignKey(Park, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("园区"))
    site = models.CharField(_("建设地点"), max_length=100, blank=True)
    summary = models.TextField(_("建设内容及规模"), blank=True)
    build_nature = models.CharField(_("建设性质"), max_length=14, choices=BuildNature, blank=True)
    land_mode = models.CharField(_("用地方式"), max_length=10, choices=LandMode, blank=True)
    land_mu = models.DecimalField(_("用地（亩）"), max_digits=10, decimal_places=2, null=True, blank=True)
    floor_m2 = models.DecimalField(_("建筑面积（㎡）"), max_digits=12, decimal_places=2, null=True, blank=True)
    industry = models.CharField(_("行业"), max_length=4, choices=INDUSTRIES, blank=True)
    focus = models.CharField(_("本区产业方向"), max_length=60, blank=True)
    approval_code = models.CharField(_("在线平台代码"), max_length=30, blank=True)
    stat_name = models.CharField(_("纳统项目名称"), max_length=120, blank=True)
    planned_start_on = models.DateField(_("计划开工"), null=True, blank=True)
    planned_start_on_precision = models.CharField(_("计划开工（精度）"), max_length=8, choices=Precision, default=Precision.DAY)
    planned_start_on_inferred = models.BooleanField(_("计划开工（推定）"), default=False)
    planned_completion_on = models.DateField(_("计划竣工"), null=True, blank=True)
    planned_completion_on_precision = models.CharField(
        _("计划竣工（精度）"), max_length=8, choices=Precision, default=Precision.DAY
    )
    planned_completion_on_inferred = models.BooleanField(_("计划竣工（推定）"), default=False)
    planned_production_on = models.DateField(_("计划投产"), null=True, blank=True)
    planned_production_on_precision = models.CharField(
        _("计划投产（精度）"), max_length=8, choices=Precision, default=Precision.DAY
    )
    planned_production_on_inferred = models.BooleanField(_("计划投产（推定）"), default=False)
    expected_sign_on = models.DateField(_("计划签约"), null=True, blank=True)
    grade = models.CharField(_("重要程度"), max_length=1, choices=Grade, default=Grade.B)
    method = models.CharField(_("招商方式"), max_length=30, blank=True, help_text=_("以商招商、驻点招商、专题招商等"))
    lead_source = models.CharField(_("信息来源"), max_length=100, blank=True)
    referrer = models.CharField(_("引荐人"), max_length=60, blank=True)
    first_reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("首报人")
    )
    first_contact_on = models.DateField(_("首次接触"), null=True, blank=True)
    confidentiality = models.CharField(
        _("知悉范围"),
        max_length=10,
        choices=Confidentiality,
        default=Confidentiality.INTERNAL,
        help_text=_("涉密信息不得录入本系统"),
    )
    light = models.CharField(_("灯"), max_length=6, choices=Light, default=Light.GREY, editable=False)
    light_reason = models.CharField(_("亮灯原因"), max_length=200, blank=True, editable=False)
    light_since_on = models.DateField(_("亮灯起"), null=True, editable=False)
    extra = models.JSONField(_("台账附加列"), default=dict, blank=True, editable=False)
    search_text = models.TextField(editable=False, blank=True)

    objects = DomainManager.from_queryset(ProjectQuerySet)()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("项目")
        verbose_name_plural = _("项目")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(deleted_at=None),
                name="projects_project_unique_code",
                violation_error_message=_("项目编号已存在"),
            ),
            models.CheckConstraint(
                condition=Q(code=None) | ~Q(code=""),
                name="projects_project_code_not_blank",
                violation_error_message=_("没有项目编号时应留空"),
            ),
            models.CheckConstraint(
                condition=Q(track__isnull=False) | Q(origin__in=["press", "imported"]),
                name="projects_project_track_required",
                violation_error_message=_("请选择推进路径（只有报道和导入的项目可以暂缺）"),
            ),
            models.CheckConstraint(
                condition=~Q(status="terminated", status_reason=""),
                name="projects_project_end_has_reason",
                violation_error_message=_("终止的项目必须写明原因"),
            ),
            models.CheckConstraint(
                condition=~Q(status="on_hold", review_on=None),
                name="projects_project_hold_has_review",
                violation_error_message=_("暂缓的项目必须写明复核日"),
            ),
        ]
        indexes = [
            *owned_indexes("projects_project"),
            models.Index(fields=["stage", "-created_at"], condition=Q(deleted_at=None), name="projects_project_stage"),
            models.Index(fields=["light", "-created_at"], condition=Q(deleted_at=None), name="projects_project_light"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lit(self) -> str:
        """Since when the light is what it is, apart from what is late since when; empty while nothing is known."""
        if self.light_since_on is None:
            return ""
        return str(_("亮%(light)s灯自 %(day)s")) % {"light": self.Light(self.light).label, "day": self.light_since_on}

    def get_absolute_url(self) -> str:
        return reverse("desk:project", args=[self.pk])

    def clean(self) -> None:
        if self._state.adding and self.stage == stages.FIRST:
            self.stage = stages.first(self.track)
        if self.stage not in stages.codes(self.track):
            raise ValidationError({"track": ValidationError(_("当前阶段不在所选路径内，请先用“推进阶段”调整"), code="stage")})

    @property
    def ended(self) -> bool:
        """Whether nobody has to do anything for it now."""
        return self.status != self.Status.ACTIVE or self.deleted_at is not None

    def save(self, *args: Any, **options: Any) -> None:
        self.fill_derived()
        fields = options.get("update_fields")
        if fields is not None and "name" in set(fields):
            options["update_fields"] = {*fields, "search_text"}
        super().save(*args, **options)

    def fill_derived(self) -> None:
        """The columns that follow from the name; bulk paths call this themselves."""
        self.search_text = pinyin.search_text(self.name)


class ProjectParty(DomainModel, Sourced):
    """A company or park that is party to a project."""

    class Role(models.TextChoices):
        INVESTOR = "investor", _("投资方")
        PARTNER = "partner", _("合作方")
        OPERATOR = "operator", _("园区运营单位")
        COUNTERPART = "counterpart", _("签约对方")
        PROJECT_COMPANY = "project_company", _("项目公司")

    scope_through: ClassVar[str] = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="parties", verbose_name=_("项目"))
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="project_roles", verbose_name=_("企业（单位）")
    )
    park = models.ForeignKey(Park, models.PROTECT, null=True, blank=True, related_name="project_roles", verbose_name=_("园区"))
    role = models.CharField(_("身份"), max_length=16, choices=Role, default=Role.INVESTOR)
    rank = models.PositiveIntegerField(_("次序"), default=1)
    share_percent = models.DecimalField(_("占比（%）"), max_digits=5, decimal_places=2, null=True, blank=True)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["project", "rank", "id"]
        verbose_name = _("参与方")
        verbose_name_plural = _("参与方")
        constraints = [
            models.CheckConstraint(
                condition=Q(company__isnull=False, park=None) | Q(company=None, park__isnull=False),
                name="projects_party_one_subject",
                violation_error_message=_("请填企业或园区其中一项"),
            ),
            models.UniqueConstraint(
                fields=["project", "company", "role"],
                condition=Q(deleted_at=None, company__isnull=False),
                name="projects_party_unique_company",
                violation_error_message=_("该企业已是此项目的同一身份"),
            ),
            models.UniqueConstraint(
                fields=["project", "park", "role"],
                condition=Q(deleted_at=None, park__isnull=False),
                name="projects_party_unique_park",
                violation_error_message=_("该园区已是此项目的同一身份"),
            ),
            models.CheckConstraint(
                condition=Q(share_percent=None) | Q(share_percent__gt=0, share_percent__lte=100),
                name="projects_party_share_range",
                violation_error_message=_("占比应大于 0、不超过 100"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company or self.park}（{self.get_role_display()}）"


class ProjectMemberQuerySet(ChildQuerySet["ProjectMember"]):
    """Who is charged with projects."""

    def leading(self, day: dt.date) -> Self:
        """Leaders who answer for a project on a day (包联领导、副包联); the last day of a term counts."""
        serving = Q(until_on=None) | Q(until_on__gte=day)
        return self.filter(serving, role__in=[ProjectMember.Role.LEADER, ProjectMember.Role.DEPUTY_LEADER])


class ProjectMember(DomainModel, Sourced):
    """A person charged with a project; leaders keep their given order."""

    class Role(models.TextChoices):
        LEADER = "leader", _("包联领导")
        DEPUTY_LEADER = "deputy_leader", _("副包联")
        CHIEF_SERVICE = "chief_service", _("首席服务官")
        TEAM_HEAD = "team_head", _("专班负责人")
        TEAM_MEMBER = "team_member", _("专班成员")
        FOLLOWER = "follower", _("跟办人")
        HELPER = "helper", _("协办人")
        LIAISON = "liaison", _("联络员")

    scope_through: ClassVar[str] = "project"

    project = models.ForeignKey(Project, models.CASCADE, related_name="members", verbose_name=_("项目"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("本单位人员")
    )
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("人员"))
    name = models.CharField(_("姓名（未建档）"), max_length=60, blank=True)
    role = models.CharField(_("身份"), max_length=14, choices=Role, default=Role.TEAM_MEMBER)
    rank = models.PositiveIntegerField(_("次序"), default=1)
    since_on = models.DateField(_("自"), null=True, blank=True)
    until_on = models.DateField(_("至"), null=True, blank=True)

    objects = DomainManager.from_queryset(ProjectMemberQuerySet)()

    class Meta:
        ordering = ["project", "role", "rank", "id"]
        verbose_name = _("项目成员")
        verbose_name_plural = _("项目成员")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, person=None, name="")
                | Q(user=None, person__isnull=False, name="")
                | (Q(user=None, person=None) & ~Q(name="")),
                name="projects_member_one_subject",
                violation_error_message=_("请填本单位人员、人员或姓名其中一项"),
            ),
            models.UniqueConstraint(
                fields=["project", "user", "role"],
                condition=Q(deleted_at=None, user__isnull=False),
                name="projects_member_unique_user",
                violation_error_message=_("此人已是该项目的同一身份"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.person or self.name}（{self.get_role_display()}）"
