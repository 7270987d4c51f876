"""Documents, and the citations and attachments that tie them to rows of any kind."""

from typing import Any, Self

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import Scope, visible
from core.models import DomainManager, DomainModel, DomainQuerySet

QUOTE_LENGTH = 40


class DocumentQuerySet(DomainQuerySet["Document"]):
    """Files and texts."""

    def visible_to(self, user: User) -> Self:
        """Press is for everybody; the rest is seen with one of the rows it is tied to, or by its author."""
        if Scope.of(user).sees_all:
            return self
        tied = Q(kind=Document.Kind.PRESS) | Q(created_by=user)
        for link in (Citation, Attachment):
            tied |= Q(pk__in=link.objects.all().visible_to(user).values("document"))
        return self.filter(tied)


class Document(DomainModel):
    """A file or a text: a newspaper page, a contract, minutes, a licence, a ledger."""

    class Kind(models.TextChoices):
        PRESS = "press", _("报道")
        CONTRACT = "contract", _("合同协议")
        MINUTES = "minutes", _("纪要")
        LICENCE = "licence", _("证照批文")
        PHOTO = "photo", _("照片")
        LEDGER = "ledger", _("台账")
        REPORT = "report", _("报告")
        OTHER = "other", _("其他")

    title = models.CharField(_("标题"), max_length=200)
    publisher = models.CharField(_("出处"), max_length=100, blank=True)
    published_on = models.DateField(_("日期"), null=True, blank=True)
    text = models.TextField(_("正文"), blank=True)
    file = models.FileField(_("文件"), upload_to="documents/%Y/%m/", blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.OTHER)

    objects = DomainManager.from_queryset(DocumentQuerySet)()

    class Meta:
        ordering = ["-published_on", "title"]
        verbose_name = _("资料")
        verbose_name_plural = _("资料")

    def __str__(self) -> str:
        return self.title


class TargetQuerySet[M: "Citation | Attachment"](DomainQuerySet[M]):
    """Rows tied to a row of any kind; they have no list of their own."""

    def visible_to(self, user: User) -> Self:
        """Those whose target the person may see: one condition for each kind of target.

        A tie to a document or to another tie opens nothing: those may lead back here without end.
        """
        if Scope.of(user).sees_all:
            return self
        condition = Q(pk__in=[])
        for kind in ContentType.objects.filter(pk__in=self.order_by().values("content_type").distinct()):
            model = kind.model_class()
            if model is not None and not isinstance(model._default_manager.all(), TargetQuerySet | DocumentQuerySet):
                condition |= Q(content_type=kind, object_id__in=visible(model, user).values("pk"))
        return self.filter(condition)

    def of(self, row: models.Model) -> Self:
        return self.filter(content_type=ContentType.objects.get_for_model(row), object_id=row.pk)


class Citation(DomainModel):
    """A fact and the phrase that proves it. When the field no longer says `value`, pages show 原文."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="citations", verbose_name=_("资料"))
    fact = models.CharField(_("事实编号"), max_length=20, blank=True)
    fields = models.JSONField(_("所证字段"), default=list, blank=True)
    value = models.CharField(_("所证内容"), max_length=200, blank=True)
    quote = models.CharField(_("原文短语"), max_length=QUOTE_LENGTH, help_text=_("能证明该内容的最短一段，不超过 40 字"))
    line_from = models.PositiveIntegerField(_("起行"), null=True, blank=True)
    line_to = models.PositiveIntegerField(_("止行"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+", verbose_name=_("对象类型"))
    object_id = models.BigIntegerField(_("对象编号"))
    target = GenericForeignKey()

    objects = DomainManager.from_queryset(TargetQuerySet)()

    class Meta:
        ordering = ["line_from", "id"]
        verbose_name = _("出处")
        verbose_name_plural = _("出处")
        indexes = [models.Index(fields=["content_type", "object_id"], name="documents_citation_target")]

    def __str__(self) -> str:
        return f"{self.fact or self.document}：{self.quote}"

    @property
    def still_said(self) -> bool:
        """Whether every cited field of the target still holds the text that was proven."""
        return not self.value or all(self.value in str(self._field_text(name)) for name in self.fields)

    def _field_text(self, name: str) -> Any:
        display = getattr(self.target, f"get_{name}_display", None)
        return display() if display else getattr(self.target, name, "")


class Attachment(DomainModel):
    """A document tied to a row: a licence to a gate, a photo to a milestone."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="attachments", verbose_name=_("资料"))
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+", verbose_name=_("对象类型"))
    object_id = models.BigIntegerField(_("对象编号"))
    target = GenericForeignKey()
    label = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("类别"), max_length=10, choices=Document.Kind, default=Document.Kind.OTHER)
    doc_no = models.CharField(_("文号"), max_length=60, blank=True)
    issued_by = models.CharField(_("发文单位"), max_length=100, blank=True)
    issued_on = models.DateField(_("发文日期"), null=True, blank=True)

    objects = DomainManager.from_queryset(TargetQuerySet)()

    class Meta:
        ordering = ["-issued_on", "id"]
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        indexes = [models.Index(fields=["content_type", "object_id"], name="documents_attachment_target")]

    def __str__(self) -> str:
        return self.label


class Sourced(models.Model):
    """A row that says where its facts come from and carries files."""

    citations = GenericRelation(Citation)
    attachments = GenericRelation(Attachment)

    class Meta:
        abstract = True
