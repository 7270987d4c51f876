"""domain.md 4.5 and 4.6, reliability.md I5: a cell is read rightly or refused, never silently wrong."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.amounts import LIMIT
from core.dates import FuzzyDate
from ledgers.layouts.base import Column, Kind
from ledgers.values import NOT_STATED, Amount, CountAmount, Unread, read

TODAY = dt.date(2026, 11, 24)
CREDIT_CODE = "91410800MA44BM8Q25"
CHOICES = {"formal": "正式合同", "frame": "框架协议", "wish": "框架意向书", "intent": "意向协议", "none": "无"}


def read_as(kind, cell, *, unit="", column_unit="", key="column"):
    choices = CHOICES if kind is Kind.CHOICE else {}
    return read(cell, Column(key, "列", kind, unit=column_unit, choices=choices), unit=unit, today=TODAY)


def refusal(kind, cell, **options):
    with pytest.raises(Unread) as refused:
        read_as(kind, cell, **options)
    assert refused.value.message == str(refused.value)
    return refused.value


# Amounts --------------------------------------------------------------------------------------------------------

AMOUNTS = [  # cell, unit of the column, 万元, qualifier
    (1500, "万元", "1500", "exact"),
    (1500.0, "万元", "1500", "exact"),
    (1.5, "亿元", "15000", "exact"),
    (0.1 + 0.2, "亿元", "3000", "exact"),
    (15000000, "元", "1500", "exact"),
    (0, "亿元", "0", "exact"),
    (0, "", "0", "exact"),
    ("0", "万元", "0", "exact"),
    ("1500", "万元", "1500", "exact"),
    ("1,500", "万元", "1500", "exact"),
    ("1，500", "万元", "1500", "exact"),
    ("1,500.50", "万元", "1500.5", "exact"),
    ("１５００", "万元", "1500", "exact"),
    ("１．５", "亿元", "15000", "exact"),
    ("1.5亿", "万元", "15000", "exact"),
    ("1.5亿元", "万元", "15000", "exact"),
    ("1.5亿元", "", "15000", "exact"),
    ("1.5 亿元", "万元", "15000", "exact"),
    ("１５００万", "亿元", "1500", "exact"),
    ("3500万元", "亿元", "3500", "exact"),
    ("15000000元", "亿元", "1500", "exact"),
    ("142亿元", "万元", "1420000", "exact"),
    ("1180亿元", "万元", "11800000", "exact"),  # a unit in the cell is trusted
    ("1180亿元", "亿元", "11800000", "exact"),
    ("1元", "万元", "0.0001", "exact"),
    ("约3亿元", "万元", "30000", "about"),
    ("约3", "亿元", "30000", "about"),
    ("3亿元左右", "万元", "30000", "about"),
    ("近4000亿元", "亿元", "40000000", "near"),
    ("超亿元", "万元", "10000", "over"),
    ("逾3亿", "万元", "30000", "over"),
    ("3亿余元", "万元", "30000", "over"),
    ("500万元以上", "万元", "500", "at_least"),
    ("不低于3亿元", "万元", "30000", "at_least"),
    ("5亿元以内", "万元", "50000", "at_most"),
    ("人民币3亿元", "万元", "30000", "exact"),
    ("3亿元（人民币）", "万元", "30000", "exact"),
    ("5千万", "亿元", "5000", "exact"),
    ("1500万元整", "万元", "1500", "exact"),
    ("\n1.5亿元 ", "万元", "15000", "exact"),
    ("12,3456", "万元", "123456", "exact"),
    (9_999_999, "万元", "9999999", "exact"),
    (0.01, "万元", "0.01", "exact"),
    (0.3333333333, "亿元", "3333.3333", "exact"),
]


@pytest.mark.parametrize(("cell", "unit", "value", "qualifier"), AMOUNTS)
def test_an_amount_is_read_in_its_unit_with_its_word(cell, unit, value, qualifier):
    assert read_as(Kind.AMOUNT, cell, unit=unit) == Amount(Decimal(value), qualifier)


@pytest.mark.parametrize(
    "cell", ["", " ", "　", "/", "／", "//", "-", "－", "—", "——", "———", "无", "暂无", "待定", "空", "待 定", "N/A", None]
)
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CHOICE])
def test_what_says_nothing_is_not_stated_in_every_kind_of_column(kind, cell):
    assert read_as(kind, cell, unit="亿元") is NOT_STATED


def test_not_stated_is_false_and_zero_is_stated():
    assert not NOT_STATED
    assert read_as(Kind.COUNT, "0") == 0
    assert read_as(Kind.AMOUNT, "0", unit="亿元") == Amount(Decimal(0), "exact")


@pytest.mark.parametrize(
    ("cell", "unit"),
    [
        (150000, "亿元"),
        ("150000", "亿元"),
        ("约150000", "亿元"),
        (1000, "亿元"),
        (10_000_000, "万元"),
        (150_000_000, "万元"),
        (0.005, "万元"),
        ("0.005", "万元"),
        (0.00001, "万元"),
        (0.5, "元"),
        (50, "元"),
        (1500, ""),
        ("1500", ""),
        (1500, "万美元"),
        (1500, "亿元、万元"),
    ],
)
def test_a_size_hard_to_believe_or_without_a_unit_asks_for_the_unit(cell, unit):
    assert refusal(Kind.AMOUNT, cell, unit=unit).code == "unit"


def test_a_doubtful_size_is_shown_as_it_would_be_taken():
    message = refusal(Kind.AMOUNT, 150000, unit="亿元").message

    assert "150,000亿元" in message
    assert "150000万元" in message


@pytest.mark.parametrize(
    "cell",
    [
        "3-5亿元", "3～5亿", "1.5亿元（其中固投1亿元）", "①3亿元", "①3亿元②2亿元", "5²", "½亿", "14005万美元", "USD 5m", "$500", "三亿",
        "1500w", "1.5e5", "1.5E+05", "1 500", "1,5", "1.500,00", "150%", "1500万/年", "5千", "约3亿元以上", "一期3亿", "0.00004万元", "0.3元", "亿元",
        "已到位", "#N/A", "#REF!", "#DIV/0!", True, dt.datetime(2026, 3, 5), dt.date(2026, 3, 5), dt.time(9), dt.timedelta(1),
        float("nan"), float("inf"), str(LIMIT * 2), f"{LIMIT}亿元",
    ],
)  # fmt: skip
def test_an_amount_that_would_be_a_guess_is_refused(cell):
    assert "请" in refusal(Kind.AMOUNT, cell, unit="万元").message


@pytest.mark.parametrize("cell", [-1, -1.5, "-500", "(500)", "（500）", "−500"])
def test_a_negative_amount_is_refused(cell):
    assert refusal(Kind.AMOUNT, cell, unit="万元").code == "negative"


# Dates ----------------------------------------------------------------------------------------------------------

DATES = [  # cell, day, precision, inferred
    (dt.datetime(2026, 11, 24), "2026-11-24", "day", False),
    (dt.datetime(2026, 11, 24, 9, 30), "2026-11-24", "day", False),
    (dt.date(2026, 11, 24), "2026-11-24", "day", False),
    ("2026-11-24", "2026-11-24", "day", False),
    ("2026/11/24", "2026-11-24", "day", False),
    ("2026.11.24", "2026-11-24", "day", False),
    ("2026.3.5", "2026-03-05", "day", False),
    ("2026年3月5日", "2026-03-05", "day", False),
    ("2026年3月5号", "2026-03-05", "day", False),
    ("２０２６年３月５日", "2026-03-05", "day", False),
    ("2026 年 3 月 5 日", "2026-03-05", "day", False),
    ("2026-11-24 00:00:00", "2026-11-24", "day", False),
    ("2026-11-24T00:00:00", "2026-11-24", "day", False),
    ("20261124", "2026-11-24", "day", False),
    (20261124, "2026-11-24", "day", False),
    (20261124.0, "2026-11-24", "day", False),
    (46350, "2026-11-24", "day", False),
    (46350.0, "2026-11-24", "day", False),
    ("3月5日", "2026-03-05", "day", True),
    ("2026年3月", "2026-03-31", "month", False),
    ("2026年3月份", "2026-03-31", "month", False),
    ("2026-11", "2026-11-30", "month", False),
    ("2026.11", "2026-11-30", "month", False),
    ("2026.1", "2026-01-31", "month", False),
    ("2026.10", "2026-10-31", "month", False),
    (2026.11, "2026-11-30", "month", False),
    (2026.3, "2026-03-31", "month", False),
    (2026.02, "2026-02-28", "month", False),
    ("11月底", "2026-11-30", "month", True),
    ("三季度", "2026-09-30", "quarter", True),
    ("2026年三季度", "2026-09-30", "quarter", False),
    ("2026Q3", "2026-09-30", "quarter", False),
    ("2026年", "2026-12-31", "year", False),
    ("2026", "2026-12-31", "year", False),
    (2026, "2026-12-31", "year", False),
    (2026.0, "2026-12-31", "year", False),
    ("2026年底", "2026-12-31", "year", False),
    ("明年3月", "2027-03-31", "month", True),
]


@pytest.mark.parametrize(("cell", "on", "precision", "inferred"), DATES)
def test_a_date_is_read_with_its_precision(cell, on, precision, inferred):
    assert read_as(Kind.DATE, cell) == FuzzyDate(dt.date.fromisoformat(on), precision, inferred)


@pytest.mark.parametrize(
    "cell",
    [
        "11/12/26", "11/12/2026", "3.5", "2026年13月", "2026-02-30", "2026.3.5、2026.4.1", "2026.3.5\n2026.4.1", "2026年3月中旬", "2026年上半年",
        "近期", "46350", 46350.5, 2026.1, 2026.13, 45, 3.5, -5, 1e300, 99999999, True, dt.time(9), dt.datetime(1905, 7, 18), dt.datetime(1900, 1, 3),
        "#VALUE!", "2026年③月",
    ],
)  # fmt: skip
def test_a_date_that_would_be_a_guess_is_refused(cell):
    assert "请" in refusal(Kind.DATE, cell).message


def test_a_year_and_tenth_as_a_number_may_be_january_or_october():
    message = refusal(Kind.DATE, 2026.1).message

    assert "2026年1月" in message
    assert "2026年10月" in message


@pytest.mark.parametrize("cell", ["已开工", "未开工", "在建", "正在办理"])
def test_a_state_in_a_date_column_is_told_where_it_belongs(cell):
    assert "状态" in refusal(Kind.DATE, cell).message


def test_a_day_must_be_written_to_the_day():
    assert read_as(Kind.DAY, "2026.3.5") == dt.date(2026, 3, 5)
    assert refusal(Kind.DAY, "2026年3月").code == "day"


PERIODS = [
    ("2026年3月5日—7日", "2026-03-05", "2026-03-07"),
    ("2026年3月5日-7日", "2026-03-05", "2026-03-07"),
    ("2026年3月5日至4月2日", "2026-03-05", "2026-04-02"),
    ("3月5日-4月2日", "2026-03-05", "2026-04-02"),
    ("3月5日——7日", "2026-03-05", "2026-03-07"),
    ("2026.3.5-2026.3.7", "2026-03-05", "2026-03-07"),
    ("2026.3.5-3.7", "2026-03-05", "2026-03-07"),
    ("2026.3.5-7", "2026-03-05", "2026-03-07"),
    ("2026-03-05至2026-03-07", "2026-03-05", "2026-03-07"),
    ("2026-03-05~2026-03-07", "2026-03-05", "2026-03-07"),
    ("2026-03-05 - 2026-03-07", "2026-03-05", "2026-03-07"),
    ("2026-3-5-2026-3-7", "2026-03-05", "2026-03-07"),
    ("2026/3/5～2026/3/7", "2026-03-05", "2026-03-07"),
    ("2026年12月30日—1月2日", "2026-12-30", "2027-01-02"),
    ("12月30日—2027年1月2日", "2026-12-30", "2027-01-02"),
    ("2026年3月5日", "2026-03-05", "2026-03-05"),
    ("2026-3-5", "2026-03-05", "2026-03-05"),
    (dt.datetime(2026, 3, 5), "2026-03-05", "2026-03-05"),
    (46350, "2026-11-24", "2026-11-24"),
]


@pytest.mark.parametrize(("cell", "first", "last"), PERIODS)
def test_a_period_is_read_from_its_first_to_its_last_day(cell, first, last):
    assert read_as(Kind.PERIOD, cell) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.mark.parametrize(
    "cell",
    [
        "2026年3月",
        "3.5-3.7",
        "3-5",
        "2026年3月7日—5日",
        "2026年3月5日—",
        "3月5日 7日",
        "2026.3.5—2.30",
        "2026年4月2日-3月5日",
        "近期",
        3.5,
    ],
)
def test_a_period_that_would_be_a_guess_is_refused(cell):
    assert "请" in refusal(Kind.PERIOD, cell).message


# Codes and texts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2026-001", "2026-001"),
        ("ＺＳ２０２６００１", "ZS2026001"),
        (" ZS 2026 001 ", "ZS2026001"),
        (2026001, "2026001"),
        (2026001.0, "2026001"),
        (123456789012345, "123456789012345"),
        ("410803199001011234", "410803199001011234"),
    ],
)
def test_a_code_keeps_its_signs(cell, code):
    assert read_as(Kind.CODE, cell) == code


@pytest.mark.parametrize("cell", [410803199001011234, 4.10803199001011e17, 1234567890123456, "4.10803E+17"])
def test_a_code_that_lost_its_last_digits_is_refused(cell):
    assert refusal(Kind.CODE, cell).code == "precision"


@pytest.mark.parametrize("cell", [2026.1, -5, True, dt.datetime(2026, 3, 5), "A1\nA2", "A1；A2", "#REF!"])
def test_a_code_that_excel_changed_is_refused(cell):
    assert "请" in refusal(Kind.CODE, cell).message


def test_a_credit_code_is_checked_and_folded():
    folded = read_as(Kind.CODE, " 91410800ｍａ44-bm8q25 ", key="company_credit_code")

    assert folded == CREDIT_CODE


@pytest.mark.parametrize("cell", ["91410800MA44BM8Q2", "91410800MA44BM8O25", 914108001234567])
def test_a_credit_code_of_another_shape_is_refused(cell):
    assert refusal(Kind.CODE, cell, key="credit_code").code == "credit_code"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  第一行\r\n第二行 \n", "第一行\n第二行"),
        ("全角，标点（保留）", "全角，标点（保留）"),
        ("含\x00控制\x0b符_x000D_\n", "含控制符"),
        (3, "3"),
        (3.0, "3"),
        (3.5, "3.5"),
        (0.1 + 0.2, "0.3"),
        (dt.datetime(2026, 3, 5), "2026-03-05"),
        (dt.datetime(2026, 3, 5, 9, 30), "2026-03-05 09:30"),
        (dt.time(9, 30), "09:30"),
        ("=1+1", "=1+1"),
        ("#1 厂房", "#1 厂房"),
    ],
)
def test_a_text_is_kept_as_it_stands(cell, text):
    assert read_as(Kind.TEXT, cell) == text


@pytest.mark.parametrize("cell", ["#N/A", " #REF! ", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#####"])
@pytest.mark.parametrize("kind", list(Kind))
def test_an_error_of_excel_is_refused_in_every_kind_of_column(kind, cell):
    assert refusal(kind, cell, unit="万元").code == "formula_error"


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.YES_NO])
def test_a_truth_value_is_refused_where_none_is_asked(kind):
    assert refusal(kind, True).code == "boolean"


# Names, telephones, contacts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("测试员甲", ["测试员甲"]),
        ("测试员甲、测试员乙", ["测试员甲", "测试员乙"]),
        ("测试员甲，测试员乙；测试员丙/测试员丁", ["测试员甲", "测试员乙", "测试员丙", "测试员丁"]),
        ("测试员甲\n测试员乙", ["测试员甲", "测试员乙"]),
        ("测试员甲  测试员乙", ["测试员甲", "测试员乙"]),
        ("测试员甲 测试员乙", ["测试员甲", "测试员乙"]),
        ("联系人00017 联系人00018", ["联系人00017", "联系人00018"]),
        ("高　鸿", ["高鸿"]),
        ("高　　鸿", ["高鸿"]),
        ("高　鸿、王　鹏", ["高鸿", "王鹏"]),
        ("欧阳 锋", ["欧阳锋"]),
        ("John Smith", ["John Smith"]),
        ("测试光电（焦作、新乡）有限公司、测试装备有限公司", ["测试光电（焦作、新乡）有限公司", "测试装备有限公司"]),
        ("Test Optics Co., Ltd.", ["Test Optics Co., Ltd."]),
        ("测试员甲、、测试员甲、/", ["测试员甲"]),
    ],
)
def test_names_are_parted_and_a_justified_name_is_one(cell, names):
    assert read_as(Kind.NAMES, cell) == names


@pytest.mark.parametrize("cell", ["高 鸿 王 鹏", 5, "12345", "、、"])
def test_names_that_cannot_be_told_apart_are_refused(cell):
    assert refusal(Kind.NAMES, cell).code == "name"


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("13800001234", ["13800001234"]),
        (13800001234, ["13800001234"]),
        (13800001234.0, ["13800001234"]),
        ("138 0000 1234", ["13800001234"]),
        ("+86-13800001234", ["13800001234"]),
        ("１３８００００１２３４", ["13800001234"]),
        ("13800001234/13800005678", ["13800001234", "13800005678"]),
        ("13800001234\n0391-3561650", ["13800001234", "0391-3561650"]),
        ("13800001234 13800005678", ["13800001234", "13800005678"]),
        ("（0391）3561650", ["0391-3561650"]),
    ],
)
def test_telephones_come_in_one_spelling(cell, phones):
    assert read_as(Kind.PHONES, cell) == phones


@pytest.mark.parametrize(
    "cell", ["1380000123", 3913561650, -3561259, "测试员甲", "①13800001234", "13800001234（办）", 13800001234.5]
)
def test_a_telephone_that_is_none_is_refused(cell):
    assert "请" in refusal(Kind.PHONES, cell).message or "看不懂电话" in refusal(Kind.PHONES, cell).message


@pytest.mark.parametrize(
    ("cell", "contacts"),
    [
        ("联系人甲 13800001234", [("联系人甲", "13800001234")]),
        ("联系人甲13800001234", [("联系人甲", "13800001234")]),
        ("联系人00017 13800000017", [("联系人00017", "13800000017")]),
        ("联系人甲：0391-3561650；联系人乙", [("联系人甲", "0391-3561650"), ("联系人乙", "")]),
        ("联系人甲13800001234/13800005678", [("联系人甲", "13800001234"), ("联系人甲", "13800005678")]),
        ("联系人甲13800001234、联系人乙13800005678", [("联系人甲", "13800001234"), ("联系人乙", "13800005678")]),
        ("联系人甲\n13800001234\n联系人乙\n13800005678", [("联系人甲", "13800001234"), ("联系人乙", "13800005678")]),
        ("联系人甲（13800001234）", [("联系人甲", "13800001234")]),
        ("13800001234（联系人甲）", [("联系人甲", "13800001234")]),
        ("联系人：联系人甲　电话：138-0000-1234", [("联系人甲", "13800001234")]),
        ("联系人甲手机13800001234", [("联系人甲", "13800001234")]),
        ("高　鸿　13800001234", [("高鸿", "13800001234")]),
        ("联系人甲（主任）13800001234", [("联系人甲（主任）", "13800001234")]),
        ("联系人甲、联系人乙", [("联系人甲", ""), ("联系人乙", "")]),
        ("联系人甲 0391-3561650-801", [("联系人甲", "0391-3561650-801")]),
    ],
)
def test_a_contact_is_a_name_with_its_telephones(cell, contacts):
    assert read_as(Kind.CONTACT, cell) == contacts


@pytest.mark.parametrize(
    "cell", ["13800001234", 13800001234, "联系人甲 3561650", "联系人甲 1380000123", "13800001234 联系人甲 13800005678"]
)
def test_a_contact_without_a_name_or_with_a_broken_number_is_refused(cell):
    assert refusal(Kind.CONTACT, cell).code in {"contact", "phone"}


# Counts, numbers, choices ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "count"),
    [("3", 3), (3, 3), (3.0, 3), ("3个", 3), ("12家", 12), ("３ 人", 3), ("20人次", 20), ("1,200", 1200), ("0", 0)],
)
def test_a_count_is_a_whole_number(cell, count):
    assert read_as(Kind.COUNT, cell) == count


@pytest.mark.parametrize(
    "cell", ["约20人", "20余家", "3.5", 3.5, -3, "-3", "3-5个", "三个", "①3", "1,2", 13800001234, "9" * 5000]
)
def test_a_count_that_is_none_is_refused(cell):
    assert "请" in refusal(Kind.COUNT, cell).message


@pytest.mark.parametrize(
    ("cell", "count", "money"),
    [
        ("10个/1180亿元", 10, "11800000"),
        ("10/1180", 10, "11800000"),
        ("10个1180亿元", 10, "11800000"),
        ("10个，1180亿元", 10, "11800000"),
        ("10个（1180亿元）", 10, "11800000"),
        ("10个项目/1180亿元", 10, "11800000"),
        ("10", 10, None),
        (10, 10, None),
        ("10个", 10, None),
        ("10/—", 10, None),
        ("1,180", 1180, None),
        ("/1.5", None, "15000"),
        ("1.5亿元", None, "15000"),
        ("0/0", 0, "0"),
    ],
)
def test_a_count_with_its_amount_is_read_in_the_unit_of_the_column(cell, count, money):
    amount = Amount(Decimal(money), "exact") if money is not None else None

    assert read_as(Kind.COUNT_AMOUNT, cell, unit="亿元") == CountAmount(count, amount)


@pytest.mark.parametrize("cell", ["约10个/5亿元", "10个/5-6亿", "1/150000", "个/5亿元", "3.5", dt.datetime(2026, 10, 11)])
def test_a_count_with_an_amount_that_would_be_a_guess_is_refused(cell):
    assert "请" in refusal(Kind.COUNT_AMOUNT, cell, unit="亿元").message


@pytest.mark.parametrize(
    ("cell", "unit", "column_unit", "number"),
    [
        ("3.5亩", "", "亩", "3.5"),
        (120, "", "亩", "120"),
        ("1,200", "亩", "亩", "1200"),
        ("2000㎡", "", "亩", "3"),
        ("2000m²", "", "亩", "3"),
        (2000, "㎡", "亩", "3"),
        ("1公顷", "", "亩", "15"),
        ("3亩", "", "㎡", "2000"),
        ("20人", "", "人", "20"),
        ("7天", "", "", "7"),
        ("35%", "", "%", "35"),
        ("3.5万吨", "", "万吨", "3.5"),
        (-3.5, "", "", "-3.5"),
    ],
)
def test_a_number_is_read_in_the_unit_of_its_column(cell, unit, column_unit, number):
    assert read_as(Kind.NUMBER, cell, unit=unit, column_unit=column_unit) == Decimal(number)


@pytest.mark.parametrize(
    ("cell", "column_unit"),
    [
        ("约120亩", "亩"),
        ("100-200亩", "亩"),
        ("20家", "人"),
        ("120人", "亩"),
        (0.35, "%"),
        ("一百亩", "亩"),
        (1e15, ""),
        ("1e5", ""),
    ],
)
def test_a_number_that_would_be_a_guess_is_refused(cell, column_unit):
    assert "请" in refusal(Kind.NUMBER, cell, column_unit=column_unit).message


@pytest.mark.parametrize("kind", [Kind.NUMBER, Kind.COUNT, Kind.COUNT_AMOUNT, Kind.AMOUNT])
def test_two_numbers_with_a_space_between_are_not_made_one(kind):
    assert "请" in refusal(kind, "3 5", unit="万元").message


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("正式合同", "formal"),
        ("formal", "formal"),
        ("正式", "formal"),
        (" 正 式合同 ", "formal"),
        ("框架协", "frame"),
        ("无", "none"),
    ],
)
def test_a_choice_is_known_by_label_code_or_its_only_beginning(cell, code):
    assert read_as(Kind.CHOICE, cell) == code


@pytest.mark.parametrize("cell", ["框架", "协议", "合同", "正", "别的", 5])
def test_an_unknown_choice_is_told_the_words_allowed(cell):
    message = refusal(Kind.CHOICE, cell).message

    assert "正式合同、框架协议、框架意向书、意向协议、无" in message


@pytest.mark.parametrize("cell", ["是", "√", "Y", "y", "Yes", True, 1, "１", "有"])
def test_yes_is_written_in_many_ways(cell):
    assert read_as(Kind.YES_NO, cell) is True


@pytest.mark.parametrize("cell", ["否", "×", "N", "no", False, 0, "0", "没有"])
def test_no_is_written_in_many_ways(cell):
    assert read_as(Kind.YES_NO, cell) is False


@pytest.mark.parametrize("cell", ["也许", 2, "是/否", "部分"])
def test_neither_yes_nor_no_is_refused(cell):
    assert refusal(Kind.YES_NO, cell).code == "yes_no"


# Anything at all ------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [*"0123456789.,/-—~约近超万亿元个人亩%年月日季度底至()（）、；： \n①²½㎡", "2026", "1380000", "联系人甲", "#N/A", "测试"]
)
CELLS = st.one_of(
    st.text(max_size=40),
    st.lists(WORDS, max_size=10).map("".join),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)


@settings(max_examples=400, deadline=None)
@given(kind=st.sampled_from(Kind), cell=CELLS, unit=st.sampled_from(["亿元", "万元", "元", "", "亩", "万美元"]))
def test_nothing_but_a_refusal_is_ever_raised(kind, cell, unit):
    try:
        outcome = read_as(kind, cell, unit=unit, column_unit=unit, key="credit_code" if unit == "元" else "column")
    except Unread as refused:
        outcome = refused.message

    assert outcome not in (None, "", [])


@settings(max_examples=200, deadline=None)
@given(yuan=st.integers(min_value=100, max_value=99_999_999_999), unit=st.sampled_from(["元", "万元", "亿元"]))
def test_a_number_in_any_unit_gives_the_same_amount_to_the_yuan(yuan, unit):
    number = float(Decimal(yuan) / {"元": 1, "万元": 10**4, "亿元": 10**8}[unit])

    read = read_as(Kind.AMOUNT, number, unit=unit)

    assert read.value * 10_000 == yuan
