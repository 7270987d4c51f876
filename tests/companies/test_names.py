"""domain.md 4.4 and 4.5: names are compared by one form; an equal core is a question, never a merge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.names import core_name, normal_form, normal_person_name, tidy

SAME = [
    ("海狸文创科技 （深圳） 有限公司", "海狸文创科技(深圳)有限公司"),
    ("木铎（广州）教育科技有限公司", "木铎(广州)教育科技有限公司"),
    ("碧桂园•云蝶", "碧桂园·云蝶"),
    ("碧桂园・云蝶", "碧桂园·云蝶"),
    ("碧桂园‧云蝶", "碧桂园·云蝶"),
    ("ABC（测试）Co., Ltd.", "abc(测试) co ltd"),
    ("ＡＢＣ测试", "abc测试"),
    ("测试\u200b企业", "测试企业"),
    ("测试企业，有限公司", "测试企业有限公司"),
]
DIFFERENT = [
    ("广州云蝶科技有限公司", "碧桂园·云蝶"),
    ("广东同天", "河南同天"),
    ("广东同天", "同天公司"),
    ("焦作天宝桓祥机械科技有限公司", "天宝桓祥公司"),
    ("中原工业设计城", "工业设计城"),
    ("示范区", "示范区（高新区）"),
    ("测试有限公司", "测试股份有限公司"),
]
CORES = {
    "海狸文创科技 （深圳） 有限公司": "海狸文创科技",
    "木铎（广州）教育科技有限公司": "木铎教育科技",
    "焦作天宝桓祥机械科技有限公司": "天宝桓祥机械科技",
    "天宝桓祥公司": "天宝桓祥",
    "广州云蝶科技有限公司": "云蝶科技",
    "碧桂园·云蝶": "碧桂园·云蝶",
    "广东同天": "同天",
    "河南同天": "同天",
    "同天公司": "同天",
    "广东省 深圳市 同天 有限公司": "同天",
    "同天（中国）集团有限公司": "同天",
    "同天集团河南公司": "同天",
    "深圳市同天有限公司郑州分公司": "同天",
    "某某投资（有限合伙）": "某某投资",
    "中国香港某某有限公司": "某某",
    "内蒙古自治区包头市某某厂": "某某",
    # Where nothing is left to identify by, the place stays.
    "广州有限公司": "广州",
    "集团": "集团",
    # 市政 is a word, 深圳市 is a place.
    "深圳市政某某有限公司": "市政某某",
    # Universities, associations and authorities keep their place.
    "郑州大学": "郑州大学",
    "深圳市教育信息化产业促进会": "深圳市教育信息化产业促进会",
    "焦作高新区管委会": "焦作高新区管委会",
    "中科院兰州化学物理研究所": "中科院兰州化学物理研究所",
}


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_name_are_equal(one, other):
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_names_that_must_stay_apart_are_not_equal(one, other):
    assert normal_form(one) != normal_form(other)


@pytest.mark.parametrize("name", CORES)
def test_the_core_is_what_identifies_a_firm(name):
    assert core_name(name) == CORES[name]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("海狸文创科技 （深圳） 有限公司", "海狸文创科技（深圳）有限公司"),
        ("测试 企业", "测试企业"),
        ("【测试】企业", "（测试）企业"),
        ("ABC  Testing (Shenzhen) Co., Ltd.", "ABC Testing（Shenzhen）Co., Ltd."),
        (" Test\tCompany ", "Test Company"),
    ],
)
def test_a_name_is_kept_tidy(typed, kept):
    assert tidy(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("测　试", "测试"),
        ("测试提•测试", "测试提·测试"),
        ("John  Smith", "John Smith"),
        ("Anne-Marie O'Test", "Anne-Marie O'Test"),
        ("𠮷测", "𠮷测"),
    ],
)
def test_a_persons_name_loses_the_spaces_of_print(typed, kept):
    assert normal_person_name(typed) == kept


@given(st.text(alphabet="测试广州深圳市省（）() ·•集团有限公司ABcＤ-,。", max_size=20))
def test_the_forms_are_stable(name):
    assert tidy(tidy(name)) == tidy(name)
    assert normal_form(normal_form(name)) == normal_form(name)
    assert normal_form(tidy(name)) == normal_form(name)
