"""Several columns in one text: the first as it is, the others each behind its heading (“备注：…”) on a line of its own."""

from collections.abc import Collection, Iterable, Mapping


def parted(text: str, headings: Iterable[str]) -> dict[str, str]:
    """What stands under each heading, and "" → what stands before them."""
    found: dict[str, str] = {}
    rest = text
    for heading in reversed(list(headings)):
        before, mark, after = f"\n{rest}".rpartition(f"\n{heading}：")
        if mark and after:
            found[heading], rest = after, before.removeprefix("\n")
    return {"": rest, **found}


def joined(sections: Mapping[str, str], headings: Iterable[str]) -> str:
    """The text that `parted` reads back."""
    written = [f"{heading}：{sections[heading]}" for heading in headings if sections.get(heading)]
    return "\n".join([*([sections[""]] if sections.get("") else []), *written])


class Sections:
    """What a ledger says of a text: some sections of it. Those it does not speak of stay as they are."""

    def __init__(self, headings: Collection[str], said: Mapping[str, str], blank: Collection[str] = ()) -> None:
        self.headings, self.said, self.blank = headings, dict(said), blank

    def within(self, text: str, *, clears: bool) -> str:
        """The text with these sections; blank ones are taken away when the import `clears`."""
        kept = parted(text, self.headings)
        kept |= dict.fromkeys(self.blank, "") if clears else {}
        return joined({**kept, **self.said}, self.headings)
