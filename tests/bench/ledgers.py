"""Ledgers in and out, beside the bare work: reading the cells and inserting the very same rows.

`make bench ARGS="--ledgers 10000"`; also with `--db postgres`. Run on a copy of the 20,000 projects.
"""

import datetime as dt
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import batched
from pathlib import Path
from typing import Any

import tablib
import xlsxwriter
from django.apps import apps
from django.core.files import File
from django.db import connection, connections, models, transaction
from django.utils import timezone
from import_export import resources
from python_calamine import CalamineWorkbook

from accounts.models import User
from companies.models import Company
from core.dates import FuzzyDate
from ledgers import exporting, services
from ledgers.layouts.known import LAYOUTS
from ledgers.models import ImportJob
from ledgers.values import Amount
from ledgers.writing import write_xlsx
from projects.models import Project

BATCH = 500
PLAIN = 1_000  # rows of the plain import: its time grows with them
type Say = Callable[[str], None]


def run(rows: int, say: Say) -> None:
    """Print what an import, the same again, its undoing and an export of `rows` rows cost."""
    by = User.objects.get(username="bench-manager")
    say(f"\n台账 {rows:,} 行，{connection.vendor}，库中已有项目 {Project.objects.count():,} / a ledger of {rows:,} rows")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ledger.xlsx")
        _write(path, rows, by)
        say(f"文件 {path.stat().st_size / 2**20:.1f} MiB")
        before = _last_keys()
        first = _import(path, by, say, "导入")
        _import(path, by, say, "再导入同一份", beside=first)
        _floor(path, before, first, say)
        _export(Path(folder), rows, by, say)
        _undo(by, say)
    _plain(say)
    connections.close_all()


def _row(number: int) -> dict[str, Any]:
    day = dt.date(2025, 1, 1) + dt.timedelta(days=number % 600)
    return {
        "name": f"测试台账项目{number:06}",
        "investor": f"测试台账企业{number:06}有限公司",
        "investor_city": "广东深圳",
        "kind": "formal",
        "signed_on": FuzzyDate(day),
        "amount": Amount(Decimal(number % 90_000 + 100), "exact"),
        "fixed": Amount(Decimal(number % 90_000 + 50), "exact"),
        "focus": "教育装备",
        "site": f"测试路{number}号",
        "summary": "建设厂房与研发楼，购置设备",
        "stage": "公司注册",
        "start": FuzzyDate(day + dt.timedelta(days=200), "month"),
        "progress": "正在办理前期手续",
        "leaders": [f"测试领导{number % 9}"],
        "contact": [(f"联系人{number:06}", f"1380{number:07}"[:11])],
        "remark": f"备注{number}",
    }


def _write(path: Path, rows: int, by: User) -> None:
    layout, context = LAYOUTS["T1"], exporting.context(by, now=timezone.now())
    empty = dict.fromkeys(column.key for column in layout.columns)
    write_xlsx(path, layout, ({**empty, **_row(number)} for number in range(rows)), context=context, unmasked=True)


def _import(path: Path, by: User, say: Say, label: str, beside: float = 0) -> float:
    with path.open("rb") as content:
        job = services.upload(path.name, File(content), by=by)
    with _sign_ins() as waited:
        began, cpu = time.perf_counter(), time.process_time()
        job.layout = "T1"
        job = services.apply(job, by=by, now=timezone.now())
        taken, cpu = time.perf_counter() - began, time.process_time() - cpu
    assert job.status == ImportJob.Status.APPLIED
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratio = f"，为第一次的 {taken / beside:.2f}" if beside else ""
    say(f"{label}：{taken:.1f} s（CPU {cpu:.1f}）{ratio}；其间登录最长等待 {waited():.2f} s；峰值内存 {peak:.0f} MiB")
    return taken


@contextmanager
def _sign_ins() -> Iterator[Callable[[], float]]:
    """Another process that writes one row again and again, as a sign-in does; gives the longest wait in seconds."""
    context = multiprocessing.get_context("fork")
    longest, stop = context.Value("d", 0.0), context.Event()
    connections.close_all()
    process = context.Process(target=_keep_signing_in, args=(longest, stop))
    process.start()
    try:
        yield lambda: longest.value
    finally:
        stop.set()
        process.join(60)


