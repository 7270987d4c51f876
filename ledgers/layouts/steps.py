"""Next steps as ledgers write them: one a line, with who does it in the same line of the next column."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from activities.models import FollowUp
from ledgers.layouts.base import Context, Record, Row, record
from ledgers.values.base import says_nothing

RECENT = dt.timedelta(days=30)
NOBODY = "—"


def steps(
    row: Row, key: str, about: dict[str, Record], context: Context, *, happened_on: dt.date | None, who: str = ""
) -> Iterator[Record]:
    """The follow-ups of a contact or event: `about` says of which, `who` is the column of those who do them.

    They have no date, so that nobody is reminded; what came out of something older than RECENT becomes no open one.
    """
    titles = lines(row.get(key))
    names = _names(row, who, len(titles))
    recent = happened_on is not None and happened_on >= context.today - RECENT
    status = FollowUp.Status.OPEN if recent else FollowUp.Status.CANCELLED
    initial = {"status": status, "result": "" if recent else _("导入的往期事项，未列入待办")}
    for title, name in zip(titles, names, strict=True):
        told: dict[str, Any] = {}
        if name and name not in context.colleagues:
            row.refuse(who, "unknown", _("系统里没有在岗的“%(name)s”：请核对姓名，或请系统管理员先建立账号") % {"name": name})
        elif name:
            told = {"assignee": context.colleagues[name]}
        columns = {"title": key, "assignee": who}
        yield record(FollowUp, row, {**about, "title": title}, columns=columns, initial=initial, fixed=told)


def lines(text: str | None) -> list[str]:
    """The lines of a cell that say something, each once."""
    found = [line.strip() for line in (text or "").split("\n")]
    return list(dict.fromkeys(line for line in found if not says_nothing(line)))


def _names(row: Row, key: str, steps: int) -> list[str]:
    """Who does each step: one name stands for all."""
    written = [line.strip() for line in (row.get(key) or "").split("\n")] if key and row.get(key) else []
    names = ["" if says_nothing(line) else line for line in written]
    if len(names) <= 1:
        return (names or [""]) * steps
    if len(names) != steps:
        text = _("后续事项有 %(steps)d 行，责任人有 %(names)d 行：请逐行对应，或只写一位")
        row.refuse(key, "pairs", text % {"steps": steps, "names": len(names)})
        return [""] * steps
    return names


def write_steps(found: list[FollowUp], context: Context) -> tuple[str | None, str | None]:
    """Titles and colleagues, line by line; a colleague who left, or has a namesake, is not named."""
    by_title = {row.title: row for row in found}
    if not by_title:
        return None, None
    names = [_known(row, context) for row in by_title.values()]
    if len(set(names)) == 1:
        return "\n".join(by_title), None if names[0] == NOBODY else names[0]
    return "\n".join(by_title), "\n".join(names)


def _known(row: FollowUp, context: Context) -> str:
    name = row.assignee.display if row.assignee else ""
    return name if name and context.colleagues.get(name) == row.assignee else NOBODY
