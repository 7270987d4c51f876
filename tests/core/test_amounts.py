"""Amounts as people write them, and the field that keeps them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.forms import Form
from hypothesis import given
from hypothesis import strategies as st

from core.amounts import UNITS, AmountError, MoneyField, MoneyFormField, Qualifier, format_amount, parse, plain

WRITTEN = [
    ("142亿元", "1420000", "exact"),
    ("1180亿元", "11800000", "exact"),
    ("10.5亿元", "105000", "exact"),
    ("1.5亿", "15000", "exact"),
    ("15000", "15000", "exact"),
    ("１５００万", "1500", "exact"),
    ("３．３ 亿元", "33000", "exact"),
    ("3千万元", "3000", "exact"),
    ("5百万", "500", "exact"),
    ("2万亿元", "200000000", "exact"),
    ("8千元", "0.8", "exact"),
    ("123456元", "12.3456", "exact"),
    ("人民币3亿元", "30000", "exact"),
    ("3亿元（人民币）", "30000", "exact"),
    ("¥3亿元整", "30000", "exact"),
    ("约3亿元", "30000", "about"),
    ("大约 3 亿元", "30000", "about"),
    ("1.5亿元左右", "15000", "about"),
    ("近4000亿元", "40000000", "near"),
    ("接近100万", "100", "near"),
    ("超亿元", "10000", "over"),
    ("超百亿元", "1000000", "over"),
    ("上千万元", "1000", "over"),
    ("超3亿", "30000", "over"),
    ("超过3亿元", "30000", "over"),
    ("逾3亿元", "30000", "over"),
    ("10余亿元", "100000", "over"),
    ("10多亿", "100000", "over"),
    ("3亿多元", "30000", "over"),
    ("300余万元", "300", "over"),
    ("500万元以上", "500", "at_least"),
    ("亿元以上", "10000", "at_least"),
    ("不低于500万元", "500", "at_least"),
    ("≥500万", "500", "at_least"),
    ("不超过3000万元", "3000", "at_most"),
    ("3000万元以内", "3000", "at_most"),
    ("0", "0", "exact"),
    ("-500万元", "-500", "exact"),
    ("−500", "-500", "exact"),
    ("(500)", "-500", "exact"),
    ("1.00005", "1.0001", "exact"),
]


@pytest.mark.parametrize(("text", "amount", "qualifier"), WRITTEN)
def test_an_amount_is_read_as_people_write_it(text, amount, qualifier):
    assert parse(text) == (Decimal(amount), qualifier)


@pytest.mark.parametrize(("text", "amount"), [("1,500", 1500), ("1，500.5", "1500.5"), ("1,234,567", 1234567), ("1,5000", 15000)])
def test_thousands_may_be_parted_in_the_western_and_the_chinese_way(text, amount):
    assert parse(text) == (Decimal(amount), "exact")


@pytest.mark.parametrize("text", ["", " ", "/", "-", "—", "——", "－", "无", "暂无", "待定", "　"])
def test_a_blank_sign_is_not_stated_and_not_zero(text):
    assert parse(text) == (None, "exact")


@pytest.mark.parametrize(
    ("text", "unit", "amount"), [("1,500", "亿元", 15_000_000), ("1.5", "亿", 15_000), ("20", "元", "0.0020"), ("3万", "亿元", 3)]
)
def test_a_number_without_unit_has_that_of_its_column_and_its_own_unit_wins(text, unit, amount):
    assert parse(text, unit)[0] == Decimal(amount)


@pytest.mark.parametrize("text", ["14005万美元", "3亿港元", "500万欧元", "USD 500", "$500", "50万新台币"])
def test_foreign_money_is_sent_to_its_own_column(text):
    with pytest.raises(AmountError, match="外资（万美元）"):
        parse(text)


@pytest.mark.parametrize("text", ["3-5亿元", "3~5亿", "3至5亿元", "3亿元、5亿元", "3亿\n5亿", "3 5", "3000 500", "1亿5000万元"])
def test_two_numbers_in_one_cell_are_refused(text):
    with pytest.raises(AmountError, match="一格只写一个"):
        parse(text)


@pytest.mark.parametrize(
    "text", ["亿元", "万元", "超元", "多亿元", "三亿元", "3千", "1,50", "总投资3亿元", "1e5", "已到位", "3亿吨", "3%"]
)
def test_what_would_have_to_be_guessed_is_refused_with_an_example(text):
    with pytest.raises(AmountError, match=r"请写成 1500、1\.5亿"):
        parse(text)


@pytest.mark.parametrize("text", ["约500万元以上", "约10余亿元", "超过3亿元以内"])
def test_two_words_that_contradict_each_other_are_refused(text):
    with pytest.raises(AmountError, match="限定词"):
        parse(text)


def test_an_amount_the_column_cannot_hold_is_refused():
    with pytest.raises(AmountError, match="请检查单位"):
        parse("1000000000000")


def test_an_unknown_unit_of_the_column_is_refused():
    with pytest.raises(AmountError, match="万美元"):
        parse("5", "万美元")


def test_an_amount_error_is_a_value_error():
    assert issubclass(AmountError, ValueError)


@pytest.mark.parametrize(
    ("amount", "qualifier", "unit", "text"),
    [
        (None, "exact", None, "—"),
        ("0", "exact", None, "0万元"),
        ("1500", "exact", None, "1,500万元"),
        ("9999.9999", "exact", None, "9,999.9999万元"),
        ("10000", "exact", None, "1亿元"),
        ("105000", "exact", None, "10.5亿元"),
        ("11800000", "exact", None, "1,180亿元"),
        ("12345.6789", "exact", None, "1.2346亿元"),
        ("30000", "about", None, "约3亿元"),
        ("40000000", "near", None, "近4,000亿元"),
        ("10000", "over", None, "超1亿元"),
        ("500", "at_least", None, "500万元以上"),
        ("3000", "at_most", None, "3,000万元以内"),
        ("-500", "exact", None, "-500万元"),
        ("11800000", "exact", "万元", "11,800,000万元"),
        ("12.3456", "exact", "元", "123,456元"),
        ("500", "exact", "亿元", "0.05亿元"),
    ],
)
def test_an_amount_is_shown_in_yi_from_one_yi_on(amount, qualifier, unit, text):
    assert format_amount(None if amount is None else Decimal(amount), qualifier, unit) == text


def test_an_unknown_unit_is_not_shown():
    with pytest.raises(AmountError, match="斤"):
        format_amount(Decimal(1), unit="斤")


@given(
    amount=st.decimals("-999999999999.9999", "999999999999.9999", places=4, allow_nan=False),
    qualifier=st.sampled_from(Qualifier.values),
    unit=st.sampled_from(["元", "万元"]),
)
def test_what_is_shown_to_the_yuan_is_read_back_as_it_was(amount, qualifier, unit):
    assert parse(format_amount(amount, qualifier, unit)) == (amount, qualifier)


@given(hundreds=st.integers(0, 10**11), qualifier=st.sampled_from(Qualifier.values))
def test_what_is_shown_in_the_usual_unit_is_read_back_as_it_was(hundreds, qualifier):
    amount = Decimal(hundreds)

    assert parse(format_amount(amount, qualifier)) == (amount, qualifier)


def test_every_unit_is_read_back():
    assert {unit: parse(f"1{unit}")[0] for unit in UNITS} == UNITS


@pytest.mark.parametrize(("amount", "text"), [("15000.0000", "15000"), ("0.5", "0.5"), ("12345.6789", "12345.6789"), ("0", "0")])
def test_a_form_shows_the_plain_number_of_wan_yuan(amount, text):
    assert plain(Decimal(amount)) == text


class Budget(Form):
    amount = MoneyFormField(required=False)
    needed = MoneyFormField()


def test_a_form_takes_what_people_type_and_keeps_the_word_beside_it():
    form = Budget({"amount": "约3亿元", "needed": "1.5亿"})

    assert form.is_valid()
    assert form.cleaned_data == {"amount": Decimal(30000), "needed": Decimal(15000)}
    assert [form.fields[name].qualifier for name in form.fields] == ["about", "exact"]


def test_the_word_of_one_form_does_not_reach_the_next():
    Budget({"amount": "约3亿元", "needed": "1"}).is_valid()

    assert Budget().fields["amount"].qualifier == "exact"


def test_a_form_says_what_to_do_with_a_wrong_amount():
    form = Budget({"amount": "3-5亿元", "needed": ""})

    assert form.errors.as_data()["amount"][0].code == "amount"
    assert form.errors.as_data()["needed"][0].code == "required"


@pytest.mark.parametrize(
    ("initial", "typed", "changed"),
    [
        (Decimal("15000.0000"), "1.5亿", False),
        (Decimal("15000.0000"), "15,000", False),
        (Decimal("15000.0000"), "15001", True),
        (Decimal("15000.0000"), "约1.5亿", True),
        (Decimal("15000.0000"), "", True),
        (Decimal("15000.0000"), "很多", True),
        (None, "", False),
        (None, "—", False),
        (None, "0", True),
        (Decimal(0), "0", False),
        ("15000", "1.5亿", False),
    ],
)
def test_only_another_amount_or_a_word_is_a_change(initial, typed, changed):
    assert MoneyFormField().has_changed(initial, typed) is changed


def test_a_disabled_form_field_keeps_its_amount():
    field = MoneyFormField(disabled=True)

    assert field.clean(Decimal("1.5")) == Decimal("1.5")
    assert not field.has_changed(Decimal("1.5"), "3")


def test_the_field_is_written_into_a_migration_without_what_is_always_so():
    _name, path, args, options = MoneyField("总投资", help_text="说明").deconstruct()

    assert (path, args, options) == ("core.amounts.MoneyField", [], {"verbose_name": "总投资"})


def test_a_field_that_must_be_filled_stays_so_when_it_is_cloned():
    field = MoneyField(null=False, blank=False).clone()

    assert (field.null, field.blank, field.max_digits, field.decimal_places) == (False, False, 16, 4)


def test_the_field_allows_not_stated_unless_told_otherwise():
    assert (MoneyField().null, MoneyField().blank) == (True, True)


def test_the_form_field_of_the_field_is_ours_and_optional_as_the_field_is():
    field = MoneyField("总投资").formfield()

    assert isinstance(field, MoneyFormField)
    assert not field.required


@pytest.mark.parametrize("read", [Decimal("0.1001000000000001"), 0.1001])
def test_what_a_database_gives_is_quantized(read):
    assert str(MoneyField().from_db_value(read, None, None)) == "0.1001"


def test_a_value_that_is_no_number_is_refused_by_the_field():
    with pytest.raises(ValidationError):
        MoneyField().to_python("很多")
