"""Chinese first, English second: every message of ours has its English, with the same places to fill."""

import re
from collections import Counter

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from crm import messages

PLACES = re.compile(r"%\(\w+\)[sd]|\{\w*[^}]*\}|%[sd]|</?\w+[^>]*>")
HAN = re.compile(r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]")


def english() -> dict[str, str]:
    return {str(message.id): str(message.string) for message in messages.read(messages.ENGLISH) if message.id}


def test_every_message_of_the_code_has_its_english():
    wanted = {str(message.id) for message in messages.extract() if message.id}
    known = {zh for zh, en in english().items() if en}

    assert len(wanted) > 1000
    assert sorted(wanted - known) == [], "make messages, then translate"
    assert sorted(known - wanted) == [], "make messages"


def test_no_chinese_is_left_in_the_english():
    assert [en for en in english().values() if HAN.search(en)] == []


def test_a_translation_has_the_places_of_its_message():
    assert [zh for zh, en in english().items() if Counter(PLACES.findall(zh)) != Counter(PLACES.findall(en))] == []


def test_the_compiled_catalogues_are_those_of_the_sources():
    for source in sorted(messages.LOCALE.glob("*/LC_MESSAGES/*.po")):
        with source.with_suffix(".mo").open("rb") as file:
            compiled = read_mo(file)

        assert _pairs(compiled) == _pairs(messages.read(source)), source


def _pairs(catalogue: Catalog) -> set[tuple[str, str]]:
    """A message with a plural is a list in one format and a tuple in the other."""
    return {(repr(_listed(row.id)), repr(_listed(row.string))) for row in catalogue if row.id and row.string}


def _listed(words: object) -> list[str]:
    return [words] if isinstance(words, str) else list(words)
