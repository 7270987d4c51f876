"""Names of companies and people: one form to compare by, and the core that identifies."""

import re
import unicodedata

DOTS = re.compile("[·•・‧∙⋅･]")
SUFFIXES = (
    "股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "（有限合伙）", "集团", "总公司", "分公司", "公司", "事务所", "厂",
)  # fmt: skip
PROVINCES = [
    "北京",
    "天津",
    "上海",
    "重庆",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
    "台湾",
    "香港",
    "澳门",
]
CITIES = [
    "焦作",
    "郑州",
    "洛阳",
    "开封",
    "新乡",
    "安阳",
    "鹤壁",
    "濮阳",
    "许昌",
    "漯河",
    "平顶山",
    "三门峡",
    "南阳",
    "商丘",
    "信阳",
    "周口",
    "驻马店",
    "济源",
    "沁阳",
    "孟州",
    "广州",
    "深圳",
    "佛山",
    "东莞",
    "珠海",
    "中山",
    "惠州",
    "江门",
    "武汉",
    "长沙",
    "南京",
    "苏州",
    "无锡",
    "常州",
    "南通",
    "杭州",
    "宁波",
    "温州",
    "嘉兴",
    "绍兴",
    "合肥",
    "福州",
    "厦门",
    "泉州",
    "济南",
    "青岛",
    "烟台",
    "潍坊",
    "西安",
    "成都",
    "昆明",
    "贵阳",
    "南宁",
    "海口",
    "石家庄",
    "太原",
    "沈阳",
    "大连",
    "长春",
    "哈尔滨",
    "兰州",
    "西宁",
    "银川",
    "乌鲁木齐",
    "中国",
]
PLACE = re.compile(rf"^(?:{'|'.join([*PROVINCES, *CITIES])})(?:省|市|自治区|特别行政区)?")
DISTRICT = re.compile(r"^[一-鿿]{1,3}(?:市|区|县)(?=[一-鿿]{2,})")
BRACKETED = re.compile(rf"（(?:{'|'.join([*PROVINCES, *CITIES])})(?:省|市)?）")


def tidy(name: str) -> str:
    """The name as it is kept: one kind of bracket and dot, no space between Chinese characters."""
    text = unicodedata.normalize("NFKC", name).strip()
    text = DOTS.sub("·", text.replace("(", "（").replace(")", "）"))
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"(?<=[㐀-鿿（）·]) | (?=[㐀-鿿（）·])", "", text)


def normal_form(name: str) -> str:
    """The form by which two spellings of one name are equal."""
    text = re.sub(r"\s+", "", tidy(name)).upper()
    return re.sub(r"[^\w（）·&+]", "", text)


def core_name(name: str) -> str:
    """The part that identifies a firm: no place in front or in brackets, no organisation behind.

    Equal cores are a question to a person (parent, subsidiary, branch), never an automatic merge.
    """
    text = BRACKETED.sub("", normal_form(name))
    for suffix in SUFFIXES:
        if text.endswith(suffix) and len(text) > len(suffix) + 1:
            text = text.removesuffix(suffix)
            break
    for pattern in (PLACE, PLACE, DISTRICT):
        shorter = pattern.sub("", text)
        text = shorter if len(shorter) >= 2 else text
    return text


def normal_person_name(name: str) -> str:
    """A person's name without the spaces of justified print; Latin names keep single ones."""
    return DOTS.sub("·", tidy(name))
