"""Acts that join several apps: an invitation is an account and a message."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User
from audit import services as audit
from outbox import services as outbox
from outbox.models import Message


@transaction.atomic
def send_password_link(user: User, *, invited: bool, by: User | None, now: dt.datetime) -> Message:
    """Mail a person the link by which he sets his password; it works once and for three days."""
    token = default_token_generator.make_token(user)
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    url = settings.SITE_URL + reverse("accounts:password_reset_confirm", args=[uid, token])
    context = {"person": user, "invited": invited, "url": url, "site_url": settings.SITE_URL}
    with translation.override(user.language):
        subject = render_to_string("accounts/password_link_subject.txt", context).strip()
        text = render_to_string("accounts/password_link.txt", context)
    message, _new = outbox.enqueue(f"account|{user.public_id}|{now.isoformat()}", user, subject, text, now=now)
    audit.record("user.password_link_sent", user, by=by, changes={"invited": invited})
    return message
