"""A ledger against itself: its 合计 beside its rows."""

from decimal import Decimal

import pytest

from ledgers import services
from ledgers.layouts.known import LAYOUTS
from ledgers.recognise import read_rows, recognise
from ledgers.reconciling import totals
from ledgers.sheets import Sheet
from ledgers.writing import write_xlsx
from tests.factories import TODAY
from tests.ledgers.rows import context_of, signed, wan

HEADS = ["序号", "项目名称", "固定资产投资（万元）"]
FIRST, SECOND = [1, "测试光电项目", 1000], [2, "测试装备项目", 500]


def figures(*lines):
    """(stated, counted) of the 固定资产投资 of a sheet."""
    table = recognise(Sheet("在谈", [HEADS, *map(list, lines)]), [LAYOUTS["T2"]], {}, {})
    rows, _problems = read_rows(table, TODAY)
    return [(found.stated, found.counted) for found in totals(table, rows)]


@pytest.mark.parametrize(
    "lines",
    [
        (["合计", None, 1500], ["小计", None, 1000], FIRST, ["小计", None, 500], SECOND),
        (FIRST, ["小计", None, 1000], SECOND, ["小计", None, 500], ["合计", None, 1500]),
        (FIRST, ["工业项目小计", None, 1000], SECOND, [None, "合计：2个", 1500]),
        (FIRST, ["合计", None, 1000], SECOND, ["合计", None, 500], ["总计", None, 1500]),
        (FIRST, SECOND, ["小计", None, 1500]),
    ],
)
def test_the_rows_are_held_against_the_total_of_the_whole_sheet(lines):
    assert figures(*lines) == [(Decimal(1500), Decimal(1500))]


def test_several_sub_totals_say_nothing_of_the_whole_sheet():
    assert figures(FIRST, ["小计", None, 1000], SECOND, ["小计", None, 500]) == []


def test_the_total_of_qualified_amounts_that_we_write_agrees_with_its_rows_when_it_comes_back(user, tmp_path):
    layout, path = LAYOUTS["T1"], tmp_path / "签约.xlsx"
    amounts = [wan(30_000, "about"), wan(12_345), None, wan(5_000, "at_least")]
    empty = dict.fromkeys(column.key for column in layout.columns)
    rows = [{**empty, **signed(name=f"测试{n}项目", amount=value).values} for n, value in enumerate(amounts)]

    write_xlsx(path, layout, rows, context=context_of(user))

    [table] = services.read_tables(services.Source(path, path.name))
    read, problems = read_rows(table, TODAY)
    [found] = [total for total in totals(table, read) if total.head == "投资额/合同总投资"]
    assert (problems, len(read), found.stated, found.agrees) == ([], 4, Decimal(47_345), True)
