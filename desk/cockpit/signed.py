"""Signed this year by kind, size and origin; and how far what was signed came."""

import json
from typing import Any

from django.utils.translation import gettext as _

from desk.cockpit.numbers import Apart, Number, Slice, apart, rates_and_numbers
from desk.cockpit.part import Viewer
from projects.models import Agreement
from reports.indicators import QUANTITIES
from reports.indicators.dimensions import CASES

# Every kind stands apart; by size and origin only contracts are told, so that no intent is added to them.
DIMENSIONS = {"kind": "signed", "band": "signed_contracts", "origin": "signed_contracts"}
HEAD = ("signed", "signed_contracts", "signed_contracts_amount", "upgraded", "over_one_yi", "over_one_yi_amount")
RATES = [
    ("performance", "count"),
    ("performance", "amount"),
    ("landing", "count"),
    ("landing", "amount"),
    ("start", "a"),
    ("start", "a_amount"),
    ("start", "b"),
    ("start", "b_amount"),
    ("start", "c"),
    ("production", "a"),
    ("production", "a_amount"),
    ("production", "b"),
    ("production", "b_amount"),
    ("effect", "count"),
    ("effect", "amount"),
    ("start_and_completion", "completion"),
    ("start_and_completion", "completion_amount"),
    ("completion", "count"),
    ("arrival", "amount"),
    ("investment", "total"),
    ("investment", "annual"),
    ("conversion", "a"),
    ("conversion", "b"),
    ("intensity", "amount"),
]
MONEY = ("other_provinces_contract", "other_provinces", "outside_city", "abroad", "capital")
FUNNEL = ("contracts", "performed", "started", "completed", "producing", "effective")


def chart(names: list[str], values: list[Number], title: str, kind: str = "bar") -> str:
    """What the picture needs; the table under it says the same to everybody."""
    shown = [0 if value.plain is None else float(value.plain) for value in values]
    return json.dumps({"kind": kind, "title": title, "names": names, "values": shown}, ensure_ascii=False)


def part(viewer: Viewer) -> dict[str, Any]:
    cut = Slice.year_to(viewer.today)
    wanted = {dimension: (code, f"{code}_amount") for dimension, code in DIMENSIONS.items()}
    told, total = apart(viewer.user, wanted, cut, HEAD)
    return {"tables": [_table(told, dimension, *codes) for dimension, codes in wanted.items()], "total": total, "cut": cut}


def _table(told: Apart, dimension: str, count: str, amount: str) -> dict[str, Any]:
    """One line a case, the word and its two numbers, and the picture of the counts."""
    titles = {"kind": _("协议类型"), "band": _("规模（正式合同）"), "origin": _("资本来源（正式合同）")}
    counts, amounts = told[f"{count} {dimension}"], told[f"{amount} {dimension}"]
    cases = CASES[Agreement, dimension]
    lines = [(str(case.label), counts[key], amounts[key]) for key, case in cases.items()]
    title = _("今年签约个数：按%(what)s") % {"what": titles[dimension]}
    picture = chart([label for label, _count, _amount in lines], [number for _label, number, _amount in lines], title)
    return {"title": titles[dimension], "lines": lines, "chart": picture}


def rates_part(viewer: Viewer) -> dict[str, Any]:
    """Every rate by number and by amount with its definition, of this year's contracts; money verified and not."""
    cut = Slice.year_to(viewer.today)
    codes = (*FUNNEL, *MONEY, *(f"{code}_unverified" for code in MONEY[1:]))
    told, found = rates_and_numbers(viewer.user, RATES, codes, cut)
    funnel = [(str(QUANTITIES[code].name), found[code]) for code in FUNNEL]
    return {
        "rates": told,
        "funnel": funnel,
        "chart": chart([name for name, _number in funnel], [number for _name, number in funnel], _("今年的合同项目走到哪里")),
        "money": [(QUANTITIES[code].name, found[code], found.get(f"{code}_unverified")) for code in MONEY],
        "cut": cut,
    }