def _keep_signing_in(longest: Any, stop: Any) -> None:
    person = User.objects.get(username="bench001")
    while not stop.wait(0.05):
        began = time.perf_counter()
        with transaction.atomic():
            User.objects.filter(pk=person.pk).update(last_login=timezone.now())
        longest.value = max(longest.value, time.perf_counter() - began)
    connections.close_all()


def _last_keys() -> dict[type[models.Model], int]:
    rows = {model: model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0 for model in apps.get_models()}
    return {model: key for model, key in rows.items() if isinstance(key, int)}


def _floor(path: Path, before: dict[type[models.Model], int], taken: float, say: Say) -> None:
    """Reading the file and inserting all rows of the first import once more, with keys, history, undo and provenance."""
    began = time.perf_counter()
    cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    read = time.perf_counter() - began
    made = {model: list(model._base_manager.filter(pk__gt=key).order_by("pk")) for model, key in before.items()}
    made = {model: rows for model, rows in made.items() if rows and model is not ImportJob and "session" not in model._meta.label}
    try:
        with transaction.atomic():
            with connection.constraint_checks_disabled():
                for model in made:
                    model._base_manager.filter(pk__gt=before[model])._raw_delete(connection.alias)
                began = time.perf_counter()
                for model, rows in made.items():
                    model._base_manager.bulk_create(rows, batch_size=BATCH)
                inserted = time.perf_counter() - began
            raise _Back
    except _Back:
        pass
    count = sum(len(rows) for rows in made.values())
    say(
        f"底线：读 {len(cells):,} 行 {read:.2f} s + bulk_create {count:,} 条 {inserted:.1f} s；导入 = {taken / (read + inserted):.2f} 倍"
    )


class _Back(Exception):
    """Takes the floor's rows back."""


def _export(folder: Path, rows: int, by: User, say: Say) -> None:
    target, layout = folder / "out.xlsx", LAYOUTS["T1"]
    chosen = Project.objects.filter(name__startswith="测试台账项目").order_by("pk")
    began = time.perf_counter()
    written = exporting.write(layout, target, chosen, by=by, now=timezone.now(), conditions={})
    taken = time.perf_counter() - began
    assert written == rows
    began = time.perf_counter()
    values = list(layout.rows(chosen, exporting.context(by, now=timezone.now())))
    fetched = time.perf_counter() - began
    began = time.perf_counter()
    _bare(folder / "bare.xlsx", values)
    bare = time.perf_counter() - began
    say(
        f"导出 {written:,} 行：{taken:.1f} s；取数 {fetched:.1f} s + xlsxwriter 裸写 {bare:.1f} s，为其 {taken / (fetched + bare):.2f} 倍"
    )


def _undo(by: User, say: Say) -> None:
    """Taking the first import back, after the second that changed nothing."""
    job = ImportJob.objects.filter(by=by, status=ImportJob.Status.APPLIED).order_by("pk")[0]
    began = time.perf_counter()
    undone = services.undo(job, by=by, now=timezone.now())
    taken = time.perf_counter() - began
    changes = job.changeset.changes.count() if job.changeset else 0
    say(f"撤销：{taken:.1f} s，{changes:,} 项改动，每秒 {changes / taken:.0f} 项；未恢复 {len(undone.refused)} 项")


def _bare(path: Path, rows: list[dict[str, Any]]) -> None:
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        for column, value in enumerate(row.values()):
            if value is not None:
                sheet.write_string(number, column, str(value))
    book.close()


class _PlainResource(resources.ModelResource):
    class Meta:
        model = Company
        fields = ["name", "city"]
        import_id_fields = ["name"]


def _plain(say: Say) -> None:
    """The stock import of one table, for the rows a second it makes."""
    data = tablib.Dataset(headers=["name", "city"])
    for some in batched(range(PLAIN), 100):
        data.extend([(f"测试普通企业{number:06}有限公司", "广东深圳") for number in some])
    department = User.objects.get(username="bench-manager").department
    resource_ = _PlainResource()
    resource_.before_save_instance = lambda instance, row, **options: setattr(instance, "department", department)
    began = time.perf_counter()
    result = resource_.import_data(data)
    taken = time.perf_counter() - began
    assert not result.has_errors()
    say(f"django-import-export 原样导入一张表：{PLAIN:,} 行 {taken:.1f} s，每秒 {PLAIN / taken:.0f} 行")
