"""An official paper as PDF, set like the Word file, in the one font that travels with us."""

from django.utils.translation import gettext as _

from reports.documents.official import Level, Official, signs
from reports.documents.paper import SMALL, TITLE, Paper

NOTE = 12.0  # points


def write_pdf(official: Official, *, watermark: str = "") -> bytes:
    """The paper as the bytes of a PDF."""
    paper = Paper(official.title, watermark=watermark)
    paper.add_page()
    for line in official.title_lines:
        paper.heading(line, size=TITLE, align="C", height=13)
    paper.paragraph("")
    for level, line in official.lines():
        if level is Level.BODY:
            paper.paragraph(line)
        else:
            paper.heading(f"　　{line}")
    _write_end(paper, official)
    for table in official.tables:
        paper.add_page()
        paper.heading(table.title, size=TITLE, align="C", height=15)
        paper.grid(table.heads, table.rows, table.widths)
    return paper.bytes(lacking())


def lacking() -> str:
    """The sentence that stands before what could not be printed."""
    return _("内嵌字库没有以下字，文中以“〓”代替：")


def _write_end(paper: Paper, official: Official) -> None:
    if official.attachment_lines:
        paper.paragraph("")
        for at, line in enumerate(official.attachment_lines):
            paper.paragraph(f"{'　' * (5 if at else 2)}{line}", indent=False)
    paper.paragraph("\n")
    over_date = max(0.0, 4 + (signs(official.date_line) - signs(official.unit)) / 2)
    for line, distance in ((official.unit, over_date), (official.date_line, 4.0)):
        paper.paragraph(f"{line}{'　' * round(distance)}", align="R", indent=False)
    for note in official.notes:
        paper.paragraph(note, size=NOTE if len(note) < 60 else SMALL, height=7)
