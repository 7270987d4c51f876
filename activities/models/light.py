"""When a project shows which colour."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ReferenceQuerySet
from core.models import DomainManager, DomainModel


class LightRule(DomainModel):
    """One condition under which a project shows a colour; the thresholds are the office's to set."""

    class Colour(models.TextChoices):
        GREY = "grey", _("灰")
        GREEN = "green", _("绿")
        YELLOW = "yellow", _("黄")
        RED = "red", _("红")
        BLUE = "blue", _("蓝")

    code = models.CharField(_("编码"), max_length=40)
    colour = models.CharField(_("灯"), max_length=6, choices=Colour)
    condition = models.CharField(_("条件"), max_length=120)
    threshold = models.IntegerField(_("阈值"), default=0, help_text=_("天数或次数，见条件"))
    enabled = models.BooleanField(_("启用"), default=True)

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["code"]
        verbose_name = _("亮灯规则")
        verbose_name_plural = _("亮灯规则")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(deleted_at=None),
                name="activities_light_rule_unique_code",
                violation_error_message=_("已有同编码的规则"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_colour_display()}：{self.condition}"
