"""Rows that belong to a person and a department."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from core.actor import Actor
from core.models import DomainModel

NO_DEPARTMENT = _("请先指定责任部门：负责人和您自己都没有所属部门")


class OwnedModel(DomainModel):
    """A row with an owner and a department; both change only by `accounts.services.reassign`."""

    class Origin(models.TextChoices):
        ENTERED = "entered", _("录入")
        IMPORTED = "imported", _("导入")
        PRESS = "press", _("报道")

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("负责人")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, blank=True, related_name="+", db_index=False, verbose_name=_("所属部门")
    )
    origin = models.CharField(_("数据来由"), max_length=8, choices=Origin, default=Origin.ENTERED, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, by: Actor | None = None, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """As DomainModel; a new row without a department takes the owner's, else the actor's."""
        if self.department_id is None:
            self.fill_department(by)
        super().save(*args, by=by, update_fields=update_fields, **options)

    def fill_department(self, by: Actor | None) -> None:
        """Take the owner's department, else the actor's; raises ValidationError when neither has one."""
        found = (self.owner and self.owner.department_id) or getattr(by, "department_id", None)
        if found is None:
            raise ValidationError({"department": ValidationError(NO_DEPARTMENT, code="no_department")})
        self.department_id = found


def owned_indexes(prefix: str) -> list[models.Index]:
    """The partial indexes that make a page of visible living rows cheap."""
    alive = Q(deleted_at=None)
    return [
        models.Index(fields=["department", "-created_at"], condition=alive, name=f"{prefix}_dept"),
        models.Index(fields=["owner", "-created_at"], condition=alive, name=f"{prefix}_owner"),
        models.Index(fields=["-created_at"], condition=alive, name=f"{prefix}_created"),
    ]
