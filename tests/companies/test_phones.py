"""domain.md 4.5: telephone numbers in one spelling. The numbers are made up."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from companies.phones import mask, normalize, split, tail
from tests.factories import PersonFactory

WRITTEN = {
    "13812341234": "13812341234",
    "138 1234 1234": "13812341234",
    "138-1234-1234": "13812341234",
    "+86 138 1234 1234": "13812341234",
    "86-13812341234": "13812341234",
    "0086 13812341234": "13812341234",
    "１３８１２３４１２３４": "13812341234",
    "0391-3561650": "0391-3561650",
    "03913561650": "0391-3561650",
    "(0391)3561650": "0391-3561650",
    "（0391）3561650": "0391-3561650",
    "0391—3561650": "0391-3561650",
    "+86 391 3561650": "0391-3561650",
    "0391-3561650-801": "0391-3561650-801",
    "0391-3561650转801": "0391-3561650-801",
    "0391-3561650 分机801": "0391-3561650-801",
    "010-62345678": "010-62345678",
    "400-123-4567": "400-123-4567",
    "8001234567": "800-123-4567",
    "+852 2123 4567": "+852-21234567",
    "00853-28123456": "+853-28123456",
    "+886 2 1234 5678": "+886-212345678",
    "+886 02 1234 5678": "+886-212345678",
    "+49 30 123456": "+4930123456",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_number_is_kept_in_one_spelling(text):
    assert normalize(text) == WRITTEN[text]


@pytest.mark.parametrize("text", WRITTEN.values())
def test_the_one_spelling_is_stable(text):
    assert normalize(text) == text


@pytest.mark.parametrize("text", ["", "abc", "3561650", "12812341234", "1381234123", "138123412345", "0391-1561650", "+852 123"])
def test_what_is_no_number_is_refused_with_a_sentence(text):
    with pytest.raises(ValidationError, match="看不懂电话") as error:
        normalize(text)

    assert error.value.code == "phone"


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("13812341234/0391-3561650", ["13812341234", "0391-3561650"]),
        ("13812341234、13912341234；13712341234", ["13812341234", "13912341234", "13712341234"]),
        ("13812341234 0391-3561650", ["13812341234", "0391-3561650"]),
        ("138 1234 1234", ["13812341234"]),
        ("13812341234\n13812341234", ["13812341234"]),
        ("", []),
        (" / ", []),
    ],
)
def test_the_numbers_of_one_cell_are_parted(cell, numbers):
    assert split(cell) == numbers


def test_a_cell_with_something_else_is_refused():
    with pytest.raises(ValidationError, match="看不懂电话“张三”"):
        split("13812341234 张三")


@pytest.mark.parametrize(
    ("phone", "last", "masked"),
    [
        ("13812341234", "1234", "138****1234"),
        ("+86 138 1234 1234", "1234", "138****1234"),
        ("0391-3561650", "1650", "0391-****650"),
        ("0391-3561650-801", "1650", "0391-****650"),
        ("010-62345678", "5678", "010-****678"),
        ("+852-21234567", "4567", "+852-****567"),
        ("3561650", "1650", "****650"),
        ("12", "", "****"),
        ("测试", "", "****"),
        ("", "", ""),
    ],
)
def test_a_number_is_found_by_its_tail_and_shown_masked(phone, last, masked):
    assert (tail(phone), mask(phone)) == (last, masked)


@given(st.integers(13_000_000_000, 19_999_999_999))
def test_a_masked_mobile_hides_four_digits(number):
    phone = str(number)

    assert mask(phone) == f"{phone[:3]}****{phone[7:]}"


@given(st.text(alphabet="0123456789+-()转 /、x", max_size=20))
def test_a_masked_text_never_shows_the_number(text):
    digits = [sign for sign in text if sign.isdigit()]

    shown = [sign for sign in mask(text) if sign.isdigit()]

    assert len(digits) < 7 or len(shown) <= len(digits) - 4 or "-" in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("numbers", "last"), [({"mobile": "13812341234"}, "1234"), ({"phone": "0391-3561650-801"}, "1650"), ({}, "")]
)
def test_a_person_keeps_the_tail(numbers, last):
    assert PersonFactory(**numbers).phone_tail == last
