"""Acts on people and on who may see what."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts import roles
from accounts.models import Department, Share, User
from accounts.owned import OwnedModel
from accounts.roles import Role
from audit import services as audit
from core import services as core
from core.actor import Actor
from core.models import DomainModel

READABLE = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@transaction.atomic
def set_roles(user: User, names: Iterable[str], *, by: User | None) -> User:
    """Give a person exactly these roles; raises ValidationError (code "roles") where they clash."""
    held = sorted(set(names))
    refuse_clash(held)
    user.groups.set([roles.group(Role(name)) for name in held])
    user.is_staff = bool(held)
    user.save(update_fields=["is_staff"])
    user.__dict__.pop("_scope", None)
    audit.record("user.roles_set", user, by=by, changes={"roles": held})
    return user


def refuse_clash(names: Iterable[str]) -> None:
    """Raise ValidationError (code "roles") when one person may not hold these roles together."""
    held = set(names)
    if sentence := roles.clash(held):
        raise ValidationError(sentence, code="roles")
    if settings.SEPARATE_DUTIES and roles.mixes_business_and_system(held):
        raise ValidationError(_("已启用职责分离（SEPARATE_DUTIES=1）：业务角色与管理角色不能由同一人担任"), code="roles")


@transaction.atomic
def create_first_user(username: str, email: str, department: Department) -> tuple[User, str]:
    """The first person of an installation, manager and system administrator; returns the one-time password."""
    user = User(username=username, email=email, display_name=username, department=department)
    password = _one_time_password(user)
    user.save()
    set_roles(user, [Role.MANAGER, Role.SYSADMIN], by=None)
    audit.record("user.first_created", user, by=None)
    return user, password


@transaction.atomic
def reset_password(user: User, *, by: User | None) -> str:
    """Give a person a new one-time password and return it; it must be changed at the next sign-in."""
    password = _one_time_password(user)
    user.save(update_fields=["password", "must_change_password"])
    audit.record("user.password_reset", user, by=by)
    return password


@transaction.atomic
def create_user(
    username: str, email: str, names: Iterable[str], *, display_name: str, department: Department | None, by: User
) -> User:
    """A new colleague without a password, who sets one by the link that is mailed."""
    user = User(username=username, email=email, display_name=display_name, department=department)
    user.set_unusable_password()
    user.full_clean(exclude=["password"])
    user.save()
    set_roles(user, names, by=by)
    audit.record("user.created", user, by=by)
    return user


@transaction.atomic
def password_changed(user: User) -> None:
    """Note that a person chose a password of his own."""
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    audit.record("user.password_changed", user, by=user)


@transaction.atomic
def save_profile(user: User, fields: Iterable[str]) -> User:
    """Save what a person changed about himself."""
    user.full_clean(exclude=["password"])
    user.save(update_fields=list(fields))
    audit.record("user.profile_saved", user, by=user, changes={"fields": sorted(fields)})
    return user


@transaction.atomic
def reassign[M: OwnedModel](row: M, *, owner: User | None, by: User, department: Department | None = None) -> M:
    """Hand a row to another owner, and to his department unless one is named."""
    rows: QuerySet[M] = type(row)._default_manager.select_for_update(of=("self",))  # type: ignore[assignment]
    row = rows.get(pk=row.pk)
    before = row.owner_id
    row.owner = owner
    row.department = department or (owner.department if owner else None) or row.department
    row.save(by=by, update_fields=["owner", "department"])
    audit.record("row.reassigned", row, by=by, changes={"owner": [before, owner.pk if owner else None]})
    return row


@transaction.atomic
def delete_row(row: DomainModel, *, by: User) -> int:
    """Delete a row softly with its children; returns how many rows left. Errors as core.services.delete."""
    count = core.delete(row, by=by, now=timezone.now())
    audit.record("row.deleted", row, by=by, rows=count)
    return count


@transaction.atomic
def set_shares(source: DomainModel, wanted: Iterable[tuple[User, DomainModel, str]], *, reason: str, by: Actor | None) -> int:
    """Open to people exactly the (user, row, level) that `source` stands for; what others opened is left alone.

    Returns how many shares were added or taken away, and leaves an audit event when there were any.
    """
    mine = Share.objects.filter(source_type=source._meta.label, source_id=source.pk)
    there = {(row.user_id, row.content_type_id, row.object_id, row.level): row.pk for row in mine}
    asked = {(user.pk, ContentType.objects.get_for_model(row).pk, row.pk, level) for user, row, level in wanted}
    gone = [pk for key, pk in there.items() if key not in asked]
    mine.filter(pk__in=gone).delete()
    new = [
        Share(
            user_id=user,
            content_type_id=kind,
            object_id=key,
            level=level,
            reason=reason,
            source_type=source._meta.label,
            source_id=source.pk,
        )
        for user, kind, key, level in sorted(asked - there.keys())
    ]
    Share.objects.bulk_create(new)
    if gone or new:
        audit.record("row.shares_set", source, by=by, rows=len(gone) + len(new))
    return len(gone) + len(new)


def _one_time_password(user: User) -> str:
    password = get_random_string(16, READABLE)
    user.set_password(password)
    user.must_change_password = True
    return password
