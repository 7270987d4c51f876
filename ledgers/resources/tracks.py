"""On which track a ledger puts a project: what it states decides, else the person who brings it is asked."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ledgers.layouts.base import Record
from ledgers.resources.entries import Unusable
from projects.models import Agreement, Project
from projects.stages import Track

PREFIX = "track:"  # of the questions
ALL = f"{PREFIX}*"  # the answer for every row that has none of its own
OFFERED = (Track.LAND, Track.TENANCY, Track.EXPANSION, Track.COOPERATION)
WORDS = {
    Track.LAND: re.compile("M-?A|供地|出让|用地|摘牌", re.IGNORECASE),
    Track.TENANCY: re.compile("M-?B|入驻|租赁|标准厂房", re.IGNORECASE),
    Track.EXPANSION: re.compile("扩产|扩建|技改|技术改造|增资"),
    Track.COOPERATION: re.compile("合作|共建"),
    Track.TALENT: re.compile("人才|引才"),
}
MODES: dict[str, Track] = {
    Project.LandMode.SALE: Track.LAND,
    Project.LandMode.LEASE: Track.TENANCY,
    Project.LandMode.STANDARD: Track.TENANCY,
}
GROWING = (Project.BuildNature.EXPANSION, Project.BuildNature.RECONSTRUCTION)


def key_of(sheet: str, row: int) -> str:
    """The question about one row."""
    return f"{PREFIX}{sheet}:{row}"


def stated(text: str) -> Track | None:
    """The track that a text names: “M-B（入驻）”; none when it names several."""
    found = [track for track, words in WORDS.items() if words.search(text)]
    return found[0] if len(found) == 1 else None


def named(record: Record) -> Track | None:
    """The track that the ledger's own column 项目类型 names."""
    return stated(str(record.identity.get("track_word") or ""))


def evident(project: Project, record: Record) -> Track | None:
    """The track that other columns leave no doubt of: how the land is had, a tenancy agreement, 亩."""
    mode = record.values.get("land_mode") or project.land_mode
    if mode in MODES:
        return MODES[mode]
    if record.identity.get("agreement_kind") == Agreement.Kind.TENANCY:
        return Track.TENANCY
    return Track.LAND if record.values.get("land_mu") or project.land_mu else None


def likely(record: Record) -> Track | None:
    """A suggestion for the question, by what points to a track without saying so."""
    if record.values.get("build_nature") in GROWING:
        return Track.EXPANSION
    if record.values.get("floor_m2"):
        return Track.TENANCY
    return stated(f"{record.identity['name']} {record.values.get('summary') or ''}")


def chosen(record: Record, answers: Mapping[str, str]) -> Track | None:
    """What the person answered: for this row, else for all."""
    own = answers.get(key_of(record.row.sheet, record.row.number)) if record.row else None
    answer = own or answers.get(ALL)
    return Track(answer) if answer in Track.values else None


def decide(project: Project, record: Record, having: Sequence[Track], answers: Mapping[str, str], label: str) -> Track:
    """The track of a project that has none, among those `having` the stage; raises Unusable to ask for it."""
    for_all = {ALL: answers.get(ALL, "")}  # of those about which nothing else is known
    if told := named(record) or chosen(record, {**answers, ALL: ""}):
        return told
    seen = evident(project, record)
    if seen is not None and seen in having:
        return seen
    if len(having) == 1:
        return having[0]
    if told := chosen(record, for_all):
        return told
    text = _("台账没有写“%(name)s”的项目类型，“%(stage)s”在%(tracks)s里都有：请选择按哪条路径登记，或在表里加一列“项目类型”")
    labels = "、".join(str(track.label) for track in having)
    suggested = likely(record)
    code = f"{PREFIX}{suggested if suggested in having else ''}"
    raise Unusable(
        record.columns.get("stage", ""), code, text % {"name": record.identity["name"], "stage": label, "tracks": labels}
    )


def questions(problems: Sequence[Mapping[str, Any]], answers: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the page asks, from the problems of a report: row, sentence, and what is suggested or answered."""
    asked = [found for found in problems if str(found["code"]).startswith(PREFIX)]
    return [
        {
            "key": (key := key_of(found["sheet"], found["row"])),
            "sheet": found["sheet"],
            "row": found["row"],
            "message": found["message"],
            "answer": answers.get(key) or str(found["code"]).removeprefix(PREFIX),
        }
        for found in asked
    ]
