"""T1 签约项目台账."""

from pathlib import Path

from companies.models import Person
from projects.models import Agreement, ProgressReport, Project, ProjectMember, ProjectParty
from tests.ledgers.messy.files import Sample, across, facts, headed, save, save_text


def signed_with_one_bad_row(path: Path) -> Path:
    """T1: title, unit line, two head rows, merged groups, an unknown head, amounts as text, a 合计 row, notes; row 7 is bad."""
    lines = [
        ["某区2026年招商引资签约项目台账"],
        ["填报单位：测试招商中心", None, None, None, None, "填报时间：2026年11月24日　单位：亿元"],
        ["序号", "项目名称", "投资方", None, "签约情况", None, "投资额（亿元）", None, "落在哪里", "备注"],
        [None, None, "名称", "所在地", "合同类型", "签约日期", "合同总投资", "固投", None, None],
        [1, "测试光电项目", "测试光电有限公司", "广东深圳", "投资协议", "2026年3月5日", "约3亿元", 2, "测试路1号", "/"],
        [2, "测试装备项目", "测试装备有限公司", "广东广州", "意向书", "2026.4", 1.5, "—", "测试路2号", "待定"],
        [3, "测试坏行项目", "测试坏行有限公司", "无", "协议书", "11/12/26", 150000, "无", "测试路3号", None],
        ["合计", None, None, None, None, None, 4.5, 2, None, None],
        ["备注：1.每周五上午十点前报送。"],
        ["审核人：　　　　单位负责人："],
    ]
    merges = ["A1:J1", "A3:A4", "B3:B4", "C3:D3", "E3:F3", "G3:H3", "I3:I4", "J3:J4"]
    return save(path, {"签约项目": (lines, merges)})


def _in_groups(folder: Path) -> Path:
    paths = [
        "序号", "项目名称", "投资方>名称", "投资方>所在地", "投资方>企业资质", "签约情况>合同类型", "签约情况>签约日期",
        "投资额（亿元）>合同总投资", "投资额（亿元）>固投", "投资额（亿元）>其中省外", "用地情况>方式", "用地情况>面积(亩)",
        "目前进展>阶段", "目前进展>开工时间", "目前进展>本月进展", "责任落实>包联领导", "责任落实>责任单位", "责任落实>联系人及电话", "备注",
    ]  # fmt: skip
    heads, merges = headed(paths, top=3)
    contacts = "联系人00017 13800000017；联系人00018 0391-3500018"
    lines = [
        ["测试高新区2026年招商引资签约项目台账"],
        ["填报单位：测试招商中心（盖章）　　填报人：测试员甲　　填报时间：2026年11月24日　　单位：亿元、亩"],
        *heads,
        ["合计", "3个", *[None] * 5, 5.3, 3, None, None, 50],
        ["一、工业项目"],
        [1, "测试光电项目", "测试光电有限公司", "广东深圳", "高新技术企业、专精特新", "投资协议", "2026年3月5日", "约3亿元", 2, "—", "出让", 50,
         "开工", "2026年5月", "主体施工", "测试领导甲、测试领导乙", "测试招商中心", contacts, "/"],
        [2, "测试光学项目", None, None, None, "投资协议", 46100, 1.5, 1, "无", "租赁", "/", "公司注册", "待定", "装修进场", "测试领导甲",
         "测试招商中心", None, "无"],
        ["小计", None, None, None, None, None, None, 4.5, 3],
        [],
        ["二、服务业项目"],
        [3, "测试冷链项目", "测试冷链物流有限公司", "广东 广州", "/", "入驻", "2026.4", "8000万元", 0, "０", "标准厂房", "—", "签约", "三季度",
         "洽谈\n选址", "—", "测试发展局", "联系人00019", "园区配套"],
        ["备注：1.每周五上午十点前报送。"],
        ["2.同一投资方的两个项目分行填写。"],
        ["审核人：　　　　　　单位负责人："],
    ]  # fmt: skip
    merges += [across(1, 19), across(2, 19), across(6, 19), across(11, 19), "C7:C8", "D7:D8", "E7:E8", "R7:R8"]
    old = ([["序号", "项目名称", "投资方>名称"], [1, "测试作废项目", "测试作废有限公司"]], [])
    return save(folder / "签约项目台账.xlsx", {"签约项目": (lines, merges), "作废": old}, hidden=["作废"])


