"""What a name is found by."""

import time

import pytest

from core.pinyin import search_text

YUNDIE = search_text("广州云蝶科技有限公司", kind="company", core="云蝶科技")


@pytest.mark.parametrize(
    "typed", ["yundie", "yundiekeji", "yd", "ydkj", "云蝶", "guangzhouyundie", "gzyd", "广州云蝶科技有限公司"]
)
def test_a_company_is_found_by_its_name_its_pinyin_and_its_initials(typed):
    assert typed in YUNDIE


@pytest.mark.parametrize("typed", ["youxiangongsi", "yxgs"])
def test_the_kind_of_organisation_is_not_spelled(typed):
    assert typed not in YUNDIE


def test_the_parts_stand_apart_so_that_nothing_is_found_across_them():
    assert YUNDIE.split("|") == ["广州云蝶科技有限公司", "yundiekeji", "ydkj", "guangzhouyundiekeji", "gzydkj"]


@pytest.mark.parametrize(
    ("name", "core", "typed"),
    [
        ("木铎（广州）教育科技有限公司", "木铎教育科技", "muduojiaoyukeji"),
        ("木铎（广州）教育科技有限公司", "木铎教育科技", "mdgzjykj"),
        ("台湾BGDE大脑基因解码工程", "BGDE大脑基因解码工程", "bgdednjyjmgc"),
        ("台湾 ＢＧＤＥ 大脑基因解码工程", "BGDE大脑基因解码工程", "twbgde"),
        ("碧桂园·云蝶", "碧桂园·云蝶", "biguiyuanyundie"),
        ("恒大集团河南公司", "恒大", "hdjthn"),
        ("上海海狸文创有限公司", "海狸文创", "hlwc"),
        ("别的名字有限公司", "云蝶", "yundie"),
    ],
)
def test_the_core_is_spelled_without_what_stands_around_it(name, core, typed):
    assert typed in search_text(name, kind="company", core=core).split("|") or typed in search_text(name, core=core)


@pytest.mark.parametrize("name", ["3D打印产业园", "3Ｄ打印产业园"])
def test_latin_letters_and_digits_are_kept(name):
    assert {"3ddayinchanyeyuan", "3ddycyy"} <= set(search_text(name).split("|"))


@pytest.mark.parametrize(
    ("name", "typed"),
    [("重庆长行", ["chongqing", "cqcx", "cqzx"]), ("长乐科技", ["changle", "changyue"]), ("盛世文化", ["shengshi", "chengshi"])],
)
def test_a_character_with_two_readings_is_found_by_both(name, typed):
    assert all(each in search_text(name) for each in typed)


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("曾伟", "zengwei"),
        ("单明", "shanming"),
        ("解晓", "xiexiao"),
        ("仇英", "qiuying"),
        ("区志", "ouzhi"),
        ("查文", "zhawen"),
        ("盖伟", "gewei"),
        ("任华", "renhua"),
        ("华任", "huaren"),
        ("长孙明", "zhangsunming"),
        ("尉迟明", "yuchiming"),
        ("高　鸿", "gaohong"),
    ],
)
def test_a_person_is_read_first_by_the_surname(name, pinyin):
    spelled = [part for part in search_text(name, kind="person").split("|") if part.isascii()]

    assert spelled[0] == pinyin


def test_a_surname_is_still_found_by_the_common_reading():
    assert "danming" in search_text("单明", kind="person").split("|")


def test_a_latin_name_is_found_in_small_letters_with_and_without_its_space():
    assert search_text("David Lee", kind="person") == "david lee|davidlee"


def test_a_name_with_many_doubtful_characters_stays_short():
    assert len(search_text("长重行乐单解区", kind="company").split("|")) <= 1 + 2 * 8


def test_nothing_is_found_by_an_empty_name():
    assert search_text("") == ""


def test_a_thousand_names_take_less_than_a_second():
    started = time.perf_counter()
    for number in range(1000):
        search_text(f"佛山市骏铭三维科技{number}有限公司", kind="company", core=f"骏铭三维科技{number}")

    assert time.perf_counter() - started < 1
