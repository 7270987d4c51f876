"""一项一档: everything that is recorded of one project on paper, with an index, and what is missing.

Telephone numbers of people are left out; a promise whose fair-competition review is pending is never printed as agreed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reports.documents.paper import SMALL, Paper

MARGINS = (20.0, 20.0, 20.0)  # mm: tables need the width
WIDTH = 170.0
LINE = 7.0
MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
LEFT_OUT = "（手机号略）"
EMPTY = "无记录。"


@dataclass(frozen=True)
class Part:
    """One section: its title, sentences before its table, and the table; `widths` are shares of the page."""

    title: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dossier:
    """A project on paper: `facts` stand under its name, `parts` follow the index."""

    title: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    taken: str  # by whom and when, to the minute: the watermark of every page


def write_dossier(dossier: Dossier, lacking: str) -> bytes:
    """The dossier as PDF; written twice, because only then the index knows the pages."""
    pages = _written(dossier, {})[1]
    paper, _pages = _written(dossier, pages)
    return paper.bytes(lacking)


def _written(dossier: Dossier, pages: dict[str, int]) -> tuple[Paper, dict[str, int]]:
    paper = Paper(dossier.title, watermark=dossier.taken, margins=MARGINS)
    paper.add_page()
    paper.heading("一项一档", size=22, align="C", height=13)
    paper.heading(without_phones(dossier.title), size=16, align="C", height=10)
    paper.ln(3)
    paper.grid(("事项", "内容"), _clean(dossier.facts), (45, WIDTH - 45))
    paper.heading("目录", size=14, height=9)
    index = [(part.title, str(len(part.rows)), str(pages.get(part.title, ""))) for part in dossier.parts]
    paper.grid(("部分", "条数", "页"), index, (WIDTH - 50, 25, 25))
    paper.paragraph(f"本档由{dossier.taken}取出，仅供工作使用；个人手机号不列入。", size=SMALL, height=LINE, indent=False)
    found = {}
    for part in dossier.parts:
        paper.ln(3)
        paper.heading(part.title, size=14, height=9, keep=6)
        found[part.title] = paper.page_no()
        _write_part(paper, part)
    if not pages:
        paper.close_fonts()
    return paper, found


def _write_part(paper: Paper, part: Part) -> None:
    for note in part.notes:
        paper.paragraph(without_phones(note), size=SMALL, height=LINE, indent=False)
    if part.rows:
        whole = sum(part.widths)
        paper.grid(part.heads, _clean(part.rows), [WIDTH * width / whole for width in part.widths])
    elif part.heads:
        paper.paragraph(EMPTY, size=SMALL, height=LINE, indent=False)


def _clean(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    return [[without_phones(cell) or "—" for cell in row] for row in rows]


def without_phones(text: str) -> str:
    """The text without mobile numbers, which belong to people and do not travel on paper."""
    return MOBILE.sub(LEFT_OUT, text)
