"""What a name is found by."""

import pytest

from companies.names import core_name
from core.pinyin import search_text
from tests.factories import CompanyFactory, PersonFactory

YUNDIE = "广州云蝶科技有限公司"


def of_company(name):
    return search_text(name, kind="company", core=core_name(name))


@pytest.mark.parametrize("typed", ["yd", "yundie", "云蝶", "ydkj", "gzyd", "guangzhou", YUNDIE])
def test_a_company_is_found_by_its_name_its_pinyin_and_its_initials(typed):
    assert typed in of_company(YUNDIE)


def test_the_kind_of_organisation_is_not_spelled():
    assert of_company(YUNDIE) == f"{YUNDIE}|yundiekeji|ydkj|guangzhouyundiekeji|gzydkj"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("曾测试", "zengceshi"),
        ("单测试", "shanceshi"),
        ("仇测试", "qcs"),
        ("解测试", "xieceshi"),
        ("任测试", "renceshi"),
        ("尉迟测试", "yuchiceshi"),
        ("单于测试", "chanyuceshi"),
        ("区测试", "ouceshi"),
    ],
)
def test_a_surname_is_read_as_a_surname(name, typed):
    assert typed in search_text(name, kind="person").split("|")


@pytest.mark.parametrize(
    ("name", "typed"), [("重庆测试", "chongqing"), ("重庆测试", "zhongqing"), ("长沙测试", "changsha"), ("银行测试", "yinhang")]
)
def test_a_character_with_two_readings_is_found_by_both(name, typed):
    assert typed in search_text(name)


def test_the_number_of_spellings_is_limited():
    assert len(search_text("长重行乐曾单仇解").split("|")) <= 1 + 2 * 8


@pytest.mark.parametrize("typed", ["abc", "3d", "测试", "abcceshi", "abccs"])
def test_latin_letters_and_digits_are_found_as_they_are_written(typed):
    assert typed in search_text("ABC测试3D科技")


def test_upper_case_full_width_and_spaces_do_not_matter():
    assert "abc测试" in search_text("ＡＢＣ 测试").split("|")


def test_an_empty_name_has_no_spelling():
    assert search_text("") == ""


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["yd", "yundie", "云蝶"])
def test_a_saved_company_is_found(typed):
    company = CompanyFactory(name=YUNDIE)
    CompanyFactory()

    found = type(company).objects.filter(search_text__icontains=typed)

    assert list(found) == [company]


@pytest.mark.django_db
def test_the_spelling_follows_a_new_name():
    person = PersonFactory(name="测试甲")
    person.name = "测试乙"
    person.save(update_fields=["name"])

    person.refresh_from_db()

    assert "ceshiyi" in person.search_text
