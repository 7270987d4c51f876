"""domain.md 1.6: a ledger is found in a sheet whatever its heads, lines and merged cells look like."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dates import FuzzyDate
from ledgers.layouts.base import Column, Kind, Layout
from ledgers.recognise import read_cell, read_rows, recognise
from ledgers.sheets import Merge, Sheet
from ledgers.values import Amount, Unread
from projects.models import Project

TODAY = dt.date(2026, 11, 24)


def layout(code, name, *columns, unit="", title=""):
    return Layout(code, name, title or name, Project, columns, lambda row, context: iter(()), lambda rows, context: (), unit=unit)


SIGNED = layout(
    "S1",
    "签约项目台账",
    Column("name", "项目名称", required=True),
    Column("investor", "投资方/名称", required=True),
    Column("investor_city", "投资方/所在地"),
    Column("investor_type", "投资方/企业类型"),
    Column("qualifications", "投资方/企业资质", Kind.NAMES),
    Column("kind", "签约情况/合同类型", Kind.CHOICE, choices={"formal": "正式合同", "intent": "意向协议"}),
    Column("signed_on", "签约情况/签约日期", Kind.DATE),
    Column("event", "签约情况/签约活动"),
    Column("our_unit", "签约情况/签约主体"),
    Column("amount", "投资额/合同总投资", Kind.AMOUNT, total=True),
    Column("fixed", "投资额/固投", Kind.AMOUNT, total=True),
    Column("amount_outside", "投资额/其中省外", Kind.AMOUNT, total=True),
    Column("focus", "产业类别"),
    Column("industry", "行业（GB/T 4754）"),
    Column("site", "建设地点"),
    Column("summary", "建设内容及规模"),
    Column("land_mode", "用地情况/方式"),
    Column("land_mu", "用地情况/面积（亩）", Kind.NUMBER, unit="亩", total=True),
    Column("floor_m2", "用地情况/面积（㎡）", Kind.NUMBER, unit="㎡", total=True),
    Column("company", "项目公司/名称"),
    Column("company_credit_code", "项目公司/信用代码", Kind.CODE),
    Column("stage", "目前进展/阶段"),
    Column("start", "目前进展/开工时间", Kind.DATE),
    Column("completion", "目前进展/竣工时间", Kind.DATE),
    Column("production", "目前进展/投产时间", Kind.DATE),
    Column("progress", "目前进展/本月进展"),
    Column("capital_total", "到位资金/累计", Kind.AMOUNT, total=True),
    Column("capital_year", "到位资金/本年", Kind.AMOUNT, total=True),
    Column("capital_outside", "到位资金/其中省外", Kind.AMOUNT, total=True),
    Column("leaders", "责任落实/包联领导", Kind.NAMES),
    Column("officers", "责任落实/首席服务官", Kind.NAMES),
    Column("department", "责任落实/责任单位"),
    Column("contact", "责任落实/联系人及电话", Kind.CONTACT, personal=True),
    Column("problems", "存在问题"),
    Column("next_plan", "下步计划"),
    Column("remark", "备注"),
    unit="亿元",
)
TALKS = layout(
    "S2",
    "在谈项目信息采集表",
    Column("name", "项目名称", required=True),
    Column("investor", "投资方"),
    Column("fixed", "固定资产投资", Kind.AMOUNT, unit="万元"),
    Column("investor_profile", "投资方简介"),
    Column("summary", "项目内容"),
    Column("land", "需用土地", Kind.NUMBER, unit="亩"),
    Column("contact", "企业联系人"),
    Column("phones", "联系方式", Kind.PHONES),
    Column("area", "片区"),
    Column("progress", "进度、备注"),
    Column("focus", "产业类型"),
    Column("outcome", "研判结果"),
)
STATISTICS = layout(
    "S6",
    "招商引资统计月报",
    Column("code", "项目代码", Kind.CODE, required=True),
    Column("name", "项目名称", required=True),
    Column("state_owned", "是否央企", Kind.YES_NO),
    Column("zone", "是否入驻国家级开发区/是", Kind.YES_NO),
    Column("zone_code", "是否入驻国家级开发区/园区代码", Kind.CODE),
    Column("partner", "合作方基本情况/企业名称"),
    *(
        Column(f"{key}_{part}", f"{group}/{path}", Kind.AMOUNT, total=True)
        for key, group in (
            ("agreed", "项目协议总投资额（万元）资金来源"),
            ("since_start", "自开始建设至本月末累计到位资金（万元）资金来源"),
            ("this_year", "自年初至本月末累计到位资金（万元）资金来源"),
        )
        for part, path in (
            ("total", "合计"),
            ("ours", "其中/我方"),
            ("theirs", "其中/合作方/小计"),
            ("outside", "其中/合作方/省外"),
            ("other_cities", "其中/合作方/其他州市"),
            ("city", "其中/合作方/本州市"),
        )
    ),
    unit="万元",
)
EVENTS = layout(
    "S3",
    "招商活动统计表",
    Column("name", "活动名称", required=True),
    Column("kind", "活动类型（推介会/签约会/外出拜访）"),
    Column("period", "时间（起—止）", Kind.PERIOD),
    Column("organisers", "主办单位", Kind.NAMES),
    Column("partners", "承办/协办", Kind.NAMES),
    Column("presented", "推介项目（个/亿元）", Kind.COUNT_AMOUNT, unit="亿元"),
    Column("visited", "拜访企业数", Kind.COUNT),
)
LAYOUTS = (SIGNED, TALKS, STATISTICS, EVENTS)

TITLE = ["焦作国家高新区2026年招商引资签约项目台账"]
UNITS = ["填报单位：开放招商中心（盖章）　填报人：测试员甲　联系电话：0391-3561650　填报时间：2026年11月24日　单位：亿元、亩"]
FLAT = ["序号", "项目名称", "投资方", "固定资产投资", "需用土地", "联系方式", "进度、备注"]


def find(rows, *merges, name="Sheet1", aliases=None, saved=None, only=None, uncomputed=()):
    sheet = Sheet(name, rows, [Merge(*merge) for merge in merges], set(uncomputed))
    return recognise(sheet, LAYOUTS, aliases or {}, saved or {}, layout=only)


def talk(number, name, *more):
    return [number, name, "测试光电有限公司", 1500, 30, "13800001234", "洽谈中", *more]


def names(table):
    return [row.values.get("name") for row in read_rows(table, TODAY)[0]]


def meant(table):
    """Head path → column key."""
    return {head.path: table.mapping.get(head.column) for head in table.heads}


# Heads ----------------------------------------------------------------------------------------------------------


def test_a_table_is_found_under_title_and_unit_line():
    table = find([["在谈项目信息采集表"], UNITS, [], FLAT, talk(1, "测试项目一")])

    assert table.layout is TALKS
    assert (table.head_row, table.first_row) == (4, 5)
    assert names(table) == ["测试项目一"]


def test_heads_in_the_first_row_are_enough():
    table = find([FLAT, talk(1, "测试项目一")])

    assert (table.title, table.head_row) == ("", 1)
    assert names(table) == ["测试项目一"]


def two_row_heads():
    upper = ["序号", "项目名称", "投资方", None, "投资额（亿元）", None, "用地情况", None, None, "备注"]
    lower = [None, None, "名称", "所在地", "合同总投资", "固投", "方式", "面积（亩）", "面积（㎡）", None]
    row = [1, "测试项目一", "测试光电有限公司", "深圳", 3, 2, "出让", 30, "1200㎡", "甲"]
    return [TITLE, UNITS, upper, lower, row]


TWO_ROWS = {
    "序号": None,
    "项目名称": "name",
    "投资方/名称": "investor",
    "投资方/所在地": "investor_city",
    "投资额/合同总投资": "amount",
    "投资额/固投": "fixed",
    "用地情况/方式": "land_mode",
    "用地情况/面积（亩）": "land_mu",
    "用地情况/面积（㎡）": "floor_m2",
    "备注": "remark",
}


def test_merged_heads_are_paths():
    down = [(2, column, 3, column) for column in (0, 1, 9)]

    table = find(two_row_heads(), (0, 0, 0, 9), (1, 0, 1, 9), (2, 2, 2, 3), (2, 4, 2, 5), (2, 6, 2, 8), *down)

    assert meant(table) == TWO_ROWS
    assert (table.head_row, table.first_row) == (3, 5)


def test_heads_do_not_begin_in_a_row_into_which_a_head_above_is_merged():
    """Even where the lower row alone would be understood better."""
    lower = ["开始时间", "结束时间", "外出天数", "拜访企业名称", "接洽人姓名", "接洽人职务"]
    trips = layout("S4", "外出招商情况上报表", Column("单位", "单位", required=True), *(Column(head, head) for head in lower))
    upper = ["单位", "外出时间", None, None, "拜访情况", None, None]
    row = ["测试一组", "3月5日", "3月7日", 3, "测试企业", "联系人00017", "经理"]

    table = find([upper, [None, *lower], row], (0, 0, 1, 0), (0, 1, 0, 3), (0, 4, 0, 6), only=trips)

    assert (table.head_row, table.first_row) == (1, 3)
    assert list(meant(table).values()) == ["单位", *lower]


def test_groups_that_stand_only_in_their_first_cell_are_spread_to_the_right():
    table = find(two_row_heads())

    assert meant(table) == TWO_ROWS


def test_a_head_behind_a_group_in_the_lower_row_does_not_belong_to_the_group():
    rows = two_row_heads()
    rows[2][9], rows[3][9] = None, "备注"

    table = find(rows)

    assert table.mapping[9] == "remark"


def test_a_head_in_the_lower_row_does_not_belong_to_the_single_head_on_its_left():
    table = find(
        [["项目名称", None, "投资方", None], [None, "建设地点", "名称", "所在地"], ["测试项目一", "甲", "乙", "丙"]], only=SIGNED
    )

    assert [head.path for head in table.heads] == ["项目名称", "建设地点", "投资方/名称", "投资方/所在地"]


def test_a_group_of_the_second_row_does_not_reach_into_the_next_group_of_the_first():
    first, second = ["项目名称", "甲组", None, "乙组", None], [None, "一类", None, None, None]
    third = [None, "投资", "用工", "投资", "用工"]
    paths = ["项目名称", "甲组/一类/投资", "甲组/一类/用工", "乙组/投资", "乙组/用工"]
    only = layout("S7", "测试台账", *(Column(f"column{number}", path) for number, path in enumerate(paths)))

    table = find([first, second, third, ["测试项目一", 1, 2, 3, 4]], only=only)

    assert [head.path for head in table.heads] == paths


@pytest.mark.parametrize("merges", [[], [(0, 1, 0, 2)]])
def test_a_group_may_be_called_like_one_of_its_columns(merges):
    only = layout(
        "S8", "测试台账", Column("name", "项目名称"), Column("producing", "达效/投产"), Column("effective", "达效/达效")
    )

    table = find([["项目名称", "达效", None], [None, "投产", "达效"], ["测试项目一", 1, 2]], *merges, only=only)

    assert table.mapping == {0: "name", 1: "producing", 2: "effective"}


def test_a_head_that_stands_in_both_rows_is_one():
    table = find([["项目名称", "投资方", None], ["项目名称", "名称", "所在地"], ["测试项目一", "甲", "深圳"]], only=SIGNED)

    assert [head.path for head in table.heads] == ["项目名称", "投资方/名称", "投资方/所在地"]


def test_merged_groups_say_how_many_rows_the_heads_have_even_where_no_column_of_ours_is_below():
    heads = [["项目名称", "投资方", None, "片区"], [None, "名称", "所在地", None]]

    table = find([*heads, ["测试项目一", "甲", "深圳", "东"]], (0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3), only=TALKS)

    assert names(table) == ["测试项目一"]
    assert [head.path for head in table.unknown] == ["投资方/名称", "投资方/所在地"]


def three_row_heads():
    fixed = ["序号", "项目代码", "项目名称", "是否央企"]
    groups = [
        "项目协议总投资额（万元）资金来源",
        "自开始建设至本月末累计到位资金（万元）资金来源",
        "自年初至本月末累计到位资金（万元）资金来源",
    ]
    first = [*fixed, "是否入驻国家级开发区", None, *(cell for group in groups for cell in [group, *[None] * 5])]
    second = [*[None] * 4, "是", "园区代码", *(["合计", "其中", None, None, None, None] * 3)]
    third = [*[None] * 6, *([None, "我方", "合作方", None, None, None] * 3)]
    fourth = [*[None] * 6, *([None, None, "小计", "省外", "其他州市", "本州市"] * 3)]
    row = [1, "2026-001", "测试项目一", "否", "是", "G01", *range(100, 118)]
    merges = [(1, column, 4, column) for column in range(4)] + [(1, 4, 1, 5), (2, 4, 4, 4), (2, 5, 4, 5)]
    for left in (6, 12, 18):
        merges += [(1, left, 1, left + 5), (2, left, 4, left), (2, left + 1, 2, left + 5), (3, left + 1, 4, left + 1)]
        merges += [(3, left + 2, 3, left + 5)]
    return [["2026年招商引资统计月报"], first, second, third, fourth, row], merges


@pytest.mark.parametrize("with_merges", [True, False])
def test_heads_of_three_and_more_layers_are_told_apart_by_their_whole_path(with_merges):
    rows, merges = three_row_heads()

    table = find(rows, *(merges if with_merges else ()))

    row = read_rows(table, TODAY)[0][0]
    assert table.layout is STATISTICS
    assert (table.unknown, table.ambiguous) == ([], {})
    assert len(table.mapping) == len(STATISTICS.columns) - 1
    assert row.get("agreed_total") == Amount(Decimal(100), "exact")
    assert row.get("since_start_outside") == Amount(Decimal(109), "exact")
    assert row.get("this_year_city") == Amount(Decimal(117), "exact")


def test_a_wide_ledger_in_its_own_layout_is_understood_whole():
    heads = [column.head.split("/", 1) if "GB/T" not in column.head else [column.head] for column in SIGNED.columns]
    upper = [
        parts[0] if not number or heads[number - 1][0] != parts[0] or len(parts) == 1 else None
        for number, parts in enumerate(heads)
    ]
    lower = [parts[1] if len(parts) > 1 else None for parts in heads]

    table = find([TITLE, UNITS, ["序号", *upper], [None, *lower], [1, "测试项目一", "测试光电有限公司"]])

    assert [table.mapping.get(number) for number in range(1, 37)] == [column.key for column in SIGNED.columns]


def test_spaces_line_breaks_brackets_and_stars_in_heads_do_not_matter():
    heads = ["序 号", "项 目\n名 称*", "★投资方", "固定资产投资\n(万元)", "需用土地（亩）", "联系方式：", "进度、备注（必填）"]

    table = find([heads, talk(1, "测试项目一")])

    assert list(table.mapping.values()) == ["name", "investor", "fixed", "land", "phones", "progress"]
    assert table.unknown == []


def test_columns_may_come_in_any_order_without_a_number_and_with_others_between():
    table = find(
        [
            ["进度、备注", "奇怪的列", "投资方", "项目名称", "联系方式"],
            ["洽谈中", "x", "测试光电有限公司", "测试项目一", "13800001234"],
        ]
    )

    assert table.mapping == {0: "progress", 2: "investor", 3: "name", 4: "phones"}
    assert [head.path for head in table.unknown] == ["奇怪的列"]
    assert names(table) == ["测试项目一"]


def test_an_explanation_in_the_brackets_of_a_layout_need_not_be_written():
    table = find(
        [
            ["活动名称", "活动类型", "时间", "承办/协办", "推介项目(个/亿元)"],
            ["测试活动", "推介会", "2026年3月5日—7日", "甲、乙", "10/1180"],
        ]
    )

    assert list(table.mapping.values()) == ["name", "kind", "period", "partners", "presented"]
    assert read_rows(table, TODAY)[0][0].get("presented").amount.value == 11_800_000


def test_an_explanation_the_layout_does_not_have_is_asked():
    heads = [*FLAT]
    heads[2] = "投资方（计划）"

    table = find([heads, talk(1, "测试项目一")])

    assert [head.path for head in table.unknown] == ["投资方（计划）"]


def test_a_leaf_is_enough_where_only_one_column_has_it():
    table = find(
        [["项目名称", "合同总投资", "签约日期", "名称", "其中省外"], ["测试项目一", 3, "2026.3.5", "甲", 1]], only=SIGNED
    )

    assert list(table.mapping.values()) == ["name", "amount", "signed_on"]
    assert [head.path for head in table.unknown] == ["名称", "其中省外"]


def test_the_code_of_another_group_is_not_taken_for_that_of_the_project_company():
    table = find(
        [["项目名称", "投资方", None, None], [None, "名称", "所在地", "信用代码"], ["测试项目一", "甲", "深圳", "X"]], only=SIGNED
    )

    assert [head.path for head in table.unknown] == ["投资方/信用代码"]


def test_a_leaf_that_says_nothing_without_its_group_is_asked_under_an_unknown_group():
    table = find([["项目名称", "合作方", "签约"], [None, "信用代码", "签约日期"], ["测试项目一", "X", "2026.3.5"]], only=SIGNED)

    assert table.mapping == {0: "name", 2: "signed_on"}
    assert [head.path for head in table.unknown] == ["合作方/信用代码"]


def test_an_alias_is_another_head():
    heads = [*FLAT]
    heads[2] = "客商名称"

    table = find([heads, talk(1, "测试项目一")], aliases={("S2", "investor"): ["客商 名称"]})

    assert table.mapping[2] == "investor"


def test_a_similar_head_is_never_guessed():
    table = find([["项目名称", "投资商", "固定资产投入", "需用土地", "片区"], ["测试项目一", "甲", 1, 2, "东"]])

    assert [head.path for head in table.unknown] == ["投资商", "固定资产投入"]


def test_of_two_heads_for_one_column_the_exact_one_wins_and_both_are_shown():
    heads = [*FLAT, "客商"]

    table = find([heads, talk(1, "测试项目一", "别的")], aliases={("S2", "investor"): ["客商"]})

    assert table.mapping[2] == "investor"
    assert [head.path for head in table.ambiguous["investor"]] == ["投资方", "客商"]
    assert [head.path for head in table.unknown] == ["客商"]


def test_of_two_equal_heads_none_is_taken():
    table = find([[*FLAT, "投资方"], talk(1, "测试项目一", "别的")])

    assert "investor" not in table.mapping.values()
    assert [head.path for head in table.unknown] == ["投资方", "投资方~2"]


def test_what_a_person_said_of_the_heads_is_used_again():
    heads = ["项目名称", "投资商", "固定资产投资", "备用"]
    rows = [heads, ["测试项目一", "测试光电有限公司", 1500, "x"]]
    said = {"投资商": "investor", "备用": "", "固定资产投资": ""}

    table = find(rows, only=TALKS, saved={find(rows, only=TALKS).signature: said})

    assert table.mapping == {0: "name", 1: "investor"}
    assert table.unknown == []


def test_the_signature_follows_the_heads_and_not_their_spelling():
    first = find([FLAT, talk(1, "测试项目一")]).signature
    spelled = find([["别的标题"], [], [f" {head}＊" for head in FLAT], talk(1, "测试项目二")]).signature
    other = find([[*FLAT[:-1], "片区"], talk(1, "测试项目一")]).signature

    assert len(first) == 16
    assert first == spelled
    assert first != other


# Which kind of ledger -------------------------------------------------------------------------------------------


def test_the_kind_with_the_most_heads_is_chosen():
    assert find(two_row_heads()).layout is SIGNED
    assert find([FLAT, talk(1, "测试项目一")]).layout is TALKS


def test_the_title_decides_between_kinds_with_the_same_heads():
    other = layout("S9", "招商线索登记表", *TALKS.columns)
    sheet = Sheet("Sheet1", [["2026年招商线索登记表"], FLAT, talk(1, "测试项目一")])

    table = recognise(sheet, [TALKS, other], {}, {})

    assert table.layout is other


def test_the_kind_may_be_given():
    assert find([["项目名称", "别的", "另外"], ["测试项目一", 1, 2]], only=TALKS).layout is TALKS


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[]],
        [[None]],
        [["说明"], ["本表由开放招商中心负责解释"]],
        [["姓名", "性别", "民族", "备注"], ["测试员甲", "男", "汉", ""]],
        [["日期", "支出", "项目名称", "摘要", "借方", "贷方"], ["2026.3.5", 1, "x", "y", 1, 2]],
        [[1, 2, 3], [4, 5, 6]],
    ],
)
def test_a_sheet_that_is_no_ledger_gives_none(rows):
    assert find(rows) is None


def test_every_sheet_stands_for_itself():
    first = find([FLAT, talk(1, "测试项目一")], name="东片区")
    second = find([["2026年"], FLAT, talk(1, "测试项目二")], name="西片区")

    assert (first.sheet, second.sheet) == ("东片区", "西片区")
    assert first.signature == second.signature


# Lines above ----------------------------------------------------------------------------------------------------


def test_title_unit_and_who_reported_are_read_from_the_lines_above():
    table = find([TITLE, UNITS, FLAT, talk(1, "测试项目一")])

    assert table.title == TITLE[0]
    assert (table.unit, table.other_units) == ("亿元", ["亩"])
    assert table.unit_name == "开放招商中心"
    assert table.reported_by == "测试员甲"
    assert table.reported_on == dt.date(2026, 11, 24)


def test_labels_and_values_may_stand_in_cells_of_their_own():
    line = ["填报单位：", "开放招商中心", None, "填报时间：", dt.datetime(2026, 11, 24), "计量单位：", "万元"]

    table = find([TITLE, line, FLAT, talk(1, "测试项目一")])

    assert (table.unit_name, table.reported_on, table.unit) == ("开放招商中心", dt.date(2026, 11, 24), "万元")


def test_empty_labels_say_nothing():
    table = find([["在谈项目信息采集表"], ["填报单位：（盖章）　填报人：　联系电话：　填报时间："], FLAT, talk(1, "测试项目一")])

    assert (table.unit, table.unit_name, table.reported_by, table.reported_on) == ("", "", "", None)


def test_a_day_of_reporting_without_its_year_is_not_taken():
    assert find([["填报时间：11月24日"], FLAT, talk(1, "测试项目一")]).reported_on is None


def test_the_ledger_may_say_who_reported_at_its_end():
    table = find([FLAT, talk(1, "测试项目一"), ["审核人：　填报人：测试员乙　填报时间：2026.11.20"]])

    assert (table.reported_by, table.reported_on) == ("测试员乙", dt.date(2026, 11, 20))


def test_the_counts_a_ledger_states_are_kept():
    line = ["共上报在谈项目12个（新增3个），其中产业项目8个、人才项目__1__个、5亿元以上项目2个"]

    table = find([["在谈项目信息采集表"], line, FLAT, talk(1, "测试项目一"), ["合计（12个）"]])

    assert [(count.label, count.count) for count in table.stated_counts] == [
        ("共上报在谈项目", 12),
        ("新增", 3),
        ("产业项目", 8),
        ("人才项目", 1),
        ("5亿元以上项目", 2),
    ]
    assert table.title == "在谈项目信息采集表"


# Units ----------------------------------------------------------------------------------------------------------


def amount_in(head="固定资产投资", cell=1.5, *, above=()):
    heads = ["序号", "项目名称", "投资方", head]
    return read_rows(find([*above, heads, [1, "测试项目一", "甲", cell]], only=TALKS), TODAY)


def test_the_unit_of_the_cell_wins_over_head_sheet_and_layout():
    rows, _problems = amount_in("固定资产投资（亿元）", "1500万元", above=[["单位：亿元"]])

    assert rows[0].get("fixed").value == 1500


def test_the_unit_of_the_head_wins_over_that_of_the_sheet():
    rows, _problems = amount_in("固定资产投资（亿元）", above=[["单位：万元"]])

    assert rows[0].get("fixed").value == 15000


def test_the_unit_of_the_sheet_wins_over_that_of_the_layout():
    rows, _problems = amount_in(above=[["单位：亿元、亩"]])

    assert rows[0].get("fixed").value == 15000


def test_without_any_unit_that_of_the_layout_counts():
    rows, _problems = amount_in()

    assert rows[0].get("fixed").value == Decimal("1.5")


@pytest.mark.parametrize(
    "head", ["固定资产投资，亿元", "固定资产投资\n亿元", "固定资产投资（单位：亿元）", "固定资产投资【亿元】"]
)
def test_the_unit_of_a_head_is_found_however_it_is_written(head):
    rows, _problems = amount_in(head)

    assert rows[0].get("fixed").value == 15000


@pytest.mark.parametrize("above", [[["单位：亿元、万元"]], [["单位：万美元"]]])
def test_a_sheet_with_two_units_or_a_foreign_one_asks_for_the_unit_in_the_cell(above):
    _rows, problems = amount_in(above=above)

    assert [(problem.cell, problem.code) for problem in problems] == [("D3", "unit")]


def test_an_area_is_converted_from_the_unit_of_its_head():
    table = find([["项目名称", "投资方", "需用土地（㎡）"], ["测试项目一", "甲", 2000]])

    assert read_rows(table, TODAY)[0][0].get("land") == 3


# Lines between and behind the rows ------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["合计", "总计", "合 计", "本页小计", "合计：", "合计（3个）", "工业项目小计"])
@pytest.mark.parametrize("column", [0, 1])
def test_a_total_is_no_row_wherever_it_stands(label, column):
    total = [None] * 7
    total[column], total[3] = label, 3000
    rows = [talk(1, "测试项目一"), talk(2, "测试项目二")]

    for place in range(3):
        table = find([FLAT, *rows[:place], total, *rows[place:]])

        assert names(table) == ["测试项目一", "测试项目二"]
        assert [found.number for found in table.totals] == [place + 2]
        assert table.totals[0].cells["fixed"] == 3000
        assert table.totals[0].addresses["fixed"] == f"D{place + 2}"


@pytest.mark.parametrize("before", ["全区", 3])
def test_the_word_for_a_total_counts_behind_a_group_or_a_number_too(before):
    table = find([FLAT, talk(1, "测试项目一"), [before, "合计", None, 3000]])

    assert names(table) == ["测试项目一"]
    assert len(table.totals) == 1


def test_a_total_is_read_like_a_row():
    table = find([["单位：亿元"], FLAT, ["合计", None, None, 1.5], talk(1, "测试项目一")], only=TALKS)

    assert read_cell(table, TALKS.column("fixed"), table.totals[0].cells["fixed"]) == Amount(Decimal(15000), "exact")
    with pytest.raises(Unread):
        read_cell(table, TALKS.column("fixed"), "15-16")


def test_a_project_that_is_called_like_a_total_is_a_row():
    table = find([FLAT, talk(1, "测试合计产业园"), talk(2, "小计算机项目")])

    assert names(table) == ["测试合计产业园", "小计算机项目"]


def test_blank_rows_and_printed_numbers_are_no_rows():
    table = find([FLAT, [], talk(1, "测试项目一"), [None] * 7, ["　"], [2], [3, None, " "], talk(4, "测试项目二")])

    assert [row.number for row in table.rows] == [3, 8]
    assert table.skipped == []


@pytest.mark.parametrize(
    "group", [["一、工业项目"], ["工业项目"], [None, "（一）工业项目"], ["一、工业项目", "一、工业项目", "一、工业项目"]]
)
def test_the_name_of_a_group_is_no_row(group):
    table = find([FLAT, group, talk(1, "测试项目一")])

    assert names(table) == ["测试项目一"]
    assert table.skipped[0][0] == 2


def test_a_merged_name_of_a_group_is_no_row():
    table = find([FLAT[1:], ["工业项目"], talk(1, "测试项目一")[1:]], (1, 0, 1, 5))

    assert names(table) == ["测试项目一"]


def test_a_group_with_its_figures_is_a_total():
    table = find(
        [FLAT, ["一", "工业项目", None, 3000], talk(1, "测试项目一"), ["二", "农业项目", None, 0], talk(2, "测试项目二")]
    )

    assert names(table) == ["测试项目一", "测试项目二"]
    assert [row.label for row in table.totals] == ["一", "二"]


def test_a_lonely_name_in_its_own_column_is_a_row_that_lacks_the_rest():
    table = find([FLAT, talk(1, "测试项目一"), [None, "测试项目二"]])

    assert names(table) == ["测试项目一", "测试项目二"]


def test_a_csv_in_which_every_cell_is_text_is_read_alike():
    rows = [
        ["1", "测试项目一", "甲", "1500", "30", "13800001234", "洽谈中"],
        ["2", "", "", "", "", "", ""],
        ["一", "工业项目", "", "3000", "", "", ""],
    ]

    table = find([FLAT, *rows, ["", "", "", "", "", "", ""]])

    assert names(table) == ["测试项目一"]
    assert [row.number for row in table.totals] == [4]
    assert table.skipped == []


def test_notes_and_signatures_at_the_end_are_no_rows():
    notes = [["备注：1.认真审核后统一上报；"], ["2.有新增或有进度更新才填；"], [None, "3.每周五上午十点前报送"]]
    signatures = [
        ["审核人：　　单位负责人：", None, None, "填表人：测试员甲"],
        ["单位负责人（签字）：", None, None, None, "日期："],
    ]

    table = find([FLAT, talk(1, "测试项目一"), [], *notes, [], *signatures])

    assert names(table) == ["测试项目一"]
    assert table.notes == ["备注：1.认真审核后统一上报；", "2.有新增或有进度更新才填；", "3.每周五上午十点前报送"]
    assert [number for number, _text in table.skipped] == [4, 5, 6, 8, 9]


def test_heads_printed_again_in_the_middle_are_no_rows():
    rows = two_row_heads()
    again = [2, "测试项目二", *rows[4][2:]]

    table = find([*rows, rows[0], rows[1], rows[2], rows[3], again])

    assert names(table) == ["测试项目一", "测试项目二"]


def test_the_line_that_numbers_the_columns_is_no_row():
    numbers = ["甲", "乙", "1", "2", "3", "4", "5"]

    assert names(find([FLAT, numbers, talk(1, "测试项目一")])) == ["测试项目一"]
    assert names(find([FLAT, [1, 2, 3, 4, 5, 6, 7], talk(1, "测试项目一")])) == ["测试项目一"]


# Rows -----------------------------------------------------------------------------------------------------------


def test_a_cell_merged_downwards_counts_for_every_row():
    rows = [talk(number, f"测试项目{number}") for number in range(1, 6)]
    for row in rows[1:]:
        row[2] = None

    table = find([FLAT, *rows], (1, 2, 5, 2))

    found, problems = read_rows(table, TODAY)
    assert [row.get("investor") for row in found] == ["测试光电有限公司"] * 5
    assert [row.addresses["investor"] for row in found] == ["C2"] * 5
    assert problems == []


def test_a_figure_merged_over_several_projects_is_refused_in_each_row():
    rows = [talk(1, "测试项目一"), talk(2, "测试项目二")]
    rows[1][3] = None

    _rows, problems = read_rows(find([FLAT, *rows], (1, 3, 2, 3)), TODAY)

    assert [(problem.row, problem.cell, problem.code) for problem in problems] == [(2, "D2", "shared"), (3, "D2", "shared")]


def test_a_figure_merged_over_the_rows_of_one_project_is_taken():
    rows = [talk(1, "测试项目一"), talk(None, None)]
    rows[1][3] = None

    found, problems = read_rows(find([FLAT, *rows], (1, 1, 2, 1), (1, 3, 2, 3)), TODAY)

    assert [(row.get("name"), row.get("fixed").value) for row in found] == [("测试项目一", 1500), ("测试项目一", 1500)]
    assert problems == []


def test_a_cell_merged_sideways_belongs_to_its_first_column():
    row = talk(1, "测试项目一")
    row[5], row[6] = "13800001234", None

    found, problems = read_rows(find([FLAT, row], (1, 5, 1, 6)), TODAY)

    assert found[0].get("phones") == ["13800001234"]
    assert found[0].get("progress") is None
    assert problems == []


def test_overlapping_and_endless_merged_ranges_do_no_harm():
    endless = [(row, column, 1_048_575, 16_383) for column in (1, 3) for row in range(400, 1, -1)]

    table = find([FLAT, *(talk(number, f"测试项目{number}") for number in range(1, 501))], *endless)

    assert len(table.rows) == 500
    assert table.rows[0].grid.source(450, "name") == (400, 1)  # the later range ends where the earlier one begins


def test_a_row_says_where_its_values_stand_and_what_is_blank():
    row = talk(1, "测试项目一")
    row[3], row[4] = "/", None

    found = read_rows(find([TITLE, FLAT, row]), TODAY)[0][0]

    assert found.number == 3
    assert found.addresses["phones"] == "F3"
    assert found.blank == {"fixed", "land"}
    assert "fixed" not in found.values
    assert found.values["phones"] == ["13800001234"]


def test_a_date_without_a_year_is_of_the_year_the_ledger_was_reported_in():
    heads, row = ["项目名称", "投资方/名称", "签约日期"], ["测试项目一", "甲", "11月底"]

    here = read_rows(find([heads, row], only=SIGNED), TODAY)[0][0]
    reported = read_rows(find([["填报时间：2025年12月1日"], heads, row], only=SIGNED), TODAY)[0][0]

    assert here.get("signed_on") == FuzzyDate(dt.date(2026, 11, 30), "month", True)
    assert reported.get("signed_on") == FuzzyDate(dt.date(2025, 11, 30), "month", True)


def test_a_row_shorter_than_the_heads_is_blank_behind():
    found = read_rows(find([FLAT, [1, "测试项目一"]]), TODAY)[0][0]

    assert found.values == {"name": "测试项目一"}


# Problems -------------------------------------------------------------------------------------------------------


def test_every_bad_cell_is_a_problem_with_its_place_and_the_row_keeps_its_good_ones():
    row = talk(1, "测试项目一")
    row[3], row[5] = "3-5亿", "1380000"

    found, problems = read_rows(find([TITLE, FLAT, row], name="东片区"), TODAY)

    assert [(one.sheet, one.cell, one.row, one.column, one.value, one.code) for one in problems] == [
        ("东片区", "D3", 3, "固定资产投资", "3-5亿", "amount"),
        ("东片区", "F3", 3, "联系方式", "1380000", "phone"),
    ]
    assert found[0].get("name") == "测试项目一"
    assert found[0].get("fixed") is None


@pytest.mark.parametrize("cell", [None, "", "/", "待定"])
def test_a_required_cell_left_empty_is_a_problem(cell):
    _rows, problems = read_rows(find([FLAT, talk(1, cell)]), TODAY)

    assert [(problem.cell, problem.code) for problem in problems] == [("B2", "required")]


def test_a_required_column_that_is_missing_is_one_problem():
    rows = [FLAT[2:], *(talk(number, "x")[2:] for number in range(5))]

    _rows, problems = read_rows(find(rows), TODAY)

    assert [(problem.cell, problem.row, problem.column, problem.code) for problem in problems] == [
        ("A1", 1, "项目名称", "missing_column")
    ]


def test_a_formula_without_a_result_is_a_problem():
    row = talk(1, "测试项目一")
    row[3] = None

    _rows, problems = read_rows(find([FLAT, row], uncomputed={(1, 3), (1, 0)}), TODAY)

    assert [(problem.cell, problem.code) for problem in problems] == [("D2", "formula")]
    assert "保存一次" in problems[0].message


def test_problems_are_capped_with_a_count_and_their_rows_are_left_out():
    rows = [[number, "测试项目", "甲", "3-5亿"] for number in range(12)]

    found, problems = read_rows(find([FLAT, *rows]), TODAY, most=10)

    assert len(problems) == 11
    assert problems[-1].code == "more"
    assert "2" in problems[-1].message
    assert len(found) == 10


def test_a_thousand_problems_are_listed():
    rows = [[number, "测试项目", "甲", "3-5亿"] for number in range(1003)]

    _rows, problems = read_rows(find([FLAT, *rows]), TODAY)

    assert len(problems) == 1001


# Anything at all ------------------------------------------------------------------------------------------------

WORDS = [
    *FLAT,
    *TITLE,
    *UNITS,
    "合计",
    "一、工业项目",
    "备注：甲",
    "审核人：",
    "名称",
    "投资额（亿元）",
    "约3亿元",
    "#N/A",
    "",
    " ",
    None,
    1,
    2.5,
    True,
    TODAY,
]
PLACES = st.integers(min_value=0, max_value=12)


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(st.lists(st.sampled_from(WORDS), max_size=9), max_size=12),
    merges=st.lists(st.tuples(PLACES, PLACES, PLACES, PLACES), max_size=6),
    only=st.sampled_from([None, SIGNED, TALKS]),
)
def test_no_sheet_breaks_the_reading_and_every_line_is_somewhere(rows, merges, only):
    table = find(rows, *merges, only=only)

    if table is not None:
        found, problems = read_rows(table, TODAY)
        numbers = [row.number for row in [*table.rows, *table.totals]] + [number for number, _text in table.skipped]
        assert len(numbers) == len(set(numbers))
        assert len(found) == len(table.rows)
        assert all(problem.message for problem in problems)
