"""People whose reminders wait although the moment of their digest has passed."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import User
from outbox.models import Message
from outbox.services.pulse import LATE, window_is_open
from reminders import pilots
from reminders.models import Reminder


def uncomposed(now: dt.datetime) -> QuerySet[User]:
    """Active people with reminders that wait for five minutes and no digest of today, while the send window is open."""
    people: QuerySet[User] = User.objects.active()
    if not window_is_open(now):
        return people.none()
    local = timezone.localtime(now)
    if pilots.running(local.date()):
        return people.none()  # nobody is told of anything but the manager, and he of all of it
    waiting = Reminder.objects.unsent().filter(recipient=OuterRef("pk"), created_at__lte=now - LATE)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    told = Message.objects.filter(recipient=OuterRef("pk"), key__startswith="digest|", created_at__gte=midnight)
    return people.filter(Exists(waiting), ~Exists(told), digest_at__lte=(local - LATE).time())
