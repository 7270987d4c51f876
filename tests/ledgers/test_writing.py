import csv
import datetime as dt
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from core.dates import FuzzyDate, Precision
from ledgers import values
from ledgers.layouts.base import Column, Context, Kind, Layout
from ledgers.reading.csv_text import unguarded
from ledgers.values import NOT_STATED, Amount, CountAmount
from ledgers.writing import file_name, write_csv, write_xlsx
from ledgers.writing.plain import guarded

TODAY = dt.date(2026, 11, 24)
CONTEXT = Context(None, TODAY, TODAY, "开放招商中心")
NAME = Column("name", "项目名称", required=True, width=28)
BEGINNINGS = ["=1+1", "==1", "=cmd|'/c calc'!A0", "+1", "-1", "-1+2", "@SUM(A1)", "@SUM(1,2)*cmd|'/c calc'!A0", "|calc", "{=1}"]
FULL_WIDTH = ["＝1+1", "＋1", "－1", "＠SUM(A1)", "｜calc", "﹢1", "﹣1", "﹫x", "　＝1", "＝＝1"]
HIDDEN = [
    " =1",
    "  =1",
    "\t=1",
    "\r=1",
    "\n=1",
    "\r\n=1",
    "\u00a0=1",
    "\u3000=1",
    "\u2003+1",
    "\u200b=1",
    "\ufeff=1",
    "\x0b=1",
    "\x00=1",
]
LATER = [
    "一期\n=1",
    "一期\r=1",
    "一期\r\n+1",
    "一期\n  @SUM(A1)",
    "一期\u2028=1",
    "一期\x85=1",
    "一期\n＝1",
    "'=1",
    "''=1",
    "' =1",
]
OTHER = [
    "\t1",
    "\r1",
    "\n1",
    '=HYPERLINK("http://a.invalid","点")',
    "=\u03381",
    '=WEBSERVICE("http://a.invalid")',
    "+86-1",
    "@甲",
]
FORMULAS = BEGINNINGS + FULL_WIDTH + HIDDEN + LATER + OTHER
HARMLESS = ["测试光电产业园", "2026-11-24", "a=b", "一期\n二期", "3-5 年", "'x", "'", "(1)", "🚀", "0012", "约 3 亿"]
GROUPED = (
    Column("code", "项目代码", Kind.CODE),
    NAME,
    Column("ours", "协议总投资/资金来源/我方", Kind.AMOUNT, total=True),
    Column("theirs", "协议总投资/资金来源/对方", Kind.AMOUNT, total=True),
    Column("all", "协议总投资/合计", Kind.AMOUNT, total=True),
    Column("is_listed", "是否上市", Kind.YES_NO),
    Column("park", "园区/代码（甲/乙）"),
)


def layout_of(*columns: Column, **options: object) -> Layout:
    usual = {"code": "TX", "name": "测试台账", "title": "{zone}{year}年测试台账", "unit": "亿元", "model": None}
    return Layout(**{**usual, "records": None, "rows": None, **options}, columns=columns)


def written(path: Path, layout: Layout, *rows: dict[str, object], **options: object) -> Path:
    write_xlsx(path / "a.xlsx", layout, rows, context=CONTEXT, **options)
    return path / "a.xlsx"


