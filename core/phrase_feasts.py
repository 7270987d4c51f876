"""春节后第一个工作日, 节前, 国庆节: days counted from a feast or from the run of days off around it."""

import datetime as dt
import re

from core import jio
from core.phrase_words import NUMBER, Moment, Reading, Rule, number
from core.working_days import ONE

BY_THE_SUN = {"元旦": (1, 1), "五一": (5, 1), "劳动": (5, 1), "国庆": (10, 1)}
HOLIDAYS = frozenset({"春节", "五一", "国庆"})  # the name alone means the days off, not the day
SATURDAY = 5
NEAR = range(-370, 371)  # days around today in which 节后 is looked for

_AFTER = rf"(?:的)?(?:(?P<first>首个工作日|上班第一天|第一天上班)|第(?P<count>{NUMBER})个工作日)"
_BEFORE = r"(?:的)?(?P<last>最后[一1]个工作日|最后一天上班)"
_NAMED = r"(?P<feast>元旦|春节|清明|端午|五一|劳动(?=节)|中秋|国庆)(?P<day>节)?+"
_LENGTH = r"(?:假期|小?长假|放假)?"
_SIDE = rf"(?:过?(?P<after>之后|以后|后)(?:{_AFTER})?|(?P<before>之前|以前|前)(?!后)(?:{_BEFORE})?)"
_NO_PLACE = r"(?!路|街|广场|大道|晚会|活动|假)"


def _three_years(name: str, moment: Moment) -> list[dt.date]:
    """The day of a feast last year, this year and next year."""
    years = (moment.today.year - 1, moment.today.year, moment.today.year + 1)
    fixed = BY_THE_SUN.get(name)
    return [dt.date(year, *fixed) if fixed else jio.feast(name, year) for year in years]


def _around(match: re.Match[str], moment: Moment) -> Reading:
    """A working day after or before the feast; without the word 工作日 it is only proposed."""
    name = match.groupdict().get("feast")
    days = _three_years(name, moment) if name else _days_off(moment)
    found = moment.nearest(_target(day, match, moment) for day in days)
    if found is None or not moment.days.has_data(found.year):
        return None, False
    exact = match["first"] or match["count"] or match["last"]
    return found, bool(exact) and found != moment.today


def _days_off(moment: Moment) -> list[dt.date]:
    """Mondays to Fridays without work: each lies in a holiday, no plain weekend does."""
    if not moment.days.has_data(moment.today.year):
        return []
    near = (moment.today + ONE * count for count in NEAR)
    return [day for day in near if day.weekday() < SATURDAY and not moment.days.is_working_day(day)]


def _target(day: dt.date, match: re.Match[str], moment: Moment) -> dt.date:
    if match["before"]:
        return moment.days.previous_working_day(day - ONE)
    first = moment.days.next_working_day(day)
    return moment.days.add_working_days(first, number(match["count"]) - 1) if match["count"] else first


def _feast(match: re.Match[str], moment: Moment) -> Reading:
    name = match["feast"]
    found = moment.nearest(_three_years(name, moment))
    exact = match["exact"] or name not in HOLIDAYS or (match["day"] and name != "春节")
    return found, bool(exact) and not match["span"] and moment.is_near(found)


RULES: list[Rule] = [
    (re.compile(rf"{_NAMED}{_LENGTH}{_SIDE}"), _around),
    (re.compile(rf"(?<![环细情关季调章时枝礼音])(?:节|假期|长假){_SIDE}"), _around),
    (re.compile(rf"(?<![一二三四五六七八九十]){_NAMED}(?:(?P<span>假期|小?长假|期间)|(?P<exact>当天|那天))?{_NO_PLACE}"), _feast),
]
