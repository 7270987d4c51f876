"""What a person keeps of a page: its filters, columns and order under a name."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import DomainManager, DomainModel, DomainQuerySet


class SavedViewQuerySet(DomainQuerySet["SavedView"]):
    """Named addresses of lists."""

    def visible_to(self, user: User) -> Self:
        """One's own and what others share; the rows behind it stay limited to what each person may see."""
        return self.filter(Q(owner=user) | Q(shared=True)) if user.is_active else self.none()


class SavedView(DomainModel):
    """The query string of a list under a name, for oneself or for all."""

    class Page(models.TextChoices):
        PROJECTS = "projects", _("项目台账")

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_views", verbose_name=_("所有人"))
    page = models.CharField(_("页面"), max_length=20, choices=Page, default=Page.PROJECTS)
    name = models.CharField(_("名称"), max_length=40)
    query = models.CharField(_("筛选与列"), max_length=2000, blank=True)
    shared = models.BooleanField(_("共享"), default=False)

    objects = DomainManager.from_queryset(SavedViewQuerySet)()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("视图")
        verbose_name_plural = _("视图")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"],
                condition=Q(deleted_at=None),
                name="desk_saved_view_unique_name",
                violation_error_message=_("您已有同名视图，请换一个名称"),
            )
        ]

    def __str__(self) -> str:
        return self.name
