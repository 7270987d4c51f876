"""Names of files that people take away."""

import re
import unicodedata

UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')  # for Windows, for an archive, or for a header of HTTP
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
LONGEST, LONGEST_ENDING = 80, 8


def safe_name(name: str, otherwise: str = "文件") -> str:
    """A name that every system and archive takes, without its folders; the ending stays when it is cut."""
    plain = "".join(sign for sign in unicodedata.normalize("NFC", name) if unicodedata.category(sign) != "Cf")
    plain = UNSAFE.sub("_", plain).strip(" ._") or otherwise
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) <= LONGEST_ENDING:
        plain = f"{stem[: LONGEST - len(ending)].rstrip(' .')}.{ending}"
    plain = plain[: LONGEST + 1].rstrip(" .")
    return f"_{plain}" if RESERVED.match(plain) else plain


def distinct(name: str, taken: set[str]) -> str:
    """The name, or the name with a number in front of its ending when it is taken (whatever the case); it is then taken."""
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + ending) if dot else (name, "")
    found, at = name, 2
    while found.casefold() in taken:
        found, at = f"{stem}（{at}）{ending}", at + 1
    taken.add(found.casefold())
    return found
