"""Days of the calendar as people say them, one rule a way of saying.

A rule raises ValueError for what is no day (2月30日, 两三天后). What follows a phrase and changes it (前, 左右, 下午)
is read in `core.phrases`.
"""

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterator

from core.dates import month_end
from core.phrase_words import NUMBER, Moment, Reading, Rule, add_months, number
from core.working_days import ONE

WEEKDAYS = "一二三四五六日"
SAID_YEARS = {"前": -2, "去": -1, "今": 0, "本": 0, "当": 0, "明": 1, "后": 2}
SAID_DAYS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
SAID_NEIGHBOURS = {"上上": -2, "上": -1, "本": 0, "这": 0, "当": 0, "": 0, "下": 1, "下下": 2}
HALF_MONTH = 15
THIRDS = {"上旬": 10, "中旬": 20, "下旬": 31}

_WHICH = r"(?:上上|下下|[上下本这当])"
_SOME_YEAR = r"(?:(?:20)?\d\d|[前去今本明后])年"
_YEAR = r"(?:(?P<year>(?:20)?\d\d|[前去今本明后])年)"
_NOT_COUNTED = r"(?<![一二两三四五六七八九十每\d几半个百])"
_WEEK = r"(?:周|星期|礼拜)"
# 15号楼, 18号文, 3日均: a number of something, or another word.
_NO_DAY = (
    r"(?!楼|厂房|厂区|地块|地(?!铁)|线(?![上下])|门|院(?![士长])|库|车间|机组|馆|厅|会议室|包间|桌|文(?!旅|化)|令|店|仓|井|炉|桥|路(?!演)|房"
    r"|期|标段|常|均|产|本|用|语|资|元|益|程)"
)
# 下周三家企业, 下周一起, 下周日本客商: the sign of the day may belong to what follows.
_OTHER_WORD = re.compile(
    r"一(?:[般样起直次共定切体旦律致些点同并方])|日[本程报期]|.(?:[家个批名位期号楼层点年月天亿万千百十届轮次场块条亩座栋台项类级人]|方(?!便))"
)
UNIT = (
    r"(?![\d.%‰A-Za-z㎡°万亿元亩千百十米里吨倍个人年月天周日号时秒层台套家度折版股美块点条名位次岁届多余的]"
    r"|分(?!管)|平(?!台)|成(?!立)|以(?![前后])|期(?!满)|公(?!司))"
)


def _day_word(match: re.Match[str], moment: Moment) -> Reading:
    return moment.today + ONE * SAID_DAYS[match["word"]], True


def _weekday(match: re.Match[str], moment: Moment) -> Reading:
    sign = match["day"].replace("天", "日")
    weekday = int(sign) - 1 if sign.isdecimal() else WEEKDAYS.index(sign)
    certain = not _OTHER_WORD.match(match.string, match.start("day"))
    if match["which"] is not None:
        return _monday(match["which"], moment) + ONE * weekday, certain
    ahead = (weekday - moment.today.weekday()) % 7
    day = moment.today + ONE * (ahead if moment.future or not ahead else ahead - 7)
    return day, certain and bool(ahead)  # 周二, said on a Tuesday, may be today or a week away


def _monday(which: str, moment: Moment) -> dt.date:
    return moment.today + ONE * (7 * SAID_NEIGHBOURS[which] - moment.today.weekday())


def _week(match: re.Match[str], moment: Moment) -> Reading:
    day = {"初": 0, "末": 5}.get(match["part"] or "", 4)
    return _monday(match["which"] or "", moment) + ONE * day, False


def _month_part(match: re.Match[str], moment: Moment) -> Reading:
    """月底, 下月初, 11月中 are days; 上旬, 中旬, 下旬 are not."""
    part = match["part"]

    def day_of(year: int, month: int) -> dt.date:
        last = month_end(year, month)
        return last.replace(day=min({"初": 1, "中": HALF_MONTH, **THIRDS}.get(part, 31), last.day))

    if match["month"]:
        day, certain = _in_year(match["year"], number(match["month"]), day_of, moment)
        return day, certain and part not in THIRDS
    first = _first_of(match["which"], moment)
    day = day_of(first.year, first.month) if match["which"] else _in_some_month(day_of, moment)
    return day, part not in THIRDS


def _in_year(said: str | None, month: int, day_of: Callable[[int, int], dt.date], moment: Moment) -> Reading:
    """The day in the year that was said, else in the one where it comes next (or was last)."""
    if said:
        return day_of(_year(said, moment), month), True
    this = moment.today.year
    days = list(_existing(day_of, [this - 1, this, this + 1], month))
    if not days:
        raise ValueError("no such day")
    found = moment.nearest(days)
    return found, moment.is_near(found)


