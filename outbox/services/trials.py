"""A post that a person sends to see whether a robot works."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import services as audit
from outbox.models import Message
from outbox.robot import Robot
from outbox.services.delivery import deliver_one
from outbox.services.queue import enqueue

RECHECK = "outbox.services.trials.recheck"


def send_trial(robot: Robot, *, by: User, now: dt.datetime) -> Message:
    """Post one line into a robot's group at once, enabled or not; returns the message as it stands afterwards."""
    message = _enqueue(robot, by, now)
    deliver_one(message, now=now)
    return Message.objects.get(pk=message.pk)


def recheck(message: Message, now: dt.datetime) -> str:
    """A trial is tried once: whoever waits for it has seen the answer."""
    return _("试验消息只试一次") if message.attempts > 1 else ""


@transaction.atomic
def _enqueue(robot: Robot, by: User, now: dt.datetime) -> Message:
    text = _("试验消息：招商提醒会发到这个群。%(url)s") % {"url": settings.SITE_URL}
    message, _new = enqueue(f"trial|{robot.public_id}|{now.isoformat()}", robot, _("试验消息"), text, recheck=RECHECK, now=now)
    audit.record("robot.tried", robot, by=by)
    return message
