"""T3a 招商活动统计表 and T3b 外出招商情况上报表."""

import datetime as dt
from pathlib import Path

from activities.models import FollowUp
from events.models import Event, Participation
from ledgers.layouts.sides import name_of
from tests.ledgers.messy.files import Sample, across, facts, headed, save, save_text


def _events_in_groups(folder: Path) -> Path:
    paths = [
        "序号", "活动名称", "活动类型", "时间（起—止）", "地点", "参加情况>带队领导", "参加情况>我方参加人员", "参加情况>客商单位及人员",
        "参加情况>客商人数", "成果>签约项目（个/亿元）", "成果>推介项目（个/亿元）", "成果>主要成效", "后续跟进事项", "责任人", "经费（元）", "备注",
    ]  # fmt: skip
    heads, merges = headed(paths, top=3)
    lines = [
        ["测试高新区2026年招商活动统计表"],
        ["统计期间：2026年1月1日—11月24日　　填报单位：测试招商中心　　填报时间：2026年11月24日"],
        *heads,
        ["总计", "3场", None, None, None, None, None, None, 52],
        ["一、推介签约"],
        [1, "测试深圳推介会", "推介会", "2026年10月20日—22日", "测试酒店", "测试领导甲", "测试员甲、测试员乙", "测试光电有限公司：联系人00031（董事长）；测试商会",
         "５０", "3个/12亿元", "10/1180", "签约3个", "回访测试光电\n寄送材料", "测试员甲\n测试员乙", 30000, "/"],
        [2, "测试座谈会", "座谈", "11月3日", "测试会议室", None, "测试员甲", "群体：企业家代表", 2, "—", "无", "形成共识", "/", "—", "0", "天气不佳"],
        [],
        ["二、外出"],
        [3, "测试赴广州拜访", "外出拜访", 46315, "广州", "测试领导甲、测试领导乙", "/", "测试装备有限公司", "待定", "1", "2亿元", "—", "", "", "", None],
        ["备注：客商写成“单位：姓名（职务）”。"],
        ["审核人：　　　　单位负责人："],
    ]  # fmt: skip
    merges += [across(1, 16), across(2, 16), across(6, 16), across(10, 16)]
    return save(folder / "活动.xlsx", {"活动": (lines, merges)})


def _events_by_quarter(folder: Path) -> Path:
    """Two sheets with one head row, the kind in the middle, no 序号."""
    heads = ["时间", "活动名称", "主办单位", "承办/协办", "活动类型（推介会/签约会/外出拜访/接待考察/洽谈会/会见/展会/座谈）", "拜访企业数", "达成意向(个)",
             "签约项目（个/万元）", "主要成效", "会务组"]  # fmt: skip
    top = [["2026年招商活动统计"], ["报送单位：测试发展局　报送时间：2026年11月20日"]]
    third = [*top, heads, ["2026年三季度", "测试展会", "测试商会、测试协会", "测试承办有限公司；协办：测试协办中心", "展会", "3家", None, "2/3500", "观展", "A"],
             ["小计", "1场"], ["注：1.本表按季度填报。"]]  # fmt: skip
    fourth = [*top, heads, [dt.datetime(2026, 11, 18), "测试企业见面会", "测试高新区管委会", "/", "会见", "1", "—", "0", "／", None],
              [], heads, ["2026.11.19-2026.11.20", "测试考察接待", "无", "暂无", "接待考察", "２", "无", "待定", "约定再访", None]]  # fmt: skip
    merges = [across(1, 10), across(2, 10)]
    sheets = {"三季度": (third, merges), "四季度": (fourth, merges), "旧": ([heads, ["2020.1.1", "测试旧会"]], [])}
    return save(folder / "活动分季.xlsx", sheets, hidden=["旧"])


