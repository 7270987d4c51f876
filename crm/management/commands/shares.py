"""`manage.py shares [--check]`: make the shares of members and park staff true, or say how many are not."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from parks import services as parks
from parks.models import Park
from projects import services as projects
from projects.models import Project


class Command(BaseCommand):
    help = "按项目成员和园区人员重算共享 / recompute shares"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="只检查，不改动 / change nothing")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        changed = sum(projects.keep_shares(row) for row in Project.objects.filter(members__user__isnull=False).distinct())
        changed += sum(parks.keep_shares(row) for row in Park.objects.filter(staff__isnull=False).distinct())
        if not options["check"]:
            self.stdout.write(f"已更正 {changed} 条共享")
            return
        transaction.set_rollback(True)
        if changed:
            raise CommandError(f"有 {changed} 条共享与成员不符：请运行 manage.py shares")
        self.stdout.write("共享与成员一致")
