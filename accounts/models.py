"""People, the tree of departments they belong to, and rows shared with them by name."""

import datetime as dt
import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.models import DomainManager, DomainModel, DomainQuerySet

DIGEST_AT = dt.time(8, 40)


class ReferenceQuerySet[M: models.Model](DomainQuerySet[M]):
    """Reference data: everybody sees it, the system administrator changes it."""

    def visible_to(self, user: "User") -> Self:
        return self if user.is_active else self.none()


class Department(DomainModel):
    """A unit of the zone: the investment centre, a bureau, a street office."""

    class Kind(models.TextChoices):
        CENTRE = "centre", _("招商中心")
        BUREAU = "bureau", _("职能部门")
        LEADERS = "leaders", _("区领导")
        STREET = "street", _("乡镇（街道）")
        OPERATOR = "operator", _("园区运营单位")
        OTHER = "other", _("其他")

    name = models.CharField(_("名称"), max_length=60)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级部门"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.BUREAU)

    objects = DomainManager.from_queryset(ReferenceQuerySet)()

    class Meta:
        ordering = ["name"]
        verbose_name = _("部门")
        verbose_name_plural = _("部门")
        constraints = [
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(deleted_at=None),
                name="accounts_department_unique_name",
                violation_error_message=_("已有同名部门"),
            ),
            models.CheckConstraint(
                condition=~Q(parent=models.F("id")),
                name="accounts_department_not_own_parent",
                violation_error_message=_("部门不能是自己的上级"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        above = self.parent
        while above is not None:
            if above.pk == self.pk and self.pk is not None:
                raise ValidationError({"parent": ValidationError(_("上级部门不能是本部门或其下级"), code="cycle")})
            above = above.parent


class UserQuerySet(models.QuerySet["User"]):
    """People who may sign in."""

    def visible_to(self, user: "User") -> Self:
        """Colleagues know each other's names; what else is shown is the page's matter."""
        return self if user.is_active else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)

    def away_on(self, day: dt.date) -> Self:
        """Those who said that they are not there on a day; without a last day, until they take it back."""
        begun = Q(away_from_on__lte=day) | Q(away_from_on=None, away_until_on__isnull=False)
        return self.active().filter(begun).exclude(away_until_on__lt=day)

    def with_role(self, *roles: str) -> Self:
        """Active people who hold one of the roles, each once."""
        return self.active().filter(pk__in=User.groups.through.objects.filter(group__name__in=roles).values("user"))


class PeopleManager(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """The manager of users."""

    use_in_migrations = False


class User(AbstractUser):
    """A person who signs in. Left colleagues are switched off, never deleted."""

    class Language(models.TextChoices):
        CHINESE = "zh-hans", "简体中文"
        ENGLISH = "en", "English"

    history_excluded: ClassVar[tuple[str, ...]] = ("email", "mobile")  # kept as digests in the undo store

    public_id = models.UUIDField(_("公开编号"), default=uuid.uuid4, unique=True, editable=False)
    display_name = models.CharField(_("姓名"), max_length=60, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("部门")
    )
    reports_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports", verbose_name=_("直接上级")
    )
    mobile = models.CharField(_("手机"), max_length=20, blank=True)
    digest_at = models.TimeField(_("每日提醒时间"), default=DIGEST_AT, help_text=_("工作日在此时间之后收到当天的提醒邮件"))
    away_from_on = models.DateField(_("离岗起"), null=True, blank=True)
    away_until_on = models.DateField(_("离岗止"), null=True, blank=True)
    deputy = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("代理人"))
    language = models.CharField(_("语言"), max_length=10, choices=Language, default=Language.CHINESE)
    must_change_password = models.BooleanField(_("须修改密码"), default=False, editable=False)

    objects = PeopleManager()  # type: ignore[misc]
    history = HistoricalRecords(excluded_fields=["password", "last_login", "email", "mobile", "first_name", "last_name"])

    class Meta:
        ordering = ["username"]
        verbose_name = _("用户")
        verbose_name_plural = _("用户")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_superuser=False),
                name="accounts_user_no_superuser",
                violation_error_message=_("本系统没有超级用户：请用角色授权"),
            ),
            models.UniqueConstraint(
                fields=["email"],
                condition=~Q(email=""),
                name="accounts_user_unique_email",
                violation_error_message=_("该邮箱已被另一位用户使用"),
            ),
            models.CheckConstraint(
                condition=Q(away_from_on=None) | Q(away_until_on=None) | Q(away_until_on__gte=models.F("away_from_on")),
                name="accounts_user_away_order",
                violation_error_message=_("离岗结束日期不能早于开始日期"),
            ),
        ]

    def __str__(self) -> str:
        return self.display

    @property
    def display(self) -> str:
        """The name shown to people."""
        return self.display_name or self.username


class Share(models.Model):
    """One row opened to one person, by hand or by a rule (membership, park staff)."""

    class Level(models.TextChoices):
        VIEW = "view", _("查看")
        EDIT = "edit", _("编辑")

    class Reason(models.TextChoices):
        MANUAL = "manual", _("手工")
        MEMBER = "member", _("项目成员")
        PARK = "park", _("园区")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shares", verbose_name=_("用户"))
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+", verbose_name=_("对象类型"))
    object_id = models.BigIntegerField(_("对象编号"))
    target = GenericForeignKey()
    level = models.CharField(_("级别"), max_length=4, choices=Level, default=Level.VIEW)
    reason = models.CharField(_("来由"), max_length=6, choices=Reason, default=Reason.MANUAL)
    source_type = models.CharField(_("来源类型"), max_length=60, default="manual")
    source_id = models.BigIntegerField(_("来源编号"), default=0)
    until_on = models.DateField(_("截止日期"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("共享")
        verbose_name_plural = _("共享")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "content_type", "object_id", "source_type", "source_id"],
                name="accounts_share_unique",
                violation_error_message=_("已共享给此人"),
            )
        ]
        indexes = [models.Index(fields=["user", "content_type", "object_id"], name="accounts_share_target")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_level_display()}"


class FeedTokenQuerySet(models.QuerySet["FeedToken"]):
    """The addresses of calendars, by their hash."""

    def visible_to(self, user: User) -> Self:
        return self.filter(user=user)

    def living(self) -> Self:
        return self.filter(revoked_at=None)


class FeedToken(models.Model):
    """The secret in the address of a person's calendar, as a hash: whoever reads the database cannot open it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="feed_tokens", verbose_name=_("用户"))
    token_hash = models.CharField(_("地址摘要"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("生成时间"))
    revoked_at = models.DateTimeField(_("停用时间"), null=True)

    objects = models.Manager.from_queryset(FeedTokenQuerySet)()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("日历订阅")
        verbose_name_plural = _("日历订阅")

    def __str__(self) -> str:
        return f"{self.user} {self.created_at:%Y-%m-%d}"
