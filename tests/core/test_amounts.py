"""domain.md 4.6: amounts as newspapers and ledgers write them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from core.amounts import (
    LIMIT,
    AmountError,
    MoneyField,
    MoneyFormField,
    Qualifier,
    format_amount,
    parse,
    plain,
    quantized,
)

WRITTEN = {
    # domain.md 4.6
    "142亿元": ("1420000", "exact"),
    "1180亿元": ("11800000", "exact"),
    "10.5亿元": ("105000", "exact"),
    "3.3亿元": ("33000", "exact"),
    "500万元以上": ("500", "at_least"),
    "近4000亿元": ("40000000", "near"),
    "超亿元": ("10000", "over"),
    "1.5亿": ("15000", "exact"),
    "１５００万": ("1500", "exact"),
    "1,500": ("1500", "exact"),
    # units
    "15000元": ("1.5", "exact"),
    "1元": ("0.0001", "exact"),
    "300千元": ("30", "exact"),
    "5千万": ("5000", "exact"),
    "2百万元": ("200", "exact"),
    "1万亿元": ("100000000", "exact"),
    "1.5 亿元": ("15000", "exact"),
    "1500万元整": ("1500", "exact"),
    "人民币3亿元": ("30000", "exact"),
    "3亿元（人民币）": ("30000", "exact"),
    "¥300": ("300", "exact"),
    # words beside the figure
    "约3亿元": ("30000", "about"),
    "3亿元左右": ("30000", "about"),
    "大约3亿元": ("30000", "about"),
    "接近3亿元": ("30000", "near"),
    "逾3亿元": ("30000", "over"),
    "3亿多元": ("30000", "over"),
    "3亿余元": ("30000", "over"),
    "100余万元": ("100", "over"),
    "千万元以上": ("1000", "at_least"),
    "不低于3亿元": ("30000", "at_least"),
    "≥3亿元": ("30000", "at_least"),
    "不超过5亿": ("50000", "at_most"),
    "5亿元以内": ("50000", "at_most"),
    # numbers
    "0": ("0", "exact"),
    "-5": ("-5", "exact"),
    "−5": ("-5", "exact"),
    "(5)": ("-5", "exact"),
    "（1,500）": ("-1500", "exact"),
    "1,5000": ("15000", "exact"),
    "1,234,567.89": ("1234567.89", "exact"),
    "0.00005": ("0.0001", "exact"),
    "0.00004": ("0", "exact"),
}
REFUSED = {
    "14005万美元": "外币",
    "1亿港元": "外币",
    "US$5": "外币",
    "5万欧元": "外币",
    "1.5亿元-2亿元": "不止一个数",
    "1.5亿～2亿元": "不止一个数",
    "1亿5000万": "不止一个数",
    "15 00": "不止一个数",
    "近3亿元以上": "互相矛盾",
    "1000万亿元": "太大",
    "9999999999999": "太大",
    "5千": "看不懂",  # 千元 or 千万元
    "壹亿元": "看不懂",
    "数亿元": "看不懂",
    "500万元/亩": "看不懂",
    "总投资3亿元": "看不懂",
    "12.3.4": "看不懂",
    "1,50": "看不懂",
    "约": "看不懂",
    "亿": "看不懂",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_an_amount_is_read_as_people_write_it(text):
    value, qualifier = WRITTEN[text]

    assert parse(text) == (Decimal(value), qualifier)


@pytest.mark.parametrize("text", ["", " ", "/", "—", "－", "-", "待定", "暂无", "未说明", "待 定"])
def test_what_is_not_stated_is_no_zero(text):
    assert parse(text) == (None, "exact")


@pytest.mark.parametrize("text", REFUSED)
def test_what_would_have_to_be_guessed_is_refused_with_a_sentence(text):
    with pytest.raises(AmountError, match=REFUSED[text]) as error:
        parse(text)

    assert text in str(error.value)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1,500", "万元", "1500"),
        ("1.5", "亿元", "15000"),
        ("15000000", "元", "1500"),
        ("3亿元", "元", "30000"),
        ("约2", "亿元", "20000"),
    ],
)
def test_the_unit_in_the_cell_goes_before_the_unit_of_the_column(text, unit, value):
    assert parse(text, unit)[0] == Decimal(value)


def test_a_column_in_an_unknown_unit_is_refused():
    with pytest.raises(AmountError, match="单位“万美元”不认识"):
        parse("5", "万美元")


SHOWN = {
    ("1420000", "exact"): "142亿元",
    ("10000", "exact"): "1亿元",
    ("9999.9999", "exact"): "9,999.9999万元",
    ("105000", "exact"): "10.5亿元",
    ("12345", "exact"): "1.2345亿元",
    ("500", "at_least"): "500万元以上",
    ("40000000", "near"): "近4,000亿元",
    ("30000", "about"): "约3亿元",
    ("10000", "over"): "超1亿元",
    ("50000", "at_most"): "5亿元以内",
    ("0", "exact"): "0万元",
    ("100", "exact"): "100万元",
    ("-15000", "exact"): "-1.5亿元",
    ("0.0001", "exact"): "0.0001万元",
}


@pytest.mark.parametrize(("amount", "qualifier"), SHOWN)
def test_an_amount_is_shown_in_yi_from_one_yi_on(amount, qualifier):
    assert format_amount(Decimal(amount), qualifier) == SHOWN[amount, qualifier]


def test_what_is_not_stated_is_shown_as_a_dash():
    assert format_amount(None) == "—"
    assert format_amount(None, "over") == "—"


@pytest.mark.parametrize(("unit", "text"), [("亿元", "0.15亿元"), ("万元", "1,500万元"), ("元", "15,000,000元")])
def test_an_amount_is_shown_in_the_unit_asked_for(unit, text):
    assert format_amount(Decimal(1500), unit=unit) == text


@given(st.decimals(-LIMIT, LIMIT, places=4), st.sampled_from(Qualifier.values))
def test_what_is_shown_in_wan_is_read_back_as_it_was(amount, qualifier):
    assert parse(format_amount(amount, qualifier, "万元")) == (amount, qualifier)


@given(st.decimals(-(10**10), 10**10, places=4), st.sampled_from(Qualifier.values))
def test_what_is_shown_is_read_back_to_the_four_decimals_shown(amount, qualifier):
    value, word = parse(format_amount(amount, qualifier))

    assert word == qualifier
    assert value == amount if abs(amount) < 10_000 else abs(value - amount) <= Decimal("0.5")


@given(st.text(alphabet="0123456789.,-()（）亿万元千约近超以上左右余多 美", max_size=12))
def test_any_text_is_read_or_refused_but_never_breaks(text):
    try:
        amount, qualifier = parse(text)
    except AmountError:
        return

    assert amount is None or (amount == quantized(amount) and abs(amount) <= LIMIT)
    assert qualifier in Qualifier.values


@pytest.mark.parametrize(("amount", "text"), [("1500.0000", "1500"), ("1.5000", "1.5"), ("0", "0"), ("100", "100")])
def test_a_form_shows_the_plain_number(amount, text):
    assert plain(Decimal(amount)) == text


def test_a_form_takes_what_people_type_and_keeps_the_word():
    field = MoneyField().formfield()

    assert isinstance(field, MoneyFormField)
    assert field.clean("约1.5亿") == Decimal(15_000)
    assert field.qualifier == Qualifier.ABOUT
    assert field.clean("") is None


def test_a_form_says_what_is_wrong():
    with pytest.raises(ValidationError, match="外币") as error:
        MoneyFormField().clean("14005万美元")

    assert error.value.code == "amount"


@pytest.mark.parametrize(
    ("initial", "typed", "changed"),
    [("15000", "1.5亿", False), ("15000", "15000", False), ("15000", "约1.5亿", True), (None, "", False), (None, "1", True)],
)
def test_another_spelling_is_no_change(initial, typed, changed):
    before = None if initial is None else Decimal(initial)

    assert MoneyFormField().has_changed(before, typed) is changed
