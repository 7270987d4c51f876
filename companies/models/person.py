"""People outside our own staff, and the offices they hold."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import ChildQuerySet, Scope, visible
from companies import names, phones
from companies.models.company import Company, with_derived
from core import pinyin
from core.dates import Precision
from core.models import DomainManager, DomainModel, DomainQuerySet
from documents.models import Sourced


class PersonQuerySet(DomainQuerySet["Person"]):
    """People outside our own staff."""

    def visible_to(self, user: User) -> Self:
        """Seen with one of their companies or with a row that names them; one without any, by all staff."""
        if Scope.of(user).sees_all:
            return self
        mine = Position.objects.filter(company__in=visible(Company, user)).values("person")
        condition = Q(pk__in=mine) | ~Q(pk__in=Position.objects.values("person"))
        for rows in person_links(user):
            condition |= Q(pk__in=rows)
        return self.filter(condition)


class Person(DomainModel, Sourced):
    """Somebody we deal with. Telephone and mail stay out of history and audit."""

    history_excluded: ClassVar[tuple[str, ...]] = ("mobile", "phone", "phone_tail", "email", "search_text")

    name = models.CharField(_("姓名"), max_length=50)
    mobile = models.CharField(_("手机"), max_length=30, blank=True)
    phone = models.CharField(_("座机"), max_length=30, blank=True)
    phone_tail = models.CharField(_("尾号"), max_length=4, blank=True, editable=False)
    email = models.EmailField(_("邮箱"), blank=True)
    source = models.CharField(_("信息来源"), max_length=100, blank=True, help_text=_("例如 名片、微信、报道"))
    note = models.TextField(_("备注"), blank=True)
    search_text = models.TextField(editable=False, blank=True)

    objects = DomainManager.from_queryset(PersonQuerySet)()

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        indexes = [
            models.Index(fields=["name"], name="companies_person_name"),
            models.Index(fields=["-created_at"], condition=Q(deleted_at=None), name="companies_person_created"),
            models.Index(fields=["phone_tail"], condition=Q(deleted_at=None), name="companies_person_tail"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = names.normal_person_name(self.name)

    def save(self, *args: Any, **options: Any) -> None:
        self.fill_derived()
        for trigger, derived in (("name", "search_text"), ("mobile", "phone_tail"), ("phone", "phone_tail")):
            options = with_derived(options, trigger, derived)
        super().save(*args, **options)

    def fill_derived(self) -> None:
        """The columns that follow from name and number; bulk paths call this themselves."""
        self.phone_tail = phones.tail(self.mobile or self.phone)
        self.search_text = pinyin.search_text(self.name, kind="person")


class Position(DomainModel, Sourced):
    """An office somebody held in a unit, over a time; names of 2020 are not names of today."""

    scope_through: ClassVar[str] = "company"

    person = models.ForeignKey(Person, models.CASCADE, related_name="positions", verbose_name=_("人员"))
    company = models.ForeignKey(Company, models.CASCADE, related_name="positions", verbose_name=_("企业（单位）"))
    title = models.CharField(_("职务"), max_length=60, blank=True)
    since_on = models.DateField(_("任职起"), null=True, blank=True)
    until_on = models.DateField(_("任职止"), null=True, blank=True)
    as_of_on = models.DateField(_("截至日期"), null=True, blank=True, help_text=_("这一职务在哪一天仍属实"))
    as_of_on_precision = models.CharField(_("截至日期（精度）"), max_length=8, choices=Precision, default=Precision.DAY)
    as_of_on_inferred = models.BooleanField(_("截至日期（推定）"), default=False)
    is_primary = models.BooleanField(_("主要联系人"), default=False)

    objects = DomainManager.from_queryset(ChildQuerySet)()

    class Meta:
        ordering = ["-is_primary", "id"]
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "company", "title"],
                condition=Q(deleted_at=None),
                name="companies_position_unique",
                violation_error_message=_("该人员在此单位已有同一职务"),
            ),
            models.CheckConstraint(
                condition=Q(since_on=None) | Q(until_on=None) | Q(until_on__gte=models.F("since_on")),
                name="companies_position_order",
                violation_error_message=_("任职结束日期不能早于开始日期"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.title} {self.person}".replace("  ", " ")


def person_links(user: User) -> list[models.QuerySet[Any]]:
    """Keys of people named by a visible row of a higher app: found by their relation, not by import."""
    links = []
    for relation in Person._meta.related_objects:
        model = relation.related_model
        if hasattr(model, "scope_through") and model is not Position and hasattr(model._default_manager.all(), "visible_to"):
            links.append(visible(model, user).exclude(person=None).values("person"))
    return links
