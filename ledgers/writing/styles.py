"""The looks of an official ledger: fonts are named, not brought along."""

from typing import Any

from ledgers.layouts.base import Column, Kind

TITLE_FONT, HEAD_FONT, BODY_FONT = "方正小标宋简体", "黑体", "仿宋"
NUMBER_FORMATS = {"亿元": "#,##0.00######", "万元": "#,##0.00##"}  # to the yuan
DAY_FORMAT = 'yyyy"年"m"月"d"日"'
TEXT_FORMAT = "@"
RIGHT = frozenset({Kind.AMOUNT, Kind.NUMBER, Kind.COUNT_AMOUNT})
CENTRE = frozenset({Kind.COUNT, Kind.DATE, Kind.DAY, Kind.PERIOD, Kind.CHOICE, Kind.YES_NO, Kind.CODE})
BODY: dict[str, Any] = {"font_name": BODY_FONT, "font_size": 11, "border": 1, "valign": "vcenter", "text_wrap": True}


class Styles:
    """The formats of one workbook."""

    def __init__(self, book: Any) -> None:
        self._add = book.add_format
        middle = {"align": "center", "valign": "vcenter", "text_wrap": True}
        self.title = self._add({"font_name": TITLE_FONT, "font_size": 20, "bold": True, **middle})
        self.line = self._add({"font_name": BODY_FONT, "font_size": 11, "valign": "vcenter"})
        self.note = self._add({"font_name": BODY_FONT, "font_size": 11, "valign": "vcenter", "text_wrap": True})
        self.head = self._add({"font_name": HEAD_FONT, "font_size": 11, "border": 1, **middle})
        self.total = self._add({**BODY, "bold": True, "align": "center"})

    def body(self, column: Column, unit: str) -> Any:
        """The format of the data cells of a column with figures in `unit`."""
        side = "right" if column.kind in RIGHT else "center" if column.kind in CENTRE else "left"
        return self._add({**BODY, "align": side, "num_format": _number_format(column, unit)})

    def total_of(self, unit: str) -> Any:
        return self._add({**BODY, "bold": True, "align": "right", "num_format": NUMBER_FORMATS.get(unit, "General")})


def _number_format(column: Column, unit: str) -> str:
    kind = column.kind
    if kind is Kind.AMOUNT:
        return NUMBER_FORMATS.get(unit, "General")
    if kind in {Kind.DATE, Kind.DAY}:
        return DAY_FORMAT
    return TEXT_FORMAT if kind in {Kind.CODE, Kind.PHONES} or column.personal else "General"
