"""T3c 招商小组外出考勤, which is only compared, and T3d 拜访客商周报表."""

import datetime as dt
from pathlib import Path

from accounts.models import Department, User
from activities.models import Attendance, FollowUp, Interaction, InteractionCompany
from events.models import Event, Side
from tests.factories import EventFactory, ParticipationFactory
from tests.ledgers.messy.files import Sample, across, facts, headed, save, save_text


def two_trips(user: User) -> None:
    """What the groups did outside in November 2026: 测试一组 three people for four days, 测试二组 one for one day."""
    for group, day, days, people in (("测试一组", 3, 3, "甲乙"), ("测试一组", 10, 1, "乙丙"), ("测试二组", 12, 1, "丁")):
        first = dt.date(2026, 11, day)
        trip = EventFactory(
            name=f"{group}{day}日外出", kind=Event.Kind.TRIP, status=Event.Status.HELD, owner=user, starts_on=first,
            ends_on=first + dt.timedelta(days=days - 1), department=Department.objects.get(name=group),
        )  # fmt: skip
        for name in people:
            ParticipationFactory(event=trip, side=Side.OURS, company=None, name=f"测试组员{name}", role="staff")


def _attendance(folder: Path) -> Path:
    lines = [
        ["测试高新区招商小组外出考勤表"],
        ["填报单位：测试招商中心　　填报时间：2026年11月24日"],
        ["序号", "组别", "外出人数", "外出天数", "驻点城市", "工作开展情况"],
        ["合计", None, "4人", 5],
        ["一、驻外小组"],
        [1, "测试一组", "3人", "４", "深圳", "拜访企业5家"],
        [],
        ["二、市内小组"],
        [2, "测试二组", 1, "1天", "/", "—"],
        ["备注：人数按人计，天数按次累计。"],
        ["审核人：　　　　单位负责人："],
    ]
    return save(folder / "考勤.xlsx", {"考勤": (lines, [across(1, 6), across(2, 6), across(5, 6), across(8, 6)])})


def _attendance_under_groups(folder: Path) -> Path:
    heads, merges = headed(["外出情况>外出天数", "外出情况>外出人数", "组别", "工作开展情况", "组长"], top=4)
    lines = [
        ["招商小组外出考勤"],
        ["（2026年11月）"],
        ["报送单位：测试发展局", None, None, "报送时间：2026.11.24"],
        *heads,
        ["4天", "3", "测试一组", "拜访、考察", "测试员甲"],
        ["4天", "3", "小计"],
        heads[0],
        [1, 1.0, "测试二组", "暂无", "/"],
        [None, None, "合计", None, None],
        ["说明：数据由各组核对。"],
    ]
    sheets = {
        "十一月": (lines, [*merges, across(1, 5), across(2, 5)]),
        "十月": ([["组别", "外出人数", "外出天数"], ["测试一组", 9, 9]], []),
    }
    return save(folder / "考勤表.xlsx", sheets, hidden=["十月"])


def _visits(folder: Path) -> Path:
    paths = ["序号", "日期", "企业情况>拜访企业", "企业情况>企业所在地", "企业情况>接洽人及职务", "我方人员", "洽谈情况>洽谈内容", "洽谈情况>意向项目",
             "下步打算", "交通"]  # fmt: skip
    heads, merges = headed(paths, top=3)
    lines = [
        ["拜访客商周报表"],
        ["组别：测试一组　　填报单位：测试一组　　填报时间：2026年11月22日"],
        *heads,
        [1, "11月17日", "测试光电有限公司", "广东深圳", "联系人00051（董事长）、联系人00052", "测试员甲、测试领导甲", "介绍园区政策", "年产测试屏1000万片", "寄送方案\n邀请来访", "高铁"],
        [2, None, "测试装备有限公司、测试包装有限公司", "广东广州", "/", "测试员甲", "座谈", "—", "无", None],
        ["小计", "2次"],
        [],
        [3, 46346, "测试芯片有限公司", "待定", "联系人00053", "测试员乙", "初次\n接触", "/", "下月再访", "/"],
        ["备注：每周日报送。"],
        ["填表人：测试员甲　　审核人："],
    ]  # fmt: skip
    merges += [across(1, 10), across(2, 10), "B5:B6"]
    return save(folder / "周报.xlsx", {"第47周": (lines, merges)})


def _visits_in_utf_16(folder: Path) -> Path:
    heads = ["拜访企业", "洽谈内容", "我方人员", "日期", "下步打算", "接洽人及职务", "里程"]
    lines = [
        ["测试二组拜访客商周报"],
        ["所属片组：测试二组", "", "", "填报日期：2026年11月15日"],
        heads,
        ["一、首次拜访"],
        [
            "测试储能有限公司",
            "“测试”项目选址",
            "测试员乙",
            "２０２６．１１．１０",
            "提供地块清单",
            "联系人00054（副总经理）",
            "35",
        ],
        ["二、回访"],
        heads,
        [],
        ["测试机床（深圳）有限公司", "续谈；价格分歧", "测试员乙/测试员丙", "2026-11-12", "待定", "暂无", "０"],
        ["合计", "2家"],
        ["注：里程单位为公里。"],
    ]
    return save_text(folder / "周报.csv", lines, encoding="utf-16", delimiter=";")


def _told_groups() -> dict[str, list[str]]:
    trips = Event.objects.all()
    return {"trips": facts(trips, "name", "department__name", "starts_on", "ends_on")}


def _told_visits() -> dict[str, list[str]]:
    links = InteractionCompany.objects.all()
    present = Attendance.objects.all()
    days = ("happened_on", "happened_on_precision", "happened_on_inferred")
    return {
        "visits": facts(Interaction.objects.all(), *days, "summary"),
        "companies": facts(links, "interaction__happened_on", "company__name", "company__city"),
        "present": sorted(f"{row.interaction.happened_on} {row} {row.title_then}".strip() for row in present),
        "steps": facts(FollowUp.objects.all(), "title", "status"),
    }


SAMPLES = (
    Sample(
        "in_groups", "T3c", _attendance, 2, 2, _told_groups,
        ("title", "unit line", "unknown column", "合计 first", "groups", "blank row", "notes", "full-width", "3人", "/"),
        before=two_trips,
    ),
    Sample(
        "under_groups", "T3c", _attendance_under_groups, 2, 2, _told_groups,
        ("title", "unit line", "two head rows", "another order", "no 序号", "unknown column", "小计", "heads again", "合计", "notes",
         "hidden sheet", "float"),
        before=two_trips,
    ),
    Sample(
        "merged", "T3d", _visits, 3, 3, _told_visits,
        ("title", "unit line", "two head rows", "unknown column", "merged cells", "小计", "blank row", "notes", "serial", "no year",
         "several names", "待定"),
    ),
    Sample(
        "in_utf_16", "T3d", _visits_in_utf_16, 2, 2, _told_visits,
        ("UTF-16", "unit line", "another order", "no 序号", "unknown column", "groups", "heads again", "blank row", "合计", "notes",
         "full-width", "semicolons"),
    ),
)  # fmt: skip
