"""The Word file by its XML: what a program that opens it will do follows from that."""

import datetime as dt
import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from reports.documents.official import Level, Official, Table, level_of, shaped
from reports.documents.word import write_docx

NOW = dt.datetime(2026, 11, 27, 6, 0, tzinfo=dt.UTC)
TEXT = "截至2026年11月27日，共跟踪项目3个。\n（一）红灯1个\n1.测试项目甲（测试部门）：土地摘牌逾期。"
PAPER = Official(
    "关于2026年11月20日至11月27日招商引资工作情况的报告",
    (("一、总体情况", TEXT), ("二、本周动态", "无变化。")),
    "测试招商中心",
    dt.date(2026, 11, 7),
    ("签约项目台账", "在谈项目台账"),
    (Table("亮灯清单", ("序号", "项目"), (("1", "测试项目甲"),), (20, 136)),),
)


@pytest.fixture(scope="module")
def content():
    return write_docx(PAPER, now=NOW)


@pytest.fixture(scope="module")
def document(content):
    return Document(BytesIO(content))


def part(content, name):
    with ZipFile(BytesIO(content)) as file:
        return etree.fromstring(file.read(name))


def paragraph(document, text):
    return next(row for row in document.paragraphs if row.text == text)


def east_asian(paragraph):
    fonts = paragraph._p.findall(f".//{qn('w:rFonts')}")
    return {font.get(qn("w:eastAsia")) for font in fonts}


def indent(paragraph, side):
    return paragraph._p.pPr.find(qn("w:ind")).get(qn(f"w:{side}"))


def test_the_page_is_a4_with_the_margins_of_official_papers(document):
    page = document.sections[0]
    margins = (page.top_margin.mm, page.left_margin.mm, page.right_margin.mm, page.bottom_margin.mm)

    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert [round(side) for side in margins] == [37, 28, 26, 35]


def test_the_grid_is_22_lines_of_28_signs(document):
    grid = document.sections[0]._sectPr.find(qn("w:docGrid"))

    assert {name: grid.get(qn(f"w:{name}")) for name in ("type", "linePitch", "charSpace")} == {
        "type": "linesAndChars",
        "linePitch": "580",
        "charSpace": "-848",
    }


@pytest.mark.parametrize(
    ("text", "font", "half_points"),
    [
        ("招商引资工作情况的报告", "方正小标宋简体", "44"),
        ("一、总体情况", "黑体", "32"),
        ("（一）红灯1个", "楷体_GB2312", "32"),
        ("1.测试项目甲（测试部门）：土地摘牌逾期。", "仿宋_GB2312", "32"),
    ],
)
def test_every_level_names_its_font_for_chinese_signs(document, text, font, half_points):
    row = paragraph(document, text)

    assert east_asian(row) == {font}
    assert {size.get(qn("w:val")) for size in row._p.findall(f".//{qn('w:sz')}")} == {half_points}


def test_no_run_is_without_a_font_for_chinese_signs(content):
    runs = part(content, "word/document.xml").iter(qn("w:r"))

    assert all(run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}").get(qn("w:eastAsia")) for run in runs)


def test_theme_fonts_do_not_win_over_ours(content):
    fonts = list(part(content, "word/styles.xml").iter(qn("w:rFonts")))

    assert fonts
    assert not [name for font in fonts for name in font.attrib if name.lower().endswith("theme")]
    assert {font.get(qn("w:eastAsia")) for font in fonts} == {"仿宋_GB2312"}


def test_the_table_of_fonts_says_what_stands_in(content):
    fonts = {
        font.get(qn("w:name")): font.find(qn("w:altName")).get(qn("w:val"))
        for font in part(content, "word/fontTable.xml").iter(qn("w:font"))
    }

    assert fonts["方正小标宋简体"].split(",")[0] == "华文中宋"
    assert fonts["仿宋_GB2312"] == "仿宋,FangSong"
    assert fonts["楷体_GB2312"].startswith("楷体")


def test_no_font_is_brought_along(content):
    with ZipFile(BytesIO(content)) as file:
        assert not [name for name in file.namelist() if re.search(r"\.(odttf|ttf|otf|fntdata)$", name)]


def test_lines_are_28_95_points_apart_and_paragraphs_begin_two_signs_in(document):
    row = paragraph(document, "无变化。")

    assert row.paragraph_format.line_spacing.pt == 28.95
    assert (indent(row, "firstLineChars"), indent(row, "firstLine")) == ("200", "640")


def test_a_figure_and_its_unit_are_not_pushed_apart(document):
    off = paragraph(document, "无变化。")._p.pPr

    assert [off.find(qn(name)).get(qn("w:val")) for name in ("w:autoSpaceDE", "w:autoSpaceDN")] == ["0", "0"]


def test_page_numbers_stand_right_on_odd_pages_and_left_on_even_ones(document, content):
    page = document.sections[0]
    feet = {"right": page.footer.paragraphs[0], "left": page.even_page_footer.paragraphs[0]}

    assert part(content, "word/settings.xml").find(qn("w:evenAndOddHeaders")) is not None
    for side, foot in feet.items():
        assert foot._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side
        assert indent(foot, f"{side}Chars") == "100"
        assert foot.text == "—  —"
        assert foot._p.find(f".//{qn('w:instrText')}").text.strip() == "PAGE"
        assert east_asian(foot) == {"宋体"}
        assert {size.get(qn("w:val")) for size in foot._p.findall(f".//{qn('w:sz')}")} == {"28"}


def test_the_date_has_no_zeros_and_stands_four_signs_from_the_right(document):
    row = paragraph(document, "2026年11月7日")

    assert indent(row, "rightChars") == "400"
    assert row._p.pPr.find(qn("w:jc")).get(qn("w:val")) == "right"


def test_attachments_are_numbered_two_signs_in_the_further_ones_under_the_first(document):
    first, second = paragraph(document, "附件：1.签约项目台账"), paragraph(document, "2.在谈项目台账")

    assert (indent(first, "leftChars"), indent(second, "leftChars")) == ("200", "500")


def test_elements_stand_in_the_order_of_the_schema(content):
    """Word refuses a file whose properties are out of order."""
    order = ["keepNext", "pageBreakBefore", "widowControl", "autoSpaceDE", "autoSpaceDN", "snapToGrid", "spacing", "ind", "jc"]
    for properties in part(content, "word/document.xml").iter(qn("w:pPr")):
        names = [etree.QName(child).localname for child in properties]
        assert names == sorted(names, key=order.index)


def test_a_list_has_its_head_on_every_page(document):
    rows = document.tables[0].rows

    assert [[cell.text for cell in row.cells] for row in rows] == [["序号", "项目"], ["1", "测试项目甲"]]
    assert rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_nothing_says_which_program_wrote_it(document):
    about = document.core_properties

    assert (about.author, about.comments, about.title) == ("测试招商中心", "", PAPER.title)


def test_a_long_title_breaks_between_words_and_not_in_a_figure():
    assert shaped("关于招商工作的通报") == ["关于招商工作的通报"]
    assert shaped(PAPER.title) == ["关于2026年11月20日至11月27日", "招商引资工作情况的报告"]


def test_a_sentence_that_begins_like_a_heading_is_none():
    assert level_of("（一）红灯3个") is Level.SECOND
    assert level_of("（一）红灯3个，已分别督办。") is Level.BODY
    assert level_of("1.测试项目甲") is Level.BODY
