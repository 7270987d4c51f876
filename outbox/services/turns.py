"""How often a robot may post. Its attempts in the database are the count, so that any number of workers keep to it."""

import datetime as dt
import zlib

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from outbox.addresses import Vendor
from outbox.models import DeliveryAttempt, Message
from outbox.robot import Robot

SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
LIMITS = {  # as the vendors document them: so many posts of one robot in so long
    Vendor.DINGTALK: ((20, MINUTE),),
    Vendor.WECOM: ((20, MINUTE),),
    Vendor.FEISHU: ((5, SECOND), (100, MINUTE)),
    Vendor.HTTP: ((20, MINUTE),),
}
MARGIN = 5 * SECOND  # between our note and the vendor's count, and between the clocks of two machines
CROWDED = (-1, 2)  # minutes around a full or half hour in which 飞书 refuses more often (11232)


def begin(message: Message, worker: str, *, now: dt.datetime) -> DeliveryAttempt | None:
    """Open the attempt of a claimed message; None when its robot may not post yet: it is put back until it may."""
    attempt = DeliveryAttempt(message=message, n=message.attempts, worker=worker, started_at=now)
    if message.robot_id is None:
        attempt.save()
        return attempt
    with transaction.atomic():
        robot = Robot.all_objects.select_for_update(of=("self",)).get(pk=message.robot_id)
        moment = next_moment(robot, now=now, spread=zlib.crc32(message.key.encode()) % 60)
        if moment <= now:
            attempt.save()
            return attempt
        mine = Message.objects.filter(pk=message.pk, lease_token=message.lease_token).exclude(status=Message.Status.SENT)
        mine.update(status=Message.Status.PENDING, next_at=moment, attempts=F("attempts") - 1, lease_token="", lease_until=None)
    return None


def next_moment(robot: Robot, *, now: dt.datetime, spread: int = 0) -> dt.datetime:
    """The earliest moment from now on at which a robot may post; `spread` seconds keep robots apart after a crowded minute."""
    made = DeliveryAttempt.objects.filter(message__robot=robot, started_at__lte=now + MARGIN).order_by("-started_at")
    moment = now
    for most, window in LIMITS[Vendor(robot.vendor)]:
        last = made.values_list("started_at", flat=True)[most - 1 : most].first()
        if last is not None:
            moment = max(moment, last + window + MARGIN)
    return off_the_mark(moment, spread) if robot.vendor == Vendor.FEISHU else moment


def off_the_mark(moment: dt.datetime, spread: int) -> dt.datetime:
    """The moment itself, or one after the crowded minutes around a full or half hour."""
    early, late = CROWDED
    minute = timezone.localtime(moment).minute % 30
    if late <= minute < 30 + early:
        return moment
    wait = (late - minute) % 30
    return moment.replace(second=0, microsecond=0) + wait * MINUTE + spread * SECOND
