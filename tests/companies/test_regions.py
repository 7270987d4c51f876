"""The list of countries and regions, checked label by label."""

import pytest

from companies.regions import HMT, MAINLAND, REGIONS

# The members of the United Nations by ISO 3166 code, without China.
_MEMBERS = (
    "af al dz ad ao ag ar am au at az bs bh bd bb by be bz bj bt bo ba bw br bn bg bf bi cv kh cm ca cf td cl co km cg cd cr ci hr cu "
    "cy cz kp dk dj dm do ec eg sv gq er ee sz et fj fi fr ga gm ge de gh gr gd gt gn gw gy ht hn hu is in id ir iq ie il it jm jp jo "
    "kz ke ki kw kg la lv lb ls lr ly li lt lu mg mw my mv ml mt mh mr mu mx fm md mc mn me ma mz mm na nr np nl nz ni ne ng mk no om "
    "pk pw pa pg py pe ph pl pt qa kr ro ru rw kn lc vc ws sm st sa sn rs sc sl sg sk si sb so za ss es lk sd sr se ch sy tj tz th tl "
    "tg to tt tn tr tm tv ug ua ae gb us uy uz vu ve vn ye zm zw"
)
UN_MEMBERS = set(_MEMBERS.split())
OTHER = "zz"


def test_china_stands_first_with_its_regions_named_as_such():
    assert [(code, str(label)) for code, label in REGIONS[:4]] == [
        ("cn", "境内（不含港澳台）"),
        ("hk", "中国香港"),
        ("mo", "中国澳门"),
        ("tw", "中国台湾"),
    ]
    assert [MAINLAND, *HMT] == [code for code, _label in REGIONS[:4]]


@pytest.mark.parametrize("label", [str(label) for _code, label in REGIONS])
def test_no_label_names_a_region_of_china_without_china(label):
    assert not any(place in label for place in ("台湾", "香港", "澳门")) or label.startswith("中国")


def test_all_others_are_members_of_the_united_nations():
    assert len(UN_MEMBERS) == 192
    assert {code for code, _label in REGIONS[4:]} - {OTHER} <= UN_MEMBERS


def test_codes_and_labels_are_unique():
    codes = [code for code, _label in REGIONS]
    labels = [str(label) for _code, label in REGIONS]

    assert len(set(codes)) == len(codes) == len(set(labels))
    assert all(len(code) == 2 and code.islower() for code in codes)


def test_what_is_not_in_the_list_has_a_place_at_its_end():
    assert (REGIONS[-1][0], str(REGIONS[-1][1])) == (OTHER, "其他")
