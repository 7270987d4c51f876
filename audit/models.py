"""The audit trail, and the one store of what can be undone."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One service call or admin save by one person, with the number of rows it touched."""

    at = models.DateTimeField(_("时间"), db_index=True)
    actor_id = models.BigIntegerField(_("操作人编号"), null=True)
    actor_name = models.CharField(_("操作人"), max_length=150)
    action = models.CharField(_("动作"), max_length=60)
    object_type = models.CharField(_("对象类型"), max_length=60)
    object_id = models.CharField(_("对象编号"), max_length=40)
    object_label = models.CharField(_("对象"), max_length=200)
    changes = models.JSONField(_("内容"), default=dict)
    request_id = models.CharField(_("请求编号"), max_length=36, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计记录")
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_event_object")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.object_label}"

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise TypeError("审计记录只能新增，不能修改。")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise TypeError("审计记录不能删除。")


class ChangeSet(models.Model):
    """One act that can be undone as a whole until it expires: a merge, a bulk action, an import."""

    kind = models.CharField(_("类别"), max_length=60)
    by_id = models.BigIntegerField(_("操作人编号"), null=True)
    by_name = models.CharField(_("操作人"), max_length=150)
    at = models.DateTimeField(_("时间"))
    expires_at = models.DateTimeField(_("可撤销至"), db_index=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        ordering = ["-at", "-id"]
        verbose_name = _("变更集")
        verbose_name_plural = _("变更集")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name} {self.kind}"


class Change(models.Model):
    """One row of a set: its columns before and after, as text; null where there was no row.

    Personal columns stand in `after` as a keyed digest. All of it is forgotten when the set expires.
    """

    changeset = models.ForeignKey(ChangeSet, models.CASCADE, related_name="changes", verbose_name=_("变更集"))
    object_type = models.CharField(_("对象类型"), max_length=60)
    object_id = models.BigIntegerField(_("对象编号"))
    before = models.JSONField(_("变更前"), null=True)
    after = models.JSONField(_("变更后"), null=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("变更")
        verbose_name_plural = _("变更")

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}"
