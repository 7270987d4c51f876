"""The catalogues: `make messages` brings `locale/en` up to our Chinese msgids and compiles every `.po`."""

import datetime as dt
import io
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
ENGLISH = LOCALE / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS: dict[str, Any] = {"_": None, "_t": None, "gettext": None, "gettext_lazy": None, "pgettext": ((1, "c"), 2)}
READ_BY = [
    ("**/templates/**.html", "crm.messages:extract_template"),
    ("**/templates/**.txt", "crm.messages:extract_template"),
    ("templates/**.html", "crm.messages:extract_template"),
    ("tests/**.py", "ignore"),
    ("**/migrations/**.py", "ignore"),
    ("**.py", "python"),
]
ANY_DATE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SKIPPED = {"tests", "var", "node_modules"}


def extract_template(
    source: IO[bytes], keywords: Mapping[str, Any], comment_tags: list[str], options: Any
) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    """Yield (line, messages, comments, context) as Babel's own extractors do; Django turns a template into Python calls."""
    del options  # Babel passes it by name
    calls = templatize(source.read().decode())
    flat = "\n".join(line.lstrip() for line in calls.splitlines())
    yield from extract_python(io.BytesIO(flat.encode()), keywords, comment_tags, {})


def extract() -> Catalog:
    """Every message of our code and templates."""
    found = Catalog(locale="en", charset="utf-8")
    rows = extract_from_dir(ROOT, READ_BY, keywords=KEYWORDS, directory_filter=_is_ours)
    for name, line, message, _comments, context in rows:
        found.add(message, locations=[(name, line)], context=context)
    return found


def read(path: Path) -> Catalog:
    """A catalogue without the hour of its reading, so that compiling it twice gives the same bytes."""
    with path.open("rb") as file:
        found = read_po(file)
    found.creation_date = found.revision_date = ANY_DATE
    return found


def update() -> list[str]:
    """Bring the English catalogue up to the code; returns the msgids that still need words."""
    known, wanted = read(ENGLISH), extract()
    catalogue = Catalog(locale="en", charset="utf-8", header_comment=known.header_comment, fuzzy=False)
    for message in wanted:
        if message.id:
            old = known.get(message.id, message.context)
            catalogue.add(message.id, old.string if old else "", flags=message.flags, context=message.context)
    body = io.BytesIO()
    write_po(body, catalogue, width=120, sort_output=True, omit_header=True)
    ENGLISH.write_bytes(_header(known).encode() + body.getvalue())
    return [str(message.id) for message in catalogue if message.id and not message.string]


def compile_all() -> None:
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, read(path))


def _is_ours(folder: str) -> bool:
    name = Path(folder).name
    return not name.startswith(".") and name not in SKIPPED


def _header(catalogue: Catalog) -> str:
    """Without dates and names, so that two runs write the same file."""
    return (
        f'{catalogue.header_comment}\nmsgid ""\nmsgstr ""\n"Language: en\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )


if __name__ == "__main__":
    missing = update()
    compile_all()
    sys.stdout.write("\n".join([f"locale/en：还有 {len(missing)} 条没有译文 / without English", *missing]) + "\n")
