"""The roles, which are groups with fixed names, and what each may do with which tables."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """The name is the group's; the label is for people."""

    OFFICER = "officer", _("招商专员")
    HEAD = "head", _("部门负责人")
    MANAGER = "manager", _("招商中心负责人")
    LEADER = "leader", _("领导")
    OPERATOR = "operator", _("园区运营单位")
    LIAISON = "liaison", _("部门联络员")
    STATISTICIAN = "statistician", _("统计员")
    INSPECTOR = "inspector", _("督查员")
    SYSADMIN = "sysadmin", _("系统管理员")
    SECURITY = "security", _("安全管理员")
    AUDITOR = "auditor", _("审计员")


SEES_ALL = frozenset({Role.MANAGER, Role.LEADER, Role.STATISTICIAN, Role.INSPECTOR, Role.AUDITOR})
OWN_AND_SHARED = frozenset({Role.OFFICER, Role.LIAISON, Role.HEAD})
SHARED_ONLY = frozenset({Role.OPERATOR})
SEPARATE = frozenset({Role.SYSADMIN, Role.SECURITY, Role.AUDITOR})  # no two of them in one hand
BUSINESS = frozenset(Role) - SEPARATE

REFERENCE_MODELS = frozenset(
    {
        "projects.milestonetemplate",
        "projects.milestonetemplateitem",
        "activities.lightrule",
        "reminders.reminderrule",
        "core.holiday",
        "accounts.department",
        "ledgers.headalias",
    }
)
ROBOT = "outbox.robot"  # holds the keys of a group: the system administrator's, seen by the manager
RULES = "reminders.reminderrule"  # reference data that the manager changes too: whom he reminds is his to say
KEPT_BY_MANAGER = frozenset({"reports.target", "reports.period"})  # set once for all: others read them
BUSINESS_APPS = frozenset({"companies", "parks", "events", "projects", "activities", "documents", "reports"})
LOG_MODELS = frozenset({"audit.auditevent", "outbox.message", "outbox.deliveryattempt", "reminders.reminder"})
ACCOUNT_KEEPERS = frozenset({Role.SYSADMIN, Role.SECURITY})
READERS = frozenset({Role.LEADER, Role.INSPECTOR, Role.AUDITOR, Role.STATISTICIAN})
WRITERS = frozenset({Role.OFFICER, Role.HEAD, Role.MANAGER, Role.LIAISON})
IMPORTERS = WRITERS | {Role.SYSADMIN}  # who brings ledgers
EXPORTERS = WRITERS | READERS | {Role.SYSADMIN}  # who takes them away
OPERATOR_MODELS = frozenset(
    {"companies.company", "companies.person", "companies.position", "parks.tenancy", "parks.space", "parks.park"}
    | {"activities.interaction", "activities.interactioncompany", "activities.attendance", "activities.followup"}
)


def group(role: Role) -> Group:
    """The group that stands for a role, made when it is missing."""
    return Group.objects.get_or_create(name=role.value)[0]


def sync_groups() -> None:
    """Make every role's group and give it exactly the permissions of this file; what holds already costs four queries."""
    names = [role.value for role in Role]
    Group.objects.bulk_create([Group(name=name) for name in names], ignore_conflicts=True)
    keys = dict(Group.objects.filter(name__in=names).values_list("name", "pk"))
    links = Group.permissions.through.objects
    held = set(links.filter(group__in=keys.values()).values_list("group_id", "permission_id"))
    permissions = list(Permission.objects.select_related("content_type"))
    wanted = {(keys[role.value], item.pk) for role in Role for item in permissions if allowed(role, item)}
    links.bulk_create([links.model(group_id=group, permission_id=item) for group, item in wanted - held], ignore_conflicts=True)
    for key in keys.values():
        links.filter(group=key, permission__in=[item for group, item in held - wanted if group == key]).delete()


def allowed(role: Role, permission: Permission) -> bool:
    """Whether a role holds a permission. Rows are limited further by `visible_to` and `can_change`."""
    action, _dash, _name = permission.codename.partition("_")
    app, model = permission.content_type.app_label, f"{permission.content_type.app_label}.{permission.content_type.model}"
    if model in REFERENCE_MODELS:
        return action == "view" or _reference(role, model, action)
    if model == ROBOT:
        return role is Role.SYSADMIN or (action == "view" and role is Role.MANAGER)
    if app in BUSINESS_APPS:
        return _business(role, model, action)
    if app == "ledgers":
        return _ledgers(role, permission.codename)
    if model == "accounts.user":
        return (role in ACCOUNT_KEEPERS and action != "delete") or (role in READERS and action == "view")
    return model in LOG_MODELS and action == "view" and role in SEPARATE


def _reference(role: Role, model: str, action: str) -> bool:
    """Who changes what everybody looks up."""
    if role is Role.MANAGER:
        return model == RULES and action != "delete"
    return role is Role.SYSADMIN and (action, model) != ("delete", "core.holiday")


def _business(role: Role, model: str, action: str) -> bool:
    if model in KEPT_BY_MANAGER and action != "view":
        return role is Role.MANAGER
    if role in WRITERS:
        return True
    if role is Role.OPERATOR and model in OPERATOR_MODELS:
        return action in {"view", "add", "change"}
    return role in READERS and action == "view"


def _ledgers(role: Role, codename: str) -> bool:
    """Who brings ledgers, who takes them away, who sees whole telephone numbers in them."""
    if codename == "import_ledger":
        return role in IMPORTERS
    if codename == "export_telephones":
        return role in (Role.HEAD, Role.MANAGER)
    if codename == "export_ledger":
        return role in EXPORTERS
    return codename.startswith("view_") and role in EXPORTERS


def clash(roles: Iterable[str]) -> str | None:
    """The sentence that says why these roles cannot be one person's, or None."""
    held = set(roles)
    if len(held & SEPARATE) > 1:
        return str(_("系统管理员、安全管理员、审计员三个角色必须由不同的人担任"))
    return None


def mixes_business_and_system(roles: Iterable[str]) -> bool:
    """Whether one person does business and administers the system at once."""
    held = set(roles)
    return bool(held & SEPARATE) and bool(held & BUSINESS)
