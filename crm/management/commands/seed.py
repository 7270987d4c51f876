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
            self._removed("演示", seeding.remove_demo(now=timezone.now()))
        elif options["remove_press"]:
            self._removed("报道", seeding.remove_press(now=timezone.now()))
        else:
            self._load()

    def _load(self) -> None:
        seeding.sync_roles()
        seeded = seeding.seed(press=settings.CONFIG.seed)
        self.stdout.write(f"新装入 {seeded.rows} 条" if seeded.rows else "没有新数据")
        for sentence in seeded.refused:
            self.stderr.write(f"未装入 {sentence}")

    def _removed(self, what: str, counts: dict[str, int]) -> None:
        kinds = "、".join(f"{kind} {count}" for kind, count in counts.items())
        self.stdout.write(f"已移除 {sum(counts.values())} 条{what}数据" + (f"：{kinds}" if kinds else ""))

    def _diff(self) -> None:
        reference = seeding.Loader(seeding.REFERENCE)
        reference.find(reference.rows())
        found = [*seeding.differences(seeding.REFERENCE)]
        found += seeding.differences(seeding.PRESS, others={seeding.REFERENCE: reference})
        for key, name, there, here in found:
            self.stdout.write(f"{key} {name}：种子 {there} ≠ 现值 {here}")
        self.stdout.write(f"共 {len(found)} 处不同")
