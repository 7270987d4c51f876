"""Credit codes: the vectors of GB 32100-2015."""

import pytest
from django.core.exceptions import ValidationError

from companies.uscc import check, kind_warning, normalize


@pytest.mark.parametrize(
    "code", ["91350100M000100Y43", "91110000101623741K", "911101066976941872", "91110108551385082Q", "91110000600037341L"]
)
def test_a_right_code_has_nothing_to_say(code):
    assert check(code) is None


def test_a_real_code_that_fails_its_check_digit_only_warns():
    assert "校验码应为 R" in check("91350211M0000XUF46")


def test_a_wrong_digit_warns():
    assert "校验码应为 3" in check("91350100M000100Y44")


def test_a_code_that_begins_with_a_letter_has_a_check_digit_too():
    assert check("A1110000600037341K") is None
    assert "校验码应为 K" in check("A1110000600037341L")


@pytest.mark.parametrize("code", ["", "9135", "91350100M000100Y4", "91350100M000100Y433"])
def test_a_wrong_length_is_refused_and_named(code):
    with pytest.raises(ValidationError, match=f"现在是 {len(code)} 位") as caught:
        check(code)

    assert caught.value.code == "credit_code"


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y4Z",
        "9135O100M000100Y43",
        "913501O0M000100Y43",
        "91350100M0001O0Y43",
        "91350100m000100y43",
        "9135010-M000100Y43",
    ],
)
def test_a_wrong_character_is_refused(code):
    with pytest.raises(ValidationError, match="I、O、S、V、Z") as caught:
        check(code)

    assert caught.value.code == "credit_code"


@pytest.mark.parametrize(
    "typed",
    [
        " 91350100m000100y43 ",
        "9135 0100 M000 100Y 43",
        "91350100-M000100Y4-3",
        "９１３５０１００Ｍ０００１００Ｙ４３",
        "91350100—M000100Y43\u200b",
    ],
)
def test_a_code_is_folded_to_one_spelling(typed):
    assert normalize(typed) == "91350100M000100Y43"


def test_letters_that_look_like_digits_are_left_to_a_person():
    assert normalize("9135O1I0") == "9135O1I0"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("91350100M000100Y43", "association"),
        ("51350100M000100Y43", "enterprise"),
        ("91350100M000100Y43", "government"),
        ("12350100M000100Y43", "branch"),
        ("91350100M000100Y43", "university"),
        ("91350100M000100Y43", "public_institution"),
    ],
)
def test_a_code_of_another_kind_of_unit_warns(code, kind):
    assert f"以 {code[:2]}（" in kind_warning(code, kind)


def test_an_association_with_the_code_of_an_enterprise_is_told_both():
    assert kind_warning("91350100M000100Y43", "association") == (
        "信用代码以 91（企业）开头，与单位类型不符：这类单位通常是 51 开头，请核对"
    )


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("91350100M000100Y43", "enterprise"),
        ("92350100M000100Y43", "enterprise"),
        ("51350100M000100Y43", "association"),
        ("12350100M000100Y43", "university"),
        ("91350100M000100Y43", "institute"),
        ("11350100M000100Y43", "government"),
        ("91350100M000100Y43", "other"),
    ],
)
def test_a_fitting_code_does_not_warn(code, kind):
    assert kind_warning(code, kind) is None
