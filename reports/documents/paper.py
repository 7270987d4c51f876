"""A PDF on A4: the font of our own embedded, page numbers, and the watermark of who took it and when."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import TableCellFillMode, TextMode, XPos, YPos
from fpdf.fonts import FontFace, TTFFont

from reports.documents.lines import broken

FONT = Path(__file__).parent / "fonts" / "NotoSerifCJKsc-Regular-subset.otf"
FAMILY = "NotoSerifCJKsc"
MARGINS = (28.0, 37.0, 26.0)  # left, top, right in mm: GB/T 9704-2012
BOTTOM = 35.0
GRID = 10.2  # mm from line to line: 28.95 points
BODY, TITLE, SMALL, MARK = 16.0, 22.0, 10.5, 9.0  # points
ABSENT = "〓"  # printers' sign for a character they have no type of
MARK_GREY, RULE_GREY, HEAD_FILL = 200, 120, (238, 238, 238)
MARK_ANGLE, MARK_STEP = 30, (78.0, 55.0)  # degrees; mm across and down
CLOSER = -0.207  # points between signs of the body, so that 28 of them fill a line: charSpace of the Word file
BOLD = 0.25  # mm of the stroke that makes a heading bold


@cache
def known() -> frozenset[int]:
    """The code points that the font has."""
    with TTFont(FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


class Paper(FPDF):
    """One document. A character that the font lacks is printed as 〓 and named on the last page."""

    def __init__(self, title: str, *, watermark: str = "", margins: tuple[float, float, float] = MARGINS) -> None:
        super().__init__(format="A4")
        self.watermark, self.lacking = watermark, set[str]()
        self.add_font(FAMILY, fname=FONT)
        self.set_font(FAMILY, size=BODY)
        self.set_title(title)
        self.set_lang("zh-CN")
        left, top, right = margins
        self.set_margins(left, top, right)
        self.c_margin = 0
        self.set_auto_page_break(True, BOTTOM if margins == MARGINS else 18)

    # What stands on every page

    def header(self) -> None:
        """The watermark, under the text."""
        if not self.watermark:
            return
        size, across, down = self.font_size_pt, *MARK_STEP
        self.set_font(FAMILY, size=MARK)
        self.set_text_color(MARK_GREY)
        for row in range(int(self.h / down) + 1):
            for column in range(int(self.w / across) + 1):
                x, y = 12 + column * across, 30 + row * down
                with self.rotation(MARK_ANGLE, x, y):
                    self.text(x, y, self.writable(self.watermark))
        self.set_text_color(0)
        self.set_font(FAMILY, size=size)

    def footer(self) -> None:
        """“— 1 —”: odd pages to the right, even ones to the left, one sign from the edge."""
        size = self.font_size_pt
        self.set_font(FAMILY, size=14)
        self.set_y(-25 if self.b_margin == BOTTOM else -13)
        number, sign = f"— {self.page_no()} —", self.font_size
        if self.page_no() % 2:
            self.cell(self.epw - sign, text=number, align="R")
        else:
            self.set_x(self.l_margin + sign)
            self.cell(text=number)
        self.set_font(FAMILY, size=size)

    # Pieces of a document

    def heading(self, text: str, *, size: float = BODY, align: str = "L", height: float = GRID, keep: int = 3) -> None:
        """A line in bold, `keep` lines from the foot of the page; the font has one weight, so its outline is drawn as well."""
        if self.will_page_break(keep * height):
            self.add_page()
        with self.local_context(text_mode=TextMode.FILL_STROKE, line_width=BOLD):
            self.paragraph(text, size=size, align=align, height=height, indent=False)

    def paragraph(self, text: str, *, size: float = BODY, align: str = "L", height: float = GRID, indent: bool = True) -> None:
        """A paragraph for each line of the text, its first line two signs in."""
        self.set_font(FAMILY, size=size)
        self.set_char_spacing(CLOSER if size == BODY else 0)
        start = "　　" if indent else ""
        for said in text.splitlines() or [""]:
            for line in broken(self.writable(start + said), self.epw, self.get_string_width):
                self.cell(self.epw, height, line, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_char_spacing(0)

    def grid(self, heads: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float]) -> None:
        """A table whose head stands on every page again."""
        self.set_font(FAMILY, size=SMALL)
        self.set_draw_color(RULE_GREY)
        face = FontFace(fill_color=HEAD_FILL)
        with self.table(
            col_widths=tuple(widths),
            headings_style=face,
            line_height=1.45 * self.font_size,
            cell_fill_mode=TableCellFillMode.NONE,
            text_align="LEFT",
            wrapmode="CHAR",
            padding=1,
        ) as table:
            for row in (heads, *rows):
                table.row([self.writable(cell) for cell in row])
        self.set_draw_color(0)
        self.ln(2)

    def writable(self, text: str) -> str:
        """The text with 〓 for what the font lacks; line breaks stay."""
        lacking = {sign for sign in text if sign not in "\n\t" and ord(sign) not in known()}
        self.lacking |= lacking
        return "".join(ABSENT if sign in lacking else " " if sign == "\t" else sign for sign in text)

    def bytes(self, lacking: str) -> bytes:
        """The finished file; `lacking` is the sentence that stands before the characters it could not print."""
        if self.lacking:
            named = "、".join(f"U+{ord(sign):04X}" for sign in sorted(self.lacking))
            self.paragraph(f"{lacking}{named}", size=SMALL, height=6, indent=False)
        try:
            return bytes(self.output())
        finally:
            self.close_fonts()

    def close_fonts(self) -> None:
        """Let go of the file of the font, which is read piece by piece until then."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()
