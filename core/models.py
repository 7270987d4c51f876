"""The base of every row: public id, author, version against lost updates, soft deletion."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.actor import Actor
from core.history import DomainRecords


class StaleRow(Exception):
    """The row was changed by somebody else after it was loaded; nothing was saved."""

    def __init__(self, row: models.Model) -> None:
        super().__init__(f"“{row}”在您打开之后已被他人修改，本次没有保存。请重新打开后再改。")
        self.row = row


class NotDeletable(Exception):
    """Rows are deleted softly by `core.services.delete`, which checks what points at them."""


class DomainQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows that keep version and author right whichever way they are written."""

    def update(self, **values: Any) -> int:
        """Raises version and updated_at; for columns that history excludes."""
        values.setdefault("version", F("version") + 1)
        values.setdefault("updated_at", timezone.now())
        return super().update(**values)

    def delete(self) -> NoReturn:
        raise NotDeletable("请用 core.services.delete：它检查引用并作软删除。")


class DomainManager[M: models.Model](models.Manager[M]):
    """The living rows only."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(deleted_at=None)


def alive(path: str) -> Q:
    """A filter for aggregates over children: joins see deleted rows, this leaves them out."""
    return Q(**{f"{path}__deleted_at": None, f"{path}__isnull": False})


class DomainModel(models.Model):
    """A row of the domain. `save(by=)` refuses to overwrite what somebody else saved since."""

    history_excluded: ClassVar[tuple[str, ...]] = ()

    public_id = models.UUIDField(_("公开编号"), default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        verbose_name=_("建立人"),
    )
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        verbose_name=_("更新人"),
    )
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    deleted_at = models.DateTimeField(_("删除时间"), null=True, editable=False)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        db_index=False,
        verbose_name=_("删除人"),
    )

    # Every model declares `objects = DomainManager.from_queryset(XQuerySet)()` itself; a test holds it.
    all_objects = models.Manager.from_queryset(DomainQuerySet)()
    history = DomainRecords(inherit=True)

    class Meta:
        abstract = True
        base_manager_name = "all_objects"

    def save(self, *args: Any, by: Actor | None = None, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Insert, or update the version that was loaded; raises StaleRow when that is gone.

        `by` becomes the author of the row and of its history entry.
        """
        self._sign(by)
        if self._state.adding:
            options["force_insert"] = True
            super().save(*args, update_fields=update_fields, **options)
            return
        self._update(update_fields, options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise NotDeletable("请用 core.services.delete：它检查引用并作软删除。")

    @classmethod
    def closed_for(cls, rows: Iterable[Any], columns: Collection[str] | None = None) -> list[str]:
        """Sentences that say why rows may not come, go or (in these columns) be put back: a month that is closed.

        Asked by whatever deletes or takes back rows of any table; nothing is closed unless a model says so.
        """
        return []

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Every rule of which the form shows a column: Django leaves out those that name a hidden one such as deleted_at."""
        hidden = {field.name for field in self._meta.fields if not field.editable}
        super().validate_constraints(exclude=set(exclude or ()) - hidden)

    def _sign(self, by: Actor | None) -> None:
        self.__dict__.pop("_history_user", None)  # of an earlier save
        if by is None:
            return
        self._history_user = by
        self.updated_by_id = by.pk
        if self._state.adding:
            self.created_by_id = by.pk

    def _update(self, update_fields: Iterable[str] | None, options: dict[str, Any]) -> None:
        loaded = self.version
        if update_fields is not None:
            update_fields = {*update_fields, "version", "updated_at", "updated_by"}
        self._loaded_version, self.version = loaded, loaded + 1
        try:
            super().save(force_update=True, update_fields=update_fields, **options)
        except self.NotUpdated as error:
            self.version = loaded
            if transaction.get_connection().in_atomic_block:
                transaction.set_rollback(False)  # no row was hit, so nothing has to be undone
            raise StaleRow(self) from error

    def _do_update(self, base_qs: models.QuerySet[Self], *args: Any) -> Any:
        # Django has no public place to add a condition to the UPDATE of save().
        return super()._do_update(base_qs.filter(version=self._loaded_version), *args)


class Holiday(models.Model):
    """A day that the State Council made free or a working day; on top of the package's calendar."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("放假")
        WORKDAY = "workday", _("调休上班")

    date = models.DateField(_("日期"), unique=True)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    name = models.CharField(_("名称"), max_length=40, blank=True)

    class Meta:
        ordering = ["date"]
        verbose_name = _("节假日")
        verbose_name_plural = _("节假日")

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"