def _existing(day_of: Callable[[int, int], dt.date], years: list[int], month: int) -> Iterator[dt.date]:
    """29 February comes in leap years only."""
    for year in years:
        with contextlib.suppress(ValueError):
            yield day_of(year, month)


def _year(said: str, moment: Moment) -> int:
    return moment.today.year + SAID_YEARS[said] if said in SAID_YEARS else int(said[-2:]) + 2000


def _in_some_month(day_of: Callable[[int, int], dt.date], moment: Moment) -> dt.date:
    this = day_of(moment.today.year, moment.today.month)
    if moment.nearest([this]) is None:
        other = _next_first(moment)
        return day_of(other.year, other.month)
    return this


def _first_of(which: str | None, moment: Moment) -> dt.date:
    return add_months(moment.today.replace(day=1), SAID_NEIGHBOURS[which or ""])


def _next_first(moment: Moment) -> dt.date:
    return _first_of("下" if moment.future else "上", moment)


def _day_of_month(match: re.Match[str], moment: Moment) -> Reading:
    day = number(match["day"])
    if match["which"]:
        return _first_of(match["which"], moment).replace(day=day), True
    if day > month_end(moment.today.year, moment.today.month).day:  # 31号, said in November
        return _next_first(moment).replace(day=day), False
    found = _in_some_month(lambda year, month: dt.date(year, month, day), moment)
    return found, found != moment.today


def _month_day(match: re.Match[str], moment: Moment) -> Reading:
    day = number(match["day"])
    return _in_year(match.groupdict().get("year"), number(match["month"]), lambda year, month: dt.date(year, month, day), moment)


def _full(match: re.Match[str], _moment: Moment) -> Reading:
    return dt.date(int(match["year"]), int(match["month"]), int(match["day"])), True


