"""What every column of every ledger becomes, as the page `docs/ledger-fields.md`."""

from collections.abc import Iterator
from functools import cache

from ledgers.layouts.base import Column, Layout
from ledgers.layouts.known import LAYOUTS

HEAD = """# 台账各列的去向 / What each column of a ledger becomes

由 `python manage.py ledger fields` 写出，测试核对。“推算”的列按系统里的登记导出，导入时只作对照；“附加”的列没有对应字段，原样保存在项目的附加列里并写回。
Written by `python manage.py ledger fields`, held by a test. 推算 = derived from what is recorded; 附加 = kept as `Project.extra` and written back.
"""


def as_markdown() -> str:
    """The whole page."""
    return HEAD + "".join(line for layout in LAYOUTS.values() for line in _section(layout))


def extras() -> set[str]:
    """The keys of `Project.extra` that any ledger uses."""
    return set(extra_heads())


@cache
def extra_heads() -> dict[str, str]:
    """The keys of `Project.extra` → the head that the first ledger with such a column gives it."""
    columns = (column for layout in reversed(LAYOUTS.values()) for column in reversed(layout.columns))
    return {column.to.partition(":")[2]: column.head for column in columns if column.to.startswith("extra:")}


def _section(layout: Layout) -> Iterator[str]:
    yield f"\n## {layout.code} {layout.name}\n\n| 列 | 去向 | 读法 |\n|---|---|---|\n"
    for column in layout.columns:
        yield f"| {column.head}{'（必填）' if column.required else ''} | {_target(column)} | {column.kind} |\n"
    if notes := [f"- {column.head}：{column.note}\n" for column in layout.columns if column.note]:
        yield "\n" + "".join(notes)


def _target(column: Column) -> str:
    kind, _colon, key = column.to.partition(":")
    if kind == "extra":
        return f"附加 `{key}`"
    return "推算" if column.to == "derived" else f"`{column.to}`"
