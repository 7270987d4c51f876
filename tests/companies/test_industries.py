"""GB/T 4754-2017."""

import pytest

from companies.industries import DIVISIONS, INDUSTRIES, SECTIONS, section_of, sector

RANGES = (
    "A01-05 B06-12 C13-43 D44-46 E47-50 F51-52 G53-60 H61-62 I63-65 J66-69 K70-70 L71-72 M73-75 N76-79 O80-82 P83-83 Q84-85 "
    "R86-90 S91-96 T97-97"
)


def test_there_are_20_sections_with_the_ranges_of_the_standard():
    assert len(SECTIONS) == 20
    assert " ".join(f"{letter}{first:02d}-{last:02d}" for letter, (_name, first, last) in SECTIONS.items()) == RANGES


def test_there_are_97_divisions_each_in_one_section():
    assert list(DIVISIONS) == [f"{number:02d}" for number in range(1, 98)]
    assert len(set(DIVISIONS.values())) == 97
    assert [section_of(division) for division in ("01", "13", "43", "97")] == ["A", "C", "C", "T"]


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("C", "C 制造业"),
        ("A05", "A05 农、林、牧、渔专业及辅助性活动"),
        ("C15", "C15 酒、饮料和精制茶制造业"),
        ("C24", "C24 文教、工美、体育和娱乐用品制造业"),
        ("C39", "C39 计算机、通信和其他电子设备制造业"),
        ("G59", "G59 装卸搬运和仓储业"),
        ("I65", "I65 软件和信息技术服务业"),
        ("M74", "M74 专业技术服务业"),
        ("P83", "P83 教育"),
        ("S95", "S95 群众团体、社会团体和其他成员组织"),
        ("T97", "T97 国际组织"),
    ],
)
def test_a_choice_is_its_code_and_the_name_of_the_standard(code, label):
    assert dict(INDUSTRIES)[code] == label


def test_sections_and_divisions_can_be_chosen_each_once():
    assert len(INDUSTRIES) == len(dict(INDUSTRIES)) == 20 + 97


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        (1, ["A", "A01", "A04"]),
        (2, ["B", "B06", "B12", "C", "C13", "C39", "C42", "D44", "D46", "E47", "E"]),
        (3, ["A05", "B11", "C43", "F51", "I65", "P83", "T97", "T"]),
    ],
)
def test_the_sector_follows_from_the_code(number, codes):
    assert [sector(code) for code in codes] == [number] * len(codes)


@pytest.mark.parametrize("code", ["", "Z", "C99", "39", "A39"])
def test_an_unknown_code_has_no_sector(code):
    with pytest.raises(KeyError):
        sector(code)
