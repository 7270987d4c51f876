"""`manage.py seed`: roles, reference data and the Shenzhen signing; see also --diff, --article, --remove-demo."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm import seeding


class Command(BaseCommand):
    help = "装入角色、参考数据和 2020 年深圳签约报道；不改动已有数据 / load the seed"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--diff", action="store_true", help="列出与种子不同之处 / show differences")
        parser.add_argument("--article", type=Path, help="装入报道全文（须同一 SHA-256）/ attach the article's text")
        parser.add_argument("--remove-demo", action="store_true", help="移除标有【演示】的数据 / remove demo rows")
        parser.add_argument("--remove-press", action="store_true", help="移除报道数据 / remove press rows")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._act(options)
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error

    def _act(self, options: dict[str, Any]) -> None:
        if options["diff"]:
            self._diff()
        elif options["article"]:
            self.stdout.write(f"已装入：{seeding.attach_article(options['article'])}")
        elif options["remove_demo"]:
            self.stdout.write(f"已移除 {seeding.remove_demo(now=timezone.now())} 条演示数据")
        elif options["remove_press"]:
            self.stdout.write(f"已移除 {seeding.remove_press(now=timezone.now())} 条报道数据")
        else:
            seeding.sync_roles()
            count = seeding.seed(press=settings.CONFIG.seed)
            self.stdout.write(f"新装入 {count} 条" if count else "没有新数据")

    def _diff(self) -> None:
        reference = seeding.Loader(seeding.REFERENCE)
        reference.find(reference.rows())
        found = [*seeding.differences(seeding.REFERENCE)]
        found += seeding.differences(seeding.PRESS, others={seeding.REFERENCE: reference})
        for key, name, there, here in found:
            self.stdout.write(f"{key} {name}：种子 {there} ≠ 现值 {here}")
        self.stdout.write(f"共 {len(found)} 处不同")
