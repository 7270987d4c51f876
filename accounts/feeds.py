"""The private address of a person's calendar: a long secret, of which only the hash is kept."""

import datetime as dt
import hashlib
import secrets

from django.db import transaction

from accounts.models import FeedToken, User
from audit import services as audit


@transaction.atomic
def make_feed(user: User, *, now: dt.datetime) -> str:
    """A new secret for a person's calendar, told this once; the one before it ends."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    FeedToken.objects.living().filter(user=user).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    FeedToken(user=user, token_hash=_hash(token), created_at=now).save()
    audit.record("feed.made", user, by=user)
    return token


@transaction.atomic
def revoke_feed(user: User, *, now: dt.datetime) -> int:
    """End the address of a person's calendar; returns how many ended."""
    count = FeedToken.objects.living().filter(user=user).update(revoked_at=now)
    if count:
        audit.record("feed.revoked", user, by=user)
    return count


def feed_owner(token: str) -> User | None:
    """Whose calendar a secret opens; nobody's when it was revoked or the person is switched off."""
    found = FeedToken.objects.living().filter(token_hash=_hash(token), user__is_active=True).select_related("user").first()
    return found.user if found else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
