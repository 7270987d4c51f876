"""The arithmetic of figures, on tables that were published."""

from decimal import Decimal

import pytest

from reports.indicators import rates

# 甘肃兰洽会，第 19 至 21 届：开工、到位、建成（个、亿元），公布的百分比。
PUBLISHED = [
    ("19 开工率", 907, 1093, "82.98"),
    ("19 到位率", "2794.49", "6129.09", "45.59"),
    ("19 建成率", 401, 1093, "36.69"),
    ("20 开工率", 1002, 1299, "77.14"),
    ("20 到位率", "2143.95", "6511.53", "32.93"),
    ("21 开工率", 733, 1292, "56.73"),
]


@pytest.mark.parametrize(("name", "numerator", "denominator", "published"), PUBLISHED)
def test_the_published_rates_are_what_their_parts_give(name, numerator, denominator, published):
    found = rates.percent(Decimal(numerator), Decimal(denominator))

    assert found == Decimal(published)
    assert rates.compare(Decimal(published), Decimal(numerator), Decimal(denominator)).agrees is True


def test_the_wrong_rate_of_the_21st_fair_stands_as_reported_beside_the_computed_one():
    # The parts of the 21st fair were not published apart: any two that give 12.97 show the same gap.
    comparison = rates.compare(Decimal("12.64"), Decimal("1297"), Decimal("10000"))

    assert (comparison.reported, comparison.computed, comparison.agrees) == (Decimal("12.64"), Decimal("12.97"), False)
    assert comparison.words == "填报值 12.64%，系统算值 12.97%，相差 -0.33 个百分点，请核对"


@pytest.mark.parametrize(("numerator", "denominator"), [(5, 0), (None, 5), (5, None), (None, None), (0, 0)])
def test_what_cannot_be_divided_is_unknown(numerator, denominator):
    assert rates.percent(numerator, denominator) is None
    assert rates.ratio(numerator, denominator) is None


def test_nothing_of_something_is_zero_and_known():
    assert rates.percent(0, 12) == 0


def test_growth_counts_from_the_year_before_and_from_nothing_is_unknown():
    assert rates.growth(Decimal("3.3"), Decimal("0.53")) == Decimal("522.64")
    assert rates.growth(3, 4) == Decimal("-25.00")
    assert rates.growth(3, 0) is None
    assert rates.growth(None, 4) is None


def test_a_target_is_ahead_or_behind_the_months_that_have_passed():
    assert rates.expected_share(6) == Decimal("50.00")
    assert rates.ahead(60, 100, 6) == Decimal("10.00")
    assert rates.ahead(40, 100, 6) == Decimal("-10.00")
    assert rates.ahead(40, 0, 6) is None


def test_what_cannot_be_computed_is_shown_as_it_was_reported():
    assert rates.compare(Decimal("88.8"), None, 100).words == "填报值 88.8%；分母为 0 或缺数，无法核算"
    assert rates.compare(None, 1, 4).words == "系统算值 25.00%；没有填报值"
    assert rates.compare(Decimal("25"), 1, 4).words == "填报值 25% 与系统算值一致"
    assert rates.compare(None, None, None).words == "没有填报值，也无法计算"
