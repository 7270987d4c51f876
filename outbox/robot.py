"""A robot of a group chat: where it posts, and for which department."""

from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, ReferenceQuerySet
from core.models import DomainManager, DomainModel
from outbox.addresses import Vendor, refuse_foreign

HIDDEN = "***"


class Robot(DomainModel):
    """Posts into one group what its department has to reach. Address and secret are never shown again."""

    history_excluded: ClassVar[tuple[str, ...]] = ("url", "secret")

    name = models.CharField(_("名称"), max_length=60)
    vendor = models.CharField(_("平台"), max_length=10, choices=Vendor)
    url = models.CharField(_("地址"), max_length=500)
    secret = models.CharField(_("加签密钥"), max_length=200, blank=True)
    keyword = models.CharField(
        _("关键词"), max_length=20, blank=True, help_text=_("平台设了自定义关键词时填写，每条消息都会带上")
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="robots", verbose_name=_("服务部门"))
    enabled = models.BooleanField(_("启用"), default=False, help_text=_("先发一条试验消息，收到后再启用"))

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["name"]
        verbose_name = _("群机器人")
        verbose_name_plural = _("群机器人")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(deleted_at=None),
                name="outbox_robot_unique_name",
                violation_error_message=_("已有同名的机器人"),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        try:
            refuse_foreign(self.vendor, self.url)
        except ValidationError as error:
            raise ValidationError({"url": error}) from error

    @property
    def channel(self) -> str:
        """The name of its circuit: a robot that fails stops no other."""
        return f"robot:{self.pk}"

    @property
    def host(self) -> str:
        """What may be shown of its address."""
        return urlsplit(self.url).hostname or "—"

    def without_secrets(self, text: str) -> str:
        """A text that may be kept: an answer or an error that repeats the address, its token or the secret loses them."""
        parts = urlsplit(self.url)
        hidden = {
            self.url,
            self.secret,
            parts.query,
            parts.path.rpartition("/")[2],
            *(value for _name, value in parse_qsl(parts.query)),
        }
        for word in sorted((word for word in hidden if len(word) >= 8), key=len, reverse=True):
            text = text.replace(word, HIDDEN)
        return text
