"""GB/T 4754-2017 (domain.md 4.2): 20 sections, 97 divisions, three sectors."""

import pytest

from companies.industries import DIVISIONS, INDUSTRIES, SECTIONS, section_of, sector

RANGES = {
    "A": (1, 5),
    "B": (6, 12),
    "C": (13, 43),
    "D": (44, 46),
    "E": (47, 50),
    "F": (51, 52),
    "G": (53, 60),
    "H": (61, 62),
    "I": (63, 65),
    "J": (66, 69),
    "K": (70, 70),
    "L": (71, 72),
    "M": (73, 75),
    "N": (76, 79),
    "O": (80, 82),
    "P": (83, 83),
    "Q": (84, 85),
    "R": (86, 90),
    "S": (91, 96),
    "T": (97, 97),
}


def test_the_sections_hold_the_divisions_of_the_standard():
    assert {letter: (section.first, section.last) for letter, section in SECTIONS.items()} == RANGES


def test_there_are_97_divisions_in_order():
    assert list(DIVISIONS) == [f"{number:02d}" for number in range(1, 98)]
    assert len(set(DIVISIONS.values())) == 97


def test_the_list_of_choices_has_each_section_before_its_divisions():
    codes = [code for code, _label in INDUSTRIES]

    assert len(codes) == len(set(codes)) == 20 + 97
    assert codes[:7] == ["A", "A01", "A02", "A03", "A04", "A05", "B"]
    assert dict(INDUSTRIES)["C39"] == "C39 计算机、通信和其他电子设备制造业"


@pytest.mark.parametrize(
    ("division", "letter"), [("01", "A"), ("05", "A"), ("06", "B"), ("13", "C"), ("43", "C"), ("65", "I"), ("97", "T")]
)
def test_a_division_belongs_to_a_section(division, letter):
    assert section_of(division) == letter


@pytest.mark.parametrize(
    ("code", "number"),
    [
        *[("A", 1), ("A01", 1), ("A04", 1), ("A05", 3)],
        *[("B", 2), ("B06", 2), ("B11", 3), ("C", 2), ("C39", 2), ("C43", 3), ("D44", 2), ("E50", 2)],
        *[("F51", 3), ("I65", 3), ("M73", 3), ("P83", 3), ("T97", 3), ("F", 3)],
    ],
)
def test_the_sector_follows_from_section_and_division(code, number):
    assert sector(code) == number


@pytest.mark.parametrize("code", ["", "Z", "C97", "39", "c39", "C390"])
def test_an_unknown_code_has_no_sector(code):
    with pytest.raises(KeyError):
        sector(code)
