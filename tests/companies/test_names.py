"""When two names are equal, and what of a name identifies."""

import pytest

from companies.names import core_name, normal_form, normal_person_name, tidy


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("海狸文创科技 （深圳） 有限公司", "海狸文创科技(深圳)有限公司"),
        ("海狸文创科技【深圳】有限公司", "海狸文创科技（深圳）有限公司"),
        ("佛 山 市 骏 铭 三 维 科 技 有 限 公\n司", "佛山市骏铭三维科技有限公司"),
        ("四维时代网络科技有\n\n限公司", "四维时代网络科技有限公司"),
        ("台湾 BGDE 大脑基因解码工程", "台湾bgde大脑基因解码工程"),
        ("台湾ＢＧＤＥ大脑基因解码工程", "台湾BGDE大脑基因解码工程"),
        ("碧桂园・云蝶", "碧桂园·云蝶"),
        ("碧桂园•云蝶", "碧桂园‧云蝶"),
        ("“云蝶”科技，有限公司", "云蝶科技有限公司"),
        ("云蝶\u200b科技有限公司", "云蝶科技有限公司"),
        ("Apple, Inc.", "APPLE INC"),
    ],
)
def test_two_spellings_of_one_name_are_equal(one, other):
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("碧桂园·云蝶", "广州云蝶科技有限公司"),
        ("碧桂园·云蝶", "碧桂园云蝶"),
        ("广东同天", "河南同天"),
        ("广东同天", "同天公司"),
        ("河南同天", "同天公司"),
        ("中原工业设计城", "工业设计城"),
        ("焦作天宝桓祥机械科技有限公司", "天宝桓祥公司"),
        ("示范区", "示范区（高新区）"),
        ("示范区（高新区）", "焦作示范区（高新区）"),
        ("焦作国家高新区", "高新区"),
        ("焦作高新区管委会", "高新区"),
        ("B&Q", "BQ"),
    ],
)
def test_two_names_are_not_made_equal(one, other):
    assert normal_form(one) != normal_form(other)


@pytest.mark.parametrize("name", ["海狸文创科技 （深圳） 有限公司", "Apple, Inc.", "台湾 BGDE 大脑", "", "碧桂园・云蝶"])
def test_the_normal_form_of_a_normal_form_is_itself(name):
    assert normal_form(normal_form(name)) == normal_form(name)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("海狸文创科技 （深圳） 有限公司", "海狸文创科技"),
        ("木铎（广州）教育科技有限公司", "木铎教育科技"),
        ("焦作天宝桓祥机械科技有限公司", "天宝桓祥机械科技"),
        ("天宝桓祥公司", "天宝桓祥"),
        ("广州云蝶科技有限公司", "云蝶科技"),
        ("佛山市骏铭三维科技有限公司", "骏铭三维科技"),
        ("珠江艾茉森数码乐器股份有限公司", "珠江艾茉森数码乐器"),
        ("台湾BGDE大脑基因解码工程", "BGDE大脑基因解码工程"),
        ("中国台湾甲乙有限公司", "甲乙"),
        ("广西壮族自治区南宁市甲乙有限公司", "甲乙"),
        ("河南省焦作市武陟县甲乙厂", "甲乙"),
        ("甲乙（中国）有限公司", "甲乙"),
        ("甲乙投资合伙企业（有限合伙）", "甲乙投资"),
        ("深圳市甲乙会计师事务所", "甲乙会计师"),
        ("内蒙古蒙牛乳业（集团）股份有限公司", "蒙牛乳业"),
        ("蒙牛乳业（焦作）有限公司", "蒙牛乳业"),
        ("示范区（高新区）", "示范区（高新区）"),
    ],
)
def test_the_core_has_no_place_and_no_organisation(name, core):
    assert core_name(name) == core


@pytest.mark.parametrize(
    "names",
    [
        ["广东同天", "河南同天", "同天公司"],
        ["恒大集团河南公司", "恒大集团有限公司"],
        ["云蝶科技有限公司", "云蝶科技有限公司郑州分公司", "广州云蝶科技有限公司"],
        ["蒙牛乳业（焦作）有限公司", "内蒙古蒙牛乳业（集团）股份有限公司"],
    ],
)
def test_relatives_share_their_core_but_are_different_names(names):
    assert len({core_name(name) for name in names}) == 1
    assert len({normal_form(name) for name in names}) == len(names)


def test_a_brand_and_the_firm_behind_it_do_not_share_their_core():
    assert core_name("碧桂园·云蝶") != core_name("广州云蝶科技有限公司")


@pytest.mark.parametrize(
    "name",
    ["郑州大学", "中科院兰州化学物理研究所", "焦作高新区管委会", "深圳市教育信息化产业促进会", "郑州银行"],
)
def test_an_institution_keeps_its_place(name):
    assert core_name(name) == name
    assert core_name(f"{name}有限公司") == name


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("深圳市市政工程有限公司", "市政工程"),
        ("深圳市政工程有限公司", "市政工程"),
        ("智慧城市科技有限公司", "智慧城市科技"),
        ("北京社区服务有限公司", "社区服务"),
        ("北京区块链科技有限公司", "区块链科技"),
    ],
)
def test_a_word_that_only_looks_like_a_place_stays(name, core):
    assert core_name(name) == core


@pytest.mark.parametrize(("name", "core"), [("公司", "公司"), ("厂", "厂"), ("焦作", "焦作"), ("上海公司", "上海"), ("", "")])
def test_something_is_always_left_of_a_name(name, core):
    assert core_name(name) == core


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("海狸文创科技 (深圳) 有限公司", "海狸文创科技（深圳）有限公司"),
        ("  Apple   Inc. ", "Apple Inc."),
        ("台湾 BGDE 大脑", "台湾BGDE大脑"),
    ],
)
def test_a_name_is_kept_with_one_kind_of_bracket_and_space(typed, kept):
    assert tidy(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("高　鸿", "高鸿"),
        (" 高 鸿 ", "高鸿"),
        ("王小平", "王小平"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提・艾力", "买买提·艾力"),
        ("买买提 ‧ 艾力", "买买提·艾力"),
        ("𠮷 田", "𠮷田"),
        ("John   Smith", "John Smith"),
        ("O'Brien-Lee", "O'Brien-Lee"),
    ],
)
def test_the_name_of_a_person_is_kept_in_one_spelling(typed, kept):
    assert normal_person_name(typed) == kept
