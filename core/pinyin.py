"""What a name is found by: itself, its pinyin, its initials."""

import re
from functools import lru_cache
from typing import Literal

from pypinyin import Style, lazy_pinyin

# One character, two readings that both occur in names of companies.
VARIANTS = {
    "长": ("chang", "zhang"),
    "重": ("chong", "zhong"),
    "行": ("hang", "xing"),
    "乐": ("le", "yue"),
    "曾": ("zeng", "ceng"),
    "单": ("dan", "shan"),
    "解": ("jie", "xie"),
    "区": ("qu", "ou"),
    "盛": ("sheng", "cheng"),
    "朝": ("chao", "zhao"),
    "翟": ("zhai", "di"),
    "茄": ("qie", "jia"),
    "石": ("shi", "dan"),
    "柏": ("bai", "bo"),
    "厦": ("xia", "sha"),
    "调": ("diao", "tiao"),
    "传": ("chuan", "zhuan"),
    "藏": ("zang", "cang"),
}
SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "盖": "ge", "任": "ren",
    "华": "hua", "翟": "zhai", "覃": "qin", "尉": "yu", "朴": "piao", "缪": "miao", "乐": "yue", "黑": "he",
    "员": "yun", "折": "she", "种": "chong", "召": "shao", "宁": "ning", "冼": "xian", "繁": "po", "牟": "mu",
}  # fmt: skip
SUFFIX = re.compile(r"(股份有限公司|有限责任公司|集团有限公司|有限公司|集团|分公司|公司)$")


def search_text(name: str, *, kind: Literal["company", "person", "other"] = "other", core: str | None = None) -> str:
    """`name|pinyin|initials` in lower case, of the whole name and of its core, with second readings."""
    parts = [name.lower()]
    for text in dict.fromkeys([core or name, SUFFIX.sub("", name)]):
        for syllables in _readings(text, person=kind == "person"):
            parts += ["".join(syllables), "".join(syllable[0] for syllable in syllables)]
    return "|".join(dict.fromkeys(part for part in parts if part))


def _readings(text: str, *, person: bool) -> list[list[str]]:
    """The usual reading, and for each doubtful character one with its other sound."""
    signs = re.findall(r"[㐀-鿿]|[a-z0-9]", text.lower())
    usual = [_sound(sign) for sign in signs]
    if person and signs and signs[0] in SURNAMES:
        usual[0] = SURNAMES[signs[0]]
    readings = [usual]
    for place, sign in enumerate(signs):
        for other in VARIANTS.get(sign, ()):
            if other != usual[place]:
                readings.append([*usual[:place], other, *usual[place + 1 :]])
    return readings[:4]


@lru_cache(maxsize=20_000)
def _sound(sign: str) -> str:
    return str(lazy_pinyin(sign, style=Style.NORMAL)[0]).replace("ü", "v")