def _trips(folder: Path) -> Path:
    paths = ["单位", "序号", "姓名", "职务", "外出时间>开始时间", "外出时间>结束时间", "外出时间>天数", "目的地",
             "拜访情况>拜访企业名称", "拜访情况>接洽人姓名", "拜访情况>接洽人职务", "审核状态"]  # fmt: skip
    heads, merges = headed(paths, top=3)
    lines = [
        ["测试高新区外出招商情况上报表"],
        ["填报单位：测试招商中心", *[None] * 7, "填报时间：2026年11月24日"],
        *heads,
        ["测试一组", 1, "测试领导甲", "主任", "2026年10月12日", "2026年10月14日", 3, "深圳", "测试光电有限公司", "联系人00041、联系人00042",
         "总经理、经理", "已审"],
        [None, 2, "测试员甲", "/", None, None, None, None, "测试装备有限公司", "联系人00043", "—", "已审"],
        ["小计", None, "2人"],
        [],
        ["测试二组", 3, "测试员乙、测试员丙", "科长、科员", 46326, 46327, "2天", "广州", "待定", "无", None, "待审"],
        ["合计", None, None, None, None, None, 8],
        ["备注：一人一行。"],
        ["审核人：　　　　单位负责人："],
    ]  # fmt: skip
    merges += [across(1, 12), "A5:A6", "E5:E6", "F5:F6", "G5:G6", "H5:H6"]
    return save(folder / "外出.xlsx", {"外出": (lines, merges)})


def _trips_in_gb18030(folder: Path) -> Path:
    heads = [
        "目的地",
        "招商活动",
        "开始时间",
        "结束时间",
        "姓名",
        "职务",
        "拜访企业名称",
        "接洽人姓名",
        "接洽人职务",
        "单位",
        "车牌",
    ]
    lines = [
        ["外出招商情况上报（10—11月）"],
        ["上报单位：测试招商中心", "", "上报时间：2026/11/21"],
        heads,
        ["一、省外"],
        [
            "上海",
            "测试赴上海招商",
            "2026.11.5",
            "11月7日",
            "测试领导甲",
            "副主任",
            "测试芯片有限公司",
            "联系人00044",
            "董事长",
            "测试一组",
            "测A00001",
        ],
        ["上海", "测试赴上海招商", "2026.11.5", "11月7日", "测试员甲", "无", "/", "—", "", "测试一组", ""],
        [],
        ["二、省内"],
        heads,
        ["郑州", "／", "２０２６年１１月９日", "/", "测试员乙", "干事", "测试包装有限公司", "", "", "测试二组", "测A00002"],
        ["合计", "3人次"],
        ["填表人：测试员甲", "", "审核人："],
    ]
    return save_text(folder / "外出.csv", lines, encoding="gb18030")


def _told() -> dict[str, list[str]]:
    days = ("starts_on", "starts_on_precision", "starts_on_inferred", "ends_on")
    counts = (
        "announced_signed_count",
        "announced_signed_investment",
        "announced_promoted_count",
        "announced_promoted_investment",
    )
    people = Participation.objects.select_related("event", "person", "user", "company")
    return {
        "events": facts(Event.objects.all(), "name", "kind", *days, *counts, "department__name"),
        "people": sorted(f"{row.event.name} {row.role} {row.headcount or ''}{name_of(row)}" for row in people),
        "steps": facts(FollowUp.objects.all(), "title", "assignee__display_name", "status"),
    }


SAMPLES = (
    Sample(
        "in_groups", "T3a", _events_in_groups, 3, 3, _told,
        ("title", "unit line", "two head rows", "unknown column", "总计 first", "groups", "blank row", "notes", "serial", "full-width",
         "no year", "待定", "several names"),
    ),
    Sample(
        "by_quarter", "T3a", _events_by_quarter, 3, 3, _told,
        ("title", "unit line", "another unit in heads", "another order", "no 序号", "unknown column", "two sheets", "hidden sheet", "小计",
         "heads again", "blank row", "quarter", "date cell", "0"),
    ),
    Sample(
        "merged", "T3b", _trips, 3, 5, _told,
        ("title", "unit line", "two head rows", "序号 second", "unknown column", "merged cells", "小计", "blank row", "合计", "notes",
         "serials", "several names"),
    ),
    Sample(
        "in_gb18030", "T3b", _trips_in_gb18030, 3, 3, _told,
        ("GB18030", "unit line", "another order", "no 序号", "unknown column", "groups", "blank row", "heads again", "合计", "signatures",
         "full-width", "no year"),
    ),
)  # fmt: skip
