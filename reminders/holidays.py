"""The days that the State Council makes free or working days, read from a file and kept in the Holiday table."""

import csv
import datetime as dt
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import services as audit
from core.actor import Actor
from core.models import Holiday

Kind = Holiday.Kind
KINDS = {
    **dict.fromkeys(["放假", "休假", "休", "假", "holiday"], Kind.HOLIDAY),
    **dict.fromkeys(["上班", "调休上班", "调休", "班", "workday"], Kind.WORKDAY),
}
HEADS = {"date": "date", "日期": "date", "kind": "kind", "类别": "kind", "name": "name", "名称": "name", "节日": "name"}
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
YEARS = range(2000, 2101)
NAME = 40  # characters of the column
EXAMPLE = '{"date": "2027-01-01", "kind": "放假", "name": "元旦"}'


@dataclass(frozen=True)
class Day:
    """One day of a file, and where it stands there."""

    date: dt.date
    kind: str
    name: str
    line: int


@dataclass
class Reading:
    """The days of a file and what is wrong with it, each fault with its line."""

    days: list[Day] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def by_year(self) -> dict[int, Counter[str]]:
        """How many days of each kind a year has."""
        found: dict[int, Counter[str]] = {}
        for day in sorted(self.days, key=lambda item: item.date):
            found.setdefault(day.date.year, Counter())[day.kind] += 1
        return found


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do."""

    new: int
    changed: int
    same: int
    left: int  # days of the same years that stand in the table and not in the file


def read(content: bytes, *, file_name: str) -> Reading:
    """The days of a CSV file (with a head line) or of a JSON list of {"date", "kind", "name"}; UTF-8, or GBK as WPS saves it."""
    found = Reading()
    text = _text(content)
    if text is None:
        found.faults.append(_("文件编码读不懂：请另存为 UTF-8"))
        return found
    rows = _json(text, found) if file_name.lower().endswith(".json") else _csv(text, found)
    seen: dict[dt.date, int] = {}
    for line, row in rows:
        day = _day(line, row, found)
        if day is None:
            continue
        if day.date in seen:
            found.faults.append(_("第 %(n)d 行：%(day)s 已在第 %(m)d 行出现") % {"n": line, "day": day.date, "m": seen[day.date]})
            continue
        seen[day.date] = line
        found.days.append(day)
    if not found.days and not found.faults:
        found.faults.append(_("文件里没有任何一天"))
    return found


@transaction.atomic
def import_days(days: Sequence[Day], *, by: Actor | None, check: bool = False) -> Imported:
    """Insert the days that are missing and change those that differ; the same file twice changes nothing.

    Days that stand in the table and not in the file are counted and stay. `by=None` is the command line.
    """
    known = {row.date: row for row in Holiday.objects.filter(date__year__in={day.date.year for day in days})}
    fresh = [Holiday(date=day.date, kind=day.kind, name=day.name) for day in days if day.date not in known]
    other = [day for day in days if day.date in known and _differs(known[day.date], day)]
    done = Imported(len(fresh), len(other), len(days) - len(fresh) - len(other), len(known.keys() - {day.date for day in days}))
    touched = fresh + [_filled(known[day.date], day) for day in other]
    if check or not touched:
        return done
    for row in touched:
        row.save()
    years = sorted({str(row.date.year) for row in touched})
    audit.record("holidays.imported", touched[0], by=by, rows=len(touched), changes={"years": years})
    return done


def _differs(row: Holiday, day: Day) -> bool:
    return (row.kind, row.name) != (day.kind, day.name)


def _filled(row: Holiday, day: Day) -> Holiday:
    row.kind, row.name = day.kind, day.name
    return row


def _text(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _csv(text: str, found: Reading) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    heads = [HEADS.get(cell.strip().lower(), "") for cell in next(reader, [])]
    if lacking := [name for name in ("date", "kind") if name not in heads]:
        names = {"date": _("日期（date）"), "kind": _("类别（kind）")}
        found.faults.append(_("第 1 行：标题缺少 %(names)s") % {"names": "、".join(names[name] for name in lacking)})
        return
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, dict(zip(heads, cells, strict=False))


def _json(text: str, found: Reading) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each item with the line on which it begins, as far as that can be told from the text."""
    try:
        items = json.loads(text)
    except json.JSONDecodeError as error:
        found.faults.append(_("第 %(n)d 行：不是有效的 JSON（%(why)s）") % {"n": error.lineno, "why": error.msg})
        return
    if not isinstance(items, list):
        found.faults.append(_("第 1 行：JSON 应是一个列表，每项如 %(example)s") % {"example": EXAMPLE})
        return
    lines = [text.count("\n", 0, at.start()) + 1 for at in re.finditer(r"\{", text)]
    for n, item in enumerate(items):
        line = lines[n] if n < len(lines) else n + 1
        if isinstance(item, dict):
            yield line, {HEADS.get(str(key).lower(), ""): value for key, value in item.items()}
        else:
            found.faults.append(_("第 %(n)d 行：不是一个对象：%(what)s") % {"n": line, "what": item})


def _day(line: int, row: dict[str, Any], found: Reading) -> Day | None:
    """One day, or None and the faults of its line."""
    typed, kind = str(row.get("date") or "").strip(), str(row.get("kind") or "").strip()
    name = str(row.get("name") or "").strip()
    date, faults = _date(typed), []
    if date is None:
        faults.append(_("日期“%(typed)s”读不懂：请写成 2027-01-01") % {"typed": typed})
    elif date.year not in YEARS:
        faults.append(_("年份 %(year)d 不在 2000–2100 之内") % {"year": date.year})
    if kind.lower() not in KINDS:
        faults.append(_("类别“%(kind)s”读不懂：请写 放假 或 上班") % {"kind": kind})
    if len(name) > NAME:
        faults.append(_("名称超过 %(n)d 个字") % {"n": NAME})
    found.faults += [_("第 %(n)d 行：%(fault)s") % {"n": line, "fault": fault} for fault in faults]
    return None if faults or date is None else Day(date, KINDS[kind.lower()], name, line)


def _date(typed: str) -> dt.date | None:
    match = DAY.fullmatch(typed)
    if match is None:
        return None
    try:
        return dt.date(*map(int, match.groups()))
    except ValueError:
        return None
