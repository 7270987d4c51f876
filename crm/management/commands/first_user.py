"""The first person of an installation, and his one-time password."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import services
from accounts.models import Department, User
from accounts.roles import Role, sync_groups

CENTRE = "开放招商中心"


class Command(BaseCommand):
    help = "没有用户时建立第一位用户（招商中心负责人兼系统管理员）/ create the first user"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="给第一位用户新的一次性密码 / new one-time password")
        parser.add_argument("--password-file", help="把一次性密码写入此文件（0600）/ write the password to this file")
        parser.add_argument("--box-file", help="把要显示的内容写入此文件 / write what to show to this file")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        first = User.objects.order_by("pk").first()
        if first and not options["reset"]:
            return
        sync_groups()
        if options["reset"]:
            if first is None:
                raise CommandError("还没有用户：请先运行 manage.py first_user")
            user = self._manager()
            password = services.reset_password(user, by=None)
        else:
            name, email = self._ask()
            user, password = services.create_first_user(name, email, self._department())
        self._tell(user, password, options)

    def _manager(self) -> User:
        found: User | None = User.objects.with_role(Role.SYSADMIN).order_by("pk").first() or User.objects.order_by("pk").first()
        if found is None:
            raise CommandError("还没有用户：请先运行 manage.py first_user")
        return found

    def _ask(self) -> tuple[str, str]:
        if not sys.stdin.isatty():
            return "admin", settings.CONFIG.admin_email
        name = input("第一位用户的登录名 / user name [admin]: ").strip() or "admin"
        email = input(f"邮箱 / e-mail [{settings.CONFIG.admin_email or '可空'}]: ").strip() or settings.CONFIG.admin_email
        return name, email

    def _department(self) -> Department:
        found = Department.objects.filter(name=CENTRE).first()
        if found is None:
            found = Department(name=CENTRE, kind=Department.Kind.CENTRE)
            found.save()
        return found

    def _tell(self, user: User, password: str, options: dict[str, Any]) -> None:
        if options["password_file"]:
            write_private(Path(options["password_file"]), password + "\n")
            return
        lines = f"登录名 / user: {user.username}\n一次性密码 / one-time password: {password}\n首次登录后须修改 / must be changed at first sign-in\n"
        if options["box_file"]:
            write_private(Path(options["box_file"]), lines)
        else:
            self.stdout.write(lines)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
