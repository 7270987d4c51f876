"""One round of the reminders: `manage.py tick [--now ISO] [--confirm-clock USERNAME]`."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from outbox import services as outbox
from reminders import services


class Command(BaseCommand):
    help = "执行一轮提醒：计划、汇总、发送 / one round of reminders"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", help="以此时刻为准，例如 2026-11-27T09:00 / as if it were this moment")

        parser.add_argument(
            "--confirm-clock",
            metavar="USERNAME",
            help="此人已核对日期无误：停机三十天以上后恢复发送 / this person has checked the date",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = moment(options["now"])
        if options["confirm_clock"]:
            outbox.confirm_clock(by=person(options["confirm_clock"]), now=now)
        elif ahead := outbox.leap(now):
            raise CommandError(
                f"系统时钟比上一轮提前了 {ahead.days} 天，提醒已停发。请核对日期；无误时执行 manage.py tick --confirm-clock 用户名"
            )
        done = services.run_due(now=now)
        self.stdout.write(f"计划 {done.planned} 条，成信 {done.composed} 封，发出 {done.sent} 封")


def person(username: str) -> User:
    found: User | None = User.objects.active().filter(username=username).first()
    if found is None:
        raise CommandError(f"没有在用的账号 {username!r}")
    return found


def moment(text: str | None) -> dt.datetime:
    """The moment of an ISO text in the site's time zone; now without one."""
    if not text:
        return timezone.now()
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"看不懂时刻 {text!r}：请写成 2026-11-27T09:00") from error
    return found if timezone.is_aware(found) else timezone.make_aware(found)
