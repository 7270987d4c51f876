"""`manage.py reminders preview [--days 30] [--user NAME]`: what would go to whom and when."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from reminders import services


class Command(BaseCommand):
    help = "预览提醒，不发送 / preview reminders, sending nothing"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["preview"])
        parser.add_argument("--days", type=int, default=30, help="未来天数 / days ahead")
        parser.add_argument("--user", help="只看此人 / only this person")

    def handle(self, *args: Any, **options: Any) -> None:
        user = None
        if options["user"] and (user := User.objects.filter(username=options["user"]).first()) is None:
            raise CommandError(f"没有用户 {options['user']}")
        weeks: Counter[tuple[str, str]] = Counter()
        for day, person, items in services.preview(now=timezone.now(), days=options["days"], user=user):
            year, week, _day = day.isocalendar()
            weeks[person.display, f"{year} 年第 {week} 周"] += len(items)
            self.stdout.write(f"{day} → {person.display}：{len(items)} 项")
            for item in items:
                self.stdout.write(f"    {item.subject}（{item.due_on}，{item.rule.code}）")
        self.stdout.write("每人每周行数 / lines per person and week：" if weeks else "没有要发的提醒 / nothing to send")
        for (name, label), count in weeks.items():
            self.stdout.write(f"    {name} {label}：{count}")
