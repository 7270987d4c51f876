"""A figure that one person states and another verifies."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Stated(models.Model):
    """When and by whom a figure was handed in, given back or verified."""

    submitted_at = models.DateTimeField(_("报送时间"), null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("报送人"),
    )
    return_reason = models.CharField(_("退回原因"), max_length=200, blank=True, editable=False)
    verified_at = models.DateTimeField(_("核实时间"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("核实人"),
    )

    class Meta:
        abstract = True
