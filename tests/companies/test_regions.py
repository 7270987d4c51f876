"""国家/地区: a list of our own, never a library's."""

import re

from django.utils.translation import override

from companies.models import Company
from companies.regions import HMT, MAINLAND, REGIONS

LABELS = dict(REGIONS)
CHINESE = {"cn": "境内（不含港澳台）", "hk": "中国香港", "mo": "中国澳门", "tw": "中国台湾"}
ENGLISH = {"cn": "Chinese mainland", "hk": "Hong Kong (China)", "mo": "Macao (China)", "tw": "Taiwan (China)"}


def test_the_parts_of_china_come_first_under_their_names():
    with override("zh-hans"):
        assert [(code, str(label)) for code, label in REGIONS[:4]] == list(CHINESE.items())
    assert [MAINLAND, *HMT] == list(CHINESE)


def test_the_parts_of_china_have_their_english_names():
    with override("en"):
        assert {code: str(LABELS[code]) for code in ENGLISH} == ENGLISH


def test_the_column_is_named_country_or_region():
    field = Company._meta.get_field("region")

    with override("zh-hans"):
        assert str(field.verbose_name) == "国家/地区"
    with override("en"):
        assert str(field.verbose_name) == "Country/Region"


def test_no_part_of_china_stands_there_without_china():
    with override("zh-hans"):
        names = [str(label) for _code, label in REGIONS]

    assert [name for name in names if re.search("香港|澳门|台湾", name) and not name.startswith("中国")] == []


def test_codes_and_labels_are_unique_and_other_comes_last():
    with override("zh-hans"):
        assert len({code for code, _label in REGIONS}) == len({str(label) for _code, label in REGIONS}) == len(REGIONS)
    assert REGIONS[-1][0] == "zz"


def test_every_label_is_chinese_and_has_an_english_name():
    with override("zh-hans"):
        assert [code for code, label in REGIONS if not re.fullmatch("[一-鿿（）]+", str(label))] == []
    with override("en"):
        assert [code for code, label in REGIONS if re.search("[一-鿿]", str(label))] == []


def test_a_company_is_domestic_until_something_else_is_said():
    assert Company().region == MAINLAND
    assert set(LABELS) == {code for code, _label in Company._meta.get_field("region").choices}
