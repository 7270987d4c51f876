"""Parks, the space in them, tenants, and the staff who run them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ReferenceQuerySet
from accounts.scope import ChildQuerySet
from companies.models import Company
from core.models import DomainManager, DomainModel
from documents.models import Sourced


class Park(DomainModel, Sourced):
    """A park of the zone, or one elsewhere that was visited."""

    class Kind(models.TextChoices):
        COMPLEX = "complex", _("科技综合体")
        SPECIALISED = "specialised", _("专业园区")
        INCUBATOR = "incubator", _("孵化器")
        MAKERSPACE = "makerspace", _("众创空间")

    name = models.CharField(_("名称"), max_length=80)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="inner", verbose_name=_("位于"))
    kind = models.CharField(_("类别"), max_length=12, choices=Kind, default=Kind.SPECIALISED)
    operator = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="operated_parks", verbose_name=_("园区运营单位")
    )
    city = models.CharField(_("所在地"), max_length=60, blank=True)
    focus = models.CharField(_("产业方向"), max_length=200, blank=True)

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["name"]
        verbose_name = _("园区")
        verbose_name_plural = _("园区")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(deleted_at=None),
                name="parks_park_unique_name",
                violation_error_message=_("已有同名园区"),
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")),
                name="parks_park_not_own_parent",
                violation_error_message=_("园区不能位于自己之内"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Space(DomainModel):
    """A building, floor or plot that can be let or sold."""

    class Kind(models.TextChoices):
        LAND = "land", _("土地")
        FACTORY = "factory", _("厂房")
        OFFICE = "office", _("办公")
        OTHER = "other", _("其他")

    class Unit(models.TextChoices):
        SQUARE_METRE = "m2", "㎡"
        MU = "mu", _("亩")

    class Status(models.TextChoices):
        PLANNED = "planned", _("规划")
        BUILDING = "building", _("在建")
        FREE = "free", _("可用")
        TAKEN = "taken", _("已用")

    park = models.ForeignKey(Park, models.PROTECT, related_name="spaces", verbose_name=_("园区"))
    kind = models.CharField(_("类别"), max_length=8, choices=Kind, default=Kind.FACTORY)
    name = models.CharField(_("名称"), max_length=80)
    area = models.DecimalField(_("面积"), max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=2, choices=Unit, default=Unit.SQUARE_METRE)
    height_m = models.DecimalField(_("层高（米）"), max_digits=5, decimal_places=2, null=True, blank=True)
    ready_on = models.DateField(_("可交付日期"), null=True, blank=True)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.FREE)

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["park", "name"]
        verbose_name = _("载体")
        verbose_name_plural = _("载体")
        constraints = [
            models.UniqueConstraint(
                fields=["park", "name"],
                condition=Q(deleted_at=None),
                name="parks_space_unique_name",
                violation_error_message=_("该园区已有同名载体"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.park} {self.name}"


class Tenancy(DomainModel, Sourced):
    """A company in a park, over a time."""

    scope_through: ClassVar[str] = "company"

    park = models.ForeignKey(Park, models.PROTECT, related_name="tenancies", verbose_name=_("园区"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="tenancies", verbose_name=_("企业"))
    since_on = models.DateField(_("入驻"), null=True, blank=True)
    until_on = models.DateField(_("迁出"), null=True, blank=True)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["park", "company"]
        verbose_name = _("入驻")
        verbose_name_plural = _("入驻")
        constraints = [
            models.CheckConstraint(
                condition=Q(since_on=None) | Q(until_on=None) | Q(until_on__gte=models.F("since_on")),
                name="parks_tenancy_order",
                violation_error_message=_("迁出日期不能早于入驻日期"),
            ),
            models.UniqueConstraint(
                fields=["park", "company"],
                condition=Q(deleted_at=None, until_on=None),
                name="parks_tenancy_unique_open",
                violation_error_message=_("该企业已在此园区"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} @ {self.park}"


class ParkStaff(DomainModel):
    """A person of the operating unit who sees the companies of a park."""

    park = models.ForeignKey(Park, models.CASCADE, related_name="staff", verbose_name=_("园区"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="parks", verbose_name=_("用户"))

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["park", "user"]
        verbose_name = _("园区人员")
        verbose_name_plural = _("园区人员")
        constraints = [
            models.UniqueConstraint(
                fields=["park", "user"],
                condition=Q(deleted_at=None),
                name="parks_staff_unique",
                violation_error_message=_("此人已是该园区人员"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} @ {self.park}"