def _flat_in_gb18030(folder: Path) -> Path:
    heads = ["签约日期", "项目名称*", "投资方/名称", "合同总投资(万元)", "固投 万元", "建设地点", "合同类型", "责任单位", "首席服务官",
             "目前进展/阶段", "用地面积（亩）", "项目公司/信用代码", "项目公司/名称", "存在问题", "下步计划", "工作群号", "序号"]  # fmt: skip
    lines = [
        ["测试高新区签约项目台账（2026年1—10月）"],
        ["报送单位：测试发展局", "", "", "", "报送时间：2026.10.31"],
        heads,
        ["２０２６年３月", "测试装备项目", "测试装备有限公司", "１５，０００", "8,000", "测试路2号", "框架", "测试招商中心", "测试员乙", "签约", "30", "/", "",
         "用地　未落实", "—", "00123", "1"],
        [],
        heads,
        ["2026/3/19", "测试药业项目", "测试药业（集团）有限公司", "1.2亿", "不低于3000万", "测试路3号", "投资协议", "测试招商中心", "测试员甲、测试员乙", "签约",
         "暂无", "91410800000000018M", "测试药业焦作有限公司", "无", "11月底前开工", "00124", "2"],
        ["今年10月", "测试仓储项目", "测试仓储有限公司", "待定", "/", "—", "意向书", "测试发展局", "无", "签约", "0", "", "", "", "", "", "3"],
        ["合计", "3个", "", "27000", "11000", "", "", "", "", "", "30"],
        ["注：金额为万元。"],
    ]  # fmt: skip
    return save_text(folder / "签约.csv", lines, encoding="gb18030")


def aliased(folder: Path) -> Path:
    """T1 with other heads for everything, as the reference data knows them."""
    lines = [
        ["2026年签约项目一览"],
        [
            "投资企业",
            "项目名称",
            "签约时间",
            "计划总投资（亿元）",
            "其中：固定资产投资（亿元）",
            "项目进展",
            "建设地址",
            "包保领导",
            "联系人电话",
        ],
        [
            "测试光电有限公司",
            "测试光电项目",
            "2026年3月5日",
            "约3亿元",
            2,
            "主体施工",
            "测试路1号",
            "测试领导甲",
            "联系人00017 13800000017",
        ],
    ]
    return save(folder / "一览.xlsx", {"Sheet1": (lines, ["A1:I1"])})


def _told() -> dict[str, list[str]]:
    fields = ("project__name", "kind", "signed_on", "signed_on_precision", "signed_on_inferred", "amount", "amount_qualifier")
    projects = Project.objects.all()
    return {
        "agreements": facts(Agreement.objects.all(), *fields, "fixed_investment", "fixed_investment_qualifier"),
        "projects": facts(projects, "name", "stage", "lead_party__name", "department__name", "land_mu", "site"),
        "starts": facts(projects.exclude(planned_start_on=None), "name", "planned_start_on", "planned_start_on_precision"),
        "kept": facts(projects.exclude(extra={}), "name", "extra"),
        "members": facts(ProjectMember.objects.all(), "project__name", "role", "name", "user__display_name", "person__name"),
        "contacts": facts(Person.objects.all(), "name", "mobile", "phone"),
        "companies": facts(ProjectParty.objects.filter(role="project_company"), "company__name", "company__credit_code"),
        "reports": facts(ProgressReport.objects.all(), "project__name", "progress", "problems", "next_plan"),
    }


SAMPLES = (
    Sample(
        "in_groups", "T1", _in_groups, 3, 3, _told,
        ("title", "unit line", "two head rows", "units in heads", "合计 first", "小计", "groups", "merged cells", "blank row", "notes",
         "hidden sheet", "serial", "约", "/", "quarter"),
    ),
    Sample(
        "flat_in_gb18030", "T1", _flat_in_gb18030, 3, 3, _told,
        ("GB18030", "unit line", "units in heads", "another order", "unknown columns", "序号 last", "heads again", "blank row", "合计 last",
         "full-width", "1,500", "亿", "said year"),
    ),
)  # fmt: skip
