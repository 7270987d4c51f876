"""The weekly report (domain.md 5.3): five sections and a list of lights, every figure from one snapshot."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation

from accounts.models import User
from projects.models import Project
from reports.documents import weekly_words as words
from reports.documents.official import Official, Table, written_day
from reports.documents.weekly_rows import Frozen, read
from reports.models import Snapshot
from reports.services import snapshots

ATTACHMENTS = ("签约项目台账", "在谈项目台账", "项目节点推进表", "亮灯清单")
LAMP_TABLE = (
    "附件4　亮灯清单",
    ("序号", "项目名称", "责任单位", "亮灯", "起始日期", "原因"),
    (11.0, 45.0, 25.0, 13.0, 26.0, 36.0),
)
LAMPS = {"red": "● 红", "yellow": "▲ 黄"}  # never colour alone
MOST_LAMPS = 300
FIGURE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


@dataclass(frozen=True)
class Section:
    """One section: its heading and its text; `drafted` is what the system wrote, before anybody changed it."""

    key: str
    heading: str
    text: str
    drafted: str

    @property
    def altered(self) -> list[str]:
        """Figures of the draft that the text no longer holds, and figures it holds that no snapshot says."""
        before, after = FIGURE.findall(self.drafted), FIGURE.findall(self.text)
        gone = [f"−{figure}" for figure in dict.fromkeys(before) if figure not in after]
        return gone + [f"+{figure}" for figure in dict.fromkeys(after) if figure not in before]


@dataclass(frozen=True)
class WeeklyReport:
    """The report as it is kept and printed. Nothing in it is read from the tables again."""

    title: str
    unit: str
    dated_on: dt.date
    sections: tuple[Section, ...]
    lamps: tuple[tuple[str, ...], ...]

    def official(self) -> Official:
        """The paper to be printed."""
        tables = (Table(LAMP_TABLE[0], LAMP_TABLE[1], self.lamps, LAMP_TABLE[2]),) if self.lamps else ()
        named = ATTACHMENTS if self.lamps else ATTACHMENTS[:-1]
        said = tuple((section.heading, section.text) for section in self.sections)
        return Official(self.title, said, self.unit, self.dated_on, named, tables)

    def body(self) -> dict[str, Any]:
        """The same as JSON keeps it."""
        return {
            "unit": self.unit,
            "dated_on": self.dated_on.isoformat(),
            "sections": [vars(section) for section in self.sections],
            "lamps": [list(row) for row in self.lamps],
        }


def from_body(title: str, body: dict[str, Any]) -> WeeklyReport:
    """The report that was kept."""
    sections = tuple(Section(**section) for section in body["sections"])
    lamps = tuple(tuple(row) for row in body["lamps"])
    return WeeklyReport(title, body["unit"], dt.date.fromisoformat(body["dated_on"]), sections, lamps)


def weekly_report(snapshot: Snapshot, before: Snapshot | None, *, user: User, unit: str) -> WeeklyReport:
    """Write the report of a snapshot, of the projects that `user` may see; `before` is what 本周动态 compares with."""
    with translation.override(settings.LANGUAGE_CODE):
        frozen = read(snapshot, before, user=user)
        difference = snapshots.difference(before, snapshot, user=user) if before else None
        texts = {
            "overview": ("一、总体情况", words.overview(frozen)),
            "dynamics": ("二、本周动态", words.dynamics(frozen, difference)),
            "lights": ("三、重点项目进展", words.lights(frozen)),
            "problems": ("四、存在问题", words.problems(frozen)),
            "plans": ("五、下周计划", words.plans(frozen)),
        }
        sections = tuple(Section(key, heading, text, text) for key, (heading, text) in texts.items())
        return WeeklyReport(_title(frozen), unit, snapshot.as_of_on, sections, tuple(_lamps(frozen)))


def _title(frozen: Frozen) -> str:
    first, last = written_day(frozen.start_on), written_day(frozen.end_on)
    if frozen.start_on.year == frozen.end_on.year:
        last = last.partition("年")[2]
    return f"关于{first}至{last}招商引资工作情况的报告"


def _lamps(frozen: Frozen) -> list[tuple[str, ...]]:
    """Red before yellow; the words of the light as they stood."""
    rows = [row for row in frozen.projects if row.words["light"] in LAMPS and row.words["status"] == Project.Status.ACTIVE]
    rows.sort(key=lambda row: (list(LAMPS).index(row.words["light"]), row.key))
    said: list[tuple[str, ...]] = [
        (
            str(at),
            row.label,
            row.words["department"] or "—",
            LAMPS[row.words["light"]],
            row.words["light_since_on"] or "—",
            row.words["light_reason"] or "—",
        )
        for at, row in enumerate(rows[:MOST_LAMPS], 1)
    ]
    left = len(rows) - len(said)
    return [*said, ("", f"另有{left}个未列出", "", "", "", "")] if left else said