def cells(path: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as file:
        return file.read(name).decode()


def sheet_xml(path: Path) -> str:
    return part(path, "xl/worksheets/sheet1.xml")


def page_setup(xml: str) -> dict[str, str]:
    said = re.search(r"<pageSetup [^>]*>", xml)[0]
    return {name: value for name, value in re.findall(r'(\w+)="(\w+)"', said) if "Dpi" not in name}


def texts_of(path: Path, *columns: Column, row: dict[str, object], **options: object) -> list[str]:
    """Head and row of a CSV."""
    write_csv(path / "a.csv", layout_of(*columns), [row], context=CONTEXT, **options)
    with (path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_no_text_becomes_a_formula(tmp_path: Path):
    layout = layout_of(NAME, Column("names", "名单", Kind.NAMES), Column("kind", "类型", Kind.CHOICE))
    rows = [{"name": text, "names": [text], "kind": text} for text in FORMULAS]

    path = written(tmp_path, layout, *rows, title="=1+1")

    xml = sheet_xml(path)
    assert len(FORMULAS) >= 40
    assert not re.search(r"<f[ >/]", xml)
    assert "<hyperlink" not in xml
    types = re.findall(r'<c r="[BCD]\d+"[^>]* t="(\w+)"', xml)
    assert types[-3 * len(FORMULAS) - 1 : -1] == ["inlineStr"] * 3 * len(FORMULAS)
    read = openpyxl.load_workbook(path).active
    assert {cell.data_type for line in read.iter_rows() for cell in line} <= {"s", "n"}


@pytest.mark.parametrize(
    "text",
    [
        *HARMLESS,
        "=1+1",
        "-5",
        "'=x",
        "０１",
        "_x0041_",
        "<r><t>a</t></r>",
        "</t></is>",
        "a & b",
        " a ",
        "a\tb",
        "\x01\x1f",
        "410800199001010011",
    ],
)
def test_a_text_reads_back_equal(tmp_path: Path, text: str):
    path = written(tmp_path, layout_of(NAME), {"name": text})

    assert cells(path)[3] == [1, text]


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_reads_back_equal_but_for_its_line_breaks(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = written(tmp_path_factory.mktemp("any"), layout_of(NAME), {"name": text})

    assert cells(path)[3][1] == re.sub("\r\n?", "\n", text)


def test_a_title_that_looks_like_markup_is_text(tmp_path: Path):
    path = written(tmp_path, layout_of(NAME), title="<r><t>a</t></r>")

    assert cells(path)[0][0] == " <r><t>a</t></r>"


def test_a_text_too_long_for_a_cell_is_refused_and_not_cut(tmp_path: Path):
    layout = layout_of(NAME)

    with pytest.raises(ValidationError) as refusal:
        written(tmp_path, layout, {"name": "好"}, {"name": "🚀" * 16_384})

    assert refusal.value.code == "too_long"
    assert "第 2 行“项目名称”" in refusal.value.message
    assert not (tmp_path / "a.xlsx").exists()


def test_the_longest_text_that_fits_is_written_whole(tmp_path: Path):
    path = written(tmp_path, layout_of(NAME), {"name": "好" * 32_767})

    assert cells(path)[3][1] == "好" * 32_767


def test_heads_are_merged_over_neighbours_and_down_to_the_last_row(tmp_path: Path):
    path = written(tmp_path, layout_of(*GROUPED))

    sheet = openpyxl.load_workbook(path).active
    merges = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A3:A5", "B3:B5", "C3:C5", "D3:F3", "D4:E4", "F4:F5", "G3:G5", "H4:H5"} <= merges
    assert not {"D5", "E5", "H3"} & {area.split(":")[0] for area in merges}
    heads = {cell.coordinate: cell.value for line in sheet["A3:H5"] for cell in line if cell.value}
    assert heads == {
        "A3": "序号", "B3": "项目代码", "C3": "项目名称", "D3": "协议总投资", "D4": "资金来源", "D5": "我方", "E5": "对方",
        "F4": "合计", "G3": "是否上市", "H3": "园区", "H4": "代码（甲/乙）",
    }  # fmt: skip


def test_a_head_is_shared_only_by_columns_under_it(tmp_path: Path):
    columns = [Column("a", "投资额"), Column("b", "投资额/固投"), Column("c", "备注"), Column("d", "备注")]

    path = written(tmp_path, layout_of(*columns))

    sheet = openpyxl.load_workbook(path).active
    assert {str(area) for area in sheet.merged_cells.ranges if area.min_row == 3} == {"A3:A4", "B3:B4", "D3:D4", "E3:E4"}
    assert [sheet[f"{letter}3"].value for letter in "BCDE"] == ["投资额", "投资额", "备注", "备注"]


def test_title_and_unit_line_stand_over_the_whole_width(tmp_path: Path):
    path = written(tmp_path, layout_of(*GROUPED, Column("land", "面积", Kind.NUMBER, unit="亩")), {"name": "甲"})

    sheet = openpyxl.load_workbook(path).active
    assert {"A1:I1", "A2:I2"} <= {str(area) for area in sheet.merged_cells.ranges}
    assert sheet["A1"].value == "焦作国家高新区2026年测试台账"
    assert (sheet["A1"].font.name, sheet["A1"].font.b, sheet["A1"].alignment.horizontal) == ("方正小标宋简体", True, "center")
    assert sheet["A2"].value == "填报单位：开放招商中心　　填报时间：2026年11月24日　　单位：亿元、亩"
    assert (sheet["A3"].font.name, sheet["I6"].font.name, sheet["I3"].value) == ("黑体", "仿宋", "面积（亩）")


def test_a_ledger_without_unit_names_it_in_the_heads_of_its_amounts(tmp_path: Path):
    columns = [NAME, Column("a", "总投资", Kind.AMOUNT), Column("b", "外资/到位", Kind.AMOUNT, unit="元")]

    path = written(tmp_path, layout_of(*columns, unit=""), {"name": "甲", "a": Amount(Decimal(3), "exact")})

    assert cells(path)[1][0] == "填报单位：开放招商中心　　填报时间：2026年11月24日"
    assert cells(path)[2:4] == [["序号", "项目名称", "总投资（万元）", "外资"], ["", "", "", "到位（元）"]]


def test_a_ledger_with_its_own_ordinal_gets_no_second_one(tmp_path: Path):
    columns = [Column("unit", "单位"), Column("at", "序号", Kind.COUNT), Column("name", "姓名")]

    path = written(tmp_path, layout_of(*columns), {"unit": "甲", "at": 7, "name": "测试员甲"})

    assert cells(path)[2:5] == [["单位", "序号", "姓名"], ["甲", 7, "测试员甲"], ["合计", "", "1 个"]]


def test_the_printed_ledger_is_wide_repeats_its_heads_and_numbers_its_pages(tmp_path: Path):
    path = written(tmp_path, layout_of(*GROUPED, paper="A3"))

    xml = sheet_xml(path)
    assert page_setup(xml) == {"paperSize": "8", "orientation": "landscape", "fitToHeight": "0"}
    assert '<pageSetUpPr fitToPage="1"/>' in xml
    assert 'xSplit="3" ySplit="5" topLeftCell="D6"' in xml
    assert 'state="frozen"' in xml
    assert "&amp;C第 &amp;P 页，共 &amp;N 页" in xml
    assert '<definedName name="_xlnm.Print_Titles" localSheetId="0">测试台账!$3:$5</definedName>' in part(path, "xl/workbook.xml")


def test_an_a4_ledger_is_printed_on_a4(tmp_path: Path):
    path = written(tmp_path, layout_of(NAME))

    assert page_setup(sheet_xml(path))["paperSize"] == "9"


@pytest.mark.parametrize("rows", [0, 1, 3, 1200])
def test_rows_are_counted_and_the_parts_of_the_file_belong_together(tmp_path: Path, rows: int):
    layout = layout_of(NAME, notes=("由责任单位核对。", "2.每月报送。"))

    count = write_xlsx(tmp_path / "a.xlsx", layout, ({"name": f"项目{n}"} for n in range(rows)), context=CONTEXT)

    assert count == rows
    numbers = [
        int(row.get("r")) for row in ElementTree.fromstring(sheet_xml(tmp_path / "a.xlsx")).iter() if row.tag.endswith("}row")
    ]
    assert numbers == sorted(set(numbers))
    lines = cells(tmp_path / "a.xlsx")
    assert [line[1] for line in lines[3 : 3 + rows]] == [f"项目{n}" for n in range(rows)]
    assert [line[0] for line in lines[-3:]] == ["备注：由责任单位核对。", "2.每月报送。", "审核人：　　　　　　单位负责人："]
    assert lines[-4] == ["合计", f"{rows} 个"]


def test_sums_are_numbers_a_qualified_one_says_so_and_an_unknown_one_is_a_dash(tmp_path: Path):
    columns = [NAME, *(Column(key, key, kind, total=True) for key, kind in [("a", Kind.AMOUNT), ("b", Kind.AMOUNT)])]
    columns += [Column("n", "n", Kind.COUNT, total=True), Column("m", "m", Kind.NUMBER, total=True)]
    columns += [Column("k", "k", Kind.COUNT_AMOUNT, total=True), Column("x", "x", Kind.NUMBER)]
    rows = [
        {"name": "甲", "a": Amount(Decimal(15_000), "exact"), "n": 2, "m": Decimal("1.5"), "x": Decimal(9)},
        {"name": "乙", "a": Amount(Decimal(5_000), "about"), "b": NOT_STATED, "n": None, "m": Decimal("2.25")},
        {"name": "丙", "k": CountAmount(2, Amount(Decimal(30_000), "over"))},
        {"name": "丁", "k": CountAmount(3, None), "x": Decimal(9)},
    ]

    path = written(tmp_path, layout_of(*columns), *rows)

    assert cells(path)[7] == ["合计", "4 个", "约2亿元", "—", 2, 3.75, "5个/约3亿元", ""]


def test_a_sum_of_exact_amounts_is_a_number_and_a_note_says_how_many_rows_it_lacks(tmp_path: Path):
    columns = [NAME, *(Column(key, f"投资额/{key}", Kind.AMOUNT, total=True) for key in "abc")]
    rows = [
        {"name": "甲", "a": Amount(Decimal(15_000), "exact"), "b": Amount(Decimal(15_000), "exact")},
        {"name": "乙", "a": Amount(Decimal(5_000), "exact"), "b": NOT_STATED},
        {"name": "丙", "a": Amount(Decimal(5_000), "exact")},
    ]

    lines = cells(written(tmp_path, layout_of(*columns), *rows))

    assert lines[7] == ["合计", "3 个", 2.5, 1.5, "—"]
    assert lines[8][0] == "备注：没有填写金额、因而未计入总数的：投资额/b 2 行。"


def test_a_ledger_whose_rows_all_state_their_amounts_has_no_such_note(tmp_path: Path):
    columns = [NAME, Column("a", "投资额", Kind.AMOUNT, total=True)]

    lines = cells(written(tmp_path, layout_of(*columns), {"name": "甲", "a": Amount(Decimal(1), "exact")}))

    assert [line[0] for line in lines[4:]] == ["合计", "审核人：　　　　　　单位负责人："]


def test_amounts_are_numbers_in_the_unit_of_their_column(tmp_path: Path):
    columns = [NAME, Column("a", "总投资", Kind.AMOUNT), Column("b", "到位", Kind.AMOUNT, unit="万元")]
    amount = Amount(Decimal("15000.0001"), "exact")

    path = written(tmp_path, layout_of(*columns), {"name": "甲", "a": amount, "b": amount})

    assert cells(path)[2:4] == [["序号", "项目名称", "总投资", "到位（万元）"], [1, "甲", 1.50000001, 15000.0001]]


def test_what_is_not_stated_is_an_empty_cell(tmp_path: Path):
    columns = [Column(kind, kind, kind) for kind in Kind]

    path = written(
        tmp_path,
        layout_of(*columns),
        {Kind.TEXT: "", Kind.DATE: FuzzyDate(None, Precision.UNKNOWN), Kind.NAMES: []},
        {Kind.CODE: NOT_STATED},
    )

    assert cells(path)[3:5] == [[number, *[""] * len(columns)] for number in (1, 2)]


def test_days_are_real_dates_and_codes_and_telephones_have_the_format_of_text(tmp_path: Path):
    columns = [NAME, Column("on", "日期", Kind.DATE), Column("code", "代码", Kind.CODE), Column("phones", "电话", Kind.PHONES)]
    row = {"name": "甲", "on": FuzzyDate(dt.date(2026, 3, 5)), "code": "000123456789012345", "phones": ["13800000001"]}

    path = written(tmp_path, layout_of(*columns), row)

    line = openpyxl.load_workbook(path).active[4]
    assert line[2].value == dt.datetime(2026, 3, 5)
    assert [cell.number_format for cell in line[2:]] == ['yyyy"年"m"月"d"日"', "@", "@"]
    assert [cell.data_type for cell in line[2:]] == ["d", "s", "s"]
    assert cells(path)[3][2:] == [dt.date(2026, 3, 5), "000123456789012345", "13800000001"]


VALUES = [
    (Kind.TEXT, "建设内容：\n一期 0012"),
    (Kind.CODE, "001234567890123456"),
    (Kind.NAMES, ["测试员甲", "测试员乙"]),
    (Kind.PHONES, ["13800000001", "0391-3560000", "+852-21234567"]),
    (Kind.CONTACT, [("测试员甲", "13800000001"), ("测试员甲", "0391-3560000"), ("测试员乙", ""), ("测试员丙", "13800000002")]),
    *[(Kind.AMOUNT, Amount(Decimal(value), "exact")) for value in ("0", "0.01", "0.0001", "15000", "15000.0001", "9999999.9999")],
    *[(Kind.AMOUNT, Amount(Decimal(value), "exact")) for value in ("10000000", "11800000", "11800000.0001", "99999999999.9999")],
    *[(Kind.AMOUNT, Amount(Decimal(30_000), word)) for word in ("about", "near", "over", "at_least", "at_most")],
    *[(Kind.AMOUNT, Amount(Decimal(value), "about")) for value in ("0.0001", "15000.0001", "500", "10000000")],
    *[(Kind.NUMBER, Decimal(value)) for value in ("0", "3.5", "-2", "100.10", "0.5", "123456789012.3456", "1E+3")],
    (Kind.COUNT, 12),
    (Kind.COUNT_AMOUNT, CountAmount(10, Amount(Decimal(11_800_000), "exact"))),
    (Kind.COUNT_AMOUNT, CountAmount(10, None)),
    (Kind.COUNT_AMOUNT, CountAmount(None, Amount(Decimal("15000.0001"), "over"))),
    (Kind.DATE, FuzzyDate(dt.date(2026, 3, 5))),
    (Kind.DATE, FuzzyDate(dt.date(1930, 3, 5))),
    (Kind.DATE, FuzzyDate(dt.date(2026, 3, 31), Precision.MONTH)),
    (Kind.DATE, FuzzyDate(dt.date(2026, 9, 30), Precision.QUARTER)),
    (Kind.DATE, FuzzyDate(dt.date(2027, 12, 31), Precision.YEAR)),
    (Kind.DAY, dt.date(2026, 3, 5)),
    (Kind.PERIOD, (dt.date(2026, 3, 5), dt.date(2026, 3, 5))),
    (Kind.PERIOD, (dt.date(2026, 3, 5), dt.date(2026, 3, 7))),
    (Kind.PERIOD, (dt.date(2026, 3, 5), dt.date(2026, 4, 2))),
    (Kind.PERIOD, (dt.date(2025, 12, 30), dt.date(2026, 1, 2))),
    (Kind.PERIOD, (dt.date(2025, 3, 5), dt.date(2026, 3, 5))),
    (Kind.CHOICE, "formal"),
    (Kind.YES_NO, True),
    (Kind.YES_NO, False),
]  # fmt: skip


@pytest.mark.parametrize("unit", ["亿元", "万元", "元"])
@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_a_written_value_reads_back_as_itself(tmp_path: Path, kind: Kind, value: object, unit: str):
    column = Column("it", "它", kind, choices={"formal": "正式合同", "intent": "意向"})

    path = written(tmp_path, layout_of(NAME, column, unit=unit), {"name": "甲", "it": value})

    cell = cells(path)[3][2]
    assert values.read(cell, column, unit=unit if kind in {Kind.AMOUNT, Kind.COUNT_AMOUNT} else "", today=TODAY) == value


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_a_value_written_as_csv_reads_back_as_itself(tmp_path: Path, kind: Kind, value: object):
    column = Column("it", "它", kind, choices={"formal": "正式合同", "intent": "意向"})

    _head, line = texts_of(tmp_path, column, row={"it": value})

    unit = "亿元" if kind in {Kind.AMOUNT, Kind.COUNT_AMOUNT} else ""
    assert values.read(unguarded(line[1]), column, unit=unit, today=TODAY) == value


@pytest.mark.parametrize("share", ["0.5", "1", "35", "0"])
def test_a_share_is_not_mistaken_for_its_hundredth(tmp_path: Path, share: str):
    column = Column("it", "增幅（%）", Kind.NUMBER, unit="%")

    path = written(tmp_path, layout_of(NAME, column), {"name": "甲", "it": Decimal(share)})

    assert values.read(cells(path)[3][2], column, unit="", today=TODAY) == Decimal(share)


def test_a_concluded_date_is_written_without_that_word(tmp_path: Path):
    column = Column("on", "日期", Kind.DATE)

    path = written(tmp_path, layout_of(column), {"on": FuzzyDate(dt.date(2026, 3, 31), Precision.MONTH, inferred=True)})

    assert cells(path)[3][1] == "2026年3月"


PERSONAL = [
    Column("phones", "电话", Kind.PHONES, personal=True),
    Column("contact", "联系人", Kind.CONTACT, personal=True),
    Column("phone", "手机", personal=True),
    Column("name", "姓名"),
]
PERSON = {
    "phones": ["13800001234", "0391-3560567"],
    "contact": [("测试员甲", "13800001234"), ("测试员乙", "")],
    "phone": "见名片",
    "name": "13800001234",
}


def test_telephones_are_masked_so_that_nobody_takes_them_for_numbers(tmp_path: Path):
    path = written(tmp_path, layout_of(*PERSONAL), PERSON)

    assert cells(path)[3][1:] == ["138****1234、0391-****567", "测试员甲 138****1234、测试员乙", "****", "13800001234"]
    assert "13800001234" not in "".join(texts_of(tmp_path, *PERSONAL[:3], row=PERSON)[1])


def test_telephones_are_written_whole_for_who_may_see_them(tmp_path: Path):
    path = written(tmp_path, layout_of(*PERSONAL), PERSON, unmasked=True)

    assert cells(path)[3][1:] == ["13800001234、0391-3560567", "测试员甲 13800001234、测试员乙", "见名片", "13800001234"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_csv_cell_that_could_be_a_formula_is_guarded_and_can_be_undone(tmp_path: Path, text: str):
    _head, line = texts_of(tmp_path, NAME, row={"name": text})

    given_text = re.sub("\r\n?", "\n", text)
    assert line[1] == ("'" + given_text if text != "{=1}" else text)
    assert unguarded(line[1]) == given_text


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_csv_cell_is_left_alone(tmp_path: Path, text: str):
    _head, line = texts_of(tmp_path, NAME, row={"name": text})

    assert line[1] == text
    assert unguarded(text) == text


@given(st.text("'=+-@| \t\n＝－\u00a0\u200b\u0338a\r"))
def test_the_guard_can_always_be_undone(text: str):
    assert unguarded(guarded(text)) == text


def test_numbers_are_never_guarded(tmp_path: Path):
    columns = [Column("n", "增减", Kind.NUMBER), Column("a", "投资", Kind.AMOUNT), Column("c", "个数", Kind.COUNT)]
    row = {"n": Decimal("-5.50"), "a": Amount(Decimal(-15_000), "exact"), "c": -3}

    _head, line = texts_of(tmp_path, *columns, row=row)

    assert line == ["1", "-5.5", "-1.5", "-3"]


def test_csv_heads_carry_the_unit_and_the_whole_path_only_where_needed(tmp_path: Path):
    columns = [
        Column("investor", "投资方/名称"),
        Column("company", "项目公司/名称"),
        Column("amount", "投资额/合同总投资", Kind.AMOUNT),
        Column("fixed", "固投（万元）", Kind.AMOUNT, unit="万元"),
        Column("on", "签约/日期", Kind.DATE),
    ]
    row = {"amount": Amount(Decimal(15_000), "exact"), "fixed": Amount(Decimal(15_000), "about"), "on": FuzzyDate(TODAY)}

    head, line = texts_of(tmp_path, *columns, row=row)

    assert head == ["序号", "投资方/名称", "项目公司/名称", "合同总投资（亿元）", "固投（万元）", "日期"]
    assert line == ["1", "", "", "1.5", "约1.5亿元", "2026-11-24"]


def test_a_csv_begins_with_the_mark_by_which_excel_knows_utf_8_and_its_rows_are_counted(tmp_path: Path):
    rows = [{"name": "测试员甲"}, {"name": "🚀\n第二行"}]

    count = write_csv(tmp_path / "a.csv", layout_of(NAME), iter(rows), context=CONTEXT)

    assert count == 2
    assert (tmp_path / "a.csv").read_bytes() == '\ufeff序号,项目名称\r\n1,测试员甲\r\n2,"🚀\n第二行"\r\n'.encode()


def test_a_file_is_named_after_its_zone_ledger_and_day():
    layout = layout_of(NAME)

    assert file_name(layout, CONTEXT, "xlsx") == "焦作国家高新区测试台账（20261124）.xlsx"


def test_title_and_file_name_bear_the_zone_of_the_installation(tmp_path: Path, settings):
    settings.ZONE_NAME = "测试开发区"

    path = written(tmp_path, layout_of(NAME), {"name": "甲"})

    assert cells(path)[0][0] == "测试开发区2026年测试台账"
    assert file_name(layout_of(NAME), CONTEXT, "csv") == "测试开发区测试台账（20261124）.csv"


def test_a_file_name_holds_no_sign_that_a_system_refuses():
    layout = layout_of(NAME, name=' ../招商:活动*"统计"\n<表>|?\\ ')

    assert file_name(layout, CONTEXT, ".csv") == "焦作国家高新区招商_活动_统计_表（20261124）.csv"
