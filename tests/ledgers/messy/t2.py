"""T2 在谈项目台账."""

from pathlib import Path

from companies.models import Person
from projects.models import ProgressReport, Project
from tests.ledgers.messy.files import Sample, across, facts, save, save_text


def _by_district(folder: Path) -> Path:
    heads = ["序号", "片区", "项目名称", "投资方", "固定资产投资（亿元）", "投资方简介", "项目内容", "需用土地（亩）", "企业联系人", "联系方式", "微信群",
             "跟进人", "产业类型", "进度、备注"]  # fmt: skip
    top = [
        ["2026年测试高新区在谈（驻点）招商项目信息采集表"],
        ["共上报在谈项目3个（新增1个），其中产业项目2个、人才项目0个、5亿元以上项目1个"],
    ]
    first = [
        *top,
        ["所属片组：测试一组　　填报人：测试员甲　　联系电话：0391-3500000　　填报时间：2026年11月24日"],
        heads,
        [1, "测试一组", "测试储能项目", "测试储能有限公司", "约6亿元", "测试储能是一家\n测试企业", "年产测试电池１００万套", 120.5, "联系人00021",
         "13800000021/0391-3500021", "√", "测试员甲", "新能源", "已考察两次"],
        [2, None, "测试机床项目", "测试机床（深圳）有限公司", 0.8, "/", "技改", "待定", "联系人00022、联系人00023", "13800000022、13800000023", None,
         "测试员甲", "装备", "约定12月上旬再谈"],
        ["小计", None, "2个", None, 6.8],
        ["备注：1.请认真审核后统一上报。"],
        ["2.有新增或有进度更新才填。"],
        ["3.一月内无进度更新须说明原因。"],
    ]  # fmt: skip
    second = [
        *top,
        ["所属片组：测试二组　　填报时间：2026年11月24日"],
        heads,
        [1, "测试二组", "测试软件项目", "无", "2000万元", None, "研发中心", "—", "—", "/", None, "", "软件", "暂无"],
        ["合计", None, "1个", None, 0.2],
    ]
    merges = [across(1, 14), across(2, 14), across(3, 14)]
    sheets = {"一组": (first, [*merges, "B5:B6"]), "二组": (second, merges), "填报说明": ([["请勿改动表头"]], [])}
    return save(folder / "在谈.xlsx", sheets, hidden=["填报说明"])


def _in_utf_16(folder: Path) -> Path:
    heads = ["招商方式", "项目名称", "拟选址", "投资方", "联系方式", "企业联系人", "固定资产投资【万元】", "首次接触日", "计划签约时间", "首报人",
             "信息来源/引荐人", "研判结果", "需用土地（㎡）", "热度"]  # fmt: skip
    lines = [
        ["在谈项目（驻点招商）"],
        ["报送单位：测试招商中心", "", "更新时间：2026-11-20"],
        heads,
        ["一、重点在谈"],
        ["驻点", "测试芯片项目", "测试园区A区", "测试芯片有限公司", "１３８００００００２４", "联系人00024", "12,000", "2026.9.1", "2026年12月20日",
         "测试员乙", "测试商会／引荐人甲", "可行", "66,700", "高"],
        [],
        ["二、一般在谈"],
        heads,
        ["以商招商", "测试包装项目", "/", "测试包装有限公司", "400-800-0025", "联系人00025", "0", "11月3日", "—", "无", "测试商会", "待定", "无", "低"],
        ["合计", "2个", "", "", "", "", "12,000"],
        ["说明：本表一式两份。"],
        ["审核人：测试员甲　　单位负责人："],
    ]  # fmt: skip
    return save_text(folder / "在谈.csv", lines, encoding="utf-16", delimiter="\t")


def _told() -> dict[str, list[str]]:
    people = ("department__name", "owner__display_name", "first_reported_by__display_name")
    projects = Project.objects.all()
    return {
        "projects": facts(projects, "name", "stage", "lead_party__name", *people, "land_mu", "extra"),
        "sources": facts(
            projects.exclude(lead_source=""), "name", "lead_source", "referrer", "first_contact_on", "expected_sign_on"
        ),
        "contacts": facts(Person.objects.all(), "name", "mobile", "phone"),
        "progress": facts(ProgressReport.objects.all(), "project__name", "progress"),
    }


SAMPLES = (
    Sample(
        "by_district", "T2", _by_district, 3, 3, _told,
        ("title", "stated counts", "unit line", "units in heads", "another order", "unknown column", "merged cells", "two sheets", "小计",
         "notes", "hidden sheet", "约", "two telephones", "full-width"),
    ),
    Sample(
        "in_utf_16", "T2", _in_utf_16, 2, 2, _told,
        ("UTF-16", "unit line", "units in heads", "another order", "unknown column", "no 序号", "groups", "blank row", "heads again",
         "合计", "notes", "full-width", "1,500", "0", "no year"),
    ),
)  # fmt: skip