def _bare(match: re.Match[str], moment: Moment) -> Reading:
    """12.5 alone, or at the head of a clause; elsewhere it is a number (投资12.5), which is no day."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    day, certain = _month_day(match, moment)
    if not before and not after:
        return day, certain
    if not _CLAUSE_BEGINS.search(before):
        raise ValueError("a number")
    return day, certain and match["sign"] != "-" and after[:1].isalpha()


def _several(_match: re.Match[str], _moment: Moment) -> Reading:
    return None, False


def _offset(match: re.Match[str], moment: Moment) -> Reading:
    count, unit, side = match["count"], match["unit"], match["side"]
    sign = -1 if side.endswith("前") else 1
    if unit == "个工作日":
        day = moment.days.add_working_days(moment.today, sign * number(count))
        known = moment.days.has_data(moment.today.year) and moment.days.has_data(day.year)
        return day, known and side.endswith("后")
    day = _moved(moment.today, sign * (1 if count == "半" else number(count)), ("半" if count == "半" else "") + unit[-1])
    # 15日后 may be after the 15th and 3月后 after March; 两周前 is roughly said, and so is a whole year; 内 leaves all days open.
    rough = (
        side.endswith("内") or (unit == "日" and count.isdecimal()) or unit in {"年", "月"} or (sign < 0 and unit not in "天日")
    )
    return day, not rough


def _moved(day: dt.date, count: int, unit: str) -> dt.date:
    days = {"天": 1, "日": 1, "周": 7, "期": 7, "拜": 7, "半月": HALF_MONTH}
    months = {"月": 1, "半年": 6, "年": 12}
    return day + ONE * (count * days[unit]) if unit in days else add_months(day, count * months[unit])


def _year_part(match: re.Match[str], moment: Moment) -> Reading:
    """年底 is a day; 年前 (before which new year?), 年初 and a whole year are not."""
    if match["part"] not in {"底", "末"}:
        return None, False
    return _in_year(match["year"], 12, month_end, moment)


def _quarter_part(match: re.Match[str], moment: Moment) -> Reading:
    """季度末, 下季度初, 三季度末."""

    def day_of(year: int, month: int) -> dt.date:
        return dt.date(year, month - 2, 1) if match["part"] == "初" else month_end(year, month)

    if match["quarter"]:
        return _in_year(match["year"], number(match["quarter"]) * 3, day_of, moment)
    ends = add_months(_first_of(None, moment), -(moment.today.month % -3))
    if match["which"]:
        ends = add_months(ends, 3 * SAID_NEIGHBOURS[match["which"]])
        return day_of(ends.year, ends.month), True
    near = [add_months(ends, months) for months in (-3, 0, 3)]
    return moment.nearest(day_of(end.year, end.month) for end in near), True


_CLAUSE_BEGINS = re.compile(r"(?:^|[,;，。；!?！？\s(于在定]|然后)$")
_DAY_RANGE = rf"{NUMBER}[号日]?(?:[-~—至到、或和]|或者){NUMBER}[号日]{_NO_DAY}"

RULES: list[Rule] = [
    (
        re.compile(
            r"(?:(?<![目提之以当此今最然随会节日月年周期饭午明])|(?![前后]))(?P<word>大前|大后|[前昨今明后])(?:[天日](?![期本])|(?<=[昨今明])(?=[早晚]))"
        ),
        _day_word,
    ),
    (
        re.compile(rf"(?:(?<![马以])(?P<which>{_WHICH})个?|{_NOT_COUNTED}){_WEEK}(?P<day>[{WEEKDAYS}天]|[1-7](?!\d))(?![福鸣])"),
        _weekday,
    ),
    (
        re.compile(
            rf"(?:(?<![马以])(?P<which>{_WHICH})个?{_WEEK}(?![边年期到密全围转])|{_NOT_COUNTED}周(?=末))(?P<part>[末初中内]|以内|之内)?"
        ),
        _week,
    ),
    (
        re.compile(
            rf"(?:(?P<which>{_WHICH})个?|{_YEAR}?(?P<month>{NUMBER})|{_NOT_COUNTED})月份?"
            r"(?P<part>[底末](?![线层端下])|初(?![步级期次中心])|中(?![旬国心标间央层外期部小企东南西北山学])|[上中下]旬)"
        ),
        _month_part,
    ),
    (
        re.compile(
            rf"(?:(?:{_SOME_YEAR})?{NUMBER}月|{_WHICH}个?月)?{_DAY_RANGE}|(?:{_SOME_YEAR})?{NUMBER}月{NUMBER}日?[-~—至到]{NUMBER}(?![\d月])"
        ),
        _several,
    ),
    (
        re.compile(
            rf"(?<![\d.第年路道街巷里村园区座栋室楼牌十])(?:(?P<which>{_WHICH})个?月份?的?)?(?P<day>{NUMBER})[号日]{_NO_DAY}"
        ),
        _day_of_month,
    ),
    (
        re.compile(rf"(?<![\d.]){_YEAR}?(?P<month>{NUMBER})月(?P<day>{NUMBER})(?:[日号]{_NO_DAY}|(?<=\d){UNIT}(?![-~至到—、]))"),
        _month_day,
    ),
    (re.compile(r"(?<![\d.])(?P<year>20\d\d)(?P<sign>[-./])(?P<month>\d\d?)(?P=sign)(?P<day>\d\d?)(?!\d)"), _full),
    (
        re.compile(
            rf"(?<![\dA-Za-z.\-/])(?P<month>\d\d?)(?P<sign>[-./])(?P<day>\d\d?)(?:(?<!-\d)(?<!-\d\d)[日号]|{UNIT})(?![-./]\d)"
        ),
        _bare,
    ),
    (re.compile(r"(?<![\d.])(?P<year>20\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)"), _full),
    (
        re.compile(
            rf"(?<![\d.个十百千几数多])(?<![\d一二三四五六七八九十][-~—至到、])(?P<count>{NUMBER}|半)"
            r"(?P<unit>个工作日|天|日|周|个?星期|个?礼拜|个?月|年)(?P<side>之后|以后|过后|后|之内|以内|内|之前|以前|前)(?![天年])"
        ),
        _offset,
    ),
    (
        re.compile(
            r"(?:"
            + _YEAR
            + r"|(?<![\d一二三四五六七八九十百两半几每个近今明后前去当整多周全常])年)(?P<part>[底末初中前后内终](?![会度期间]))"
        ),
        _year_part,
    ),
    (
        re.compile(
            rf"(?:{_YEAR}?第?(?P<quarter>[一二三四1-4])|(?P<which>{_WHICH})个?|(?<![春夏秋冬四一二三两几个每\d]))季度?(?P<part>[底末初])"
        ),
        _quarter_part,
    ),
    # Whole months, quarters and years.
    (
        re.compile(
            rf"(?:{_SOME_YEAR})?(?<![\d.]){NUMBER}月份?|{_WHICH}个?月(?!球|亮)|(?:{_WHICH}个?|(?:{_SOME_YEAR})?第?[一二三四1-4])季度|[上下]半[年月]|{_SOME_YEAR}"
        ),
        _several,
    ),
]
