"""One post a working day into the group of each robot: what its department has to reach today, and what is overdue."""

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import DIGEST_AT
from accounts.scope import departments_below
from core.working_days import Calendar
from outbox import services as outbox
from outbox.models import Channel, Message
from outbox.robot import Robot
from projects.discreet import Discretion
from projects.models import Milestone, Project
from reminders import pilots
from reminders.moments import QUIET_DAYS

log = logging.getLogger(__name__)

MAX_LINES = 10
LONGEST_NAME = 30  # letters
RECHECK = "reminders.groups.recheck"


def compose_posts(now: dt.datetime) -> int:
    """Make the day's post of every robot that is enabled; returns how many are new. None during a trial."""
    local = timezone.localtime(now)
    days = Calendar.load()
    if not DIGEST_AT <= local.time() < settings.DIGEST_UNTIL or not days.is_working_day(local.date()):
        return 0
    robots = {_key(robot, local.date()): robot for robot in Robot.objects.filter(enabled=True)}
    told = set(Message.objects.filter(key__in=robots).values_list("key", flat=True)) if robots else set()
    left = [(key, robot) for key, robot in robots.items() if key not in told]
    if not left or pilots.running(local.date()):
        return 0
    return sum(_post(robot, key, days, now) for key, robot in left)


def recheck(message: Message, now: dt.datetime) -> str:
    """Just before posting: yesterday's post is not made up for, today's says what holds now."""
    robot, today = message.robot, timezone.localdate(now)
    if robot is None or robot.deleted_at is not None or not robot.enabled:
        return _("群机器人已停用")
    if message.key != _key(robot, today):
        return _("当天已过，由下一个工作日的通报代替")
    if pilots.running(today):
        return _("提醒正在试运行")
    text = words(robot, today=today, days=Calendar.load())
    if not text:
        return _("所提醒的事项都已办结、改期或取消")
    if text != message.text:
        message.text = text
        message.save(update_fields=["text"])
    return ""


def words(robot: Robot, *, today: dt.date, days: Calendar) -> str:
    """The text of a day, in the language of the site: number, milestone, days and link; empty when nothing is due."""
    rows = _due(robot, today, days)
    count = rows.count()
    if not count:
        return ""
    discretion = Discretion.load()
    with translation.override(settings.LANGUAGE_CODE):
        head = _("%(day)s 到期与逾期节点 %(n)d 项") % {"day": today, "n": count}
        lines = [f"{n}. {_line(row, discretion, today, days)}" for n, row in enumerate(rows[:MAX_LINES], start=1)]
        if count > MAX_LINES:
            lines.append(
                _("另有 %(n)d 项：%(url)s") % {"n": count - MAX_LINES, "url": settings.SITE_URL + reverse("desk:milestones")}
            )
    return "\n".join([head, *lines])


def _post(robot: Robot, key: str, days: Calendar, now: dt.datetime) -> bool:
    """Queue one robot's post; a failure is logged and leaves every other alone."""
    today = timezone.localdate(now)
    try:
        text = words(robot, today=today, days=days)
        if not text:
            return False
        with transaction.atomic():
            return outbox.enqueue(key, robot, text.partition("\n")[0], text, recheck=RECHECK, now=now)[1]
    except Exception:
        log.exception("the post of robot %s could not be written", robot.pk)
        return False


def _key(robot: Robot, day: dt.date) -> str:
    return f"group|{robot.public_id}|{day}|{Channel.ROBOT.value}"


def _due(robot: Robot, today: dt.date, days: Calendar) -> QuerySet[Milestone]:
    """Open milestones due up to today of the department and all below it, the latest first.

    Sensitive projects are not spoken of in groups, nor is what a bulk confirmation has just woken.
    """
    rows = Milestone.objects.due_by(today).of_running_projects()
    rows = rows.filter(project__department__in=departments_below(robot.department_id))
    rows = rows.exclude(project__confidentiality=Project.Confidentiality.SENSITIVE)
    rows = rows.exclude(Q(bulk_confirmed=True, confirmed_at__gte=_quiet_since(today, days)))
    return rows.select_related("project").prefetch_related("project__parties__company").order_by("-due_on", "id")


def _quiet_since(today: dt.date, days: Calendar) -> dt.datetime:
    """From which moment on a bulk confirmation still keeps quiet."""
    day = today
    while days.working_days_between(day, today) <= QUIET_DAYS:
        day -= dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))


def _line(row: Milestone, discretion: Discretion, today: dt.date, days: Calendar) -> str:
    late = days.working_days_between(row.due_on, today)
    when = _("逾期 %(n)d 个工作日") % {"n": late} if late > 0 else _("今天到期")
    name = discretion.milestone(row, _("节点"))[:LONGEST_NAME]
    return f"{row.project.code or _('（未编号）')} {name} {when} {settings.SITE_URL}{row.project.get_absolute_url()}"
