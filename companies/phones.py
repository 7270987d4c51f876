"""Telephone numbers: one spelling, the last four digits, and the masked form."""

import re
import unicodedata

MOBILE = re.compile(r"1[3-9]\d{9}")
SEPARATORS = re.compile(r"[/、;,；，\s]+")


def normalize(text: str) -> str:
    """A number without spaces and without the prefix of China; others keep their country code."""
    compact = re.sub(r"[\s()（）]", "", unicodedata.normalize("NFKC", text))
    bare = re.sub(r"^(?:\+?86)?-?", "", compact.replace("-", ""))
    return bare if MOBILE.fullmatch(bare) else compact


def split(cell: str) -> list[str]:
    """The numbers of one cell, in their order."""
    return [normalize(part) for part in SEPARATORS.split(cell.strip()) if part]


def tail(number: str) -> str:
    """The last four digits, by which a person is found."""
    digits = re.sub(r"\D", "", number.partition("-")[0] if number.count("-") > 1 else number)
    return digits[-4:] if len(digits) >= 7 else ""


def mask(number: str) -> str:
    """138****1234 for a mobile, the last three digits for anything else."""
    normal = normalize(number)
    if MOBILE.fullmatch(normal):
        return f"{normal[:3]}****{normal[-4:]}"
    return re.sub(r"\d(?=\d{3})", "*", normal) if len(normal) <= 6 else f"{normal[:-7]}****{normal[-3:]}"
