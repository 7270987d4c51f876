"""Telephone numbers of people and firms; all of them invented."""

import pytest
from django.core.exceptions import ValidationError

from companies.phones import mask, normalize, split, tail


@pytest.mark.parametrize(
    "typed",
    [
        "13800001234",
        "138 0000 1234",
        "138-0000-1234",
        "+86 13800001234",
        "86-13800001234",
        "0086 138 0000 1234",
        "１３８００００１２３４",
        " 13800001234 ",
    ],
)
def test_a_mobile_has_one_spelling(typed):
    assert normalize(typed) == "13800001234"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("03913000650", "0391-3000650"),
        ("0391-3000650", "0391-3000650"),
        ("（0391）3000650", "0391-3000650"),
        ("0391 3000650", "0391-3000650"),
        ("0391—3000650", "0391-3000650"),
        ("+86 391 3000650", "0391-3000650"),
        ("86-0391-3000650", "0391-3000650"),
        ("0391-3000650-801", "0391-3000650-801"),
        ("0391-3000650转801", "0391-3000650-801"),
        ("0391 3000650 分机 8", "0391-3000650-8"),
        ("01060001234", "010-60001234"),
        ("+86-10-60001234", "010-60001234"),
        ("0755-20001234", "0755-20001234"),
        ("400-000-1234", "400-000-1234"),
        ("8000001234", "800-000-1234"),
    ],
)
def test_a_landline_and_a_service_number_have_one_spelling(typed, kept):
    assert normalize(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+852 2000 1234", "+852-20001234"),
        ("00852-20001234", "+852-20001234"),
        ("+853 2800 1234", "+853-28001234"),
        ("+886 2 2000 1234", "+886-220001234"),
        ("+886 0912 000 123", "+886-912000123"),
        ("+1 415 555 0100", "+14155550100"),
    ],
)
def test_a_number_from_beyond_the_mainland_keeps_its_code(typed, kept):
    assert normalize(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "3000650",
        "12345",
        "12800001234",
        "1380000123",
        "138000012345",
        "+86 12800001234",
        "0391-1000650",
        "+852 200012",
        "张三",
    ],
)
def test_what_is_no_whole_number_is_refused(typed):
    with pytest.raises(ValidationError, match="座机加区号") as caught:
        normalize(typed)

    assert caught.value.code == "phone"


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("", []),
        ("13800001234", ["13800001234"]),
        ("138 0000 1234", ["13800001234"]),
        ("13800001234/13900001234", ["13800001234", "13900001234"]),
        ("13800001234、0391-3000650", ["13800001234", "0391-3000650"]),
        ("13800001234；13900001234", ["13800001234", "13900001234"]),
        ("13800001234，", ["13800001234"]),
        ("13800001234 13900001234", ["13800001234", "13900001234"]),
        ("0391 3000650\n400 000 1234", ["0391-3000650", "400-000-1234"]),
        ("13800001234/+86 13800001234", ["13800001234"]),
    ],
)
def test_a_cell_may_hold_several_numbers(cell, numbers):
    assert split(cell) == numbers


def test_one_wrong_number_in_a_cell_is_named():
    with pytest.raises(ValidationError, match="“3000650”"):
        split("13800001234/3000650")


@pytest.mark.parametrize(
    ("phone", "digits"),
    [
        ("138 0000 1234", "1234"),
        ("0391-3000650", "0650"),
        ("0391-3000650-801", "0650"),
        ("+852-20001234", "1234"),
        ("3000650", "0650"),
        ("12345", ""),
        ("", ""),
    ],
)
def test_the_tail_is_the_last_four_digits_of_the_number(phone, digits):
    assert tail(phone) == digits


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800001234", "138****1234"),
        ("+86 138 0000 1234", "138****1234"),
        ("0391-3000650", "0391-****650"),
        ("0391-3000650-801", "0391-****650"),
        ("010-60001234", "010-****234"),
        ("+852-20001234", "+852-****234"),
        ("3000650", "****650"),
        ("12345", "****"),
        ("", ""),
    ],
)
def test_a_masked_number_shows_its_end_only(phone, shown):
    assert mask(phone) == shown
