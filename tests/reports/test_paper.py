from io import BytesIO

from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from reports.documents.lines import broken
from reports.documents.paper import Paper, known

WHO = "测试员甲 2026-11-24 18:30"
LACKING = "本字库没有这些字："


def read(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content))


def told(page: object) -> str:
    """The text of a page without spaces: extraction puts some between Chinese signs."""
    return "".join(page.extract_text().replace("\0", "").split())  # type: ignore[attr-defined]


def fonts_of(reader: PdfReader) -> list[DictionaryObject]:
    found = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    return [inner.get_object() for font in found for inner in font["/DescendantFonts"]]


def long_paper() -> PdfReader:
    paper = Paper("试验", watermark=WHO)
    paper.add_page()
    for _ in range(40):
        paper.paragraph("测试公司本周签约3个、12.5亿元。" * 3)
    return read(paper.bytes(LACKING))


def test_every_page_bears_the_watermark_and_its_number():
    pages = [told(page) for page in long_paper().pages]

    assert len(pages) > 2
    assert all("".join(WHO.split()) in page for page in pages)
    assert all(f"—{number}—" in page for number, page in enumerate(pages, 1))


def test_the_one_font_is_embedded_as_a_subset():
    fonts = fonts_of(long_paper())

    assert fonts
    assert all("NotoSerifCJK" in font["/BaseFont"] and "+" in font["/BaseFont"] for font in fonts)
    assert all("/FontFile3" in font["/FontDescriptor"] for font in fonts)


def test_a_page_holds_22_lines_of_28_signs():
    paper = Paper("试验")
    paper.add_page()
    paper.paragraph("字" * (28 * 22 - 2))
    full = paper.page_no(), paper.get_y()
    paper.paragraph("字")

    assert (full[0], paper.page_no()) == (1, 2)
    assert abs(full[1] - 37 - 22 * 10.2) < 0.01
    paper.close_fonts()


def test_a_sign_that_the_font_lacks_is_marked_and_named_and_not_lost_silently():
    paper = Paper("试验")
    paper.add_page()
    paper.paragraph("联系人䶮")

    text = told(read(paper.bytes(LACKING)).pages[0])

    assert "联系人〓" in text
    assert f"{LACKING}U+4DAE" in text


def test_the_font_has_the_signs_of_names_and_of_figures():
    wanted = "喆堃珺镕（〔2026〕1号）㎡→●◐○▲—“”"

    assert {ord(sign) for sign in wanted} <= known()


def test_a_line_neither_begins_with_a_mark_nor_tears_a_figure():
    lines = broken("字字字字。字字12.5亿元字（字字）", 4, len)

    assert lines == ["字字字", "字。字字", "12.5", "亿元字", "（字字）"]
    assert "".join(broken("。" * 9, 4, len)) == "。" * 9
    assert broken("1234567890", 4, len) == ["1234", "5678", "90"]


def test_the_head_of_a_table_stands_on_every_page():
    paper = Paper("试验")
    paper.add_page()
    paper.grid(["表头甲", "表头乙"], [[f"第{number}行", "—"] for number in range(60)], [80, 76])

    pages = [told(page) for page in read(paper.bytes(LACKING)).pages]

    assert len(pages) > 1
    assert all("表头甲" in page for page in pages)
    assert "第59行" in pages[-1]
