"""One round of the reminders: `manage.py tick [--now ISO]`."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reminders import services


class Command(BaseCommand):
    help = "执行一轮提醒：计划、汇总、发送 / one round of reminders"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", help="以此时刻为准，例如 2026-11-27T09:00 / as if it were this moment")

    def handle(self, *args: Any, **options: Any) -> None:
        done = services.run_due(now=moment(options["now"]))
        self.stdout.write(f"计划 {done.planned} 条，成信 {done.composed} 封，发出 {done.sent} 封")


def moment(text: str | None) -> dt.datetime:
    """The moment of an ISO text in the site's time zone; now without one."""
    if not text:
        return timezone.now()
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"看不懂时刻 {text!r}：请写成 2026-11-27T09:00") from error
    return found if timezone.is_aware(found) else timezone.make_aware(found)
