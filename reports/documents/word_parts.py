"""The parts of a Word file for which python-docx has no words of its own."""

from typing import Any
from xml.sax.saxutils import quoteattr

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

# Which font stands in when one is not there; the first that is found is taken.
SUBSTITUTES = {
    "方正小标宋简体": ("华文中宋", "STZhongsong", "宋体"),
    "仿宋_GB2312": ("仿宋", "FangSong"),
    "楷体_GB2312": ("楷体", "KaiTi"),
    "黑体": ("SimHei",),
    "宋体": ("SimSun",),
}
FACES = ("ascii", "hAnsi", "eastAsia", "cs")
FONT_TABLE = "/word/fontTable.xml"
BEHIND_INDENT = ("w:contextualSpacing", "w:mirrorIndents", "w:suppressOverlap", "w:jc", "w:textDirection", "w:rPr")
BEHIND_SNAP = ("w:spacing", "w:ind", *BEHIND_INDENT)
BEHIND_SPACING = ("w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:effect", "w:lang")
BEHIND_GRID = ("w:printerSettings", "w:sectPrChange")


def set_font(run: Run, font: str, size: float) -> None:
    """Name the font for Chinese signs too: without w:eastAsia they fall back to whatever the program likes."""
    run.font.name, run.font.size = font, Pt(size)
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    for face in FACES:
        fonts.set(qn(f"w:{face}"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def set_spacing(run: Run, twentieths: int) -> None:
    """The distance between signs, in twentieths of a point."""
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(twentieths))
    run._element.get_or_add_rPr().insert_element_before(spacing, *BEHIND_SPACING)


def leave_grid(paragraph: Paragraph) -> None:
    """Set the paragraph by its own distances, which give the same 22 by 28.

    LibreOffice gives a sign that is wider than a cell of the grid two cells, and 3号 is wider by a fifth of a point.
    """
    for name in ("w:autoSpaceDE", "w:autoSpaceDN", "w:snapToGrid"):  # nor a gap between a figure and its unit
        off = OxmlElement(name)
        off.set(qn("w:val"), "0")
        paragraph._p.get_or_add_pPr().insert_element_before(off, *BEHIND_SNAP)


def set_base_font(document: Document, font: str, size: float) -> None:
    """The font of everything that names none; the template's theme fonts are taken out, they would win."""
    style = document.styles["Normal"]
    style.font.name, style.font.size = font, Pt(size)
    for fonts in document.styles.element.iter(qn("w:rFonts")):
        for face in FACES:
            fonts.attrib.pop(qn(f"w:{face}Theme"), None)
            fonts.set(qn(f"w:{face}"), font)
        fonts.attrib.pop(qn("w:cstheme"), None)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")


def set_substitutes(document: Document) -> None:
    """Say in the table of fonts what stands in for one that a machine does not have."""
    fonts = "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(','.join(others))}/>"
        '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
        for name, others in SUBSTITUTES.items()
    )
    table = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'
    for part in document.part.package.iter_parts():
        if part.partname == FONT_TABLE:
            part._blob = table.encode()


def set_grid(section: Any, grid: dict[str, str]) -> None:
    """The grid of lines and signs of a page."""
    element = section._sectPr.find(qn("w:docGrid"))
    if element is None:
        element = OxmlElement("w:docGrid")
        section._sectPr.insert_element_before(element, *BEHIND_GRID)
    for name, value in grid.items():
        element.set(qn(f"w:{name}"), value)


def add_page_field(run: Run) -> None:
    """The number of the page."""
    for kind in ("begin", None, "end"):
        element = OxmlElement("w:instrText" if kind is None else "w:fldChar")
        if kind is None:
            element.set(qn("xml:space"), "preserve")
            element.text = " PAGE "
        else:
            element.set(qn("w:fldCharType"), kind)
        run._element.append(element)


def repeat_head(table: Any) -> None:
    """The first row again on every page; no row is torn in two."""
    for at, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if at == 0:
            properties.append(OxmlElement("w:tblHeader"))
