"""`manage.py ledger check|apply|undo|export`: ledgers without the page, for schedules and for proof."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from ledgers import exporting, fields, report, services
from ledgers.layouts.known import LAYOUTS
from ledgers.models import ImportJob
from ledgers.report import Checked
from ledgers.resources import tracks
from ledgers.services import Source
from ledgers.sheets import Refused
from ledgers.writing import mark_errors


class Command(BaseCommand):
    help = "台账导入、撤销与导出 / ledgers in and out"

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        for act, text in (("check", "检查，不改动 / change nothing"), ("apply", "导入 / import")):
            one = acts.add_parser(act, help=text)
            one.add_argument("file", type=Path)
            one.add_argument("--template", choices=sorted(LAYOUTS), default="")
            one.add_argument("--as", dest="user", default="", help="登录名，缺省为第一位招商中心负责人 / user name")
            one.add_argument("--json", action="store_true", help="一行 JSON / one line")
            one.add_argument("--report", type=Path, help="标出问题的工作簿 / the workbook with its problems marked")
            one.add_argument("--track", choices=list(tracks.OFFERED), help="没写项目类型的新项目按哪条路径登记 / their track")
            one.add_argument("--blank-clears", action="store_true", help="空白即清空 / blank cells erase")
        acts.add_parser("undo", help="撤销一次导入 / take an import back").add_argument("job", type=int)
        acts.add_parser("fields", help="docs/ledger-fields.md 的内容 / what each column becomes")
        self._add_export(acts.add_parser("export", help="导出 / export"))

    def _add_export(self, parser: ArgumentParser) -> None:
        parser.add_argument("--template", choices=sorted(LAYOUTS), required=True)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--as", dest="user", default="")
        parser.add_argument("--filter", action="append", default=[], help="筛选条件，如 stage=land.signed，可重复")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['act']}")(options)
        except (Refused, ValidationError) as error:
            raise CommandError(error.message if isinstance(error, Refused) else "；".join(error.messages)) from error
        except PermissionDenied as error:
            raise CommandError("这位用户没有导入或导出台账的权限") from error

    def _check(self, options: dict[str, Any]) -> None:
        file, template = options["file"], options["template"]
        source = Source(file, file.name, template, _answers(options), blank_clears=options["blank_clears"])
        checked = services.examine(source, by=person(options["user"]), today=timezone.localdate())
        self._tell(options, checked, None)

    def _apply(self, options: dict[str, Any]) -> None:
        by, now = person(options["user"]), timezone.now()
        with options["file"].open("rb") as content:
            job = services.upload(options["file"].name, File(content), by=by)
        job = services.answer(job, _answers(options), by=by)
        job.layout, job.blank_clears = options["template"], options["blank_clears"]
        checked = services.check(job, by=by, today=timezone.localdate(now))
        if not checked.problems:
            job = services.apply(job, by=by, now=now)
        self._tell(options, checked, job)
        if checked.problems:
            raise CommandError(f"有 {len(checked.problems)} 处问题，没有导入 / nothing was imported")

    def _undo(self, options: dict[str, Any]) -> None:
        job = ImportJob.objects.get(pk=options["job"])
        undone = services.undo(job, by=job.applied_by or person(""), now=timezone.now())
        self.stdout.write(f"已撤销：恢复 {undone.restored} 处")
        for sentence in undone.refused:
            self.stderr.write(sentence)

    def _export(self, options: dict[str, Any]) -> None:
        filters = dict(item.split("=", 1) for item in options["filter"])
        by = person(options["user"])
        written = exporting.export(LAYOUTS[options["template"]], options["out"], by=by, now=timezone.now(), filters=filters)
        self.stdout.write(f"已导出 {written} 行")

    def _fields(self, options: dict[str, Any]) -> None:
        self.stdout.write(fields.as_markdown(), ending="")

    def _tell(self, options: dict[str, Any], checked: Checked, job: ImportJob | None) -> None:
        if options["report"]:
            mark_errors(options["file"], options["report"], checked.problems)
        if options["json"]:
            self.stdout.write(json.dumps({**report.of(checked), "job": job.pk if job else None}, ensure_ascii=False))
            return
        for kind, label in (("create", "新增"), ("update", "修改"), ("unchanged", "不变")):
            counts = checked.plan.counts[kind]
            self.stdout.write(f"{label}：" + ("、".join(f"{name} {n}" for name, n in counts.items()) or "无"))
        for found in checked.problems:
            self.stdout.write(f"{found.sheet}!{found.cell or found.row} {found.column}“{found.value}”：{found.message}")


def _answers(options: dict[str, Any]) -> dict[str, str]:
    return {tracks.ALL: options["track"]} if options["track"] else {}


def person(username: str) -> User:
    """The user of this name, or the first head of the investment centre; raises CommandError."""
    users = User.objects.active().filter(username=username) if username else User.objects.with_role(Role.MANAGER)
    found: User | None = users.order_by("pk").first()
    if found is None:
        raise CommandError(f"没有用户“{username}”" if username else "没有招商中心负责人：请用 --as 指明用户")
    return found
