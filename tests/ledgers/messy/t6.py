"""T6 统计月报."""

from pathlib import Path

from companies.models import Company, Qualification
from projects.models import Agreement, Project, ProjectParty
from tests.ledgers.messy.files import Sample, across, facts, headed, save, save_text

SOURCES = ("合计", "其中：我方", "合作方>小计", "合作方>省外", "合作方>其他州市", "合作方>本州市")


def _three_head_rows(folder: Path) -> Path:
    groups = ("项目协议总投资额（万元）资金来源", "自年初至本月末累计到位资金（万元）资金来源")
    paths = [
        "序号", "项目名称", "投资项目在线审批监管平台统一代码", "合作企业名称", "是否央企", "是否上市", "是否入驻国家级开发区>是/否",
        "是否入驻国家级开发区>园区代码", "合作方基本情况>企业名称", "合作方基本情况>项目企业所在地", "项目所在地", "签约时间", "行业类别", "产业类别", "开工时间",
        *(f"{group}>{source}" for group in groups for source in SOURCES), "统计员",
    ]  # fmt: skip
    heads, merges = headed(paths, top=3)
    lines = [
        ["测试高新区2026年招商引资项目统计月报表"],
        ["填报单位：测试发展局　　填报人：测试员甲　　填报时间：2026年11月24日　　单位：万元"],
        *heads,
        [*(str(number) if number == 3 else number for number in range(1, len(paths) + 1))],
        ["合计", "2个", *[None] * 13, 45000, 5000, 40000],
        ["一、制造业"],
        [1, "测试光电项目", "2603-410800-04-01-000017", "测试光电有限公司", "否", "√", "是", "G410801", "测试光学合作有限公司", "广东深圳", "测试路1号",
         "2026年3月5日", "计算机、通信和其他电子设备制造业", "光电", "2026.5", 30000, 5000, 25000, "20,000", "5000", 0, None, None, None, None, None, None, "/"],
        [],
        ["二、其他"],
        [2, "测试装备项目", "/", "测试装备集团有限公司", "是", "×", "否", "—", None, "广东广州", "待定", 46100, "C35", "装备", "三季度", "1.5亿", "0", "15000",
         "１５，０００", "/", "—", None, None, None, None, None, None, None],
        ["备注：到位资金以凭证为准。"],
        ["审核人：　　　　单位负责人："],
    ]  # fmt: skip
    merges += [across(1, len(paths)), across(2, len(paths))]
    return save(folder / "统计月报.xlsx", {"月报": (lines, merges)})


def _flat_in_utf_16(folder: Path) -> Path:
    heads = ["签约时间", "项目名称", "合作企业名称", "是否央企", "项目协议总投资额（万元）资金来源/合计", "项目协议总投资额（万元）资金来源/其中：我方",
             "项目协议总投资额（万元）资金来源/合作方/省外", "行业类别", "项目所在地", "项目投产时间", "合作方基本情况/项目企业所在地", "合作方式", "经办科室", "序号"]  # fmt: skip
    lines = [
        ["招商引资项目统计月报"],
        ["报送单位：测试招商中心", "", "", "报送时间：2026年11月20日"],
        heads,
        ["2026年1月6日", "测试药业项目", "测试药业有限公司", "Ｎ", "12,000.5", "/", "1.2亿元", "医药制造业", "测试路3号", "2027年", "江苏南京", "", "一科", "1"],
        ["小计", "1个", "", "", "12000.5"],
        [],
        heads,
        ["２０２６年２月", "测试芯片项目", "测试芯片有限公司", "", "超8亿元", "0", "无", "", "—", "待定", "上海", "/", "二科", "2"],
        ["合计", "2个"],
        ["注：1.本表按月报送。"],
        ["填表人：测试员甲", "审核人："],
    ]  # fmt: skip
    return save_text(folder / "统计.csv", lines, encoding="utf-16")


def _told() -> dict[str, list[str]]:
    projects, agreements = Project.objects.all(), Agreement.objects.all()
    days = ("planned_start_on", "planned_start_on_precision")
    return {
        "projects": facts(projects, "name", "stage", "approval_code", "lead_party__name", "industry", "site", *days, "extra"),
        "agreements": facts(agreements, "project__name", "signed_on", "signed_on_precision", "amount", "amount_qualifier"),
        "companies": facts(Company.objects.all(), "name", "city", "ownership"),
        "partners": facts(ProjectParty.objects.filter(role="partner"), "project__name", "company__name"),
        "listed": facts(Qualification.objects.all(), "kind"),
    }


SAMPLES = (
    Sample(
        "three_head_rows", "T6", _three_head_rows, 2, 2, _told,
        ("title", "unit line", "three head rows", "units in heads", "unknown column", "numbers of columns", "合计 first", "groups", "blank row",
         "notes", "serial", "quarter", "full-width", "亿"),
    ),
    Sample(
        "flat_in_utf_16", "T6", _flat_in_utf_16, 2, 2, _told,
        ("UTF-16", "unit line", "units in heads", "another order", "序号 last", "unknown column", "小计", "blank row", "heads again", "合计",
         "notes", "超", "full-width"),
    ),
)  # fmt: skip
