"""What the head of every page shows: unread reminders, mail that did not arrive, and whether mail goes out at all."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import Scope
from desk import waiting
from outbox.models import MENDERS, Message
from outbox.services.pulse import Pulse, columns
from reminders.models import Reminder


@dataclass(frozen=True)
class Head:
    """The numbers of one person, and the pulse of the delivery."""

    unread: int = 0
    mine_dead: int = 0
    dead: int = 0
    pulse: Pulse | None = None
    mends: bool = False
    report_ups: int = 0
    date_requests: int = 0
    missing_year: int | None = None

    @property
    def banner(self) -> str:
        """Why no mail goes out and what to do, for those who can act; for all others only that it does not; else nothing."""
        if self.pulse is None or self.pulse.word in ("ok", "starting"):
            return ""
        if not self.mends:
            return _("提醒邮件目前发不出去，管理人员已看到此提示。您的提醒仍列在“提醒”里。")
        return BANNERS[self.pulse.word](self.pulse)


def of(request: HttpRequest) -> Head:
    """The head of a page, asked once a request (one query)."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return Head()
    found: Head | None = getattr(request, "_head", None)
    if found is None:
        found = read(user, now=timezone.now())
        request._head = found  # type: ignore[attr-defined]
    return found


def read(user: User, *, now: dt.datetime) -> Head:
    unread = Reminder.objects.current().filter(recipient=user, draft=False, read_at=None)
    dead = Message.objects.dead()
    counts = {
        "unread": waiting.count(unread),
        "mine_dead": waiting.count(dead.filter(recipient=user)),
        "dead": waiting.count(dead & Message.objects.mendable_by(user)),
    }
    today = timezone.localdate(now)
    row = User.objects.filter(pk=user.pk).values(**counts, **columns(now), **waiting.columns(user, today)).get()
    pulse = Pulse(now, row["started_at"], row["ended_at"], row["due_at"])
    mends = bool(Scope.of(user).roles & MENDERS)
    missing = waiting.missing_year(row, today)
    return Head(row["unread"], row["mine_dead"], row["dead"], pulse, mends, row["ups_waiting"], row["dates_asked"], missing)


def _held(pulse: Pulse) -> str:
    return _(
        "系统时钟比上一轮提前了 %(days)d 天，提醒已停发。请核对服务器日期；无误时执行 manage.py tick --confirm-clock 登录名"
    ) % {"days": pulse.ahead.days}


def _stopped(pulse: Pulse) -> str:
    if pulse.ended_at is None:
        return _("定时任务还没有运行过，提醒不会发出。请系统管理员启动 manage.py serve（或定时执行 manage.py tick）。")
    at = timezone.localtime(pulse.ended_at)
    return _("定时任务自 %(at)s 起没有运行，提醒不会发出。请系统管理员检查 manage.py serve 与日志。") % {
        "at": f"{at:%m-%d %H:%M}"
    }


def _late(pulse: Pulse) -> str:
    return _("有邮件已过应发时间 %(n)d 分钟仍未发出。请打开“邮件记录”查看原因。") % {"n": pulse.behind}


BANNERS = {"held": _held, "stopped": _stopped, "late": _late}
