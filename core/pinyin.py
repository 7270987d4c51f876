"""What a name is found by: itself, its pinyin, its initials."""

import itertools
import unicodedata
from typing import Literal

from pypinyin import lazy_pinyin

# Characters with two readings that both occur in names; the dictionary behind `lazy_pinyin` knows only words.
READINGS = {
    "长": ("chang", "zhang"),
    "重": ("zhong", "chong"),
    "行": ("xing", "hang"),
    "乐": ("le", "yue"),
    "曾": ("zeng", "ceng"),
    "单": ("dan", "shan"),
    "仇": ("qiu", "chou"),
    "解": ("jie", "xie"),
    "区": ("qu", "ou"),
    "查": ("cha", "zha"),
    "盖": ("gai", "ge"),
    "覃": ("qin", "tan"),
    "翟": ("zhai", "di"),
    "盛": ("sheng", "cheng"),
    "晟": ("sheng", "cheng"),
    "朝": ("chao", "zhao"),
    "柏": ("bai", "bo"),
    "伯": ("bo", "bai"),
    "薄": ("bo", "bao"),
    "石": ("shi", "dan"),
    "厦": ("sha", "xia"),
    "调": ("tiao", "diao"),
    "传": ("chuan", "zhuan"),
    "藏": ("cang", "zang"),
    "车": ("che", "ju"),
    "茜": ("qian", "xi"),
    "尉": ("wei", "yu"),
    "牟": ("mou", "mu"),
    "贾": ("jia", "gu"),
    "沈": ("shen", "chen"),
    "莘": ("shen", "xin"),
    "浚": ("jun", "xun"),
    "泌": ("mi", "bi"),
}
SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "盖": "ge", "任": "ren", "华": "hua",
    "翟": "zhai", "覃": "qin", "朴": "piao", "缪": "miao", "乐": "yue", "黑": "he", "员": "yun", "折": "she", "种": "chong",
    "召": "shao", "宁": "ning", "冼": "xian", "繁": "po", "牟": "mu", "尉": "wei", "薄": "bo", "柏": "bai", "秘": "bi",
    "谌": "chen", "燕": "yan", "葛": "ge", "纪": "ji", "那": "na", "能": "nai", "宓": "mi", "褚": "chu", "郗": "xi",
    "洗": "xian", "隗": "wei", "逄": "pang", "眭": "sui", "车": "che", "瞿": "qu", "沈": "shen", "石": "shi", "应": "ying",
    "相": "xiang", "祭": "zhai", "逯": "lu", "阚": "kan", "万": "wan", "俞": "yu", "贾": "jia", "盛": "sheng", "过": "guo",
    "长孙": "zhang sun", "尉迟": "yu chi", "万俟": "mo qi", "单于": "chan yu", "澹台": "tan tai",
}  # fmt: skip
ORGANISATIONS = ("股份有限公司", "有限责任公司", "有限公司", "分公司", "公司")
MOST_DOUBTS = 3  # at most eight spellings of one name

type Syllable = tuple[str, str]  # what is written, how it sounds


def search_text(name: str, *, kind: Literal["company", "person", "other"] = "other", core: str | None = None) -> str:
    """`name|pinyin|initials…` in lower case, for `icontains`.

    Spelled are the core of the name and the name without the kind of organisation behind it, and, for characters with two readings, the second one; a person's first character has its surname reading.
    """
    whole = "".join(unicodedata.normalize("NFKC", name).split())
    syllables = _syllables(_without_organisation(whole))
    if kind == "person":
        syllables = _surname_read(whole, syllables)
    parts = [name.lower(), whole.lower()]
    for spelled in (_of_core(syllables, core), syllables):
        parts += _spellings(spelled)
    return "|".join(dict.fromkeys(part for part in parts if part))


def _without_organisation(name: str) -> str:
    ending = next((ending for ending in ORGANISATIONS if name.endswith(ending)), "")
    return name.removesuffix(ending) or name


def _syllables(text: str) -> list[Syllable]:
    """The sound of each character; a run of Latin letters and digits sounds as it is written."""
    pairs: list[Syllable] = []
    place = 0
    for sound in lazy_pinyin(text):
        is_written = text.startswith(sound, place)
        pairs.append((_letters(sound if is_written else text[place]), _letters(sound)))
        place += len(sound) if is_written else 1
    return [(sign, sound) for sign, sound in pairs if sound]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()


def _surname_read(name: str, syllables: list[Syllable]) -> list[Syllable]:
    for length in (2, 1):
        if sounds := SURNAMES.get(name[:length], "").split():
            return [*zip(name[:length], sounds, strict=True), *syllables[length:]]
    return syllables


def _of_core(syllables: list[Syllable], core: str | None) -> list[Syllable]:
    """Those of the core, read as in the whole name: `lazy_pinyin` is slow enough to be asked once."""
    rest, found = _letters(core or ""), []
    for sign, sound in syllables:
        if rest.startswith(sign):
            found.append((sign, sound))
            rest = rest[len(sign) :]
    return _syllables(core or "") if rest else found


def _spellings(syllables: list[Syllable]) -> list[str]:
    """Pinyin and initials: the usual readings first, then those with the other ones."""
    choices: list[tuple[str, ...]] = [(sound,) for _sign, sound in syllables]
    doubtful = [place for place, (sign, _sound) in enumerate(syllables) if sign in READINGS][:MOST_DOUBTS]
    for place in doubtful:
        sign, sound = syllables[place]
        choices[place] = tuple(dict.fromkeys([sound, *READINGS[sign]]))[:2]
    signs = [sign for sign, _sound in syllables]
    return [text for sounds in itertools.product(*choices) for text in ("".join(sounds), _initials(signs, sounds))]


def _initials(signs: list[str], sounds: tuple[str, ...]) -> str:
    """First letters; what is written in letters and digits stays whole."""
    return "".join(sound if sign == sound else sound[0] for sign, sound in zip(signs, sounds, strict=True))
