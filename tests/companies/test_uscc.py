"""domain.md 4.1: the shape of a credit code is required, its check digit only warns."""

import pytest
from django.core.exceptions import ValidationError

from companies.models import Company
from companies.uscc import check, kind_warning, normalize
from tests.factories import CompanyFactory, DepartmentFactory

VALID = ["91350100M000100Y43", "91110000101623741K", "911101066976941872", "91110108551385082Q"]
REAL_WITH_A_WRONG_DIGIT = "91350211M0000XUF46"  # R by the standard
OF_AN_ASSOCIATION = "51440300000000000T"  # made up


@pytest.mark.parametrize("code", VALID)
def test_a_valid_code_has_no_warning(code):
    assert check(code) is None


def test_a_wrong_check_digit_warns_and_names_the_right_one():
    assert "校验码应为 R" in check(REAL_WITH_A_WRONG_DIGIT)


def test_a_code_that_begins_with_a_letter_is_checked_too():
    assert "校验码应为" in (check("A1410800000000000A") or check("A1410800000000000B"))


@pytest.mark.parametrize("code", ["", "9135", "91350100M000100Y4", "91350100M000100Y433"])
def test_a_wrong_length_is_refused_with_the_length(code):
    with pytest.raises(ValidationError, match=f"现在是 {len(code)} 位") as error:
        check(code)

    assert error.value.code == "credit_code"


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y4Z",
        "9135010OM000100Y43",
        "91350I00M000100Y43",
        "91350100M000100S43",
        "91350100V000100Y43",
        "91350100m000100y43",
    ],
)
def test_a_sign_outside_the_alphabet_is_refused(code):
    with pytest.raises(ValidationError, match="不像统一社会信用代码") as error:
        check(code)

    assert error.value.code == "credit_code"


@pytest.mark.parametrize(
    "typed", [" ９１350100-m000100 y43 ", "91350100—M000100Y43", "91350100\u200bM000100Y43", "91350100m000100y43"]
)
def test_a_code_is_kept_in_one_spelling(typed):
    assert normalize(typed) == VALID[0]


def test_a_letter_that_looks_like_a_digit_is_left_to_a_person():
    assert normalize("9135o1i0") == "9135O1I0"


@pytest.mark.parametrize(
    ("start", "kind", "warns"),
    [
        ("91", "enterprise", False),
        ("92", "enterprise", False),
        ("51", "enterprise", True),
        ("91", "association", True),
        ("51", "association", False),
        ("12", "university", False),
        ("91", "government", True),
        ("11", "government", False),
        ("91", "other", False),
    ],
)
def test_a_code_of_another_kind_of_unit_warns(start, kind, warns):
    assert bool(kind_warning(f"{start}440300000000000T", kind)) is warns


def test_the_warning_says_what_was_registered_and_what_is_usual():
    sentence = kind_warning("91440300000000000T", "association")

    assert "91（企业）" in sentence
    assert "51" in sentence


@pytest.mark.parametrize("kind", [*Company.Kind])
def test_every_kind_but_other_has_its_usual_codes(kind):
    warning = kind_warning("XX440300000000000T", kind)

    assert bool(warning) is (kind != Company.Kind.OTHER)


@pytest.mark.django_db
def test_a_company_keeps_a_code_whose_check_digit_fails_and_warns():
    company = CompanyFactory.build(credit_code=REAL_WITH_A_WRONG_DIGIT.lower(), owner=None, department=DepartmentFactory())

    company.full_clean()

    assert company.credit_code == REAL_WITH_A_WRONG_DIGIT
    assert len(company.warnings()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["9135 0211 M000 0XUF 46", "91350211-M0000XUF4-6", " 91350211M0000XUF46 "])
def test_a_company_takes_a_code_typed_with_spaces_and_hyphens(typed):
    company = CompanyFactory.build(credit_code=typed, owner=None, department=DepartmentFactory())

    company.full_clean()

    assert company.credit_code == REAL_WITH_A_WRONG_DIGIT


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["9135", "91350100M000100Y4Z"])
def test_a_company_with_a_code_of_the_wrong_shape_is_refused(code):
    company = CompanyFactory.build(credit_code=code, owner=None, department=DepartmentFactory())

    with pytest.raises(ValidationError):
        company.full_clean()


@pytest.mark.django_db
def test_an_absent_code_is_null():
    company = CompanyFactory.build(credit_code="", owner=None, department=DepartmentFactory())

    company.full_clean()

    assert company.credit_code is None
    assert company.warnings() == []
