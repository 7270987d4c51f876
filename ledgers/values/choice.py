"""Reading one of several words."""

import re

from django.utils.translation import gettext as _

from ledgers.layouts.base import Column
from ledgers.values.base import Asked, Unread, compact, number_text

YES = frozenset({"是", "√", "✓", "✔", "☑", "y", "yes", "true", "1", "有", "对"})
NO = frozenset({"否", "×", "✗", "✘", "✕", "x", "n", "no", "false", "0", "不是", "没有"})
NOT_COMPARED = re.compile(r"[\s、,;:.·()\[\]“”\"'/-]")
SHORTEST_START = 2
MOST_SHOWN = 20


def choice(cell: object, asked: Asked) -> str:
    """The code of the choice a cell names; raises Unread with the words allowed."""
    text = number_text(cell) if isinstance(cell, int | float) else str(cell).strip()
    if (code := chosen(text, asked.column)) is not None:
        return code
    labels = list(asked.column.labels.values())
    allowed = "、".join(labels[:MOST_SHOWN]) + ("…" if len(labels) > MOST_SHOWN else "")
    raise Unread("choice", _("“%(text)s”不在可选之列：请填 %(allowed)s 之一") % {"text": text, "allowed": allowed})


def chosen(text: str, column: Column) -> str | None:
    """The code of a choice by label or code, else by the only one whose label begins so."""
    written = text.strip()
    for code, label in column.labels.items():
        if written in (code, label):
            return code
    if written in column.words:
        return column.words[written]
    wanted = _comparable(written)
    forms = {code: _comparable(label) for code, label in column.labels.items()}
    found = [code for code, form in forms.items() if wanted and wanted in (form, _comparable(code))]
    if not found and len(wanted) >= SHORTEST_START:
        found = [code for code, form in forms.items() if form.startswith(wanted)]
    return found[0] if len(found) == 1 else None


def _comparable(text: str) -> str:
    return NOT_COMPARED.sub("", compact(text)).casefold()


def yes_no(cell: object) -> bool:
    """是 or 否, √ or ×, Y or N, 1 or 0; raises Unread."""
    if isinstance(cell, bool):
        return cell
    said = number_text(cell) if isinstance(cell, int | float) else compact(str(cell)).casefold()
    if said not in YES | NO:
        raise Unread("yes_no", _("“%(text)s”看不出是还是否：请填 是 或 否") % {"text": cell})
    return said in YES
