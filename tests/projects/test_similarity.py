"""与上期雷同: dates and figures apart, nine letters in ten are those of the last report (domain.md 0.13)."""

import pytest

from projects.similarity import bare, likeness

LAST = "11月13日完成土地平整80%，施工图审查已送审，预计11月底取得施工许可证。"


@pytest.mark.parametrize(
    "text",
    [
        LAST,
        "11月20日完成土地平整95%，施工图审查已送审，预计12月底取得施工许可证。",
        "十一月二十日完成土地平整９５％，施工图审查已送审，预计 12 月上旬取得施工许可证",
        "2026年11月20日，完成土地平整1,200亩；施工图审查已送审，预计下月初取得施工许可证！",
    ],
)
def test_other_dates_figures_and_signs_make_no_other_report(text):
    assert likeness(text, LAST) >= 90


@pytest.mark.parametrize(
    "text",
    [
        "取得施工许可证，桩基进场，完成桩基12根。",
        "11月20日完成土地平整80%，施工图审查未通过，退回修改三处，企业更换设计单位后重新送审。",
        "无",
        "",
    ],
)
def test_another_report_is_another(text):
    assert likeness(text, LAST) < 90


def test_what_is_only_dates_and_figures_is_only_like_itself():
    assert bare("2026年11月20日 80%") == ""
    assert likeness("80%", "90%") == 0
    assert likeness("80%", "80% ") == 100


def test_likeness_is_the_same_both_ways():
    other = "11月20日完成围挡，施工图审查已送审。"

    assert likeness(LAST, other) == likeness(other, LAST) < 90
