"""`manage.py import_holidays FILE [--check]`: the holidays and working days of a year, as the State Council announced them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.models import Holiday
from reminders import holidays


class Command(BaseCommand):
    help = "导入放假调休安排（CSV 或 JSON：date, kind 放假|上班, name）/ import holidays; the same file twice changes nothing"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV 或 JSON 文件 / the file")
        parser.add_argument("--check", action="store_true", help="只检查，不写入 / change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            found = holidays.read(path.read_bytes(), file_name=path.name)
        except OSError as error:
            raise CommandError(f"读不了 {path}：{error.strerror}") from error
        if found.faults:
            raise CommandError("没有导入，请改正后重来：\n" + "\n".join(found.faults))
        done = holidays.import_days(found.days, by=None, check=options["check"])
        for year, kinds in found.by_year().items():
            free, working = kinds[Holiday.Kind.HOLIDAY], kinds[Holiday.Kind.WORKDAY]
            self.stdout.write(f"{year} 年：放假 {free} 天，调休上班 {working} 天")
        said = "检查通过，将" if options["check"] else "已"
        self.stdout.write(f"{said}新增 {done.new} 天，更改 {done.changed} 天；{done.same} 天相同，不动")
        if done.left:
            self.stdout.write(f"表中另有 {done.left} 天不在此文件里，保留：请在“节假日”中核对")
