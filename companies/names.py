"""Names of companies and people: one form to compare by, and the core that identifies."""

import re
import unicodedata

CJK = "㐀-鿿\U00020000-\U000323af"
DOTS = re.compile("[·•・‧∙⋅]")
BRACKETS = str.maketrans("()[]【】〔〕〖〗{}", "（）" * 6)
SHORTEST = 2  # characters that still identify a firm
NOT_COMPARED = re.compile(r"[^\w（）·&+]")

SUFFIXES = (
    "股份有限公司", "有限责任公司", "有限公司", "股份公司", "（有限合伙）", "（普通合伙）", "（特殊普通合伙）", "合伙企业",
    "集团公司", "总公司", "分公司", "公司", "（集团）", "集团", "办事处", "代表处", "事务所", "厂",
)  # fmt: skip
INSTITUTIONS = (
    "大学", "学院", "学校", "中学", "小学", "研究所", "研究院", "实验室", "医院", "银行", "协会", "商会", "学会", "促进会",
    "联合会", "联盟", "委员会", "管委会", "政府",
)  # fmt: skip
PROVINCES = (
    "北京 天津 上海 重庆 河北 山西 内蒙古 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 四川 "
    "贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 台湾 香港 澳门"
)
CITIES = (
    "焦作 郑州 洛阳 开封 新乡 安阳 鹤壁 濮阳 许昌 漯河 平顶山 三门峡 南阳 商丘 信阳 周口 驻马店 济源 "
    "广州 深圳 佛山 东莞 珠海 中山 惠州 江门 肇庆 汕头 武汉 宜昌 襄阳 长沙 株洲 南昌 九江 赣州 南京 苏州 无锡 常州 南通 扬州 徐州 "
    "昆山 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 台州 义乌 合肥 芜湖 福州 厦门 泉州 漳州 济南 青岛 烟台 潍坊 威海 临沂 西安 咸阳 宝鸡 "
    "成都 绵阳 昆明 贵阳 遵义 南宁 桂林 柳州 海口 三亚 石家庄 唐山 保定 廊坊 邯郸 太原 大同 晋城 长治 沈阳 大连 长春 哈尔滨 "
    "呼和浩特 包头 鄂尔多斯 兰州 西宁 银川 乌鲁木齐 拉萨"
)
# Only places of our own zone below the city: a general “…区” would bite into 社区 and 区块链.
COUNTIES = "沁阳 孟州 修武县 武陟县 温县 博爱县 解放区 中站区 马村区 山阳区"


def _one_of(*words: str) -> str:
    names = [name for several in words for name in several.split()]
    return f"(?:{'|'.join(sorted(names, key=len, reverse=True))})"


_OF_STATE = r"(?:壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区|省|市(?!政))?"  # 深圳市政… is no 深圳市
_PLACE = rf"(?:中国(?=台湾|香港|澳门))?{_one_of(PROVINCES, CITIES, COUNTIES)}{_OF_STATE}"
IN_FRONT = re.compile(rf"^(?:{_PLACE})+")
BRACKETED = re.compile(rf"（(?:中国|(?:{_PLACE})+)）")
# 河南公司 behind 恒大集团 and 郑州分公司 behind 有限公司 say where, not who.
BRANCH = re.compile(rf"(?<=公司|集团)(?:{_PLACE})*(?:分公司|公司|办事处|代表处)$")


def tidy(name: str) -> str:
    """The name as it is kept: one kind of bracket and dot, no space beside Chinese characters."""
    text = DOTS.sub("·", unicodedata.normalize("NFKC", name).translate(BRACKETS))
    text = " ".join("".join(sign for sign in text if unicodedata.category(sign) != "Cf").split())
    return re.sub(f"(?<=[{CJK}（）·]) | (?=[{CJK}（）·])", "", text)


def normal_form(name: str) -> str:
    """The form by which two spellings of one name are equal: no spaces, no punctuation but （）·, upper case."""
    return NOT_COMPARED.sub("", tidy(name).upper())


def core_name(name: str) -> str:
    """The part that identifies a firm: no place in front or in brackets, no organisation behind.

    Equal cores are a question to a person (parent, subsidiary, branch), never an automatic merge. Universities,
    associations and authorities keep their place: without it 郑州大学 would be any university.
    """
    text = BRANCH.sub("", BRACKETED.sub("", normal_form(name)))
    while (suffix := _suffix(text)) and len(text) >= len(suffix) + SHORTEST:
        text = text.removesuffix(suffix)
    placeless = IN_FRONT.sub("", text)
    return text if text.endswith(INSTITUTIONS) or len(placeless) < SHORTEST else placeless


def _suffix(text: str) -> str:
    return next((suffix for suffix in SUFFIXES if text.endswith(suffix)), "")


def normal_person_name(name: str) -> str:
    """A person's name without the spaces of justified print (高　鸿); Latin names keep single ones."""
    return tidy(name)
