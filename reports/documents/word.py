"""An official paper as a Word file: GB/T 9704-2012, 22 lines of 28 signs. Fonts are named, never brought along."""

import datetime as dt
from io import BytesIO
from typing import Any, NamedTuple

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from reports.documents import word_parts
from reports.documents.official import Level, Official, signs

LINE = 28.95  # points, fixed
SIGN = 320  # twentieths of a point: one sign of 3号
BODY, TITLE, NUMBER, CELL = 16.0, 22.0, 14.0, 10.5  # points: 3号, 2号, 4号, 5号
MARGINS = {"top_margin": 37, "left_margin": 28, "right_margin": 26, "bottom_margin": 35}  # mm
GRID = {"type": "linesAndChars", "linePitch": "580", "charSpace": "-848"}
CLOSER = -5  # twentieths of a point between signs of 3号: 28 fill a line
FONTS = {Level.FIRST: "黑体", Level.SECOND: "楷体_GB2312", Level.BODY: "仿宋_GB2312"}
TITLE_FONT, NUMBER_FONT = "方正小标宋简体", "宋体"
INDENT, DATE_FROM_RIGHT, ATTACHMENT, UNDER_FIRST = 2, 4, 2, 5  # signs


class Ink(NamedTuple):
    """The font and size of a run."""

    font: str
    size: float = BODY


def write_docx(paper: Official, *, now: dt.datetime) -> bytes:
    """The paper as the bytes of a .docx."""
    document = Document()
    _set_up(document, paper, now)
    for line in paper.title_lines:
        _paragraph(document, line, Ink(TITLE_FONT, TITLE)).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _paragraph(document, "", Ink(FONTS[Level.BODY]))
    for level, line in paper.lines():
        _indent(_paragraph(document, line, Ink(FONTS[level])), firstLine=INDENT).keep_with_next = level is not Level.BODY
    _write_end(document, paper)
    for table in paper.tables:
        _write_table(document, table.title, (table.heads, *table.rows), table.widths)
    memory = BytesIO()
    document.save(memory)
    return memory.getvalue()


def _set_up(document: WordDocument, paper: Official, now: dt.datetime) -> None:
    """Page, grid, fonts, page numbers, and who wrote it."""
    page = document.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.PORTRAIT, Mm(210), Mm(297)
    for name, size in MARGINS.items():
        setattr(page, name, Mm(size))
    page.footer_distance = Mm(25)
    word_parts.set_grid(page, GRID)
    word_parts.set_base_font(document, FONTS[Level.BODY], BODY)
    word_parts.set_substitutes(document)
    document.settings.odd_and_even_pages_header_footer = True
    _write_number(page.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT, "right")
    _write_number(page.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT, "left")
    about = document.core_properties
    about.title, about.author, about.comments, about.last_modified_by = paper.title, paper.unit, "", paper.unit
    about.created = about.modified = now.astimezone(dt.UTC).replace(tzinfo=None)
    about.language = "zh-CN"


def _write_number(paragraph: Paragraph, side: Any, edge: str) -> None:
    """“— 1 —” in 4号 宋体, one sign from the edge."""
    paragraph.alignment = side
    _indent(paragraph, **{edge: 1})
    for text in ("— ", None, " —"):
        run = paragraph.add_run(text or "")
        word_parts.set_font(run, NUMBER_FONT, NUMBER)
        if text is None:
            word_parts.add_page_field(run)


def _paragraph(document: Any, text: str, ink: Ink) -> Paragraph:
    paragraph: Paragraph = document.add_paragraph()
    _close(paragraph)
    run = paragraph.add_run(text)
    word_parts.set_font(run, ink.font, ink.size)
    if ink.size == BODY:
        word_parts.set_spacing(run, CLOSER)
    return paragraph


def _close(paragraph: Paragraph) -> None:
    """The fixed distance of lines, and none between paragraphs."""
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(LINE)
    form.widow_control = False
    word_parts.leave_grid(paragraph)


def _indent(paragraph: Paragraph, **signs_by_side: float) -> Any:
    """Distances in signs, which follow the grid, and in points for programs that know no signs."""
    properties = paragraph._p.get_or_add_pPr()
    indent = properties.find(qn("w:ind"))
    if indent is None:
        indent = OxmlElement("w:ind")
        properties.insert_element_before(indent, *word_parts.BEHIND_INDENT)
    for side, count in signs_by_side.items():
        indent.set(qn(f"w:{side}Chars"), str(round(count * 100)))
        indent.set(qn(f"w:{side}"), str(round(count * SIGN)))
    return paragraph.paragraph_format


def _write_end(document: WordDocument, paper: Official) -> None:
    """Attachments, then who signs and the date: the name stands centred over the date, four signs from the right."""
    body = Ink(FONTS[Level.BODY])
    if paper.attachment_lines:
        _paragraph(document, "", body)
        for at, line in enumerate(paper.attachment_lines):
            _indent(_paragraph(document, line, body), left=UNDER_FIRST if at else ATTACHMENT)
    for _line in range(2):
        _paragraph(document, "", body)
    over_date = max(0.0, DATE_FROM_RIGHT + (signs(paper.date_line) - signs(paper.unit)) / 2)
    for line, distance in ((paper.unit, over_date), (paper.date_line, DATE_FROM_RIGHT)):
        paragraph = _paragraph(document, line, body)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _indent(paragraph, right=distance)
    for note in paper.notes:
        _indent(_paragraph(document, note, Ink(FONTS[Level.BODY], NUMBER)), firstLine=INDENT)


def _write_table(document: WordDocument, title: str, rows: Any, widths: tuple[float, ...]) -> None:
    """A list on a new page, its head again on each page."""
    head = _paragraph(document, title, Ink(TITLE_FONT, TITLE))
    head.alignment, head.paragraph_format.page_break_before = WD_ALIGN_PARAGRAPH.CENTER, True
    table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for at, row in enumerate(rows):
        cells = table.add_row().cells
        for cell, text, width in zip(cells, row, widths, strict=True):
            cell.width = Mm(width)
            word_parts.set_font(cell.paragraphs[0].add_run(text), FONTS[Level.BODY] if at else FONTS[Level.FIRST], CELL)
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
            word_parts.leave_grid(cell.paragraphs[0])
    word_parts.repeat_head(table)
