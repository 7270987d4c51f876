"""Recording what was done. Every service that writes calls `record` once."""

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from audit.middleware import current_request_id
from audit.models import AuditEvent
from core.actor import Actor

SYSTEM = "系统"


def record(
    action: str, row: models.Model, *, by: Actor | None, changes: dict[str, Any] | None = None, rows: int = 1
) -> AuditEvent:
    """Add one event about `row`; `rows` is how many rows the act touched. `by=None` is the system itself."""
    event = AuditEvent(
        at=timezone.now(),
        actor_id=by.pk if by else None,
        actor_name=by.display if by else SYSTEM,
        action=action,
        object_type=row._meta.label,
        object_id=str(getattr(row, "public_id", row.pk)),
        object_label=str(row)[:200],
        changes={**(changes or {}), "rows": rows},
        request_id=current_request_id(),
    )
    event.save()
    return event


def digest(value: str) -> str:
    """A keyed digest that stands for a personal value: equal values can be compared, none read."""
    return hmac.new(settings.SECRET_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()[:16]
