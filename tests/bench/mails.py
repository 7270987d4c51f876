"""R15: what delivery costs beside the bare work, and whether old rows slow it down.

The floor is one reused SMTP connection that hands the very same mails, already written, to the very same server,
which puts each on its disk before it answers. `make bench ARGS=--mails` measures this alone.
"""

import datetime as dt
import email.policy
import logging
import smtplib
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import batched

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections

from accounts.models import User
from outbox import services as outbox
from outbox.channels.mail import _mail
from outbox.models import Message
from outbox.policy import Policy
from projects.models import Milestone
from reminders import services as reminders
from reminders.models import Reminder, ReminderRule
from tests.chaos import scene, sink
from tests.servers import LOOPBACK, free_port

DUE = 300  # reminders; two digests for three of them
HISTORY = (1_000, 200_000)  # old reminders and messages, of each so many
ROUNDS = 5
TARGET = 0.5
BATCH = 2_000
LONG_AGO = scene.MORNING - dt.timedelta(days=200)
type Say = Callable[[str], None]


def run(say: Say) -> None:
    """Print mails a second as a share of the floor, then claims and ticks with little and with much history."""
    say(f"\n发信（{connection.vendor}）/ delivery (R15)")
    settings.DELIVERY = Policy()
    logging.getLogger("outbox").setLevel(logging.WARNING)  # a line for each mail
    with _server() as port:
        _throughput(port, say)
        _history(say)


def _throughput(port: int, say: Say) -> None:
    scene.add(DUE)
    reminders.plan(scene.MORNING)
    reminders.compose(scene.MORNING)
    digests = list(Message.objects.filter(status=Message.Status.PENDING).select_related("recipient").order_by("id"))
    plain = [_plain(message) for message in digests]
    mails = [
        (message.recipient.email, _mail(message).message(policy=email.policy.SMTP).as_bytes())
        for message in digests
        if message.recipient
    ]
    before = _floor(port, mails)
    digest_rate = _rate(len(digests))
    Message.objects.bulk_create(plain, BATCH)
    plain_rate = _rate(len(plain))
    floor = statistics.mean([before, _floor(port, mails)])
    say(f"{floor:>8.0f} 封/秒  底线：一条复用的 SMTP 连接 / the floor")
    for label, rate in (("不复核的消息 / messages without a recheck", plain_rate), ("汇总，逐封复核 / digests", digest_rate)):
        say(f"{rate:>8.0f} 封/秒  {label}：底线的 {rate / floor:.2f} 倍（目标 ≥ {TARGET}）")


def _plain(message: Message) -> Message:
    """The same mail as it would be from a producer that has nothing to look up again."""
    key = f"bench|{message.key}"
    copy = {"key": key, "message_id": outbox.message_id(key), "recheck": "", "next_at": message.next_at}
    same = {name: getattr(message, name) for name in ("recipient", "channel", "subject", "text", "html", "headers")}
    return Message(**copy, **same)


def _rate(number: int) -> float:
    """Mails a second that one worker delivers."""
    began = time.perf_counter()
    sent = 0
    while done := outbox.deliver(scene.MORNING):
        sent += done
    assert sent == number, f"{sent} of {number} sent"
    return sent / (time.perf_counter() - began)


def _floor(port: int, mails: list[tuple[str, bytes]]) -> float:
    began = time.perf_counter()
    with smtplib.SMTP(LOOPBACK, port, timeout=10) as line:
        for address, content in mails:
            line.sendmail("crm@example.invalid", [address], content)
    return len(mails) / (time.perf_counter() - began)


def _history(say: Say) -> None:
    ticks, claims = [], []
    made = 0
    for size in HISTORY:
        _grow(made, size)
        made = size
        ticks.append(_ticks())
        claims.append(_claims())
    say(f"{1000 * claims[0]:>8.1f} ms  领取一封，p95，{HISTORY[0]:,} 封旧消息 / p95 of a claim")
    say(f"{1000 * claims[1]:>8.1f} ms  同上，{HISTORY[1]:,} 封：{claims[1] / claims[0]:.1f} 倍")
    say(f"{ticks[0]:>8.3f} s   空转一轮，{HISTORY[0]:,} 条旧提醒 / a tick that finds nothing")
    say(f"{ticks[1]:>8.3f} s   同上，{HISTORY[1]:,} 条：{ticks[1] / ticks[0]:.1f} 倍")


def _grow(begin: int, end: int) -> None:
    """So many old messages that were sent, each with a reminder in it."""
    rule, person = ReminderRule.objects.get(code=scene.RULE), User.objects.order_by("id")[0]
    kind = ContentType.objects.get_for_model(Milestone)
    for numbers in batched(range(begin, end), BATCH):
        messages = Message.objects.bulk_create([_old_message(n, person) for n in numbers])
        Reminder.objects.bulk_create(
            Reminder(
                key=f"milestone:{message.key}",
                rule=rule,
                content_type=kind,
                object_id=10**9,
                recipient=person,
                due_on=LONG_AGO.date(),
                remind_on=LONG_AGO.date(),
                relation=Reminder.Relation.FOLLOWER,
                status=Reminder.Status.SENT,
                message=message,
                created_at=LONG_AGO,
                sent_at=LONG_AGO,
            )
            for message in messages
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _old_message(n: int, person: User) -> Message:
    words = {"subject": "测试提醒", "text": "测试正文", "message_id": f"{n}@example.invalid"}
    moments = {"next_at": LONG_AGO, "sent_at": LONG_AGO}
    return Message(key=f"bench-old|{n}", recipient=person, status=Message.Status.SENT, **words, **moments)


def _ticks() -> float:
    """The median of rounds that find nothing; the first of the day, which sets the lights, is not among them."""
    reminders.run_due(scene.MORNING)
    taken = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        reminders.run_due(scene.MORNING)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _claims(number: int = 100) -> float:
    """p95 of claiming one of the messages that wait."""
    person = User.objects.order_by("id")[0]
    begin = Message.objects.count()
    waiting = [_old_message(begin + n, person) for n in range(number)]
    for message in waiting:
        message.key, message.status, message.sent_at = f"bench-claim|{message.message_id}", Message.Status.PENDING, None
    taken = []
    for message in Message.objects.bulk_create(waiting):
        began = time.perf_counter()
        outbox.claim(message, now=scene.MORNING)
        taken.append(time.perf_counter() - began)
    Message.objects.filter(key__startswith="bench-claim|").delete()
    return statistics.quantiles(taken, n=20)[-1]


@contextmanager
def _server() -> Iterator[int]:
    port = free_port()
    connections.close_all()  # the server is a fork
    before = settings.MAILERS
    settings.MAILERS = {"default": replace(settings.CONFIG, email_url=f"smtp://{LOOPBACK}:{port}?timeout=10").mailer}
    with sink.running(port, seed=0):
        yield port
    settings.MAILERS = before
