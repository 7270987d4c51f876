"""The list of messages with its filters, and the whole story of one."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.scope import visible
from outbox.models import Channel, Circuit, DeliveryAttempt, Message
from outbox.words import CAUSES, Cause, cause_of, codes_of
from projects.filters import ALL
from reminders.models import Reminder

Status = Message.Status
Outcome = DeliveryAttempt.Outcome


class MessageFilter(django_filters.FilterSet):  # type: ignore[misc]
    """By person, state, channel, cause of the failure, and day it was made."""

    q = django_filters.CharFilter(label=gettext_lazy("收件人、主题"), method="search", max_length=60)
    status = django_filters.ChoiceFilter(label=gettext_lazy("状态"), choices=Status.choices, empty_label=ALL)
    channel = django_filters.ChoiceFilter(label=gettext_lazy("渠道"), choices=Channel.choices, empty_label=ALL)
    cause = django_filters.ChoiceFilter(
        label=gettext_lazy("未送达原因"), choices=[(c.slug, c.title) for c in CAUSES.values()], empty_label=ALL, method="of_cause"
    )

    def __init__(self, data: QueryDict, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset)

    def search(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        for word in text.split():
            person = Q(recipient__display_name__icontains=word) | Q(recipient__username__icontains=word)
            rows = rows.filter(person | Q(robot__name__icontains=word) | Q(subject__icontains=word))
        return rows

    def of_cause(self, rows: QuerySet[Any], name: str, slug: str) -> QuerySet[Any]:
        """Messages whose last attempt failed for one cause; asked of those that did not arrive."""
        open_rows = rows.filter(status__in=[Status.DEAD, Status.PENDING])
        codes = set(open_rows.exclude(code="").order_by().values_list("code", flat=True))
        return open_rows.filter(code__in=codes_of(slug, codes))


@dataclass(frozen=True)
class Step:
    """One line of a message's story."""

    at: dt.datetime
    title: str
    detail: str = ""
    reply: str = ""
    worker: str = ""
    took: int | None = None
    bad: bool = False


class Story:
    """What one message is about, everything that was tried, what comes next and what one can do."""

    def __init__(self, message: Message, user: User, *, now: dt.datetime) -> None:
        self.message, self.user, self.now = message, user, now
        self.attempts = list(message.attempts_made.order_by("n"))
        self.mine = message.recipient_id == user.pk
        self.mends = Message.objects.mendable_by(user).filter(pk=message.pk).exists()

    @property
    def cause(self) -> Cause | None:
        """Why the last attempt failed, while the message has not arrived."""
        failed = self.attempts and self.attempts[-1].outcome in (Outcome.RETRY, Outcome.DEAD)
        return cause_of(self.attempts[-1].code) if failed and self.message.status != Status.SENT else None

    def steps(self) -> Iterator[Step]:
        yield Step(self.message.created_at, _("生成"))
        for row in self.attempts:
            yield self._step(row)
        if self.message.status == Status.SENT and self.message.sent_at:
            yield Step(self.message.sent_at, _("已送出"), _("邮件服务器已收下。"))

    def _step(self, row: DeliveryAttempt) -> Step:
        failed = row.outcome in (Outcome.RETRY, Outcome.DEAD)
        took = round((row.ended_at - row.started_at).total_seconds()) if row.ended_at else None
        title = _("第 %(n)d 次：%(outcome)s") % {"n": row.n, "outcome": row.get_outcome_display()}
        detail = str(cause_of(row.code).title) if failed else ""
        if row.outcome == Outcome.STARTED:
            detail = _("没有结果：正在发送，或执行者中断（租约到期后由下一轮接手）。")
        code = f"{row.code} " if row.code else ""
        return Step(row.started_at, title, detail, f"{code}{row.text}".strip(), row.worker, took, failed)

    def next_step(self) -> str:
        """What happens next, by itself or by whom."""
        message, circuit = self.message, self._circuit()
        if message.status == Status.PENDING and circuit and circuit.open_until and circuit.open_until > self.now:
            return _("渠道“%(channel)s”连续失败 %(n)d 次，暂停至 %(at)s，到时先试一封；不消耗这封邮件的次数。") % {
                "channel": message.get_channel_display(),
                "n": circuit.failures,
                "at": _clock(circuit.open_until),
            }
        if message.status == Status.PENDING:
            return _("下一次发送：%(at)s") % {"at": _clock(message.next_at)}
        if message.status == Status.SENDING and message.lease_until:
            return _("正在发送；若执行者中断，%(at)s 之后由下一轮接手。") % {"at": _clock(message.lease_until)}
        if message.status == Status.DEAD:
            return _("系统不再自动发送：改正原因后请点“重新发送”。")
        return ""

    def _circuit(self) -> Circuit | None:
        return Circuit.objects.filter(channel=self.message.circuit).first()

    def reminders(self) -> tuple[list[Reminder], int]:
        """The reminders in it whose subject the viewer may read (his own all), and how many others there are."""
        rows = list(Reminder.objects.filter(message=self.message).with_subjects().order_by("due_on", "id"))
        shown = rows if self.mine else [row for row in rows if row.subject in self._readable(rows)]
        return shown, len(rows) - len(shown)

    def _readable(self, rows: list[Reminder]) -> set[Any]:
        """The subjects the viewer may read, with one query a kind."""
        if not hasattr(self, "_seen"):
            kinds: dict[Any, list[int]] = {}
            for row in rows:
                if row.subject is not None:
                    kinds.setdefault(type(row.subject), []).append(row.object_id)
            self._seen: set[Any] = set()
            for model, keys in kinds.items():
                self._seen |= set(visible(model, self.user).filter(pk__in=keys))
        return self._seen

    @property
    def can_retry(self) -> bool:
        return self.mends and self.message.status == Status.DEAD

    @property
    def can_withdraw(self) -> bool:
        return self.mends and self.message.status in (Status.DEAD, Status.PENDING)


def listed(user: User) -> QuerySet[Any]:
    """The messages a person may see, with the cause of the last failure and whether he may send them again."""
    mends = Message.objects.mendable_by(user).filter(pk=OuterRef("pk"))
    rows = Message.objects.visible_to(user).with_code().select_related("recipient", "robot").defer("text", "html")
    found: QuerySet[Any] = rows.annotate(mends=Exists(mends)).order_by("-id")
    return found


def _clock(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%m-%d %H:%M}"
