"""Ledgers as offices really send them, made here: each with several troubles, no two alike in layout."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl


def save(path: Path, sheets: dict[str, tuple[Sequence[Sequence[Any]], Sequence[str]]]) -> Path:
    """Write sheets: name → (lines from row 1, merged ranges)."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, (lines, merges) in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
        for merge in merges:
            sheet.merge_cells(merge)
    book.save(path)
    return path


def signed_with_one_bad_row(path: Path) -> Path:
    """T1: title, unit line, two head rows, merged groups, an unknown head, amounts as text, a 合计 row, notes; row 7 is bad."""
    lines = [
        ["某区2026年招商引资签约项目台账"],
        ["填报单位：测试招商中心", None, None, None, None, "填报时间：2026年11月24日　单位：亿元"],
        ["序号", "项目名称", "投资方", None, "签约情况", None, "投资额（亿元）", None, "落在哪里", "备注"],
        [None, None, "名称", "所在地", "合同类型", "签约日期", "合同总投资", "固投", None, None],
        [1, "测试光电项目", "测试光电有限公司", "广东深圳", "投资协议", "2026年3月5日", "约3亿元", 2, "测试路1号", "/"],
        [2, "测试装备项目", "测试装备有限公司", "广东广州", "意向书", "2026.4", 1.5, "—", "测试路2号", "待定"],
        [3, "测试坏行项目", "测试坏行有限公司", "无", "协议书", "11/12/26", 150000, "无", "测试路3号", None],
        ["合计", None, None, None, None, None, 4.5, 2, None, None],
        ["备注：1.每周五上午十点前报送。"],
        ["审核人：　　　　单位负责人："],
    ]
    merges = ["A1:J1", "A3:A4", "B3:B4", "C3:D3", "E3:F3", "G3:H3", "I3:I4", "J3:J4"]
    return save(path, {"签约项目": (lines, merges)})
